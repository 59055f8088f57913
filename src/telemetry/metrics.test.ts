import assert from "node:assert/strict";
import { test } from "node:test";
import type { Policy, Rule } from "../domain/policy.ts";
import { score } from "../domain/score.ts";
import type { ExchangeReport, StageVerdict } from "../domain/verdict.ts";
import { namesOutcomes } from "../domain/vault.ts";
import { exchangeReport, stageVerdict } from "../../test/helpers/report.ts";
import { reportOf } from "../policy/source/report-source.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

const rule = (id: string): Rule => ({
  id,
  stages: ["prompt"],
  scope: null,
  detect: { kind: "secrets", kinds: ["jwt"], allow: [] },
  views: [],
  minScore: score(0),
  detectKey: "secrets",
  action: { kind: "flag", header: null },
  hold: false,
  shadow: false,
  onUnknown: "closed",
});
const policy = (version: string, ...rules: Rule[]): Policy => ({
  version,
  onUnreadable: "block",
  refuses: new Set(),
  coverage: { dialects: null },
  dialects: [],
  dialectPaths: [],
  rules,
  exceptions: [],
  headers: [],
  report: reportOf(),
});

const stage = stageVerdict;
const report = (prompt: StageVerdict | null, reply: StageVerdict | null): ExchangeReport =>
  exchangeReport({ operation: "openai/embeddings", prompt, reply, promptMs: 2, replyMs: 3, windowMaxMs: 3 });

/** The guard's own series, without those of the process. */
async function seriesOf(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const { body, contentType } = await metrics.page();
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
  const lines = body.split("\n").filter((line) => line.startsWith("sallyport_"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

test("counts what was known of conversations, and shows each outcome from the start", async () => {
  const metrics = createMetrics({ heldBytes: () => 0 });
  metrics.exchangeBegan();
  metrics.exchangeEnded({
    ...report(stage("prompt"), null),
    placeholders: { issued: 1, restored: 0, names: "no-principal" },
  });
  const series = await seriesOf(metrics);
  for (const names of namesOutcomes)
    assert.equal(series.get(`sallyport_conversations_total{names="${names}"}`), names === "no-principal" ? 1 : 0);
});

test("counts exchanges, verdicts, rules and what could not be judged", async () => {
  const metrics = createMetrics({ heldBytes: () => 42 });
  metrics.policyServed(policy("p@0123456789ab", rule("known")));
  for (let index = 0; index < 5; index++) metrics.exchangeBegan();
  const hits = [
    {
      rule: "known",
      action: "flag",
      shadow: false,
      categories: ["pii/email"],
      scores: [score(1)],
      count: 3,
      topScore: score(1),
    },
  ] as const;
  const unjudged = { image: 2 };
  const [counts, evidence] = [{ supported: 4, unsupported: 1, "not-checkable": 0 }, ["/messages/0/content"]];
  metrics.exchangeEnded(
    report(
      stage("prompt", {
        kind: "flag",
        hits,
        coverage: { segments: 0, characters: 0, present: 0, windows: 0, unjudged },
      }),
      stage("reply"),
    ),
  );
  metrics.exchangeEnded(
    report(stage("prompt", { kind: "block", cause: { kind: "unreadable", why: "not-json" } }), null),
  );
  metrics.exchangeEnded(
    report(
      stage("prompt"),
      stage("reply", {
        kind: "aborted",
        unknowns: [{ rule: "known", cause: "deadline" }],
        degraded: true,
        claims: { counts, evidence },
      }),
    ),
  );
  metrics.exchangeEnded(report(null, stage("reply", { kind: "failed" })));
  metrics.fault("handler-threw");
  const series = await seriesOf(metrics);
  const expected: readonly (readonly [string, number])[] = [
    ["sallyport_exchanges_in_flight", 1],
    ['sallyport_exchanges_total{operation="openai/embeddings",end="complete"}', 1],
    ['sallyport_exchanges_total{operation="openai/embeddings",end="blocked"}', 1],
    ['sallyport_exchanges_total{operation="openai/embeddings",end="aborted"}', 1],
    ['sallyport_exchanges_total{operation="openai/embeddings",end="failed"}', 1],
    ['sallyport_verdicts_total{stage="prompt",verdict="flag"}', 1],
    ['sallyport_verdicts_total{stage="reply",verdict="aborted"}', 1],
    ['sallyport_blocks_total{stage="prompt",cause="unreadable"}', 1],
    ['sallyport_rule_hits_total{rule="known",action="flag",shadow="false"}', 3],
    ['sallyport_unknown_total{cause="deadline"}', 1],
    ['sallyport_claims_total{result="supported"}', 4],
    ['sallyport_claims_total{result="unsupported"}', 1],
    ['sallyport_claims_total{result="not-checkable"}', 0],
    ['sallyport_unreadable_total{why="not-json"}', 1],
    ['sallyport_unjudged_total{kind="image"}', 2],
    ['sallyport_faults_total{kind="handler-threw"}', 1],
    ['sallyport_judge_seconds_count{stage="prompt"}', 3],
    ['sallyport_judge_seconds_bucket{le="0.0025",stage="reply"}', 0],
    ['sallyport_judge_seconds_bucket{le="0.005",stage="reply"}', 3],
    ["sallyport_window_seconds_count", 3],
    ["sallyport_held_bytes", 42],
  ];
  for (const [name, value] of expected) assert.equal(series.get(name), value, name);
});

test("a new policy shows its rules with 0, and takes those that are gone along", async () => {
  const metrics = createMetrics({ heldBytes: () => 0 });
  metrics.policyServed(policy("a@000000000000", rule("stays"), rule("goes")));
  const hits = [
    { rule: "stays", action: "flag", shadow: false, categories: [], scores: [], count: 2, topScore: score(1) },
  ] as const;
  metrics.exchangeBegan();
  metrics.exchangeEnded(report(stage("prompt", { hits }), null));
  metrics.policyServed(policy("b@111111111111", rule("stays"), rule("comes")));
  metrics.policyReloaded("swapped");
  metrics.policyStale(true);
  const series = await seriesOf(metrics);
  assert.deepEqual(
    [...series].filter(([name, value]) => /policy|rule_hits/.test(name) && (value > 0 || name.includes("rule="))),
    [
      ['sallyport_rule_hits_total{rule="stays",action="flag",shadow="false"}', 2],
      ['sallyport_rule_hits_total{rule="comes",action="flag",shadow="false"}', 0],
      ['sallyport_policy_reload_total{result="swapped"}', 1],
      ['sallyport_policy_info{version="b@111111111111"}', 1],
      ["sallyport_policy_stale", 1],
    ],
  );
});

test("two sets of metrics share nothing", async () => {
  const one = createMetrics({ heldBytes: () => 0 });
  const other = createMetrics({ heldBytes: () => 0 });
  one.exchangeBegan();
  assert.equal((await seriesOf(one)).get("sallyport_exchanges_in_flight"), 1);
  assert.equal((await seriesOf(other)).get("sallyport_exchanges_in_flight"), 0);
});
