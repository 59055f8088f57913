import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runAtOnce } from "../../stdx/paced.ts";
import { type Reader, WordSearch } from "./word-search.ts";

const units: Reader = {
  gapMax: 0,
  read(text, from, take) {
    for (let at = from; at < text.length; at++) if (!take(text.charCodeAt(at), at, at + 1)) return;
  },
};
/** Passes over blanks, at most two in a row. */
const spaced: Reader = {
  gapMax: 2,
  read(text, from, take) {
    for (let at = from; at < text.length; at++) if (text[at] !== " " && !take(text.charCodeAt(at), at, at + 1)) return;
  },
};

const letter = fc.constantFrom("a", "b", "c");
const words = fc.uniqueArray(fc.string({ unit: letter, minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 12 });
const texts = fc.string({ unit: fc.oneof({ weight: 6, arbitrary: letter }, fc.constant(" ")), maxLength: 60 });

test("finds what a search at every start would find", () => {
  fc.assert(
    fc.property(words, texts, fc.boolean(), (list, text, withBlanks) => {
      const wanted = [...text].flatMap((_, start) =>
        list
          .map((word, index) => {
            const between = withBlanks ? " {0,2}" : "";
            const found = new RegExp(`^${word.split("").join(between)}`).exec(text.slice(start))?.[0];
            return { start, end: found === undefined ? -1 : start + found.length, word: index };
          })
          .filter(({ end }) => end >= 0)
          .toSorted((a, b) => b.end - a.end),
      );
      const search = runAtOnce(WordSearch.of(list, withBlanks ? spaced : units));
      assert.deepEqual(search.find(text, 0, text.length), wanted);
    }),
    { numRuns: 1_000 },
  );
});

test("what is not open is found the same whatever follows, and nothing is open without need", () => {
  fc.assert(
    fc.property(words, texts, texts, fc.boolean(), (list, text, more, withBlanks) => {
      const search = runAtOnce(WordSearch.of(list, withBlanks ? spaced : units));
      const open = search.openFrom(text, 0);
      assert.deepEqual(search.find(text + more, 0, open), search.find(text, 0, open));
      if (open < text.length) {
        const tail = text.slice(open).replaceAll(" ", "");
        assert.ok(list.some((word) => word.length > tail.length && word.startsWith(tail)));
      }
    }),
    { numRuns: 1_000 },
  );
});

test("words of one letter, many times over, are finished with", () => {
  const list = Array.from({ length: 200 }, (_, n) => "a".repeat(n + 1));
  assert.equal(
    runAtOnce(WordSearch.of(list, units)).find("a".repeat(4_096), 0, 4_096).length,
    200 * 4_096 - (200 * 199) / 2,
  );
  const long = Array.from({ length: 20_000 }, (_, n) => `${n.toString(36)}-identifier`);
  assert.equal(
    runAtOnce(WordSearch.of(long, units)).find("zz-identifier ".repeat(10_000), 0, 140_000).length > 10_000,
    true,
  );
});
