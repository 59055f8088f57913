/**
 * The detector asks its survey which finders need not look, and looks at no more text than its reach. What it finds is
 * what each finder finds by itself in the text as it is, without either.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCharacterFinder } from "../../src/detectors/hidden/finders/characters.ts";
import type { Finder } from "../../src/detectors/hidden/finders/finder.ts";
import { lookAlikeFinder } from "../../src/detectors/hidden/finders/look-alike.ts";
import { oddSpaceFinder } from "../../src/detectors/hidden/finders/odd-space.ts";
import { payloadFinder } from "../../src/detectors/hidden/finders/payload.ts";
import { type HiddenKind, hiddenKinds } from "../../src/domain/policy.ts";
import { detect, textDetector } from "./detectors.ts";
import { pieces, texts } from "./hidden-texts.ts";

const numRuns = 3_000;

const finders = [
  ...(["zero-width", "bidi", "tags", "control"] as const).map(createCharacterFinder),
  lookAlikeFinder,
  oddSpaceFinder,
  payloadFinder,
];
const detectorOf = (kinds: readonly HiddenKind[]) => textDetector({ kind: "hidden", kinds });
const all = detectorOf(hiddenKinds);

type Found = readonly [category: string, start: number, end: number];
const inOrder = (a: Found, b: Found): number => a[1] - b[1] || b[2] - a[2] || (a[0] < b[0] ? -1 : 1);

function foundBy(used: readonly Finder[], text: string, from: number, to: number, ended: boolean): readonly Found[] {
  const found: Found[] = [];
  for (const finder of used) {
    finder.find(text, from, to, ended, (start, end) => found.push([`hidden/${finder.kind}`, start, end]));
  }
  return found.sort(inOrder);
}

function detected(detector: typeof all, text: string, from: number, to: number, ended: boolean): readonly Found[] {
  return detect(detector, text, from, to, ended)
    .map(({ category, span }): Found => [category, span?.start ?? -1, span?.end ?? -1])
    .sort(inOrder);
}

// One hostile piece in ordinary text far longer than any reach, so that most finders are spared and most text is left out.
const words = fc.constantFrom("The end. ", "word ", "caf\u00e9, ", "5 of 7; ", "\u65e5\u672c\u8a9e ", "- a\n");
const prose = fc.array(words, { maxLength: 60, size: "max" }).map((it) => it.join(""));
const wholes = [
  "%69%67%6e%6f%72%65%61%6c",
  "&#x69;&#103;nore".repeat(8),
  "\\u0069".repeat(9),
  "ig\u2800nore",
  "1\u00ad2",
];
const rare = fc.tuple(prose, fc.constantFrom(...pieces, ...wholes), prose).map((it) => it.join(""));
const either = fc.oneof(
  texts,
  rare,
  fc.tuple(rare, texts, rare).map((it) => it.join("")),
);

/** A text as a stream would show it: cut somewhere, ended there or not, judged from anywhere to where it is decided. */
const windows = fc.tuple(either, fc.nat(), fc.nat(), fc.nat(), fc.boolean());

/** A long run judged from its first unit alone, and something a little behind it: all that a finding may rest on. */
const edges = fc
  .tuple(
    prose,
    fc.constantFrom(...pieces, "\u2066", "s ", "x\u0301"),
    fc.integer({ min: 1, max: 140 }),
    fc.constantFrom(" ", "a", "1"),
    fc.nat(40),
    fc.constantFrom(...pieces),
  )
  .map(([before, piece, times, gap, gaps, after]) => ({
    text: `${before}${piece.repeat(times)}${gap.repeat(gaps)}${after}. The end. `.repeat(2),
    at: before.length,
  }));

test("every kind has its finder here", () => {
  assert.deepEqual(finders.map(({ kind }) => kind).sort(), [...hiddenKinds].sort());
});

for (const [name, used, detector] of [
  ...finders.map((finder) => [finder.kind, [finder], detectorOf([finder.kind])] as const),
  ["all", finders, all] as const,
]) {
  test(`${name}: found with the survey as without`, () => {
    let found = 0;
    let spared = 0;
    fc.assert(
      fc.property(windows, ([text, cut, begin, end, ended]) => {
        const seen = text.slice(0, cut % (text.length + 1));
        const decided = ended ? seen.length : detector.settled(seen, 0);
        const to = end % (decided + 1);
        const from = begin % (to + 1);
        for (const window of [[0, decided] as const, [from, to] as const]) {
          const wanted = foundBy(used, seen, ...window, ended);
          assert.deepEqual(detected(detector, seen, ...window, ended), wanted);
          found += wanted.length;
          if (wanted.length === 0) spared += 1;
        }
      }),
      { numRuns },
    );
    fc.assert(
      fc.property(edges, ({ text, at }) => {
        assert.deepEqual(detected(detector, text, at, at + 1, true), foundBy(used, text, at, at + 1, true));
      }),
      { numRuns },
    );
    assert.ok(found > numRuns / 30 && spared > numRuns / 50, `${found} findings, ${spared} windows without any`);
  });
}
