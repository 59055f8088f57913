/**
 * The guard's Prometheus metrics on a registry of their own. Label values are words of closed lists or rule ids of the
 * policy in force; children of removed rules go with them, so that reloads do not pile up series.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { claimResults } from "../domain/detector.ts";
import type { Policy } from "../domain/policy.ts";
import { type RestartHistory, restartReasons } from "../domain/restart.ts";
import { stages } from "../domain/segment.ts";
import type { ExchangeReport, RuleHit, StageVerdict } from "../domain/verdict.ts";
import { namesOutcomes } from "../domain/vault.ts";
import { createModelMetrics, type ModelMetrics } from "./model-metrics.ts";
import { createRedisMetrics, type RedisMetrics } from "./redis-metrics.ts";
import { createScoreMetrics, type ScoreMetrics } from "./score-metrics.ts";
import { gravest } from "./verdict-record.ts";

export type ReloadResult = "swapped" | "unchanged" | "bad" | "unreadable" | "unbuildable";

export type Metrics = {
  exchangeBegan(): void;
  /** Once for every `exchangeBegan`. */
  exchangeEnded(report: ExchangeReport): void;
  /** A fault of one stream; `kind` is from a closed list. */
  fault(kind: string): void;
  /** The policy that new exchanges get from now on. */
  policyServed(policy: Policy): void;
  policyReloaded(result: ReloadResult): void;
  /** True while the file on disk is not the policy in force. */
  policyStale(stale: boolean): void;
  /** How many rules and routes an operator has taken out of force. */
  breakGlass(open: number): void;
  readonly models: ModelMetrics;
  readonly redis: RedisMetrics;
  readonly scores: ScoreMetrics;
  /** The page for a scraper. */
  page(): Promise<{ readonly contentType: string; readonly body: string }>;
};

export type MetricsSources = {
  readonly heldBytes: () => number;
  /** Of judged texts; none where left out. */
  readonly rememberedBytes?: () => number;
  /** How often a serving process was started again before this one; none where left out. */
  readonly restarts?: RestartHistory["counts"];
};

/** In seconds. Judging is mostly far under a millisecond; budgets end it after seconds. */
const secondsBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const m = createInstruments(registry, sources);
  // All from the start: a rise from nothing to 1 would be no increase to a scraper.
  for (const result of claimResults) m.claims.inc({ result }, 0);
  for (const names of namesOutcomes) m.names.inc({ names }, 0);
  for (const reason of restartReasons) m.restarts.inc({ reason }, sources.restarts?.[reason] ?? 0);
  for (const stage of stages) m.degraded.inc({ stage }, 0);
  return {
    exchangeBegan: () => m.inFlight.inc(),
    exchangeEnded(report) {
      m.inFlight.dec();
      m.exchanges.inc({ operation: report.operation, end: endOf(report) });
      const { restored, names } = report.placeholders;
      if (restored > 0) m.restored.inc(restored);
      if (names !== null) m.names.inc({ names });
      if (report.prompt !== null) countStage(m, report.prompt, report.promptMs);
      if (report.reply === null) return;
      countStage(m, report.reply, report.replyMs);
      m.window.observe(report.windowMaxMs / 1000);
    },
    fault: (kind) => m.faults.inc({ kind }),
    policyServed(policy) {
      m.policy.reset();
      m.policy.set({ version: policy.version }, 1);
      m.hits.keep(policy);
    },
    policyReloaded: (result) => m.reloads.inc({ result }),
    policyStale: (stale) => m.stale.set(stale ? 1 : 0),
    breakGlass: (open) => m.breakGlass.set(open),
    models: createModelMetrics(registry),
    redis: createRedisMetrics(registry),
    scores: createScoreMetrics(registry, sources.rememberedBytes ?? (() => 0)),
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

type Instruments = ReturnType<typeof createInstruments>;

function createInstruments(registry: Registry, { heldBytes }: MetricsSources) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `sallyport_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name: `sallyport_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Histogram({ name: `sallyport_${name}`, help, labelNames, buckets: secondsBuckets, registers });
  const held: Gauge = new Gauge({
    name: "sallyport_held_bytes",
    help: "Bytes held back by all exchanges",
    registers,
    collect: () => {
      held.set(heldBytes());
    },
  });
  const judge = histogram("judge_seconds", "Time spent judging one stage of an exchange", ["stage"]);
  return {
    inFlight: gauge("exchanges_in_flight", "Exchanges that have begun and not ended"),
    exchanges: counter("exchanges_total", "Exchanges that ended, by operation and how", ["operation", "end"]),
    verdicts: counter("verdicts_total", "Verdicts by stage", ["stage", "verdict"]),
    blocks: counter("blocks_total", "Blocks by stage and cause", ["stage", "cause"]),
    hits: createRuleHits(counter("rule_hits_total", "Findings that matched a rule", ["rule", "action", "shadow"])),
    unknown: counter("unknown_total", "Rules whose detectors could not answer, by cause", ["cause"]),
    degraded: counter("degraded_total", "Verdicts that let content go on unjudged by a rule in force", ["stage"]),
    excepted: counter("excepted_total", "Findings that an exception of the policy took out", ["exception"]),
    restored: counter("placeholders_restored_total", "Placeholders of replies that became what stood there before", []),
    names: counter("conversations_total", "Prompts whose placeholders a rule wants to last, by what was known", [
      "names",
    ]),
    unreadable: counter("unreadable_total", "Bodies that could not be read, by reason", ["why"]),
    unjudged: counter("unjudged_total", "Pieces of content that a text guard cannot read", ["kind"]),
    claims: counter("claims_total", "Claims of replies held against their evidence, by what became of them", [
      "result",
    ]),
    faults: counter("faults_total", "Streams ended by a fault of the guard or of the protocol", ["kind"]),
    reloads: counter("policy_reload_total", "Looks at a changed policy file, by result", ["result"]),
    restarts: counter("restarts_total", "Serving processes started again after one had crashed, by why", ["reason"]),
    judge: { prompt: judge.labels("prompt"), reply: judge.labels("reply") },
    window: histogram("window_seconds", "Longest single step of judging a reply", []),
    policy: gauge("policy_info", "The policy in force", ["version"]),
    breakGlass: gauge("break_glass_open", "Rules and routes that an operator has taken out of force for a while"),
    stale: gauge("policy_stale", "1 while the policy file is bad or missing and an older policy serves"),
  };
}

function countStage(m: Instruments, verdict: StageVerdict, judgedMs: number): void {
  const { stage, kind, cause, hits, coverage, unread, unknowns, degraded, excepted, claims } = verdict;
  m.verdicts.inc({ stage, verdict: kind });
  m.judge[stage].observe(judgedMs / 1000);
  if (cause !== null) m.blocks.inc({ stage, cause: cause.kind });
  for (const hit of hits) m.hits.add(hit);
  for (const { exception, count } of excepted) m.excepted.inc({ exception }, count);
  for (const { cause } of unknowns) m.unknown.inc({ cause });
  if (degraded) m.degraded.inc({ stage });
  const why = cause?.kind === "unreadable" ? cause.why : unread;
  if (why !== null) m.unreadable.inc({ why });
  for (const [kind, count] of Object.entries(coverage.unjudged)) m.unjudged.inc({ kind }, count);
  if (claims !== null) for (const result of claimResults) m.claims.inc({ result }, claims.counts[result]);
}

/** How an exchange ended. */
function endOf({ prompt, reply }: ExchangeReport): "complete" | "blocked" | "aborted" | "failed" {
  const kind = gravest([prompt, reply].filter((stage) => stage !== null))?.kind ?? "aborted";
  if (kind === "block") return "blocked";
  return kind === "aborted" || kind === "failed" ? kind : "complete";
}

/** Counts what rules matched. Every rule of the policy in force shows from the start, with 0. */
function createRuleHits(counter: Counter<"rule" | "action" | "shadow">) {
  const children = new Map<
    string,
    { readonly labels: readonly [string, string, string]; readonly child: Counter.Internal }
  >();
  const childOf = (rule: string, action: string, shadow: boolean): Counter.Internal => {
    const key = `${rule} ${action} ${shadow}`;
    let entry = children.get(key);
    if (entry === undefined) {
      const labels = [rule, action, String(shadow)] as const;
      entry = { labels, child: counter.labels(...labels) };
      children.set(key, entry);
    }
    return entry.child;
  };
  return {
    add: ({ rule, action, shadow, count }: RuleHit): void => childOf(rule, action, shadow).inc(count),
    /** A running exchange may still bring back a rule that is gone; the next policy drops it again. */
    keep(policy: Policy): void {
      const kept = new Set(policy.rules.map(({ id, action, shadow }) => `${id} ${action.kind} ${shadow}`));
      for (const [key, { labels }] of children) {
        if (kept.has(key)) continue;
        counter.remove(...labels);
        children.delete(key);
      }
      for (const { id, action, shadow } of policy.rules) childOf(id, action.kind, shadow).inc(0);
    },
  };
}
