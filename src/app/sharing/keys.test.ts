import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openTempDir } from "../../../test/helpers/temp-dir.ts";
import { type KeyFileEvent, openKeyFile } from "./key-file.ts";
import { keysMax, parseKeys, subkey } from "./keys.ts";

const base64 = (fill: number, bytes = 32): string => Buffer.alloc(bytes, fill).toString("base64");
const first = `2026-11:${base64(1)}`;

test("a file of keys: the first is first, what else stands there says nothing", () => {
  const keys = parseKeys(`# the first writes\n${first}\r\n\n  old: ${base64(2, 64)}\n`);
  assert.ok(keys.ok);
  assert.deepEqual(
    keys.value.map(({ id, bytes }) => [id, bytes.length, bytes[0]]),
    [
      ["2026-11", 32, 1],
      ["old", 64, 2],
    ],
  );
});

const bad: readonly (readonly [text: string, told: RegExp])[] = [
  ["", /holds no key/],
  ["# none\n", /holds no key/],
  [base64(1), /line 1: a key is written ID:BASE64/],
  [`ID:${base64(1)}`, /line 1: .*a-z, 0-9/],
  [`\na:${base64(1, 31)}`, /line 2: the key a must be 32 to 64 bytes/],
  [`a:${base64(1, 65)}`, /must be 32 to 64 bytes/],
  [`a:${base64(1).replace("A", "!")}`, /must be 32 to 64 bytes in base64/],
  [`a:${base64(1)}\na:${base64(2)}`, /line 2: the id a stands there twice/],
  [
    Array.from({ length: keysMax + 1 }, (_, at) => `k${at}:${base64(at)}`).join("\n"),
    new RegExp(`line ${keysMax + 1}: more than ${keysMax} keys`),
  ],
];
for (const [text, told] of bad) {
  test(`keys that cannot be used are told without them: ${told.source}`, () => {
    const keys = parseKeys(text);
    assert.ok(!keys.ok);
    assert.match(keys.error, told);
    assert.ok(!keys.error.includes(base64(1).slice(0, 8)));
  });
}

test("as many keys as there may be", () => {
  const keys = parseKeys(Array.from({ length: keysMax }, (_, at) => `k${at}:${base64(at)}`).join("\n"));
  assert.equal(keys.ok && keys.value.length, keysMax);
});

test("each use has a key of its own, the same each time", () => {
  const key = { id: "a", bytes: new Uint8Array(32).fill(7) };
  assert.equal(subkey(key, "one").length, 32);
  assert.deepEqual(subkey(key, "one"), subkey(key, "one"));
  assert.notDeepEqual(subkey(key, "one"), subkey(key, "two"));
  assert.notDeepEqual(subkey(key, "one"), subkey({ ...key, bytes: new Uint8Array(32).fill(8) }, "one"));
});

test("keys are rotated while the program runs; a bad file leaves those before in force and is told once", async () => {
  await using dir = await openTempDir();
  const path = dir.join("keys");
  const events: KeyFileEvent[] = [];
  assert.deepEqual(await openKeyFile(path, () => undefined), { ok: false, error: "cannot be read" });
  await writeFile(path, first);
  const opened = await openKeyFile(path, (event) => events.push(event));
  assert.ok(opened.ok);
  const file = opened.value;
  const ids = (): string[] => file.current().map(({ id }) => id);
  await file.lookAgain();
  assert.deepEqual([ids(), events], [["2026-11"], []]);
  await writeFile(path, `2026-12:${base64(3)}\n${first}`);
  await file.lookAgain();
  assert.deepEqual([ids(), events.splice(0)], [["2026-12", "2026-11"], [{ kind: "swapped" }]]);
  await writeFile(path, "2027:short");
  await file.lookAgain();
  await file.lookAgain();
  assert.deepEqual([ids(), events.length, events[0]?.kind], [["2026-12", "2026-11"], 1, "bad"]);
  await writeFile(path, first);
  await file.lookAgain();
  assert.deepEqual([ids(), events[1]], [["2026-11"], { kind: "swapped" }]);
  file.close();
});
