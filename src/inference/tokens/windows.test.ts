// Windows hold every token, and tell of all text that a model does not see.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { Tokens } from "./tokens.ts";
import { sightOf, unitsCovered, unseenShare, windowsOf } from "./windows.ts";

const shapes = fc
  .record({
    size: fc.integer({ min: 1, max: 40 }),
    step: fc.integer({ min: 1, max: 40 }),
    most: fc.integer({ min: 1, max: 30 }),
  })
  .map(({ size, step, most }) => ({ size, stride: Math.min(size, step), most }));

describe("windows", () => {
  it("hold every token, from the first to the last, or say how far they got", () => {
    fc.assert(
      fc.property(fc.nat(300), shapes, (count, shape) => {
        const { windows, covered } = windowsOf(count, shape);
        const held = new Set<number>();
        for (const { from, to } of windows) {
          assert.ok(from >= 0 && from < to && to <= count && to - from <= shape.size);
          for (let at = from; at < to; at += 1) held.add(at);
        }
        assert.equal(held.size, covered);
        assert.equal(windows.length === 0, count === 0);
        if (count > 0) assert.equal(windows[0]?.from, 0);
        if (covered < count) assert.equal(windows.length, shape.most);
        else if (count > 0) assert.equal(windows.at(-1)?.to, count);
        for (const [at, { to }] of windows.entries())
          assert.ok(at === 0 || to > (windows[at - 1]?.to ?? 0), "each brings more");
        // All are full, where there is enough for one.
        if (count >= shape.size) for (const { from, to } of windows) assert.equal(to - from, shape.size);
      }),
    );
  });

  it("stop at the cap: one below, at it, one above", () => {
    const shape = { size: 4, stride: 2, most: 3 };
    const seen = (count: number) => [windowsOf(count, shape).windows.length, windowsOf(count, shape).covered];
    assert.deepEqual([7, 8, 9].map(seen), [
      [3, 7],
      [3, 8],
      [3, 8],
    ]);
  });
});

/** Tokens by their places, `?` after a place: an unknown one. */
function tokensAt(...places: readonly (readonly [number, number, "?"?])[]): Tokens {
  return {
    ids: new Int32Array(places.length),
    starts: Uint32Array.from(places, ([start]) => start),
    ends: Uint32Array.from(places, ([, end]) => end),
    unknown: Uint8Array.from(places, ([, , mark]) => (mark === "?" ? 1 : 0)),
  };
}

describe("what is not seen", () => {
  const whole = (tokens: Tokens, text: string) => sightOf(tokens, { from: 0, to: tokens.ids.length }, text);

  it("is what became an unknown token", () => {
    assert.deepEqual(whole(tokensAt([0, 3], [4, 9, "?"]), "abc defgh"), { units: 8, unseen: 5 });
    assert.deepEqual(whole(tokensAt([0, 3], [4, 9]), "abc defgh"), { units: 8, unseen: 0 });
  });

  it("is what stands in no token, at the beginning, in the middle and at the end", () => {
    assert.deepEqual(whole(tokensAt([1, 3], [5, 6]), "xab-yz!"), { units: 7, unseen: 4 });
    assert.deepEqual(whole(tokensAt(), "😀 b"), { units: 3, unseen: 3 });
  });

  it("is not white space, and no mark", () => {
    assert.deepEqual(whole(tokensAt([2, 3], [5, 6]), " \ta\u0301\nb\u3000"), { units: 2, unseen: 0 });
    assert.deepEqual(whole(tokensAt(), " \n"), { units: 0, unseen: 0 });
  });

  it("counts what two tokens share once", () => {
    assert.deepEqual(whole(tokensAt([0, 2], [0, 2], [2, 3, "?"]), "😀x"), { units: 3, unseen: 1 });
    assert.deepEqual(whole(tokensAt([0, 1], [0, 1, "?"], [0, 1, "?"], [2, 3], [2, 3, "?"]), "x y"), {
      units: 2,
      unseen: 2,
    });
  });

  it("is the worst window's share, so that it does not thin out in a long text", () => {
    const text = "a".repeat(90) + "?".repeat(10);
    const tokens = tokensAt(
      ...Array.from(text, (letter, at) => [at, at + 1, letter === "?" ? "?" : undefined] as const).map(
        ([start, end, mark]) => (mark === undefined ? ([start, end] as const) : ([start, end, mark] as const)),
      ),
    );
    const { windows } = windowsOf(100, { size: 20, stride: 15, most: 10 });
    assert.equal(unseenShare(tokens, windows, text), 0.5);
    assert.equal(unseenShare(tokens, [{ from: 0, to: 100 }], text), 0.1);
    assert.equal(unseenShare(tokensAt(), [], "\u{e0041}\u{e0042}"), 1);
    assert.equal(unseenShare(tokensAt(), [], ""), 0);
  });

  it("never exceeds what there is, and all windows together see what the whole does", () => {
    const piece = fc.record({ skip: fc.nat(3), take: fc.nat(4), isUnknown: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.nat(3),
        fc.integer({ min: 1, max: 8 }),
        (pieces, tail, size) => {
          let at = 0;
          const places = pieces.map(({ skip, take, isUnknown }) => {
            const start = at + skip;
            at = start + take;
            return isUnknown ? ([start, at, "?"] as const) : ([start, at] as const);
          });
          const text = "x".repeat(at + tail);
          const tokens = tokensAt(...places);
          const { units, unseen } = whole(tokens, text);
          assert.equal(units, text.length);
          const known = places.reduce((sum, [start, end, mark]) => sum + (mark === "?" ? 0 : end - start), 0);
          assert.equal(unseen, text.length - known);
          // Windows that do not overlap part the text between them.
          const froms = Array.from({ length: Math.ceil(places.length / size) }, (_, index) => index * size);
          const parts = froms.map((from) => sightOf(tokens, { from, to: Math.min(places.length, from + size) }, text));
          if (parts.length > 0)
            assert.equal(
              parts.reduce((sum, part) => sum + part.unseen, 0),
              unseen,
            );
        },
      ),
    );
  });

  it("begins where the covered text ends", () => {
    const tokens = tokensAt([0, 3], [4, 9]);
    assert.deepEqual(
      [0, 1, 2].map((token) => unitsCovered(tokens, token, "abc defgh.")),
      [0, 4, 10],
    );
  });
});
