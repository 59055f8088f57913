// Whatever a text is, each head of a model has a score for it, or the guard says why not; and it costs no more windows than the
// cap. Through the loaded model, where each number is looked at, and as an exchange, by rules that ask every head.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { openModel } from "../../src/app/models/open-model.ts";
import { scan } from "../../src/app/scan.ts";
import { limitTable, standardLimits } from "../../src/config/limits.ts";
import { standardModelSettings } from "../../src/config/models.ts";
import { unknownCauses } from "../../src/domain/detector.ts";
import { isOfPairs } from "../../src/domain/policy.ts";
import type { StageVerdict } from "../../src/domain/verdict.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { type Found, labelsOf, pairFoundOf, vectorOf, wordsOf } from "../../src/inference/answers.ts";
import type { Backend } from "../../src/inference/backend.ts";
import { type Bundle, type HeadSpec, readBundle } from "../../src/inference/bundle/bundle.ts";
import type { Judged, Model } from "../../src/inference/model.ts";
import { planFrom } from "../helpers/exchange.ts";
import { claimsBundle } from "../helpers/model-store.ts";
import { mustBe, runtimes } from "./backends/runtimes.ts";
import { badTexts, longUnits } from "./bad-texts.ts";
import { fixture } from "./bundles/fixture.ts";

type Subject = {
  readonly name: string;
  readonly folder: string;
  /** Windows of one text at most, where less than the bundle's own: a real model takes its time. */
  readonly windowsMost: number;
  /** UTF-16 code units of the longest text that it gets. */
  readonly unitsMost: number;
  /** Of the property. */
  readonly runs: number;
};

const models = fileURLToPath(new URL("../../models", import.meta.url));
const shipped = readdirSync(models).filter((name) => existsSync(join(models, name, "sallyport-model.yaml")));
/** One of each task and kind of tokenizer. */
const small = ["bert", "modernbert", "xlm-roberta", "roberta", "distilbert"];
const any = Number.POSITIVE_INFINITY;
const subjects: readonly Subject[] = [
  ...shipped.map((name) => {
    return { name: `models/${name}`, folder: join(models, name), windowsMost: 8, unitsMost: any, runs: 20 };
  }),
  ...small.map((name) => {
    const [windowsMost, unitsMost] = name === "bert" ? [any, any] : [8, longUnits];
    return { name, folder: fixture(name), windowsMost, unitsMost, runs: 25 };
  }),
  { name: "claims", folder: claimsBundle, windowsMost: 8, unitsMost: longUnits, runs: 25 },
];

test("every bundle that ships is among them", () => {
  const file = join(models, "shipped.json");
  const listed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { readonly models: object }).models : {};
  const folders = Object.values(listed).map(
    (each: { readonly active: { readonly folder: string } }) => each.active.folder,
  );
  for (const folder of folders) assert.ok(shipped.includes(folder), folder);
});

for (const { name: runtime, needs, open } of runtimes.filter(({ name }) => !name.includes("Node"))) {
  describe(runtime, needs, () => {
    let backend: Backend | null = null;
    after(() => backend?.close());
    for (const subject of subjects) {
      describe(subject.name, () => {
        let opened: Promise<Loaded> | null = null;
        const load = async (): Promise<Loaded> => {
          backend ??= await open();
          return openSubject(backend, subject);
        };
        after(async () => (await opened)?.close());
        for (const [what, text] of Object.entries(badTexts)) {
          if (text.length > subject.unitsMost) continue;
          test(what, async () => assertJudged(await (opened ??= load()), text));
        }
        test("any text", async () => {
          const loaded = await (opened ??= load());
          await fc.assert(
            fc.asyncProperty(anyText, (text) => assertJudged(loaded, text)),
            { numRuns: subject.runs },
          );
        });
      });
    }
  });
}

const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
const anyText = fc.oneof(
  fc.string({ unit: "grapheme-composite", maxLength: 200, size: "max" }),
  fc.string({ unit: "grapheme", maxLength: 100, size: "max" }),
  fc.string({ unit: "binary", maxLength: 100, size: "max" }),
  fc.string({ unit, maxLength: 100, size: "max" }),
);

type Loaded = {
  readonly bundle: Bundle;
  /** What was judged is not judged again. */
  readonly model: Pick<Model, "judge" | "judgePair">;
  /** Windows that the model was run on so far. */
  rows(): number;
  readonly plan: Plan;
  close(): Promise<void>;
};

async function openSubject(backend: Backend, { folder, windowsMost }: Subject): Promise<Loaded> {
  const read = mustBe(await readBundle(folder));
  const bundle = { ...read, window: { ...read.window, most: Math.min(read.window.most, windowsMost) } };
  let rows = 0;
  const opened = mustBe(
    await openModel({
      backend,
      bundle,
      settings: { ...standardModelSettings(), threads: 1, streams: 1 },
      onBatch: (seen) => {
        rows += seen.rows;
      },
    }),
  );
  const known = new Map<string, ReturnType<Model["judge"]>>();
  const model: Loaded["model"] = {
    judge: (signal, text, deadlineMs) => {
      const before = known.get(text) ?? opened.model.judge(signal, text, deadlineMs);
      known.set(text, before);
      return before;
    },
    judgePair: (...asked) => opened.model.judgePair(...asked),
  };
  const plan = planFrom(JSON.stringify(policyOf(bundle)), {
    get: (name) => (name === bundle.name ? { bundle, model } : null),
  });
  return { bundle, model, rows: () => rows, plan, close: () => opened.close() };
}

const example = "The old bridge over the river was closed.";

/** A rule for each head: every score of it is a finding. */
const policyOf = ({ name, heads }: Bundle): object => ({
  kind: "Policy",
  version: 1,
  name: "bad-texts",
  defaults: { onUnknown: "open", onUnreadable: "block" },
  rules: heads.map((head) => ({
    id: head.name,
    stage: "prompt",
    when: { place: isOfPairs(head.task) ? "tool-result" : "content" },
    detect: {
      model: {
        name,
        head: head.name,
        ...(head.task === "embedding" ? { examples: [example], minSimilarity: 0 } : { threshold: 0 }),
      },
    },
    action: "flag",
  })),
});

async function assertJudged(loaded: Loaded, text: string): Promise<void> {
  const { heads } = loaded.bundle;
  if (heads.some(({ task }) => !isOfPairs(task))) await assertSingle(loaded, text);
  for (const head of heads.filter(({ task }) => isOfPairs(task))) {
    await assertPair(loaded, head, text, example);
    await assertPair(loaded, head, example, text);
    if (text.length <= longUnits) await assertPair(loaded, head, text, text);
  }
  await assertExchange(loaded, text);
}

const never = new AbortController().signal;
const isScore = (score: number): boolean => score >= 0 && score <= 1;

async function assertSingle({ bundle, model, rows }: Loaded, text: string): Promise<void> {
  const before = rows();
  const judged = await model.judge(never, text, Number.POSITIVE_INFINITY);
  const { most } = bundle.window;
  assert.ok(rows() - before <= most, `${rows() - before} windows`);
  if (!judged.ok) return assert.equal(judged.error.cause, "vocabulary", judged.error.message);
  const { windows, coveredUnits, unseenUnits } = judged.value;
  assert.ok(windows.length <= most);
  assert.ok(coveredUnits === text.length || (coveredUnits < text.length && windows.length === most));
  assert.ok(unseenUnits >= 0 && unseenUnits <= text.length);
  // Nothing is said of nothing alone: what can be seen has a window, or is unknown.
  if (windows.length === 0) assert.match(text, /^[\s\p{M}]*$/u);
  for (const head of bundle.heads) assertHead(head, judged.value, text);
}

function assertHead(head: HeadSpec, judged: Judged, text: string): void {
  switch (head.task) {
    case "pair":
    case "pair-token":
      return;
    case "embedding":
      for (const window of judged.windows) {
        const length = Math.hypot(...vectorOf(head, window));
        assert.ok(Math.abs(length - 1) < 1e-3, `a vector of length ${length}`);
      }
      return;
    case "token":
      return assertFound(wordsOf(head, judged, text, 0), text);
    default: {
      const found = labelsOf(head, judged.windows, { start: 0, end: judged.coveredUnits });
      const categories = new Set(head.labels.filter((label) => label !== null));
      assert.ok(found.length >= (judged.windows.length === 0 ? 0 : categories.size));
      return assertFound(found, text);
    }
  }
}

function assertFound(found: readonly Found[], text: string): void {
  for (const { category, score, span } of found) {
    assert.ok(isScore(score), `${category}: ${score}`);
    assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length, category);
  }
}

async function assertPair(
  { bundle, model, rows }: Loaded,
  head: HeadSpec,
  evidence: string,
  claim: string,
): Promise<void> {
  const before = rows();
  const judged = await model.judgePair(never, evidence, claim, Number.POSITIVE_INFINITY);
  assert.ok(rows() - before <= bundle.window.most, `${rows() - before} windows`);
  if (!judged.ok) return assert.ok(["vocabulary", "too-long"].includes(judged.error.cause), judged.error.message);
  assertFound(pairFoundOf(head, judged.value, claim, 0), claim);
}

/** Nothing is left unjudged for want of time. */
const limits = {
  ...standardLimits,
  promptBudgetMs: limitTable.promptBudgetMs.max,
  windowBudgetMs: limitTable.windowBudgetMs.max,
};
const call = { id: "call_1", type: "function", function: { name: "read", arguments: "{}" } };
const documented: readonly string[] = ["vocabulary", "too-long", "no-evidence"];

async function assertExchange({ bundle, model, plan }: Loaded, text: string): Promise<void> {
  const judge = async (messages: readonly object[]): Promise<StageVerdict> => {
    const request = Buffer.from(JSON.stringify({ model: "m", messages }));
    const head = { method: "POST", path: "/v1/chat/completions" };
    const { report } = await scan({ plan, limits, head, request, reply: null });
    const verdict = report.prompt ?? assert.fail("there is a verdict");
    assert.ok(["allow", "flag"].includes(verdict.kind), verdict.kind);
    for (const { topScore } of verdict.hits) assert.ok(isScore(topScore));
    for (const { cause } of verdict.unknowns) assert.ok(documented.includes(cause), cause);
    return verdict;
  };
  const isTold = ({ hits, unknowns }: StageVerdict, rule: string): boolean =>
    [...hits, ...unknowns].some((each) => each.rule === rule);
  const isPair = ({ task }: HeadSpec): boolean => isOfPairs(task);
  if (!bundle.heads.every(isPair)) {
    const verdict = await judge([{ role: "user", content: text }]);
    // What JSON carries has no halves of pairs.
    const judged = await model.judge(never, text.toWellFormed(), Number.POSITIVE_INFINITY);
    for (const { name, task } of bundle.heads.filter((head) => !isPair(head))) {
      if (judged.ok && judged.value.windows.length === 0) continue;
      if (task !== "token" && text !== "") assert.ok(isTold(verdict, name), `${name} says nothing`);
      const isCut = judged.ok && judged.value.coveredUnits < text.length;
      const causes = verdict.unknowns.filter(({ rule }) => rule === name).map(({ cause }) => cause);
      if (isCut) assert.ok(causes.includes("too-long"), `${name} does not say that it has not seen all`);
    }
  }
  if (bundle.heads.some(isPair)) {
    const asked = { role: "user", content: example };
    const called = { role: "assistant", content: null, tool_calls: [call] };
    await judge([asked, called, { role: "tool", tool_call_id: call.id, content: text }]);
    await judge([{ role: "user", content: text }, called, { role: "tool", tool_call_id: call.id, content: example }]);
  }
  assert.ok(documented.every((cause) => unknownCauses.some((each) => each === cause)));
}
