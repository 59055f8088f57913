import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogOutput, waitingBytesMax } from "./log-output.ts";

test("a reader that has stopped loses lines, and is told how many; who follows loses none", () => {
  const [read, followed]: [string[], string[]] = [[], []];
  const sink = { waiting: 0, write: (line: string) => read.push(line) };
  const output = createLogOutput(sink);
  const end = output.follow((line) => followed.push(line));
  output.write("one\n");
  sink.waiting = waitingBytesMax;
  output.write("two\n");
  sink.waiting += 1;
  output.write("three\n");
  output.write("four\n");
  assert.equal(output.lost, 2);
  sink.waiting = 0;
  output.write("five\n");
  output.write("six\n");
  end();
  output.write("seven\n");
  assert.deepEqual(read, [
    "one\n",
    "two\n",
    '{"level":"warn","msg":"lines of the log were lost","lost":2}\n',
    "five\n",
    "six\n",
    "seven\n",
  ]);
  assert.deepEqual(followed, ["one\n", "two\n", "three\n", "four\n", "five\n", "six\n"]);
  assert.equal(output.lost, 2);
});
