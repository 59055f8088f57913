import assert from "node:assert/strict";
import { test } from "node:test";
import { Released } from "./released.ts";

const text = "abcdefghij".repeat(10_000);

function told() {
  let read = "";
  const reader = {
    read: (more: string) => void (read += more),
    mayPutBack: () => true,
  };
  return { released: new Released(reader, (start, end) => text.slice(start, end)), read: () => read };
}

test("each part is told once, whatever goes in its place, in bounded steps", () => {
  const { released, read } = told();
  released.goes(3);
  released.writes("[X]", 5);
  released.goes(4);
  released.goes(7);
  released.leaves(9);
  released.goes(10);
  assert.equal(read(), "abc[X]fgj");
  let steps = 0;
  for (let to = 0; to < text.length; steps += 1) {
    to = released.upTo(text.length);
    released.goes(to);
  }
  assert.ok(steps > 2 && steps < 10, `${steps} steps`);
  assert.equal(read(), `abc[X]fgj${text.slice(10)}`);
});

test("a little that nobody judged is read too; behind much of it nothing is put back", () => {
  const { released, read } = told();
  released.skips(100);
  released.goes(100);
  assert.deepEqual([read(), released.mayPutBack("<X>")], [text.slice(0, 100), true]);
  released.skips(text.length);
  released.goes(text.length);
  assert.deepEqual([read().length, released.mayPutBack("<X>"), released.upTo(5)], [100, false, 5]);
});
