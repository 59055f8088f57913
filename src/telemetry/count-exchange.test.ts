import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { sha256Hex } from "../../test/helpers/policy.ts";
import { exchangeReport, stageTimes, stageVerdict } from "../../test/helpers/report.ts";
import { actions, type ActionKind, type Policy } from "../domain/policy.ts";
import { score } from "../domain/score.ts";
import type { ExchangeReport, RuleHit, StageVerdict } from "../domain/verdict.ts";
import { compilePolicy } from "../policy/compile.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { seriesMax } from "./instruments.ts";

const trace = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  parentId: null,
  spanId: "b7ad6b7169203331",
  sampled: true,
};

async function page(metrics: Metrics, accept?: string): Promise<string> {
  return (await metrics.page(accept)).body;
}

/** Series of the guard that are not 0, without latencies. */
async function counted(metrics: Metrics): Promise<Readonly<Record<string, number>>> {
  const lines = (await page(metrics)).split("\n").filter((line) => /^sallyport_\w+_total/.test(line));
  const told = lines.map((line) => [line.slice(10, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))] as const);
  return Object.fromEntries(told.filter(([name, value]) => value !== 0 && !/^phase|^stream|^restarts/.test(name)));
}

const only = (all: Readonly<Record<string, number>>, name: string) =>
  Object.fromEntries(Object.entries(all).filter(([each]) => each.startsWith(name)));

const ended = (metrics: Metrics, ...reports: readonly ExchangeReport[]): void => {
  for (const report of reports) {
    metrics.exchangeBegan();
    metrics.exchangeEnded(report);
  }
};

const hit = (rule: string, action: ActionKind, shadow: boolean, more: Partial<RuleHit> = {}): RuleHit => ({
  rule,
  action,
  shadow,
  categories: ["pii/email"],
  scores: [score(1)],
  count: 1,
  topScore: score(1),
  ...more,
});

test("what a rule found, by category; what one in shadow would have said beyond the verdict", async () => {
  const metrics = createMetrics({ heldBytes: () => 0 });
  const shadowed = (kind: StageVerdict["kind"]) =>
    exchangeReport({
      prompt: stageVerdict("prompt", {
        kind,
        hits: [hit("blocks", "block", true), hit("marks", "mark", true), hit("flags", "flag", true)],
      }),
      reply: null,
    });
  ended(metrics, ...(["allow", "flag", "redact", "block", "aborted", "not-inspected"] as const).map(shadowed));
  const two = hit("masks", "redact", false, { count: 5, categories: ["pii/email", "secrets/jwt"] });
  ended(metrics, exchangeReport({ prompt: null, reply: stageVerdict("reply", { kind: "redact", hits: [two] }) }));
  const all = await counted(metrics);
  assert.deepEqual(only(all, "shadow_disagreements"), {
    'shadow_disagreements_total{rule="blocks",would="block"}': 4,
    'shadow_disagreements_total{rule="marks",would="redact"}': 3,
    'shadow_disagreements_total{rule="flags",would="flag"}': 2,
  });
  assert.deepEqual(only(all, "category_hits"), {
    'category_hits_total{rule="blocks",category="pii/email"}': 6,
    'category_hits_total{rule="marks",category="pii/email"}': 6,
    'category_hits_total{rule="flags",category="pii/email"}': 6,
    'category_hits_total{rule="masks",category="pii/email"}': 1,
    'category_hits_total{rule="masks",category="secrets/jwt"}': 1,
  });
  assert.equal(all['rule_hits_total{rule="masks",action="redact",shadow="false"}'], 5);
});

test("what was not judged, and what was short", async () => {
  const metrics = createMetrics({ heldBytes: () => 0 });
  const coverage = { segments: 2, characters: 60, present: 100, windows: 2, unjudged: { image: 3 } };
  ended(
    metrics,
    exchangeReport({
      prompt: stageVerdict("prompt", {
        coverage,
        degraded: true,
        shortages: ["deadline", "backend"],
        unknowns: [
          { rule: "slow", cause: "deadline" },
          { rule: "long", cause: "too-long" },
        ],
      }),
      reply: stageVerdict("reply", { kind: "not-inspected", unread: "content-type" }),
    }),
  );
  const all = await counted(metrics);
  for (const name of ["exchanges", "verdicts"]) for (const key in only(all, name)) delete (all as never)[key];
  assert.deepEqual(all, {
    'unknown_total{cause="deadline"}': 1,
    'unknown_total{cause="too-long"}': 1,
    'rule_unknown_total{rule="slow"}': 1,
    'rule_unknown_total{rule="long"}': 1,
    'degraded_total{stage="prompt"}': 1,
    'shortages_total{stage="prompt",cause="deadline"}': 1,
    'shortages_total{stage="prompt",cause="backend"}': 1,
    'unreadable_total{why="content-type"}': 1,
    'unjudged_total{kind="image"}': 3,
    'characters_judged_total{stage="prompt"}': 60,
    'characters_judged_total{stage="reply"}': 10,
    'characters_present_total{stage="prompt"}': 100,
    'characters_present_total{stage="reply"}': 10,
    'coverage_partial_total{stage="prompt"}': 1,
    'coverage_partial_total{stage="reply"}': 1,
  });
});

test("requests that no dialect knows, by what became of them", async () => {
  const metrics = createMetrics({ heldBytes: () => 0 });
  const unmatched = (prompt: StageVerdict | null): ExchangeReport => exchangeReport({ operation: "unknown", prompt });
  const unreadable = { kind: "unreadable", why: "unknown-path" } as const;
  ended(
    metrics,
    unmatched(stageVerdict("prompt", { kind: "block", cause: unreadable })),
    unmatched(stageVerdict("prompt", { kind: "not-inspected", unread: "unknown-path" })),
    unmatched(stageVerdict("prompt", { kind: "redact" })),
    unmatched(stageVerdict("prompt", { kind: "aborted" })),
    unmatched(stageVerdict("prompt", { kind: "block", cause: { kind: "overloaded" } })),
    unmatched(null),
    exchangeReport(),
  );
  assert.deepEqual(only(await counted(metrics), "unmatched"), {
    'unmatched_total{outcome="blocked"}': 1,
    'unmatched_total{outcome="unread"}': 1,
    'unmatched_total{outcome="text"}': 1,
    'unmatched_total{outcome="no-request"}': 1,
    'unmatched_total{outcome="unfinished"}': 1,
  });
});

test("times of each stage that there was, and the trace of those that are kept", async () => {
  const metrics = createMetrics({ heldBytes: () => 0, epochMs: () => 1_700_000_000_000 });
  const times = {
    beganMs: 0,
    endedMs: 9,
    prompt: stageTimes({ addedMs: 3, holdMs: 20_000, readMs: 4, decideMs: 2 }),
    reply: null,
  };
  const block = stageVerdict("prompt", { kind: "block", cause: { kind: "too-large", limitBytes: 1 } });
  const quick = stageTimes({ addedMs: 0, holdMs: 0, readMs: 0, decideMs: 0 });
  ended(
    metrics,
    exchangeReport({ trace, times, prompt: block, reply: null, promptMs: 1 }),
    exchangeReport({
      trace: { ...trace, traceId: "f".repeat(32), sampled: false },
      times: { beganMs: 0, endedMs: 1, prompt: quick, reply: quick },
      promptMs: 0,
      replyMs: 0,
    }),
  );
  const text = await page(metrics);
  for (const line of [
    'sallyport_added_seconds_bucket{le="0.0025",stage="prompt"} 1',
    'sallyport_added_seconds_bucket{le="0.005",stage="prompt"} 2',
    'sallyport_added_seconds_count{stage="reply"} 1',
    'sallyport_hold_seconds_bucket{le="10",stage="prompt"} 1',
    'sallyport_hold_seconds_sum{stage="prompt"} 20',
    'sallyport_phase_seconds_total{stage="prompt",phase="read"} 0.004',
    'sallyport_phase_seconds_total{stage="prompt",phase="judge"} 0.001',
    'sallyport_phase_seconds_total{stage="prompt",phase="decide"} 0.002',
    "sallyport_window_seconds_count 1",
  ])
    assert.ok(text.split("\n").includes(line), line);
  assert.doesNotMatch(text, /trace_id/);
  const open = await page(metrics, "application/openmetrics-text");
  const linked = open.split("\n").filter((line) => line.includes("trace_id"));
  assert.deepEqual(
    linked.map((line) => line.split(" ")[0]),
    [
      'sallyport_blocks_total{stage="prompt",cause="too-large"}',
      'sallyport_judge_seconds_bucket{le="0.001",stage="prompt"}',
      'sallyport_added_seconds_bucket{le="0.005",stage="prompt"}',
      'sallyport_hold_seconds_bucket{le="30",stage="prompt"}',
    ],
  );
  for (const line of linked)
    assert.match(line, / # \{trace_id="0af7\w{28}",span_id="b7ad6b7169203331"\} \S+ 1700000000\.000$/);
});

test("texts and phases of a model that serves, and none of one that went", async () => {
  const metrics = createMetrics({ heldBytes: () => 0 });
  const served = { digest: "0123456789ab", runtime: "onnxruntime", precision: "f32", queueTokensMax: 100 };
  let waiting = 7;
  metrics.models.served({ name: "words", ...served, queuedTokens: () => waiting });
  const models = [
    { ...served, model: "words", texts: 5, failed: 2, tokeniseMs: 1, queueMs: 2, inferMs: 4 },
    { ...served, model: "gone", texts: 1, failed: 0, tokeniseMs: 1, queueMs: 1, inferMs: 1 },
  ];
  ended(metrics, exchangeReport({ models }));
  metrics.models.batch("words", { rows: 3, tokens: 60, runMs: 4, waitedMs: 2 });
  const modelLines = async () =>
    (await page(metrics)).split("\n").filter((line) => /^sallyport_model_\w+\{.*model=/.test(line));
  const shown = await modelLines();
  for (const line of [
    'sallyport_model_texts_total{model="words",result="answered"} 3',
    'sallyport_model_texts_total{model="words",result="failed"} 2',
    'sallyport_model_phase_seconds_total{model="words",phase="infer"} 0.004',
    'sallyport_model_queue_tokens{model="words"} 7',
    'sallyport_model_queue_tokens_max{model="words"} 100',
    'sallyport_model_batch_rows_bucket{le="4",model="words"} 1',
    'sallyport_model_info{model="words",digest="0123456789ab",runtime="onnxruntime",precision="f32"} 1',
  ])
    assert.ok(shown.includes(line), line);
  assert.ok(!shown.some((line) => line.includes("gone")));
  waiting = 8;
  metrics.models.served({ name: "words", ...served, digest: "ba9876543210", queuedTokens: () => waiting });
  const swapped = (await modelLines()).filter((line) => /info|queue_tokens\{/.test(line));
  assert.deepEqual(swapped, [
    'sallyport_model_info{model="words",digest="ba9876543210",runtime="onnxruntime",precision="f32"} 1',
    'sallyport_model_queue_tokens{model="words"} 8',
  ]);
  metrics.models.removed("words");
  assert.deepEqual(await modelLines(), []);
});

const policyOf = (...ids: readonly string[]): Policy => {
  const rules = ids.map((id) => ({ id, stage: "prompt", detect: { keywords: { list: ["word"] } }, action: "flag" }));
  const text = JSON.stringify({
    kind: "Policy",
    version: 1,
    name: "p",
    rules,
    defaults: { onUnknown: "open", onUnreadable: "block" },
  });
  const compiled = compilePolicy(Buffer.from(text), sha256Hex);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.value;
};

test("whatever reports say, series stay bounded, and nothing that a client chose is told", async () => {
  const metrics = createMetrics({ heldBytes: () => 0 });
  metrics.policyServed(policyOf("one", "two"));
  const wild = fc.string({ unit: "binary", minLength: 1, maxLength: 80 }).map((text) => `CANARY${text}`);
  const name = fc.oneof(wild, fc.stringMatching(/^[a-z0-9-]{1,64}$/));
  const anyStage = (stage: "prompt" | "reply") =>
    fc
      .record({
        rule: name,
        category: fc.oneof(
          wild.map((text) => `pii/${text}` as const),
          fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}$/),
        ),
        action: fc.constantFrom(...actions),
        shadow: fc.boolean(),
        exception: name,
      })
      .map(({ rule, category, action, shadow, exception }) =>
        stageVerdict(stage, {
          hits: [hit(rule, action, shadow, { categories: [category as `${string}/${string}`] })],
          excepted: [{ exception, count: 1 }],
          unknowns: [{ rule, cause: "deadline" }],
        }),
      );
  const reports = fc.record({
    prompt: anyStage("prompt"),
    reply: anyStage("reply"),
    tenant: name,
    route: name,
    operation: name,
    named: name,
  });
  fc.assert(
    fc.property(reports, ({ prompt, reply, tenant, route, operation, named }) => {
      const names = { model: named, tools: [named], path: named, user: named };
      const model = { model: named, digest: named, runtime: named, precision: named };
      const use = { ...model, texts: 1, failed: 0, tokeniseMs: 1, queueMs: 1, inferMs: 1 };
      ended(metrics, exchangeReport({ prompt, reply, tenant, route, operation, named: names, models: [use] }));
      metrics.models.shadow(named, "agree");
    }),
    { numRuns: 3_000 },
  );
  const lines = (await page(metrics)).split("\n").filter((line) => line.startsWith("sallyport_"));
  const families = Map.groupBy(lines, (line) => /^\w+/.exec(line)?.[0] ?? "");
  for (const [family, of] of families) assert.ok(of.length <= seriesMax + 100, `${family}: ${of.length}`);
  assert.ok(Math.max(...[...families.values()].map((of) => of.length)) > 900, "there was much to bound");
  assert.ok(!lines.some((line) => line.includes("CANARY")));
  metrics.policyServed(policyOf("one"));
  const left = (await page(metrics)).split("\n").filter((line) => /^sallyport_\w+\{.*rule=/.test(line));
  assert.deepEqual(left, [
    'sallyport_rule_hits_total{rule="one",action="flag",shadow="false"} 0',
    'sallyport_rule_unknown_total{rule="one"} 0',
  ]);
});
