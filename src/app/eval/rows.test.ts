// Rows as they are read, and what is said of those that are none.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { openTempDir } from "../../../test/helpers/temp-dir.ts";
import { badLinesMax, checkFiles, lineBytesMax, readRow, type Row, rowsOf } from "./rows.ts";

const told = (value: unknown): string => {
  const read = readRow("f", 7, typeof value === "string" ? value : JSON.stringify(value));
  return read.ok ? "good" : read.error;
};
const rowFrom = (value: unknown): Row => {
  const read = readRow("f", 7, JSON.stringify(value));
  assert.ok(read.ok, read.ok ? "" : read.error);
  return read.value;
};
const nothing = () => undefined;

test("what a row may leave out is filled in", () => {
  assert.deepEqual(rowFrom({ text: "a", label: 1 }), {
    file: "f",
    id: "7",
    source: "none",
    language: "none",
    label: 1,
    text: "a",
    prompt: null,
    context: null,
    place: "content",
    reply: null,
    spans: null,
  });
  assert.equal(rowFrom({ text: "a", label: true }).label, 1);
  assert.equal(rowFrom({ text: "a", label: "banking" }).label, "banking");
  assert.equal(rowFrom({ reply: "a", context: "b", label: 0, id: 12, more: {} }).id, 12);
  assert.equal(rowFrom({ text: "a", label: 0, place: "tool-result" }).place, "tool-result");
});

for (const [what, value, says] of [
  ["no JSON", "{", /^is not JSON: each line/],
  ["a list", [1], /^is not a JSON object$/],
  ["no text", { label: 1, prompt: "x" }, /neither text nor reply/],
  ["no label", { text: "a" }, /^label must be/],
  ["a number in quotes", { text: "a", label: "1" }, /^label must be 0, 1, .*without quotes/],
  ["another place", { text: "a", label: 1, place: "url" }, /^place must be content or tool-result$/],
  ["another number", { text: "a", label: 2 }, /^label must be/],
  ["a text that is none", { text: 5, label: 1 }, /^text must be a string$/],
  ["spans that are none", { text: "a", label: 1, spans: [{ start: "0" }] }, /^spans\.0\.start: spans are a list/],
  ["an empty span", { text: "ab", label: 1, spans: [{ start: 1, end: 1, type: "t" }] }, /^spans\.0 is empty/],
  ["a span too far", { text: "a\u{1f600}", label: 1, spans: [{ start: 1, end: 3, type: "t" }] }, /2 code points$/],
] as const) {
  test(`a bad row: ${what}`, () => {
    assert.match(told(value), says);
    assert.doesNotMatch(told(value), /"a"|banking/);
  });
}

test("spans count code points of the reply, or else of the text", () => {
  assert.equal(told({ text: "\u{1f600}b", label: 1, spans: [{ start: 1, end: 2, type: "t" }] }), "good");
  assert.equal(
    told({ text: "abcdef", reply: "a", label: 1, spans: [{ start: 1, end: 2, type: "t" }] }),
    "spans.0 is empty, or ends beyond the text's 1 code points",
  );
});

test("plain and packed files, with empty lines and without a last end, give the same rows", async () => {
  await using dir = await openTempDir();
  const lines = [{ text: "one", label: 0 }, "", { text: "two \u{1f600}", label: 1, lang: "de" }];
  const bytes = Buffer.from(lines.map((line) => (line === "" ? "" : JSON.stringify(line))).join("\n"));
  await writeFile(dir.join("a.jsonl"), bytes);
  await writeFile(dir.join("packed"), gzipSync(bytes));
  const files = [dir.join("a.jsonl"), dir.join("packed")];
  const read = await checkFiles(files, nothing);
  assert.deepEqual({ ...read, files: [] }, { rows: 4, files: [], bad: [], badCount: 0 });
  const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
  assert.deepEqual(read.files, [
    { file: files[0], rows: 2, sha256: sha256(bytes) },
    { file: files[1], rows: 2, sha256: sha256(gzipSync(bytes)) },
  ]);
  const rows: Row[] = [];
  for await (const row of rowsOf(files)) rows.push(row);
  const of = (at: number) => rows.slice(at, at + 2).map((row) => ({ ...row, file: "" }));
  assert.deepEqual(of(0), of(2));
  assert.deepEqual(
    rows.map(({ id }) => id),
    ["1", "3", "1", "3"],
  );
});

test("every bad line is told with its place, the first of many are listed", async () => {
  await using dir = await openTempDir();
  const file = dir.join("a.jsonl");
  const invalid = Buffer.concat([Buffer.from('{"label":1,"text":"'), Buffer.of(0xff), Buffer.from('"}')]);
  const long = Buffer.from(JSON.stringify({ label: 1, text: "x".repeat(lineBytesMax) }));
  const good = Buffer.from('{"label":1,"text":"x"}');
  const end = Buffer.from("\n");
  await writeFile(file, Buffer.concat([good, end, invalid, end, long, end, good, end]));
  const { rows, bad } = await checkFiles([file], nothing);
  assert.equal(rows, 2);
  assert.deepEqual(
    bad.map(({ line, message }) => [line, message]),
    [
      [2, `is longer than ${lineBytesMax} bytes, or not UTF-8: shorten it, or leave it out`],
      [3, `is longer than ${lineBytesMax} bytes, or not UTF-8: shorten it, or leave it out`],
    ],
  );
  await writeFile(file, "{\n".repeat(badLinesMax + 5));
  const many = await checkFiles([file], nothing);
  assert.equal(many.bad.length, badLinesMax);
  assert.equal(many.badCount, badLinesMax + 5);
});

test("a file that is not there, empty, or cut off", async () => {
  await using dir = await openTempDir();
  const packed = gzipSync(JSON.stringify({ label: 1, text: "x".repeat(10_000) }));
  await writeFile(dir.join("empty"), "");
  await writeFile(dir.join("cut.gz"), packed.subarray(0, packed.length - 12));
  const { bad } = await checkFiles(
    [dir.join("none"), dir.join("empty"), dir.join("cut.gz"), dir.path, "/dev/null"],
    nothing,
  );
  assert.deepEqual(
    bad.map(({ line, message }) => [line, message]),
    [
      [null, "cannot be read (ENOENT)"],
      [null, "has no rows"],
      [null, "cannot be unpacked (Z_BUF_ERROR): is it cut off?"],
      [null, "cannot be read (EISDIR)"],
      [null, "is no file, and is read twice: write it to one"],
    ],
  );
});
