// Answers are what one works out by hand from the numbers.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { cosine, labelsOf, pairLabelsOf, vectorOf, wordsOf } from "./answers.ts";
import type { HeadSpec } from "./bundle/bundle.ts";
import type { Judged, JudgedWindow } from "./model.ts";

const plain: HeadSpec = {
  name: "main",
  output: null,
  task: "sequence",
  labels: [null, "bad"],
  tags: [null, null],
  calibration: { kind: "temperature", temperature: 1 },
  threshold: 0.5,
  thresholds: {},
  pooling: "max",
  vector: "mean",
};
const all = { start: 0, end: 20 };

/** The logit of a probability against one that is 0. */
const logit = (p: number): number => Math.log(p / (1 - p));

function windowOf(start: number, end: number, numbers: readonly number[], dims = [numbers.length]): JudgedWindow {
  return {
    start,
    end,
    tokens: { from: start, to: end },
    before: 0,
    outputs: [{ name: "logits", dims, data: Float32Array.from(numbers) }],
  };
}

const rounded = <T extends { score: number }>(found: readonly T[]) =>
  found.map((each) => ({ ...each, score: Math.round(each.score * 1e4) / 1e4 }));

describe("labels", () => {
  const windows = [windowOf(0, 12, [0, logit(0.9)]), windowOf(8, 20, [0, logit(0.2)])];

  it("of one window or the other", () => {
    assert.deepEqual(rounded(labelsOf(plain, windows, all)), [
      { category: "bad", score: 0.9, span: { start: 0, end: 12 } },
      { category: "bad", score: 0.2, span: { start: 8, end: 20 } },
    ]);
  });

  it("of all windows together", () => {
    const scoreBy = (pooling: "mean" | "min") => rounded(labelsOf({ ...plain, pooling }, windows, all));
    assert.deepEqual(scoreBy("mean"), [{ category: "bad", score: 0.55, span: all }]);
    assert.deepEqual(scoreBy("min"), [{ category: "bad", score: 0.2, span: all }]);
  });

  it("of a pair are of the whole, whichever window it was", () => {
    assert.deepEqual(rounded(labelsOf({ ...plain, task: "pair" }, windows, all)), [
      { category: "bad", score: 0.9, span: all },
    ]);
  });

  it("of a claim held part by part are of each part, its evidence joined by the head's pooling", () => {
    const parts = [
      {
        start: 0,
        end: 12,
        tokens: { from: 0, to: 0 },
        windows: [windowOf(0, 5, [0, logit(0.9)]), windowOf(5, 9, [0, logit(0.1)])],
      },
      {
        start: 8,
        end: 20,
        tokens: { from: 0, to: 0 },
        windows: [windowOf(0, 5, [0, logit(0.8)]), windowOf(5, 9, [0, logit(0.7)])],
      },
    ];
    const head = { ...plain, task: "pair", pooling: "min" } as const;
    assert.deepEqual(rounded(pairLabelsOf(head, { tokens: said([]).tokens, parts, coveredUnits: 20 })), [
      { category: "bad", score: 0.1, span: { start: 0, end: 12 } },
      { category: "bad", score: 0.7, span: { start: 8, end: 20 } },
    ]);
  });

  it("of one category add up where they exclude each other", () => {
    const head = { ...plain, labels: [null, "bad", "bad"], tags: [null, null, null] };
    const window = windowOf(0, 20, [Math.log(0.4), Math.log(0.35), Math.log(0.25)]);
    assert.deepEqual(rounded(labelsOf(head, [window], all)), [{ category: "bad", score: 0.6, span: all }]);
    const several = { ...head, task: "multi-label" as const };
    const each = windowOf(0, 20, [logit(0.1), logit(0.35), logit(0.25)]);
    assert.deepEqual(rounded(labelsOf(several, [each], all)), [{ category: "bad", score: 0.35, span: all }]);
  });

  it("of a model with one number are of its last label", () => {
    assert.deepEqual(rounded(labelsOf(plain, [windowOf(0, 20, [logit(0.7)])], all)), [
      { category: "bad", score: 0.7, span: all },
    ]);
  });

  it("of a model with one number for what is fine turn round with the calibration's scale", () => {
    const head: HeadSpec = {
      ...plain,
      labels: ["bad"],
      tags: [null],
      calibration: { kind: "platt", scale: -1, offset: 0 },
    };
    assert.deepEqual(rounded(labelsOf(head, [windowOf(0, 20, [logit(0.7)])], all)), [
      { category: "bad", score: 0.3, span: all },
    ]);
  });

  it("of no windows are none", () => assert.deepEqual(labelsOf(plain, [], all), []));

  it("come from the output that the head names", () => {
    const window = windowOf(0, 20, [0, 0]);
    const outputs = [...window.outputs, { name: "other", dims: [2], data: Float32Array.of(0, logit(0.8)) }];
    const [found] = rounded(labelsOf({ ...plain, output: "other" }, [{ ...window, outputs }], all));
    assert.equal(found?.score, 0.8);
    assert.throws(() => labelsOf({ ...plain, output: "none" }, [window], all), /outputs that its heads read/);
  });
});

const people: HeadSpec = {
  ...plain,
  task: "token",
  labels: [null, "name", "name", "place", "name", "name"],
  tags: [null, "B", "I", null, "E", "S"],
};
type Said = "O" | "B" | "I" | "P" | "E" | "S";

/** Each token says one label with 0.9; those of a text are given with their spans. */
function said(tokens: readonly (readonly [number, number, Said, number?])[]): Judged {
  const width = people.labels.length;
  const numbers = tokens.flatMap(([, , label, p = 0.9]) =>
    Array.from({ length: width }, (_, at) => Math.log("OBIPES"[at] === label ? p : (1 - p) / (width - 1))),
  );
  return {
    tokens: {
      ids: new Int32Array(tokens.length),
      starts: Uint32Array.from(tokens, ([start]) => start),
      ends: Uint32Array.from(tokens, ([, end]) => end),
      unknown: new Uint8Array(tokens.length),
    },
    windows: [windowOf(0, tokens.length, numbers, [tokens.length, width])],
    coveredUnits: 0,
    unseenUnits: 0,
  };
}

const textsOf = (text: string, judged: Judged, threshold = 0.5, head = people): readonly string[] =>
  wordsOf(head, judged, text, threshold).map(({ category, span }) => `${category}:${text.slice(span.start, span.end)}`);

describe("words", () => {
  it("make a span from its beginning on", () => {
    const judged = said([
      [0, 3, "O"],
      [3, 8, "B"],
      [8, 13, "I"],
      [13, 17, "O"],
      [17, 22, "P"],
    ]);
    // White space that a token holds is not of the span.
    assert.deepEqual(
      textsOf(
        "Now Anna Bolt is in Rome",
        said([
          [0, 3, "O"],
          [3, 8, "B"],
          [8, 13, "I"],
        ]),
      ),
      ["name:Anna Bolt"],
    );
    assert.deepEqual(textsOf("Now Anna Bolt was Rome", judged), ["name:Anna Bolt", "place:Rome"]);
  });

  it("begin a new span where their labels do", () => {
    const apart = (second: Said) =>
      textsOf(
        "Anna Bolt",
        said([
          [0, 4, "B"],
          [5, 9, second],
        ]),
      );
    assert.deepEqual(apart("I"), ["name:Anna Bolt"]);
    assert.deepEqual(apart("E"), ["name:Anna Bolt"]);
    assert.deepEqual(apart("B"), ["name:Anna", "name:Bolt"]);
    assert.deepEqual(apart("S"), ["name:Anna", "name:Bolt"]);
    assert.deepEqual(
      textsOf(
        "Anna Bolt",
        said([
          [0, 4, "S"],
          [5, 9, "I"],
        ]),
      ),
      ["name:Anna", "name:Bolt"],
    );
    assert.deepEqual(
      textsOf(
        "Anna Bolt",
        said([
          [0, 4, "E"],
          [5, 9, "I"],
        ]),
      ),
      ["name:Anna", "name:Bolt"],
    );
    assert.deepEqual(
      textsOf(
        "New Rome",
        said([
          [0, 3, "P"],
          [4, 8, "P"],
        ]),
      ),
      ["place:New Rome"],
    );
    assert.deepEqual(
      textsOf(
        "Anna x Bolt",
        said([
          [0, 4, "B"],
          [5, 6, "O"],
          [7, 11, "I"],
        ]),
      ),
      ["name:Anna", "name:Bolt"],
    );
  });

  it("are whole, whichever part of them says it", () => {
    const judged = said([
      [0, 2, "O"],
      [2, 4, "B"],
      [4, 6, "O"],
    ]);
    assert.deepEqual(textsOf("Bolton", judged), ["name:Bolton"]);
    assert.deepEqual(textsOf("Bolton", judged, 0.5, { ...people, pooling: "mean" }), []);
    assert.deepEqual(textsOf("Bolton", judged, 0.3, { ...people, pooling: "mean" }), ["name:Bolton"]);
    // No space parts words here, so that a token is one.
    assert.deepEqual(
      textsOf(
        "王先生は東京",
        said([
          [0, 3, "B"],
          [3, 4, "O"],
          [4, 6, "P"],
        ]),
      ),
      ["name:王先生", "place:東京"],
    );
    // Two tokens of one character's bytes.
    assert.deepEqual(
      textsOf(
        "😀 a",
        said([
          [0, 2, "B"],
          [0, 2, "O"],
          [3, 4, "O"],
        ]),
      ),
      ["name:😀"],
    );
    // Letters beyond the BMP join, too.
    assert.deepEqual(
      textsOf(
        "𝒳𝓎",
        said([
          [0, 2, "B"],
          [2, 4, "O"],
        ]),
      ),
      ["name:𝒳𝓎"],
    );
    // A sign is a word of its own.
    assert.deepEqual(
      textsOf(
        "a@b",
        said([
          [0, 1, "B"],
          [1, 2, "O"],
          [2, 3, "I"],
        ]),
      ),
      ["name:a", "name:b"],
    );
  });

  it("count from the threshold on, with the score of the whole span", () => {
    const judged = said([
      [0, 4, "B", 0.6],
      [5, 9, "I", 0.8],
    ]);
    assert.deepEqual(textsOf("Anna Bolt", judged, 0.99), []);
    // Labels of one category add up: 0.6 and three of the other five, each 0.08.
    const scoresBy = (pooling: "max" | "mean" | "min") =>
      rounded(wordsOf({ ...people, pooling }, judged, "Anna Bolt", 0.5)).map(({ score }) => score);
    assert.deepEqual(scoresBy("max"), [0.92]);
    assert.deepEqual(scoresBy("mean"), [0.88]);
    assert.deepEqual(scoresBy("min"), [0.84]);
  });

  it("go with the surest of their span: no half of a name is left", () => {
    const told = (first: number, second: number, second2: "B" | "I" = "I") =>
      textsOf(
        "Anna Bolt",
        said([
          [0, 4, "B", first],
          [5, 9, second2, second],
        ]),
        0.9,
      );
    assert.deepEqual(told(0.95, 0.6), ["name:Anna Bolt"]);
    assert.deepEqual(told(0.6, 0.95), ["name:Anna Bolt"]);
    assert.deepEqual(told(0.6, 0.6), []);
    // Another name begins, and is not sure enough by itself.
    assert.deepEqual(told(0.95, 0.6, "B"), ["name:Anna"]);
  });

  it("skip tokens that stand for nothing", () => {
    assert.deepEqual(
      textsOf(
        "Anna Bolt",
        said([
          [0, 4, "B"],
          [4, 5, "O"],
          [5, 5, "O"],
          [5, 9, "I"],
        ]),
      ),
      ["name:Anna Bolt"],
    );
  });

  it("count in the window whose middle is nearer", () => {
    const shape = fc.record({
      count: fc.nat(40),
      size: fc.integer({ min: 1, max: 12 }),
      step: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(shape, ({ count, size, step }) => {
        const stride = Math.min(size, step);
        const froms = [0];
        while ((froms.at(-1) as number) + size < count)
          froms.push(Math.min((froms.at(-1) as number) + stride, count - size));
        const tokens = said(Array.from({ length: count }, (_, at) => [at * 2, at * 2 + 1, "O"] as const)).tokens;
        // Each window says its own score of all its tokens: 0.5 for the first, a little more for each that follows.
        const scoreOf = (index: number): number => 0.5 + index / 1000;
        const windows = froms.map((from, index): JudgedWindow => {
          const to = Math.min(count, from + size);
          const numbers = Array.from({ length: to - from }, () => [0, logit(scoreOf(index))]).flat();
          return { ...windowOf(from, to, [0, 0, ...numbers], [to - from + 1, 2]), before: 1 };
        });
        const head: HeadSpec = { ...plain, task: "token", tags: [null, "S"] };
        const judged: Judged = { tokens, windows, coveredUnits: 0, unseenUnits: 0 };
        const found = rounded(wordsOf(head, judged, "a ".repeat(count), 0));
        assert.equal(found.length, count);
        for (const [at, { score }] of found.entries()) {
          const farness = windows.map(({ tokens: { from, to } }) =>
            at < from || at >= to ? 1e9 : Math.abs(at + 0.5 - (from + to) / 2),
          );
          const index = Math.round((score - 0.5) * 1000);
          assert.equal(farness[index], Math.min(...farness));
        }
      }),
    );
  });
});

describe("vectors", () => {
  const head: HeadSpec = { ...plain, task: "embedding", labels: [], tags: [] };
  const window = windowOf(0, 2, [3, 0, 1, 8], [2, 2]);

  it("are the mean of the tokens, or the first, of length 1", () => {
    assert.deepEqual([...vectorOf(head, window)], [...Float32Array.of(4 / Math.hypot(4, 8), 8 / Math.hypot(4, 8))]);
    assert.deepEqual([...vectorOf({ ...head, vector: "first" }, window)], [1, 0]);
  });

  it("may be pooled by the model, and may be nothing", () => {
    assert.deepEqual([...vectorOf(head, windowOf(0, 2, [0, -2]))], [0, -1]);
    assert.deepEqual([...vectorOf(head, windowOf(0, 2, [0, 0]))], [0, 0]);
  });

  it("are alike by their angle", () => {
    const of = (...numbers: number[]) => vectorOf(head, windowOf(0, 1, numbers));
    assert.equal(cosine(of(2, 0), of(5, 0)), 1);
    assert.equal(cosine(of(2, 0), of(0, 5)), 0);
    assert.equal(cosine(of(2, 0), of(-1, 0)), -1);
    assert.throws(() => cosine(of(1), of(1, 0)), /equally long/);
  });
});
