// Words of a claim that is held against evidence: what one works out by hand, and that no cut of either text changes what a
// model says whose answer depends on the token alone. The tokenizers are real.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { emptyBundle } from "../../test/helpers/fake-model.ts";
import { tokenizerPath } from "../../test/models/tokenizers/expected.ts";
import { ok } from "../stdx/result.ts";
import { type Found, pairFoundOf, pairWordsOf, wordsOf } from "./answers.ts";
import { Batcher } from "./batching/batcher.ts";
import type { HeadSpec } from "./bundle/bundle.ts";
import { type JudgedPair, Model } from "./model.ts";
import { loadTokenizer } from "./tokens/tokenizer.ts";
import type { Tokenizer } from "./tokens/tokens.ts";

const never = new AbortController().signal;
const head: HeadSpec = {
  name: "main",
  output: null,
  task: "pair-token",
  labels: [null, "wrong"],
  tags: [null, null],
  calibration: { kind: "temperature", temperature: 1 },
  threshold: 0.5,
  thresholds: {},
  pooling: "min",
  vector: "mean",
};

/** The logit of a probability against one that is 0. */
const logit = (p: number): number => Math.log(p / (1 - p));
const rounded = (found: readonly Found[]) =>
  found.map(({ category, score, span }) => [category, Math.round(score * 1e4) / 1e4, span.start, span.end]);

type Said = (token: number, window: number) => readonly number[];
type Spans = readonly (readonly [start: number, end: number])[];

/** `cuts`: parts of the claim, in tokens. Each is held against so many windows of evidence, of 1 token, 2 tokens and so on. */
function heldOf(spans: Spans, cuts: Spans, windows: number, said: Said): JudgedPair {
  const parts = cuts.map(([from, to]) => ({
    start: spans[from]?.[0] ?? 0,
    end: spans[to - 1]?.[1] ?? 0,
    tokens: { from, to },
    windows: Array.from({ length: windows }, (_, window) => {
      const own = Array.from({ length: to - from }, (_each, at) => said(from + at, window));
      const width = own[0]?.length ?? 0;
      // What stands before the claim, and what ends the row, is as wrong as can be.
      const before = window + 3;
      const other = [...Array<number>(width - 1).fill(0), 50];
      const rows = [...Array.from({ length: before }, () => other), ...own, other];
      const data = Float32Array.from(rows.flat());
      return { start: 0, end: 1, before, outputs: [{ name: "logits", dims: [rows.length, width], data }] };
    }),
  }));
  const tokens = {
    ids: new Int32Array(spans.length),
    starts: Uint32Array.from(spans, ([start]) => start),
    ends: Uint32Array.from(spans, ([, end]) => end),
    unknown: new Uint8Array(spans.length),
  };
  return { tokens, parts, coveredUnits: 0 };
}

describe("of words by hand", () => {
  const claim = "It was built in 1937";
  const spans = [...claim.matchAll(/19|37|[a-z]+/gi)].map(
    ({ index, 0: { length } }) => [index, index + length] as const,
  );
  const whole: Spans = [[0, spans.length]];
  const held = (windows: number, share: (token: number, window: number) => number) =>
    heldOf(spans, whole, windows, (token, window) => [0, logit(share(token, window))]);

  it("one window that bears a word out is enough, unless the head says otherwise", () => {
    const judged = held(
      2,
      (token, window) => (token === 2 ? [0.9, 0.8][window] : token === 3 ? [0.9, 0.1][window] : 0.1) ?? 0,
    );
    assert.deepEqual(rounded(pairWordsOf(head, judged, claim, 0.5)), [["wrong", 0.8, 7, 12]]);
    assert.deepEqual(rounded(pairFoundOf(head, judged, claim, 0.5)), [["wrong", 0.8, 7, 12]]);
    assert.deepEqual(rounded(pairWordsOf({ ...head, pooling: "mean" }, judged, claim, 0.5)), [["wrong", 0.85, 7, 15]]);
    assert.deepEqual(rounded(pairWordsOf({ ...head, pooling: "max" }, judged, claim, 0.5)), [["wrong", 0.9, 7, 15]]);
  });

  it("a word is whole, and as wrong as its worst part", () => {
    const judged = held(1, (token) => (token === 5 ? 0.7 : 0.1));
    for (const pooling of ["min", "mean", "max"] as const)
      assert.deepEqual(rounded(pairWordsOf({ ...head, pooling }, judged, claim, 0.5)), [["wrong", 0.7, 16, 20]]);
  });

  it("words side by side are one span, and as wrong as the worst", () => {
    const judged = held(1, (token) => [0.1, 0.6, 0.95, 0.1, 0.1, 0.1][token] ?? 0);
    assert.deepEqual(rounded(pairWordsOf(head, judged, claim, 0.9)), [["wrong", 0.95, 3, 12]]);
    assert.deepEqual(pairWordsOf(head, judged, claim, 0.96), []);
  });

  it("of a category the lowest over windows counts, however its labels share it", () => {
    const two: HeadSpec = { ...head, labels: [null, "wrong", "wrong"], tags: [null, "B", "I"] };
    const shares = [
      [0.2, 0.7, 0.1],
      [0.3, 0.1, 0.6],
    ];
    const judged = heldOf(spans, whole, 2, (token, window) =>
      (token === 0 ? (shares[window] ?? []) : [0.98, 0.01, 0.01]).map(Math.log),
    );
    assert.deepEqual(rounded(pairWordsOf(two, judged, claim, 0.5)), [["wrong", 0.7, 0, 2]]);
  });

  it("numbers are calibrated", () => {
    const calibrated: HeadSpec = { ...head, calibration: { kind: "platt", scale: 2, offset: 0 } };
    const judged = held(1, (token) => (token === 0 ? 0.6 : 0.1));
    assert.deepEqual(rounded(pairWordsOf(calibrated, judged, claim, 0.5)), [["wrong", 0.6923, 0, 2]]);
  });

  it("a claim without tokens has none", () =>
    assert.deepEqual(
      pairWordsOf(
        head,
        heldOf([], [], 1, () => []),
        "",
        0,
      ),
      [],
    ));
});

/** Windows of `size` over `count` tokens, as they are cut. */
function cutsOf(count: number, size: number, stride: number): Spans {
  const cuts: [number, number][] = [];
  for (let from = 0, end = 0; end < count; from += stride) {
    end = Math.min(count, from + size);
    cuts.push([end === count ? Math.max(0, count - size) : from, end]);
  }
  return cuts;
}

/** In order, apart, and no word cut; returns what is found. */
function assertWords(found: readonly Found[], text: string): void {
  let reached = 0;
  for (const { score, span } of found) {
    assert.ok(span.start >= reached && span.end > span.start && span.end <= text.length, JSON.stringify(span));
    assert.ok(score >= 0 && score <= 1);
    const around = [text.slice(span.start - 1, span.start + 1), text.slice(span.end - 1, span.end + 1)];
    for (const two of around) assert.doesNotMatch(two, /^[a-z]{2}$/i);
    assert.equal(text.slice(span.start, span.end).trim().length, span.end - span.start);
    reached = span.end;
  }
}

describe("cuts change nothing", () => {
  const token = fc.record({
    units: fc.integer({ min: 1, max: 4 }),
    joins: fc.boolean(),
    share: fc.integer({ min: 1, max: 99 }),
  });
  const shape = fc.record({
    list: fc.array(token, { minLength: 1, maxLength: 40 }),
    size: fc.integer({ min: 1, max: 12 }),
    step: fc.integer({ min: 1, max: 12 }),
    windows: fc.integer({ min: 1, max: 4 }),
    threshold: fc.integer({ min: 0, max: 100 }),
    pooling: fc.constantFrom("min" as const, "mean" as const, "max" as const),
  });

  it("of what depends on the token alone", () => {
    fc.assert(
      fc.property(shape, ({ list, size, step, windows, threshold, pooling }) => {
        let text = "";
        const spans = list.map(({ units, joins }, at) => {
          if (at > 0 && !joins) text += " ";
          text += "a".repeat(units);
          return [text.length - units, text.length] as const;
        });
        const said: Said = (at) => [0, logit((list[at]?.share ?? 0) / 100)];
        const asked = { ...head, pooling };
        const cut = heldOf(spans, cutsOf(spans.length, size, Math.min(size, step)), windows, said);
        const found = pairWordsOf(asked, cut, text, threshold / 100);
        assertWords(found, text);
        const whole = heldOf(spans, [[0, spans.length]], 1, said);
        assert.deepEqual(rounded(found), rounded(pairWordsOf(asked, whole, text, threshold / 100)));
      }),
    );
  });

  it("of the texts of real tokenizers", async () => {
    const labels = [null, "wrong", "odd"];
    const words: HeadSpec = { ...head, labels, tags: [null, null, null] };
    let all = 0;
    for (const name of ["bert", "deberta", "roberta", "modernbert", "xlm-roberta"]) {
      const loaded = await loadTokenizer(tokenizerPath(name));
      assert.ok(loaded.ok);
      await fc.assert(
        fc.asyncProperty(fc.nat(80), fc.nat(60), fc.integer({ min: 10, max: 64 }), async (a, b, tokens) => {
          const model = modelOf(loaded.value, words, tokens);
          const [evidence, claim] = [prose(a), prose(b)];
          const held = await model.judgePair(never, evidence, claim, Infinity);
          const alone = await model.judge(never, claim, Infinity);
          assert.ok(held.ok && alone.ok, JSON.stringify(held));
          assert.equal(held.value.coveredUnits, claim.length);
          const found = pairWordsOf(words, held.value, claim, 0.5);
          assertWords(found, claim);
          all += found.length;
          const ofText = wordsOf({ ...words, task: "token", pooling: "max" }, alone.value, claim, 0.5);
          assert.deepEqual(rounded(found), rounded(ofText));
        }),
        { numRuns: 15 },
      );
    }
    assert.ok(all > 200, `${all}`);
  });
});

/** Of each token by its id: fine, wrong or odd. */
function modelOf(tokenizer: Tokenizer, words: HeadSpec, tokens: number): Model {
  return new Model({
    bundle: {
      ...emptyBundle,
      unknownShareMax: 1,
      heads: [words],
      window: { tokens, stride: null, most: 100_000 },
    },
    tokenizer,
    batcher: new Batcher({
      runner: {
        streams: 2,
        run({ rows, columns, ids }) {
          const data = Float32Array.from([...ids].flatMap((id) => [4, Number(id % 3n) * 3, Number(id % 5n) * 2]));
          return Promise.resolve(ok({ outputs: [{ name: "logits", dims: [rows, columns, 3], data }], runMs: 1 }));
        },
      },
      padId: 0,
      limits: { batchTokensMax: 1_000, batchRowsMax: 8, queueTokensMax: 1_000_000 },
      nowMs: () => 0,
    }),
  });
}

/** About so many words. */
const prose = (words: number): string =>
  "Please send the unpayable invoice to Dr. Voskuijlen's office before Friday 1937. ".repeat(words).slice(0, words * 5);
