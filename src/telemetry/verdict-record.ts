/**
 * The flat record of an exchange for Envoy's metadata and for logs. Pure. Writes every field every time: Envoy merges
 * records key by key, and a field left out would keep what an earlier stage said.
 */
import {
  type BlockCause,
  type ClaimVerdict,
  type ExchangeReport,
  type RuleHit,
  type StageVerdict,
} from "../domain/verdict.ts";
import type { ModelUse } from "../domain/times.ts";
import { type UnjudgedKind, unjudgedKinds } from "../domain/segment.ts";
import { unreachable } from "../stdx/assert.ts";
import { listedIdsMax, type VerdictField, verdictSchemaVersion } from "./verdict-fields.ts";

export type Scalar = string | number | boolean;
export type VerdictRecord = Readonly<Record<VerdictField, Scalar>>;

type PhaseField = `${"read" | "queue" | "tokenise" | "infer" | "decide" | "hold" | "added"}_ms`;

/** Gravest last. */
const gravity = [
  "allow",
  "flag",
  "redact",
  "not-inspected",
  "aborted",
  "failed",
  "block",
] as const satisfies readonly StageVerdict["kind"][];

export function verdictRecord(report: ExchangeReport): VerdictRecord {
  const stages = [report.prompt, report.reply].filter((stage) => stage !== null);
  const decisive = gravest(stages);
  const { rule, action } = decisive === null ? { rule: "", action: "" } : decidingRule(decisive);
  const acting = stages.flatMap(({ hits }) => hits.filter(({ shadow }) => !shadow));
  const { model, tools, path, user } = report.named;
  return {
    schema: verdictSchemaVersion,
    verdict: decisive?.kind ?? "aborted",
    stage: decisive?.stage ?? "none",
    prompt_verdict: report.prompt?.kind ?? "none",
    reply_verdict: report.reply?.kind ?? "none",
    rule,
    action,
    cause: decisive === null ? "" : causeOf(decisive),
    categories: [...new Set(acting.flatMap(({ categories }) => categories))].sort().join(","),
    score: rounded(Math.max(0, ...acting.map(({ topScore }) => topScore)), 4),
    scores: scoresOf(acting),
    actions: actionsOf(acting),
    shadow: idList(stages.flatMap(({ hits }) => hits.filter(({ shadow }) => shadow).map(({ rule }) => rule))),
    unknown: idList(stages.flatMap(({ unknowns }) => unknowns.map(({ rule, cause }) => `${rule}:${cause}`))),
    degraded: stages.some(({ degraded }) => degraded),
    degraded_why: idList(stages.flatMap(({ shortages }) => shortages)),
    excepted: idList(stages.flatMap(({ excepted }) => excepted.map(({ exception }) => exception))),
    ...coverageOf(stages),
    ...claimsOf(report.reply?.claims ?? null),
    policy: report.policy,
    exchange: report.exchange,
    dialect: report.dialect,
    operation: report.operation,
    route: vouchedName(report.route),
    model,
    tools: idList(tools),
    path,
    tenant: vouchedName(report.tenant),
    user,
    models: idList(report.models.map(modelTold)),
    placeholders: report.placeholders.issued,
    restored: report.placeholders.restored,
    stream: report.stream,
    local: report.local,
    prompt_ms: rounded(report.promptMs, 3),
    reply_ms: rounded(report.replyMs, 3),
    window_ms: rounded(report.windowMaxMs, 3),
    ...timesOf(report),
  };
}

/** Names of tenants and routes are the operator's, but they come from elsewhere: only what cannot carry text is told. */
const vouchedName = (name: string | null): string =>
  name === null ? "" : /^[A-Za-z0-9._:@/-]{1,128}$/.test(name) ? name : "other";

/** What a runtime says of its precision is its own words. */
const modelTold = ({ model, digest, runtime, precision }: ModelUse): string =>
  [`${model}@${digest}`, runtime, ...(precision === "" ? [] : [precision])]
    .join("/")
    .replaceAll(/[^A-Za-z0-9._:@/-]/g, "-");

/** The highest of each category, of all rules that act. */
function scoresOf(acting: readonly RuleHit[]): string {
  const highest = new Map<string, number>();
  for (const { categories, scores } of acting)
    for (const [at, category] of categories.entries())
      highest.set(category, Math.max(highest.get(category) ?? 0, scores[at] ?? 0));
  return idList([...highest].map(([category, score]) => `${category}:${rounded(score, 4)}`));
}

/** A rule of both stages counts once, with all that it found. */
function actionsOf(acting: readonly RuleHit[]): string {
  const counts = new Map<string, number>();
  for (const { rule, action, count } of acting) {
    const key = `${rule}:${action}`;
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return idList([...counts].map(([key, count]) => `${key}:${count}`));
}

function timesOf({ times, models }: ExchangeReport): Pick<VerdictRecord, PhaseField> {
  const stages = [times.prompt, times.reply].filter((stage) => stage !== null);
  const total = <T>(of: readonly T[], ms: (one: T) => number): number =>
    rounded(
      of.reduce((sum, one) => sum + ms(one), 0),
      3,
    );
  return {
    read_ms: total(stages, ({ readMs }) => readMs),
    queue_ms: total(models, ({ queueMs }) => queueMs),
    tokenise_ms: total(models, ({ tokeniseMs }) => tokeniseMs),
    infer_ms: total(models, ({ inferMs }) => inferMs),
    decide_ms: total(stages, ({ decideMs }) => decideMs),
    hold_ms: rounded(Math.max(0, ...stages.map(({ holdMs }) => holdMs)), 3),
    added_ms: total(stages, ({ addedMs }) => addedMs),
  };
}

/** The stage that gave the verdict: the graver, the later among equals. */
export function gravest(stages: readonly StageVerdict[]): StageVerdict | null {
  let worst: StageVerdict | null = null;
  for (const stage of stages) {
    if (worst === null || gravity.indexOf(stage.kind) >= gravity.indexOf(worst.kind)) worst = stage;
  }
  return worst;
}

/** The rule that gave a stage its word, and what that rule does; empty where none did. */
export function decidingRule(stage: StageVerdict): { readonly rule: string; readonly action: RuleHit["action"] | "" } {
  const hit = decidingHit(stage);
  const rule = ruleOf(stage.cause) ?? hit?.rule ?? "";
  return { rule, action: stage.cause?.kind === "rule" ? "block" : (hit?.action ?? "") };
}

/** The hit behind a word on content; what could not be judged to its end was not decided by a rule. */
function decidingHit({ kind, hits }: StageVerdict): RuleHit | undefined {
  const isOnContent = kind === "allow" || kind === "flag" || kind === "redact";
  return isOnContent ? hits.find(({ shadow }) => !shadow) : undefined;
}

const ruleOf = (cause: BlockCause | null): string | null =>
  cause?.kind === "rule" || cause?.kind === "unknown" ? cause.rule : null;

/** Why a stage was blocked or not inspected, as in the record; empty where it was neither. */
export function causeOf({ cause, unread }: StageVerdict): string {
  if (cause === null) return unread === null ? "" : `unreadable:${unread}`;
  switch (cause.kind) {
    case "rule":
    case "too-large":
    case "overloaded":
    case "route-too-late":
      return cause.kind;
    case "unknown":
      return `unknown:${cause.cause}`;
    case "unreadable":
      return `unreadable:${cause.why}`;
    case "unjudged":
      return `unjudged:${cause.what}`;
    default:
      return unreachable(cause);
  }
}

/** Kinds in the order of their list, each with its count. */
function unjudgedOf(stages: readonly StageVerdict[]): string {
  const count = (kind: UnjudgedKind): number =>
    stages.reduce((total, { coverage }) => total + (coverage.unjudged[kind] ?? 0), 0);
  return unjudgedKinds.flatMap((kind) => (count(kind) === 0 ? [] : [`${kind}:${count(kind)}`])).join(",");
}

type CoverageField = "unjudged" | Extract<VerdictField, `coverage${string}`>;

function coverageOf(stages: readonly StageVerdict[]): Pick<VerdictRecord, CoverageField> {
  const sum = (of: (stage: StageVerdict) => number): number => stages.reduce((total, stage) => total + of(stage), 0);
  const characters = sum(({ coverage }) => coverage.characters);
  const present = sum(({ coverage }) => coverage.present);
  const unread = stages.some(({ unread, cause }) => unread !== null || cause?.kind === "unreadable");
  const share = present === 0 ? 1 : Math.min(1, characters / present);
  return {
    coverage: unread ? 0 : Math.floor(share * 10_000) / 10_000,
    coverage_segments: sum(({ coverage }) => coverage.segments),
    coverage_characters: characters,
    unjudged: unjudgedOf(stages),
    coverage_unjudged: sum(({ coverage }) =>
      Object.values(coverage.unjudged).reduce((total, count) => total + count, 0),
    ),
  };
}

function claimsOf(claims: ClaimVerdict | null): Pick<VerdictRecord, (`claims_${string}` & VerdictField) | "evidence"> {
  const { evidence = [], counts } = claims ?? {};
  const told = evidence.slice(0, listedIdsMax);
  return {
    claims_supported: counts?.supported ?? 0,
    claims_unsupported: counts?.unsupported ?? 0,
    claims_not_checkable: counts?.["not-checkable"] ?? 0,
    evidence: [...told, ...(evidence.length > told.length ? ["..."] : [])].join(","),
  };
}

function idList(ids: readonly string[]): string {
  const unique = [...new Set(ids)].sort();
  return unique.length <= listedIdsMax ? unique.join(",") : [...unique.slice(0, listedIdsMax), "..."].join(",");
}

function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
