/** What the metrics of exchanges make of a report, and of a policy. */
import { claimResults } from "../domain/detector.ts";
import type { ActionKind, Policy } from "../domain/policy.ts";
import type { Stage, UnjudgedKind } from "../domain/segment.ts";
import type { StageTimes } from "../domain/times.ts";
import type { ExchangeReport, RuleHit, StageVerdict } from "../domain/verdict.ts";
import { type ExchangeInstruments, isShortageWord, type UnmatchedOutcome } from "./exchange-metrics.ts";
import type { TraceIds } from "./series.ts";
import { gravest } from "./verdict-record.ts";

export function countExchange(m: ExchangeInstruments, report: ExchangeReport): void {
  const { prompt, reply, times } = report;
  // Of a trace that nobody keeps there is nothing to link to.
  const trace = report.trace?.sampled === true ? report.trace : null;
  m.inFlight.inc(-1);
  m.exchanges.of({ operation: m.names.operations.of(report.operation), end: endOf(report) }).inc();
  const outcome = unmatchedOutcome(report);
  if (outcome !== null) m.unmatched.of({ outcome }).inc();
  const { restored, names } = report.placeholders;
  if (restored > 0) m.restored.inc(restored);
  if (names !== null) m.conversations.of({ names }).inc();
  if (prompt !== null) countStage(m, prompt, trace);
  if (prompt !== null && times.prompt !== null) countTimes(m, "prompt", times.prompt, report.promptMs, trace);
  if (reply === null) return;
  countStage(m, reply, trace);
  m.window.observe(report.windowMaxMs / 1000);
  if (times.reply !== null) countTimes(m, "reply", times.reply, report.replyMs, trace);
}

function countTimes(
  m: ExchangeInstruments,
  stage: Stage,
  { readMs, decideMs, holdMs, addedMs }: StageTimes,
  judgedMs: number,
  trace: TraceIds | null,
): void {
  m.judge[stage].observe(judgedMs / 1000, trace);
  m.added[stage].observe(addedMs / 1000, trace);
  m.hold[stage].observe(holdMs / 1000, trace);
  const { read, judge, decide } = m.phases[stage];
  read.inc(readMs / 1000);
  judge.inc(judgedMs / 1000);
  decide.inc(decideMs / 1000);
}

function countStage(m: ExchangeInstruments, verdict: StageVerdict, trace: TraceIds | null): void {
  const { stage, kind, cause, hits, coverage, unread, unknowns, degraded, shortages, excepted, claims } = verdict;
  m.verdicts.of({ stage, verdict: kind }).inc();
  if (cause !== null) m.blocks.of({ stage, cause: cause.kind }).inc(1, trace);
  for (const hit of hits) countHit(m, hit, kind);
  for (const { exception, count } of excepted)
    m.excepted.of({ exception: m.names.exceptions.of(exception) }).inc(count);
  for (const { rule, cause } of unknowns) {
    m.unknown.of({ cause }).inc();
    m.ruleUnknown.of({ rule: m.names.rules.of(rule) }).inc();
  }
  if (degraded) m.degraded.of({ stage }).inc();
  for (const cause of shortages) if (isShortageWord(cause)) m.shortages.of({ stage, cause }).inc();
  const why = cause?.kind === "unreadable" ? cause.why : unread;
  if (why !== null) m.unreadable.of({ why }).inc();
  m.judged[stage].inc(coverage.characters);
  m.present[stage].inc(coverage.present);
  if (why !== null || coverage.characters < coverage.present) m.partial.of({ stage }).inc();
  for (const what in coverage.unjudged) {
    const kind = what as UnjudgedKind;
    m.unjudged.of({ kind }).inc(coverage.unjudged[kind]);
  }
  if (claims !== null) for (const result of claimResults) m.claims.of({ result }).inc(claims.counts[result]);
}

function countHit(m: ExchangeInstruments, hit: RuleHit, verdict: StageVerdict["kind"]): void {
  const rule = m.names.rules.of(hit.rule);
  m.hits.of({ rule, action: hit.action, shadow: hit.shadow ? "true" : "false" }).inc(hit.count);
  for (const category of hit.categories) m.categories.of({ rule, category: m.names.categories.of(category) }).inc();
  const would = hit.shadow ? wouldBe[hit.action] : null;
  if (would !== null && gravity[would] > gravity[verdict]) m.disagreements.of({ rule, would }).inc();
}

const wouldBe = {
  allow: null,
  flag: "flag",
  route: "flag",
  mark: "redact",
  redact: "redact",
  replace: "redact",
  block: "block",
} as const satisfies Record<ActionKind, StageVerdict["kind"] | null>;

/** What ended before its word has none that a rule could have made graver. */
const gravity: Readonly<Record<StageVerdict["kind"], number>> = {
  allow: 0,
  "not-inspected": 0,
  flag: 1,
  redact: 2,
  block: 3,
  aborted: 3,
  failed: 3,
};

/** How an exchange ended. */
function endOf({ prompt, reply }: ExchangeReport): "complete" | "blocked" | "aborted" | "failed" {
  const kind = gravest([prompt, reply].filter((stage) => stage !== null))?.kind ?? "aborted";
  if (kind === "block") return "blocked";
  return kind === "aborted" || kind === "failed" ? kind : "complete";
}

/** `null`: of a dialect, or turned away before anybody looked. */
function unmatchedOutcome({ operation, prompt }: ExchangeReport): UnmatchedOutcome | null {
  if (operation !== "unknown") return null;
  if (prompt === null) return "no-request";
  if (prompt.cause?.kind === "overloaded") return null;
  if (prompt.kind === "block") return "blocked";
  if (prompt.kind === "aborted" || prompt.kind === "failed") return "unfinished";
  return prompt.unread === null ? "text" : "unread";
}

/**
 * Every rule of the policy in force shows from the start, with 0, and what is gone takes its series along. A running exchange may
 * still bring back a rule that is gone; the next policy drops it again.
 */
export function showPolicy(m: ExchangeInstruments, policy: Policy): void {
  const rules = new Map(policy.rules.map(({ id, action, shadow }) => [id, `${action.kind} ${shadow}`]));
  const exceptions = new Set(policy.exceptions.map(({ id }) => id));
  const isServed = ({ rule }: { readonly rule: string }): boolean => rules.has(rule);
  m.names.rules.keep(new Set(rules.keys()));
  m.names.exceptions.keep(exceptions);
  m.hits.keep(({ rule, action, shadow }) => rules.get(rule) === `${action} ${shadow}`);
  for (const family of [m.ruleUnknown, m.categories, m.disagreements] as const) family.keep(isServed);
  m.excepted.keep(({ exception }) => exceptions.has(exception));
  for (const exception of exceptions) m.excepted.of({ exception: m.names.exceptions.of(exception) });
  for (const { id, action, shadow } of policy.rules) {
    const rule = m.names.rules.of(id);
    m.hits.of({ rule, action: action.kind, shadow: shadow ? "true" : "false" });
    m.ruleUnknown.of({ rule });
    const would = wouldBe[action.kind];
    if (shadow && would !== null) m.disagreements.of({ rule, would });
  }
}
