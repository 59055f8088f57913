/** Forms: whatever is written into a text of one, all other bytes stay and its parts are the same; no bytes throw. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createDialects, findOperation } from "../../src/content/index.ts";
import { replaceText } from "../../src/content/json/splice.ts";
import { bytesAsText, textIn, written } from "../../src/content/multipart/bytes.ts";
import { boundaryOf, parseValue } from "../../src/content/multipart/parameters.ts";
import { type FormPart, keepsParts, splitForm } from "../../src/content/multipart/parts.ts";
import type { Extraction, Piece } from "../../src/domain/dialect.ts";
import { editBody } from "../../src/exchange/edits.ts";
import { runAtOnce, type Steps } from "../../src/stdx/paced.ts";

const contentType = "multipart/form-data; boundary=xYz-1";
const boundary = "xYz-1";
const paths = ["/v1/audio/transcriptions", "/v1/images/edits", "/v1/files"];
function readAt(path: string, body: string) {
  const head = { method: "POST", path, query: "", contentType, contentEncoding: null };
  const operation = findOperation(createDialects(), head);
  assert.ok(operation?.readForm);
  return runAtOnce(operation.readForm(body, boundary));
}

const fieldNames = ["prompt", "model", "user", "file", "image[]", "two words", "é", "purpose", "unknown"];
const texts = fc.oneof(
  fc.constantFrom("", "hello", "bob@example.com", "\r\n", "--", "--xYz-", "Zoë ☃ 😀", "a\nb", "\ufeff"),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const type = fc.constantFrom(
  "",
  "text/plain",
  "application/json",
  "audio/wav",
  "image/png",
  "application/octet-stream",
);
const field = fc.record({
  name: fc.constantFrom(...fieldNames),
  type,
  value: texts,
  told: fc.boolean(),
  file: fc.constant(null),
});
const fileField = fc.record({
  name: fc.constantFrom("file", "image[]", "unknown", "é b"),
  type,
  value: fc.oneof(texts, fc.uint8Array({ maxLength: 60 })),
  told: fc.boolean(),
  file: fc.constantFrom("a.wav", "my talk ☃.mp3", "a%22b"),
});
const parts = fc.array(fc.oneof(field, fileField), { maxLength: 6 });

type Written = {
  readonly name: string;
  readonly type: string;
  readonly value: string | Uint8Array;
  readonly told: boolean;
  readonly file: string | null;
};
function bodyOf(all: readonly Written[]): string {
  const chunks = all.map(({ name, type: of, value, told, file }) => {
    const bytes = typeof value === "string" ? written(value) : bytesAsText(value);
    const named = file === null ? "" : `; filename="${written(file)}"`;
    const typed = of === "" ? "" : `Content-Type: ${of}\r\n`;
    const length = told ? `Content-Length: ${bytes.length}\r\n` : "";
    return `--${boundary}\r\n${length}Content-Disposition: form-data; name="${written(name)}"${named}\r\n${typed}\r\n${bytes}\r\n`;
  });
  return `${chunks.join("")}--${boundary}--\r\n`;
}

const split = (body: string): readonly FormPart[] | null => {
  const read = runAtOnce(splitForm(body, boundary));
  return read.ok ? read.value : null;
};

function decoded(body: string, { literal, writing }: Piece): string | null {
  const quoted = writing === "quoted-bytes" && body[literal.start] === '"';
  return runAtOnce(textIn(body, quoted ? { start: literal.start + 1, end: literal.end - 1 } : literal));
}

/** The body with the first half of each chosen text replaced, and without the lengths that are no longer true. */
function expected(body: string, { repeats }: Extraction, chosen: ReadonlySet<Piece>, text: string): string {
  const lanes = new Set([...chosen].map(({ lane }) => lane));
  const changes = [
    ...[...chosen].map((piece) => replaceText(piece, text + piece.text.slice(piece.text.length >> 1))),
    ...repeats.filter(({ lanes: of }) => lanes.has(of)).map(({ whole }) => ({ range: whole, text: "" })),
  ];
  let out = "";
  let at = 0;
  for (const { range, text: put } of changes.sort((a, b) => a.range.start - b.range.start)) {
    out += body.slice(at, range.start) + put;
    at = range.end;
  }
  return out + body.slice(at);
}

describe("forms", () => {
  it("have pieces that say what stands there, in order and apart", () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), parts, (path, all) => {
        const body = bodyOf(all);
        const read = readAt(path, body);
        if (!read.ok) return;
        let end = 0;
        for (const piece of read.value.pieces) {
          assert.ok(piece.literal.start >= end);
          end = piece.literal.end;
          assert.equal(decoded(body, piece), piece.text);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("keep each other byte and all parts whatever is written into their texts, or are refused", () => {
    let kept = 0;
    const words = fc.oneof(fc.constantFrom("[X]", "", '"', "\r\n", `\r\n--${boundary}`, boundary, "\\", "é"), texts);
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        parts,
        words,
        fc.array(fc.boolean(), { minLength: 1 }),
        (path, all, text, picks) => {
          const body = bodyOf(all);
          const read = readAt(path, body);
          if (!read.ok) return;
          const { pieces } = read.value;
          const chosen = new Set(pieces.filter((_piece, index) => picks[index % picks.length] === true));
          const edits = new Map([...chosen].map((piece) => [piece, [{ start: 0, end: piece.text.length >> 1, text }]]));
          const after = runAtOnce(editBody(body, read.value, edits)).join("");
          assert.equal(after, expected(body, read.value, chosen, text));
          if (chosen.size === 0) assert.equal(after, body);
          if (!runAtOnce(keepsParts(body, after, boundary))) return;
          kept += 1;
          const had = split(body) ?? assert.fail();
          const has = split(after) ?? assert.fail();
          assert.deepEqual(
            has.map(({ mediaType, filename }) => [mediaType, filename === null]),
            had.map(({ mediaType, filename }) => [mediaType, filename === null]),
          );
          // A name that was masked may now be that of a field.
          const again = readAt(path, after);
          assert.ok(again.ok || again.error === "malformed-form");
        },
      ),
      { numRuns: 1000 },
    );
    assert.ok(kept > 300);
  });

  it("of no bytes throw", () => {
    const symbols = [
      "--",
      boundary,
      "\r\n",
      "\r",
      "\n",
      "Content-Disposition: form-data; name=",
      '"',
      "a",
      ":",
      ";",
      "é",
      "\0",
    ];
    const nearly = fc.array(fc.constantFrom(...symbols), { maxLength: 60 }).map((all) => all.join(""));
    const any = fc.oneof(nearly, fc.uint8Array({ maxLength: 300 }).map(bytesAsText));
    fc.assert(
      fc.property(fc.constantFrom(...paths), any, any, (path, body, header) => {
        readAt(path, written(body));
        readAt(path, `--${boundary}\r\nContent-Disposition: form-data; name="a"${body}\r\n--${boundary}--`);
        parseValue(header);
        boundaryOf(`multipart/form-data; boundary=${header}`);
      }),
      { numRuns: 2000 },
    );
  });

  it("are read in steps, as the bytes that they are", () => {
    const value = "é".repeat(2_000_000);
    const body = bodyOf([{ name: "prompt", type: "", value, told: false, file: null }]);
    assert.equal(stepsIn(textIn(body, { start: 0, end: body.length })) > 10, true);
    const read = readAt(paths[0] as string, body);
    assert.ok(read.ok && read.value.pieces[0]?.text === value);
  });
});

function stepsIn(steps: Steps<unknown>): number {
  let count = 0;
  while (steps.next().done !== true) count += 1;
  return count;
}
