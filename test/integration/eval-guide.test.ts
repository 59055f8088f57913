// The guide's example, run as it stands.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

test("docs/eval.md: the example does what it says", async () => {
  await using dir = await openTempDir();
  const guide = await readFile(new URL("../../docs/eval.md", import.meta.url), "utf8");
  const [rows = "", policy = "", commands = ""] = [...guide.matchAll(/^```[a-z]+\n(.*?)^```/gms)].map(
    ([, code]) => code,
  );
  await writeFile(dir.join("labelled.jsonl"), rows);
  await writeFile(dir.join("policy.yaml"), policy);
  const lines = commands.trim().split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) {
    const [program, ...words] = line.split(" ");
    assert.equal(program, "sallyport");
    const { code, stderr } = await sallyport(words, { cwd: dir.path });
    assert.deepEqual([code, stderr], [0, ""], line);
  }
  const scores = (await readFile(dir.join("scores.jsonl"), "utf8")).trim().split("\n");
  assert.deepEqual(
    scores.map((line) => JSON.parse(line).action),
    ["allow", "allow", "block", "allow"],
  );
  const missed = await sallyport([...(lines[1] ?? "").split(" ").slice(1), "--min-recall", "0.9"], { cwd: dir.path });
  assert.equal(missed.code, 3);
});
