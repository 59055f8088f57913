import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jointUnits, jointWindows, overlapUnits, partsOf } from "./joint.ts";

/** A word's length: where a window begins within one, it begins behind it. */
const wordUnits = 32;

const word = fc.string({ unit: fc.constantFrom(..."abc"), minLength: 1, maxLength: 8 });
const textOf = (wordsLeast: number) =>
  fc.array(word, { minLength: wordsLeast, maxLength: 250, size: "max" }).map((words) => words.join(" "));
/** Texts with the turn of each. */
const conversationOf = (wordsLeast: number) =>
  fc
    .array(fc.array(textOf(wordsLeast), { minLength: 1, maxLength: 4, size: "max" }), {
      minLength: 1,
      maxLength: 6,
      size: "max",
    })
    .map((turns) => ({ texts: turns.flat(), turns: turns.flatMap((texts, turn) => texts.map(() => turn)) }));
/** Of so many words each turn is long enough for windows of its own. */
const longConversation = conversationOf(70);
const conversation = conversationOf(1);

const keyOf = ({ text, parts }: ReturnType<typeof jointWindows>[number]): string => JSON.stringify([text, parts]);

test("windows of turns that have been are the same when more follow", () => {
  fc.assert(
    fc.property(longConversation, ({ texts, turns }) => {
      const later = new Set(jointWindows(texts, turns).map(keyOf));
      for (let turn = 0; turn < (turns.at(-1) ?? 0); turn += 1) {
        const count = turns.lastIndexOf(turn) + 1;
        const now = jointWindows(texts.slice(0, count), turns.slice(0, count));
        for (const window of now) assert.ok(later.has(keyOf(window)), `turn ${turn}`);
      }
    }),
  );
});

test("what is split over texts is seen whole in one window, wherever it stands, and each window holds two texts or more", () => {
  fc.assert(
    fc.property(
      conversation,
      fc.nat(),
      fc.integer({ min: 2, max: overlapUnits - wordUnits }),
      ({ texts, turns }, seed, size) => {
        const windows = jointWindows(texts, turns);
        const starts: number[] = [];
        let length = 0;
        for (const each of texts) {
          starts.push(length);
          length += each.length + 1;
        }
        for (const window of windows) {
          assert.ok(window.parts.length >= 2);
          assert.ok(window.text.length <= jointUnits);
          for (const { index, span, at } of window.parts)
            assert.equal(window.text.slice(at, at + span.end - span.start), texts[index]?.slice(span.start, span.end));
        }
        const from = seed % Math.max(1, length - size);
        const to = Math.min(length - 1, from + size);
        const within = texts.flatMap((each, index) => {
          const base = starts[index] as number;
          const span = { start: Math.max(0, from - base), end: Math.min(each.length, to - base) };
          return span.end > span.start && each.slice(span.start, span.end).trim() !== "" ? [{ index, span }] : [];
        });
        if (within.length < 2) return;
        const seen = windows.some((window) => {
          const covered = partsOf(window, { start: 0, end: window.text.length });
          return within.every(({ index, span }) =>
            covered.some((part) => part.index === index && part.span.start <= span.start && part.span.end >= span.end),
          );
        });
        assert.ok(seen, `${from} to ${to} of ${length}`);
      },
    ),
    { numRuns: 400 },
  );
});

test("a turn's windows cost what is new in it and what reaches into it; many small turns cost a few times their text", () => {
  const sized = (units: number): string => "ab ".repeat(Math.ceil(units / 3)).slice(0, units);
  const unitsOf = (texts: readonly string[], turns: readonly number[]): number =>
    jointWindows(texts, turns).reduce((sum, window) => sum + window.text.length, 0);
  for (const size of [150, 400, 900]) {
    const texts = Array.from({ length: 60 }, () => sized(size));
    const turns = texts.map((_, index) => Math.floor(index / 2));
    const costs = [3, 10, 20, 30].map((turn) => {
      const [before, now] = [2 * turn - 2, 2 * turn];
      return (
        unitsOf(texts.slice(0, now), turns.slice(0, now)) - unitsOf(texts.slice(0, before), turns.slice(0, before))
      );
    });
    for (const cost of costs)
      assert.ok(Math.abs(cost - (costs[0] as number)) <= 2 * wordUnits, `${size}: ${costs.join()}`);
  }
  const tiny = Array.from({ length: 4000 }, () => "no");
  const units = unitsOf(
    tiny,
    tiny.map((_, index) => index),
  );
  assert.ok(units < 5 * 3 * tiny.length, `${units}`);
});
