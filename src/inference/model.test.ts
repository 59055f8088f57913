// A model judges whole texts by windows, pairs with one text whole, and says what it did not see. The tokenizers are real,
// the runner answers with the sum of the ids it was given.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { emptyBundle } from "../../test/helpers/fake-model.ts";
import { tokenizerPath } from "../../test/models/tokenizers/expected.ts";
import { meterWith, type ModelRun } from "../domain/times.ts";
import { openDeadline } from "../stdx/deadline.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import type { BackendProblem, RunAnswer, TokenBatch } from "./backend.ts";
import { Batcher } from "./batching/batcher.ts";
import type { Bundle } from "./bundle/bundle.ts";
import { type Judged, type JudgedWindow, Model } from "./model.ts";
import { loadTokenizer } from "./tokens/tokenizer.ts";

const never = new AbortController().signal;
type Run = (batch: TokenBatch) => Promise<Result<RunAnswer, BackendProblem>>;

/** Gives each row its ids back, as numbers of its tokens. */
const echo: Run = ({ rows, columns, ids }) =>
  Promise.resolve(
    ok({ outputs: [{ name: "ids", dims: [rows, columns, 1], data: Float32Array.from(ids, Number) }], runMs: 1 }),
  );

async function open(
  name: string,
  window: Partial<Bundle["window"]> = {},
  run = echo,
  nowMs = (): number => 0,
): Promise<Model> {
  const tokenizer = await loadTokenizer(tokenizerPath(name));
  assert.ok(tokenizer.ok);
  const limits = { batchTokensMax: 1_000, batchRowsMax: 8, queueTokensMax: 1_000_000 };
  return new Model({
    bundle: { ...emptyBundle, window: { tokens: 32, stride: null, most: 256, ...window } },
    tokenizer: tokenizer.value,
    batcher: new Batcher({ runner: { streams: 2, run }, padId: 0, limits, nowMs }),
    runsOn: { runtime: "test", precision: "f32" },
  });
}

const idsOf = ({ outputs }: JudgedWindow): readonly number[] => [...(outputs[0]?.data ?? [])];
/** About so many words. */
const prose = (words: number): string =>
  "Please send the invoice to the office before Friday. ".repeat(words).slice(0, words * 5);

describe("a text", () => {
  it("is judged whole, in windows that meet", async () => {
    for (const name of ["bert", "deberta", "roberta", "modernbert", "xlm-roberta", "llama"]) {
      const model = await open(name);
      await fc.assert(
        fc.asyncProperty(fc.nat(300), async (words) => {
          const text = prose(words);
          const judged = await model.judge(never, text, Infinity);
          assert.ok(judged.ok);
          const { windows, tokens, coveredUnits, unseenUnits } = judged.value;
          assert.equal(coveredUnits, text.length);
          assert.equal(unseenUnits, 0);
          assert.equal(windows.length === 0, text === "");
          let reached = 0;
          for (const window of windows) {
            assert.ok(window.start <= reached && window.end > reached);
            reached = window.end;
            const { from, to } = window.tokens;
            assert.deepEqual(idsOf(window).slice(window.before, window.before + to - from), [
              ...tokens.ids.subarray(from, to),
            ]);
            assert.ok(idsOf(window).length <= 32);
          }
          assert.equal(reached, text.length);
        }),
        { numRuns: 10 },
      );
    }
  });

  it("is timed for whoever asks", async () => {
    const { signal } = new AbortController();
    const runs: ModelRun[] = [];
    meterWith(signal, { ran: (run) => runs.push(run), recalled: () => assert.fail("nothing was remembered") });
    const slow: Run = async (batch) => {
      const answer = await echo(batch);
      return answer.ok ? ok({ ...answer.value, runMs: 7 }) : answer;
    };
    let nowMs = 0;
    const model = await open("bert", {}, slow, () => (nowMs += 1));
    using deadline = openDeadline(signal, 10_000);
    await model.judge(deadline.signal, prose(80), Infinity);
    await model.judgePair(signal, prose(4), prose(3), Infinity);
    await model.judge(never, prose(20), Infinity);
    assert.equal(runs.length, 2, "and for nobody else");
    for (const run of runs) {
      assert.ok(run.tokeniseMs > 0 && run.queueMs > 0 && run.endedMs > run.beganMs);
      assert.deepEqual([run.inferMs, run.failed, run.runtime, run.precision], [7, false, "test", "f32"]);
    }
    assert.ok((runs[0]?.rows ?? 0) > 1 && (runs[0]?.batchTokens ?? 0) > 32);
    const broken = await open("bert", {}, () => Promise.resolve(err({ kind: "failed", message: "" })));
    await broken.judge(signal, prose(2), Infinity);
    assert.equal(runs.at(-1)?.failed, true);
  });

  it("beyond the cap of windows is not covered", async () => {
    const model = await open("bert", { most: 2 });
    const text = prose(200);
    const judged = await model.judge(never, text, Infinity);
    assert.ok(judged.ok);
    assert.equal(judged.value.windows.length, 2);
    assert.equal(judged.value.coveredUnits, judged.value.windows[1]?.end);
    assert.ok(judged.value.coveredUnits < text.length);
  });

  it("of which a part is unknown is unknown, however long the rest is", async () => {
    const model = await open("bert");
    const causeOf = async (text: string) => {
      const judged = await model.judge(never, text, Infinity);
      return judged.ok ? judged.value.unseenUnits : judged.error.cause;
    };
    assert.equal(await causeOf(`${prose(100)} ꙮ ${prose(100)}`), 1);
    assert.equal(await causeOf(prose(400) + "ꙮꙮꙮ ".repeat(10) + prose(400)), "vocabulary");
    assert.equal(await causeOf("\u{e0041}\u{e0042}"), "vocabulary");
    assert.equal(await causeOf(" \n"), 0);
  });
});

describe("a pair", () => {
  const short = "The train was late.";
  const long = prose(100);

  /** Every row is the frame with a part of the evidence and one of the claim; all parts together are both texts. */
  const held = async (evidence: string, claim: string, window: Partial<Bundle["window"]>) => {
    const model = await open("bert", window);
    const [judged, one, other] = [
      await model.judgePair(never, evidence, claim, Infinity),
      await model.judge(never, evidence, Infinity),
      await model.judge(never, claim, Infinity),
    ];
    assert.ok(judged.ok && one.ok && other.ok, JSON.stringify(judged));
    const [evidenceIds, claimIds] = [[...one.value.tokens.ids], [...other.value.tokens.ids]];
    const { parts } = judged.value;
    const [seenOfEvidence, seenOfClaim] = [new Set<number>(), new Set<number>()];
    for (const part of parts) {
      for (const each of part.windows) {
        const row = [...(each.outputs[0]?.data ?? [])];
        assert.ok(row.length <= (window.tokens ?? 0));
        const middle = row.indexOf(3);
        const [first, second] = [row.slice(1, middle), row.slice(middle + 1, -1)];
        assert.deepEqual(row, [2, ...first, 3, ...second, 3]);
        const halves: readonly (readonly [number[], number[], Set<number>, number, Judged])[] = [
          [first, evidenceIds, seenOfEvidence, each.start, one.value],
          [second, claimIds, seenOfClaim, part.start, other.value],
        ];
        for (const [ids, whole, seen, at, { tokens }] of halves) {
          const from = tokens.starts.indexOf(at);
          assert.deepEqual(ids, whole.slice(from, from + ids.length));
          for (const index of ids.keys()) seen.add(from + index);
        }
      }
    }
    assert.equal(seenOfEvidence.size, evidenceIds.length);
    const end = parts.at(-1)?.end ?? 0;
    assert.equal(judged.value.coveredUnits, end);
    return { parts, covered: end, seenOfClaim: seenOfClaim.size, claimTokens: claimIds.length };
  };

  it("that fits stands in one window", async () => {
    const { parts } = await held(short, short, { tokens: 48 });
    assert.deepEqual(
      parts.map(({ start, end, windows }) => [start, end, windows.length]),
      [[0, short.length, 1]],
    );
  });

  it("has a claim that leaves room held whole against each window of the evidence", async () => {
    const { parts } = await held(long, short, { tokens: 48 });
    assert.equal(parts.length, 1);
    assert.ok((parts[0]?.windows.length ?? 0) > 1);
  });

  it("has a long claim cut, and held part by part against evidence that is short", async () => {
    const { parts, seenOfClaim, claimTokens } = await held(short, long, { tokens: 48 });
    assert.ok(parts.length > 1 && parts.every(({ windows }) => windows.length === 1));
    assert.equal(seenOfClaim, claimTokens);
  });

  it("of two long texts has each part of the one held against each of the other", async () => {
    const { parts, seenOfClaim, claimTokens } = await held(long, prose(90), { tokens: 32 });
    assert.ok(parts.length > 2 && parts.every(({ windows }) => windows.length > 2));
    assert.equal(seenOfClaim, claimTokens);
  });

  it("beyond the cap of windows leaves a claim's end uncovered, and evidence unheld is too long", async () => {
    const claim = prose(90);
    const { parts, covered } = await held(long, claim, { tokens: 32, most: 40 });
    assert.ok(parts.length >= 1 && parts.length * (parts[0]?.windows.length ?? 0) <= 40);
    assert.ok(covered < claim.length);
    const judged = await (await open("bert", { most: 4 })).judgePair(never, long, short, Infinity);
    assert.deepEqual(!judged.ok && judged.error.cause, "too-long");
  });

  it("is too long where a window has no room for two texts", async () => {
    const judged = await (await open("bert", { tokens: 4 })).judgePair(never, short, short, Infinity);
    assert.deepEqual(!judged.ok && judged.error.cause, "too-long");
  });

  it("of any lengths is held whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 8, max: 64 }),
        async (a, b, tokens) => {
          const { seenOfClaim, claimTokens } = await held(prose(a), prose(b), { tokens, most: 100_000 });
          assert.equal(seenOfClaim, claimTokens);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("is unknown where either text is", async () => {
    const model = await open("bert");
    for (const [first, second] of [
      ["ꙮꙮ", short],
      [short, "ꙮꙮ"],
    ] as const) {
      const judged = await model.judgePair(never, first, second, Infinity);
      assert.deepEqual(!judged.ok && judged.error.cause, "vocabulary");
    }
  });

  it("of nothing has no windows", async () => {
    const judged = await (await open("bert")).judgePair(never, "", "", Infinity);
    assert.ok(judged.ok && judged.value.parts.length === 0);
  });
});

describe("what goes wrong", () => {
  const causeOf = async (signal: AbortSignal, run: Run) => {
    const judged = await (await open("bert", {}, run)).judge(signal, "a", Infinity);
    return judged.ok ? "" : judged.error.cause;
  };

  it("beneath is told as the backend's", async () => {
    for (const kind of ["failed", "died", "closed"] as const) {
      assert.equal(await causeOf(never, () => Promise.resolve(err({ kind, message: "" }))), "backend");
    }
    assert.equal(
      await causeOf(never, ({ rows }) =>
        Promise.resolve(ok({ outputs: [{ name: "x", dims: [rows], data: Float32Array.of(NaN) }], runMs: 0 })),
      ),
      "backend",
    );
  });

  it("with time is told as the deadline, before and while it runs", async () => {
    const timeout = new DOMException("deadline", "TimeoutError");
    assert.equal(await causeOf(AbortSignal.abort(timeout), echo), "deadline");
    assert.equal(await causeOf(AbortSignal.abort(new Error("gone")), echo), "backend");
    const controller = new AbortController();
    const stuck: Run = () => {
      controller.abort(timeout);
      return new Promise(() => undefined);
    };
    assert.equal(await causeOf(controller.signal, stuck), "deadline");
  });

  it("with the queue is told as overload", async () => {
    const tokenizer = await loadTokenizer(tokenizerPath("bert"));
    assert.ok(tokenizer.ok);
    const busy = new Batcher({
      runner: { streams: 1, run: () => new Promise(() => undefined) },
      padId: 0,
      limits: { batchTokensMax: 100, batchRowsMax: 1, queueTokensMax: 1 },
      nowMs: () => 0,
    });
    const row = { ids: [1], types: [0] };
    void busy.submit(never, [row], 0);
    void busy.submit(never, [row], 0);
    const { bundle } = await open("bert");
    const judged = await new Model({ bundle, tokenizer: tokenizer.value, batcher: busy }).judge(never, "a", 0);
    assert.deepEqual(judged, err({ cause: "overloaded", message: "" }));
  });
});
