/**
 * Judges one row as an exchange, on the path of Envoy's traffic: a chat request with the row's texts, and a reply where the row
 * has one. The time that judging may take is lifted, so that figures do not depend on how busy the machine is.
 */
import type { Category } from "../../domain/detector.ts";
import type { Location, Stage } from "../../domain/segment.ts";
import type { ExchangeReport, RuleHit, StageVerdict, VerdictKind } from "../../domain/verdict.ts";
import { limitTable, standardLimits } from "../../config/limits.ts";
import type { Plan } from "../../guard/plan.ts";
import { type ScanOutcome, scan } from "../scan.ts";
import type { Row } from "./rows.ts";
import type { TypedSpan } from "./span-metrics.ts";

export type Judgement = {
  /** The highest score of a finding, 0 where there is none; `null`: not known. */
  readonly score: number | null;
  /** Why it is not known. */
  readonly cause: string | null;
  /** With a detector `flag`, `allow` or `unknown`; with a policy what came of the exchange. */
  readonly action: string;
  /** The judge acts on it, at the threshold that it ships with. */
  readonly flagged: boolean;
  /** The share of the characters that was judged, 0 to 1. */
  readonly coverage: number;
  /** The category of the highest score, without its family. `null`: nothing was found. */
  readonly topic: string | null;
  /** In code points of the judged text. */
  readonly spans: readonly TypedSpan[];
};

/** What judges, so that a record of figures says of what they are. */
export type Subject =
  | { readonly kind: "detector"; readonly name: string }
  | {
      readonly kind: "model";
      readonly name: string;
      readonly digest: string;
      readonly head: string;
      readonly task: string;
      /** From which score on it is a finding as it ships. */
      readonly threshold: number;
      /** Tokens. */
      readonly window: number;
      readonly runtime: string;
      readonly runtimeVersion: string;
      readonly device: string;
      /** In the runtime's words. */
      readonly precision: string;
    }
  | {
      readonly kind: "policy";
      readonly file: string;
      readonly sha256: string;
      readonly models: readonly { readonly name: string; readonly digest: string }[];
    };

export type RowJudge = {
  readonly subject: Subject;
  /** Many may be asked for at once. */
  judge(row: Row): Promise<Judgement>;
  /** What it can find in a text. */
  readonly categories: readonly Category[];
  /** When no row is being judged. */
  close(): Promise<void>;
};

/** Nothing is left unjudged for want of time. */
const limits = {
  ...standardLimits,
  promptBudgetMs: limitTable.promptBudgetMs.max,
  windowBudgetMs: limitTable.windowBudgetMs.max,
};
const path = "/v1/chat/completions";

/** One rule each, which flags; `null`: the detector does not judge that stage. */
export type StagePlans = Readonly<Record<Stage, Plan | null>>;

const stageOf = ({ reply }: Row): Stage => (reply === null ? "prompt" : "reply");
const notJudged: Judgement = {
  score: null,
  cause: "no-evidence",
  action: "unknown",
  flagged: false,
  coverage: 0,
  topic: null,
  spans: [],
};

/** A detector, in two ways: as it ships, and giving every score that it can. */
export type DetectorWays = {
  readonly subject: Subject;
  readonly shipped: StagePlans;
  /** The same where the detector gives only what it ships with. */
  readonly all: StagePlans;
  /** What is found with every score says nothing of what is found as it ships. */
  readonly isSplit: boolean;
  /** The score from which on a finding counts; 0: each does. */
  readonly threshold: number;
  /** It looks at what tools bring, and so a row's text is taken for that. */
  readonly looksAtTools?: boolean;
};

export function detectorJudge(ways: DetectorWays): RowJudge {
  const { subject, shipped, all, isSplit, threshold, looksAtTools = false } = ways;
  const plans = [shipped.prompt, shipped.reply].flatMap((plan) => (plan === null ? [] : [plan]));
  return {
    subject,
    categories: [...new Set(plans.flatMap(categoriesOf))],
    close: () => Promise.resolve(),
    async judge(given) {
      const row: Row = looksAtTools ? { ...given, place: "tool-result" } : given;
      const stage = stageOf(row);
      const [plan, allPlan] = [shipped[stage], all[stage]];
      if (plan === null || allPlan === null) return notJudged;
      if (plan === allPlan) return judgementOf(await scanned(plan, row), row, threshold);
      if (!isSplit && messagesOf(row).length === 1) return judgementOf(await scanned(allPlan, row), row, threshold);
      const first = judgementOf(await scanned(plan, row), row, threshold);
      if (first.flagged || first.score === null) return first;
      const { score } = judgementOf(await scanned(allPlan, row), row, threshold);
      return { ...first, score: score === null ? first.score : Math.min(score, belowThreshold(threshold)) };
    },
  };
}

/** It was not found as it ships: no score of it reaches the threshold. */
const belowThreshold = (threshold: number): number => Math.max(0, threshold - Number.EPSILON);

function judgementOf(outcome: ScanOutcome, row: Row, threshold: number): Judgement {
  const stage = stageOf(row);
  const verdict = outcome.report[stage];
  const top = topOf(verdict?.hits ?? []);
  const cause = causeOf(outcome.report, stage);
  const flagged = top !== null && top.score >= threshold;
  // What was found counts whatever else was not seen.
  const isKnown = cause === null || flagged;
  return {
    score: isKnown ? (top?.score ?? 0) : null,
    cause: isKnown ? null : cause,
    action: flagged ? "flag" : isKnown ? "allow" : "unknown",
    flagged,
    coverage: coverageOf([verdict]),
    topic: flagged ? topicOf(outcome, stage) : null,
    spans: spansOf(outcome, row, threshold),
  };
}

/** `close`: of what the plan asks. */
export function policyJudge(subject: Subject, plan: Plan, close: () => Promise<void>): RowJudge {
  return {
    subject,
    categories: categoriesOf(plan),
    close,
    async judge(row) {
      const outcome = await scanned(plan, row);
      const { prompt, reply } = outcome.report;
      const hits = [...(prompt?.hits ?? []), ...(reply?.hits ?? [])];
      const top = topOf(hits.filter(({ shadow, action }) => !shadow && action !== "allow"));
      const cause = causeOf(outcome.report, "prompt") ?? causeOf(outcome.report, "reply");
      const isKnown = cause === null || top !== null;
      const action = strictest([prompt, reply]);
      return {
        score: isKnown ? (top?.score ?? 0) : null,
        cause: isKnown ? null : cause,
        action,
        flagged: action !== "allow",
        coverage: coverageOf([prompt, reply]),
        topic: top === null ? null : topicOf(outcome, stageOf(row)),
        spans: spansOf(outcome, row, 0),
      };
    },
  };
}

function scanned(plan: Plan, row: Row): Promise<ScanOutcome> {
  const reply =
    row.reply === null ? null : { choices: [{ index: 0, message: { role: "assistant", content: row.reply } }] };
  return scan({
    plan,
    limits,
    head: { method: "POST", path },
    request: Buffer.from(JSON.stringify({ model: "measured", messages: messagesOf(row) })),
    reply: reply === null ? null : Buffer.from(JSON.stringify(reply)),
  });
}

type Message = { readonly role: "user"; readonly content: string } | typeof toolCall | ToolResult;
type ToolResult = { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

const toolCall = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "call_1", type: "function", function: { name: "read", arguments: "{}" } }],
} as const;

/** The row's text comes last. */
function messagesOf({ context, prompt, text, place }: Row): readonly Message[] {
  const user = (content: string | null): readonly Message[] => (content === null ? [] : [{ role: "user", content }]);
  const before = [...user(context), ...user(prompt)];
  if (text === null || place === "content") return [...before, ...user(text)];
  return [...before, toolCall, { role: "tool", tool_call_id: "call_1", content: text }];
}

function topOf(hits: readonly RuleHit[]): { readonly score: number } | null {
  const scores = hits.map(({ topScore }) => topScore);
  return scores.length === 0 ? null : { score: Math.max(...scores) };
}

/** `null`: all was judged. A stage that never came is none of it. */
function causeOf(report: ExchangeReport, stage: Stage): string | null {
  const verdict = report[stage];
  if (verdict === null) return null;
  const [unknown] = verdict.unknowns;
  if (unknown !== undefined) return unknown.cause;
  if (verdict.unread !== null) return verdict.unread;
  const { cause } = verdict;
  if (cause === null || cause.kind === "rule") return null;
  if (cause.kind === "unknown") return cause.cause;
  return cause.kind === "unreadable" ? cause.why : cause.kind;
}

const byStrictness: readonly VerdictKind[] = ["allow", "flag", "not-inspected", "redact", "block", "aborted", "failed"];
const strictest = (verdicts: readonly (StageVerdict | null)[]): VerdictKind =>
  verdicts.reduce<VerdictKind>(
    (most, verdict) =>
      verdict !== null && byStrictness.indexOf(verdict.kind) > byStrictness.indexOf(most) ? verdict.kind : most,
    "allow",
  );

function coverageOf(verdicts: readonly (StageVerdict | null)[]): number {
  const told = verdicts.flatMap((verdict) => (verdict === null ? [] : [verdict.coverage]));
  const present = told.reduce((sum, coverage) => sum + coverage.present, 0);
  const characters = told.reduce((sum, coverage) => sum + coverage.characters, 0);
  return present === 0 ? (told.length === 0 ? 0 : 1) : Math.max(0, Math.min(1, characters / present));
}

function topicOf({ findings }: ScanOutcome, stage: Stage): string | null {
  const [first, ...rest] = findings[stage];
  if (first === undefined) return null;
  const { finding } = rest.reduce((top, each) => (each.finding.score > top.finding.score ? each : top), first);
  return nameOf(finding.category);
}

const nameOf = (category: Category): string => category.slice(category.indexOf("/") + 1);

/** Of the text that the row's own spans are of; what two views found in one place is one. */
function spansOf({ findings }: ScanOutcome, row: Row, threshold: number): readonly TypedSpan[] {
  const [stage, text] = row.reply === null ? (["prompt", row.text ?? ""] as const) : (["reply", row.reply] as const);
  const pointer = stage === "reply" ? "/choices/0/message/content" : `/messages/${messagesOf(row).length - 1}/content`;
  const spans = findings[stage].flatMap(({ finding, location }) =>
    location?.pointer === pointer && finding.span !== null && finding.score >= threshold
      ? [{ ...finding.span, type: nameOf(finding.category) }]
      : [],
  );
  if (spans.length === 0) return [];
  const pointOf = pointCounter(text);
  return spans
    .filter(
      ({ start, end, type }, index) =>
        spans.findIndex((it) => it.start === start && it.end === end && it.type === type) === index,
    )
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .map(({ start, end, type }) => ({ start: pointOf(start), end: pointOf(end), type }));
}

/** From UTF-16 code units to code points, in time linear to the text. */
function pointCounter(text: string): (unit: number) => number {
  const points = new Uint32Array(text.length + 1);
  let unit = 0;
  let count = 0;
  for (const character of text) {
    for (let step = 0; step < character.length; step += 1) points[unit++] = count;
    count += 1;
  }
  points[unit] = count;
  return (at) => points[Math.min(at, text.length)] ?? count;
}

const inPrompt: Location = { place: "content", role: "user", pointer: "" };
const inReply: Location = { place: "content", role: "assistant", pointer: "" };

function categoriesOf(plan: Plan): readonly Category[] {
  const { stages } = plan.scoped(nobody, plan.begin(0));
  const lanes = [stages.prompt.lane(inPrompt), stages.reply.lane(inReply)].flatMap(({ checks }) => checks);
  const all = [...lanes, ...stages.reply.exchange].flatMap(({ detector }) => detector.categories);
  return [...new Set(all)];
}

const nobody = {
  method: "POST",
  path,
  headers: new Map(),
  route: null,
  cluster: null,
  tenant: null,
  principal: null,
  dialect: "openai",
  operation: "openai/chat-completions",
  model: { kind: "unclear" },
  promptRules: null,
} as const;
