import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { fakeModel } from "../../../test/helpers/fake-model.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";
import type { Detection, ExchangeMemory } from "../../domain/detector.ts";
import { nothingDeclared } from "../../domain/dialect.ts";
import type { ModelSpec } from "../../domain/policy.ts";
import type { Segment } from "../../domain/segment.ts";
import type { Judged, ModelProblem } from "../../inference/model.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { createDetector } from "../index.ts";
import { Passes, rememberedNumbersMax, rememberedTextsMax } from "./passes.ts";
import { askedOf, type ServedModel } from "./served.ts";

type Answer = Result<Judged, ModelProblem>;
type Run = {
  readonly text: string;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  readonly answer: (answer: Answer) => void;
  readonly fail: (fault: unknown) => void;
};

const never = Number.POSITIVE_INFINITY;
const judgedOf = (numbers = 1): Answer => {
  const none = new Uint32Array();
  const tokens = { ids: new Int32Array(), starts: none, ends: none, unknown: new Uint8Array() };
  const outputs = [{ name: "logits", dims: [numbers], data: new Float32Array(numbers) }];
  const window = { start: 0, end: 1, tokens: { from: 0, to: 0 }, before: 0, outputs };
  return ok({ tokens, windows: [window], coveredUnits: 1, unseenUnits: 0 });
};
const specOf = (more: Partial<ModelSpec> = {}): ModelSpec => ({
  ...{ family: "m", name: "m", head: null, tasks: null, categories: null, threshold: null },
  ...{ examples: [], minSimilarity: null },
  ...more,
});

/** A model whose runs the test ends, behind the passes of an exchange. */
function opened(stage: "prompt" | "reply" = "prompt") {
  const runs: Run[] = [];
  const { models } = fakeModel("m", { numbers: () => [[0, 0]] });
  const asked = askedOf(specOf(), models) ?? assert.fail();
  const run = (signal: AbortSignal, text: string, deadlineMs: number): Promise<Answer> =>
    new Promise((answer, fail) => void runs.push({ text, signal, deadlineMs, answer, fail }));
  const model: ServedModel["model"] = {
    judge: run,
    judgePair: async (signal, evidence, claim, deadlineMs) => {
      const judged = await run(signal, `${evidence} | ${claim}`, deadlineMs);
      return judged.ok ? ok({ tokens: judged.value.tokens, parts: [], coveredUnits: 0 }) : judged;
    },
  };
  const shared = new Passes(stage).over({ ...asked, served: { ...asked.served, model } }).served.model;
  const ask = (text: string, signal = new AbortController().signal, deadlineMs = never) =>
    shared.judge(signal, text, deadlineMs);
  return { runs, shared, ask, last: (): Run => runs.at(-1) ?? assert.fail() };
}

test("one run for all who ask, as urgent as the most urgent of them", async () => {
  const { runs, ask, last } = opened();
  const answers = [ask("a", undefined, 900), ask("a", undefined, 400), ask("a", undefined, 700)];
  await turn();
  answers.push(ask("a", undefined, 100));
  assert.deepEqual(
    runs.map(({ text, deadlineMs }) => [text, deadlineMs]),
    [["a", 400]],
  );
  const judged = judgedOf();
  last().answer(judged);
  for (const answer of await Promise.all(answers)) assert.deepEqual(answer, judged);
  assert.deepEqual(await ask("a"), judged, "remembered");
  assert.equal(runs.length, 1);
  void ask("b");
  await turn();
  assert.equal(runs.length, 2);
});

test("texts of pairs are told apart by both", async () => {
  const { runs, shared } = opened();
  const { signal } = new AbortController();
  for (const [one, other] of [
    ["ab", "c"],
    ["a", "bc"],
    ["ab", "c"],
    ["c", "ab"],
  ] as const)
    void shared.judgePair(signal, one, other, never);
  void shared.judge(signal, "ab", never);
  await turn();
  assert.deepEqual(
    runs.map(({ text }) => text),
    ["ab | c", "a | bc", "c | ab", "ab"],
  );
});

test("who leaves leaves alone, each with its own answer; with the last the run ends", async () => {
  const { runs, ask, last } = opened();
  const [one, two, three] = [new AbortController(), new AbortController(), new AbortController()];
  const answers = [one, two, three].map(({ signal }) => ask("a", signal));
  await turn();
  one.abort(new DOMException("deadline", "TimeoutError"));
  assert.deepEqual(await answers[0], err({ cause: "deadline", message: "" }));
  two.abort();
  assert.deepEqual(await answers[1], err({ cause: "backend", message: "the exchange is over" }));
  assert.equal(last().signal.aborted, false);
  three.abort();
  assert.equal(last().signal.aborted, true);
  assert.equal((await answers[2])?.ok, false);
  last().answer(judgedOf());
  await turn();
  const fourth = ask("a");
  await turn();
  assert.equal(runs.length, 2, "what nobody waited for is not remembered");
  last().answer(judgedOf());
  assert.equal((await fourth).ok, true);
});

test("who has left already, or before it began, costs no run", async () => {
  const { runs, ask } = opened();
  const gone = new AbortController();
  const asked = ask("a", gone.signal);
  gone.abort();
  assert.equal((await asked).ok, false);
  assert.equal((await ask("a", gone.signal)).ok, false);
  await turn();
  assert.equal(runs.length, 0);
});

test("what failed or broke is told to all who wait, and not remembered", async () => {
  const { runs, ask, last } = opened();
  const overloaded = err({ cause: "overloaded", message: "" } as const);
  const failing = [ask("a"), ask("a")];
  await turn();
  last().answer(overloaded);
  assert.deepEqual(await Promise.all(failing), [overloaded, overloaded]);
  const breaking = [ask("a"), ask("a")];
  await turn();
  last().fail(new Error("a bug"));
  for (const each of await Promise.allSettled(breaking)) assert.equal(each.status, "rejected");
  void ask("a");
  await turn();
  assert.equal(runs.length, 3);
});

test("of a prompt the first numbers are remembered, up to the limit", async () => {
  for (const [second, remembered] of [
    [rememberedNumbersMax - 11, true],
    [rememberedNumbersMax - 10, true],
    [rememberedNumbersMax - 9, false],
  ] as const) {
    const { runs, ask, last } = opened();
    for (const [text, numbers] of [
      ["first", 10],
      ["second", second],
    ] as const) {
      const answer = ask(text);
      await turn();
      last().answer(judgedOf(numbers));
      await answer;
    }
    void ask("first");
    void ask("second");
    await turn();
    assert.equal(runs.length, remembered ? 2 : 3);
  }
});

test("of a reply the last texts are remembered", async () => {
  for (const [others, remembered] of [
    [rememberedTextsMax - 2, true],
    [rememberedTextsMax - 1, true],
    [rememberedTextsMax, false],
  ] as const) {
    const { runs, ask, last } = opened("reply");
    for (const text of ["first", ...Array.from({ length: others }, (_, at) => `${at}`)]) {
      const answer = ask(text);
      await turn();
      last().answer(judgedOf());
      await answer;
    }
    const before = runs.length;
    void ask("first");
    await turn();
    assert.equal(runs.length - before, remembered ? 0 : 1);
  }
});

const rules: readonly Partial<ModelSpec>[] = [
  {},
  { threshold: 0.9 },
  { threshold: "fpr-1%" },
  { threshold: 0.1, categories: ["attack"] },
  { family: "injection" },
];
const words = fc.constantFrom("ignore", "rules", "fail", "late", "the", "boat");
const texts = fc.array(
  fc.array(words, { maxLength: 4 }).map((list) => list.join(" ")),
  { minLength: 1, maxLength: 5 },
);

test("rules that share runs answer as rules that do not", async () => {
  let shared = 0;
  let alone = 0;
  await fc.assert(
    fc.asyncProperty(texts, fc.shuffledSubarray([...rules], { minLength: 2 }), async (prompt, chosen) => {
      const { models, asked } = fakeModel("m", {
        numbers: (text) => [[text.includes("ignore") ? 0 : 2, text.includes("rules") ? 3 : 0]],
        problem: (text) => (text.includes("fail") ? "backend" : text.includes("late") ? "deadline" : null),
      });
      const segments = prompt.map(
        (text, at): Segment => ({
          stage: "prompt",
          location: { place: "content", role: "user", pointer: `/${at}` },
          text,
        }),
      );
      const answersOf = async (memoryOf: () => ExchangeMemory): Promise<readonly Detection[]> => {
        const answers = chosen.map(async (rule) => {
          const detector = createDetector({ kind: "model", ...specOf(rule) }, models);
          assert.ok(detector.kind === "exchange");
          const memory = memoryOf();
          const { signal } = new AbortController();
          const lanes = await detector.open(signal, memory, neverBreathes, "prompt", memory);
          const found: Detection[] = [];
          for (const { location, text } of segments) {
            const lane = lanes?.lane({ location, call: null }) ?? assert.fail();
            found.push(await lane.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes));
          }
          return found;
        });
        return (await Promise.all(answers)).flat();
      };
      const fresh = (): ExchangeMemory => ({ segments, left: 0, declared: nothingDeclared });
      const one = fresh();
      const together = await answersOf(() => one);
      shared += asked.length;
      asked.length = 0;
      assert.deepEqual(together, await answersOf(fresh));
      alone += asked.length;
    }),
    { numRuns: 200 },
  );
  assert.ok(shared * 2 < alone, `${shared} runs instead of ${alone}`);
});
