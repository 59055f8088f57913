// However a text is cut, a view gives the same text and the same way back; hostile texts stay bounded.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type TextView, type ViewKind, viewKinds } from "../../../domain/view.ts";
import { clearContext } from "./clear.ts";
import { decodedMax } from "./payloads.ts";
import { viewSources } from "./index.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const pieces: readonly string[] = [
  ..."asecret xBZ09 .-_%&\\#;=+/\n\r\u001b[m",
  "\u200b",
  "\u0435",
  "\ufb01",
  "\u00a0",
  "\u0301",
  "\ud835",
  "\udc00",
  "\u{1d5ba}",
  "\u{e0061}",
  "\u{1f600}",
  "&#115;",
  "&#x73",
  "&amp;",
  "&amp",
  "%25",
  "%73",
  "%C3%A9",
  "%E2%82",
  "\\u0073",
  "\\x5c",
  "\\u{73}",
  "s e c r e t",
  " a b c d e.f-g",
  "a-b-c d e f g h",
  "\u001b[31m",
  base64("ignore all of it"),
  base64("ignore all of it, and once more, and so on: ".repeat(4)),
  base64("a longer text over more lines ".repeat(6)).replaceAll(/.{76}/g, "$&\n"),
  base64(base64("nested text in it")),
  base64("\u0000\u0001\u00ff\u00fe".repeat(40)),
  Buffer.from("hexadecimal text").toString("hex"),
  "48 65 6c 6c 6f 20 77 6f 72 6c 64",
  "0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x77, 0x6f",
  "e3b0c44298fc1c149afbf4c8996fb924",
  "path/to/some_file-name",
];
const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(""));

/** Cuts a text at the places that the numbers name. */
function cut(text: string, places: readonly number[]): readonly string[] {
  const sorted = places.map((place) => place % (text.length + 1)).sort((a, b) => a - b);
  return [...sorted, text.length].map((place, index) => text.slice(sorted[index - 1] ?? 0, place));
}

type Seen = { readonly text: string; readonly units: readonly (readonly [number, number])[] };

/** Reads a text, with the range that each unit of the view stands for. */
function read(view: TextView, parts: readonly string[], base: number): Seen {
  let text = "";
  for (const part of parts) text += view.append(part);
  text += view.end();
  const units = Array.from({ length: text.length }, (_, at): readonly [number, number] => {
    const { start, end } = view.rawSpan({ start: base + at, end: base + at + 1 });
    return [start, end];
  });
  return { text, units };
}

const forEachKind = (what: string, check: (kind: ViewKind) => void): void => {
  for (const kind of viewKinds) test(`${kind}: ${what}`, () => check(kind));
};

forEachKind("cut anywhere, the same text and the same way back", (kind) => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
      const whole = read(viewSources[kind].open(0), [text], 0);
      assert.deepEqual(read(viewSources[kind].open(0), cut(text, places), 0), whole);
      assert.deepEqual(
        read(
          viewSources[kind].open(0),
          [...text].flatMap((it) => it.split("")),
          0,
        ),
        whole,
      );
    }),
    { numRuns: 300 },
  );
});

forEachKind("ranges go forward and lie in the text", (kind) => {
  fc.assert(
    fc.property(texts, (text) => {
      const { units } = read(viewSources[kind].open(0), [text], 0);
      let last = 0;
      for (const [start, end] of units) {
        assert.ok(last <= start && start < end && end <= text.length);
        last = start;
      }
    }),
    { numRuns: 300 },
  );
});

forEachKind("what is settled never changes, and grows", (kind) => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 12 }), (text, places) => {
      const whole = read(viewSources[kind].open(0), [text], 0);
      const view = viewSources[kind].open(0);
      let seen = 0;
      let settled = 0;
      let fed = 0;
      for (const part of cut(text, places)) {
        seen += view.append(part).length;
        fed += part.length;
        const now = view.rawSettled(seen);
        assert.ok(now >= settled && now <= fed);
        settled = now;
        // Whatever comes, it stands for text from there on.
        for (const [start] of whole.units.slice(seen)) assert.ok(start >= now);
        for (let at = 0; at < seen; at++) assert.equal(view.rawSettled(at), whole.units[at]?.[0]);
      }
    }),
    { numRuns: 200 },
  );
});

forEachKind("what is forgotten is not needed for the rest", (kind) => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
      const whole = read(viewSources[kind].open(0), [text], 0);
      const view = viewSources[kind].open(0);
      let seen = 0;
      for (const part of [...cut(text, places), null]) {
        const from = seen;
        seen += (part === null ? view.end() : view.append(part)).length;
        for (let at = from; at < seen; at++) {
          const { start, end } = view.rawSpan({ start: at, end: at + 1 });
          assert.deepEqual([start, end], whole.units[at]);
        }
        view.forget(seen);
      }
    }),
    { numRuns: 200 },
  );
});

test("clear: reads like the text up to its first change, wherever it is opened before that", () => {
  const { firstChange } = viewSources.clear;
  assert.ok(firstChange !== null);
  const prose = fc.array(fc.constantFrom("word ", "a ", "x", ". ", "\n", "I-", "b c "), { maxLength: 60 });
  fc.assert(
    fc.property(prose, texts, fc.nat(), fc.nat(), (before, after, upTo, place) => {
      const text = before.join("") + after;
      const whole = viewSources.clear.open(0);
      const view = whole.append(text) + whole.end();
      // Asked piece by piece, as a stream does, and at once.
      const first = upTo % (text.length + 1);
      const early = firstChange(text.slice(0, first), 0);
      const change = early === -1 ? firstChange(text, first) : early;
      if (change === -1) return assert.equal(view, text);
      assert.equal(view.slice(0, change), text.slice(0, change));
      const latest = Math.max(0, (early === -1 ? first : 0) - clearContext);
      const base = place % (latest + 1);
      const later = viewSources.clear.open(base);
      assert.equal(text.slice(0, base) + later.append(text.slice(base)) + later.end(), view);
    }),
    { numRuns: 2_000 },
  );
});

const million = 1_000_000;
for (const [what, text] of [
  ["percent signs", "%25".repeat(million / 3)],
  ["percent-escapes that go on", `%${"25".repeat(million / 2)}`],
  ["entities that never end", "&#000000000000000".repeat(million / 17)],
  ["ampersands", "&".repeat(million)],
  ["backslashes", "\\u00".repeat(million / 4)],
  ["zero-width characters", "\u200b".repeat(million)],
  ["zero-width characters between letters", "a\u200b".repeat(million / 2)],
  ["ESC and brackets", "\u001b[1;".repeat(million / 4)],
  ["single letters", "a ".repeat(million / 2)],
  ["letters of one run", "aB3x".repeat(million / 4)],
  ["base64 of text", base64("some words ".repeat(68_000))],
  ["parts of a run", "aB3x".repeat(31).concat("/").repeat(8_000)],
  ["hexadecimal digits", "4a".repeat(million / 2)],
  ["bytes apart", "4a ".repeat(million / 3)],
  ["wrapped lines", `${"aB3x".repeat(19)}\n`.repeat(12_000)],
] as const) {
  test(`a million of ${what}, in slices: bounded`, () => {
    for (const kind of viewKinds) {
      const view = viewSources[kind].open(0);
      let seen = 0;
      for (let at = 0; at < text.length; at += 16_384) {
        seen += view.append(text.slice(at, at + 16_384)).length;
        view.forget(seen);
      }
      seen += view.end().length;
      assert.ok(seen <= text.length + decodedMax);
      assert.ok(view.rawSettled(seen) === text.length);
    }
  });
}
