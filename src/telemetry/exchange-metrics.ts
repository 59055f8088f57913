/** Metrics of exchanges: what was judged, with which result, by which rule, what was not, and how long it took. */
import { claimResults, type UnknownCause, unknownCauses } from "../domain/detector.ts";
import { actions } from "../domain/policy.ts";
import { type Stage, stages, unjudgedKinds } from "../domain/segment.ts";
import { type BlockCause, type StageVerdict, unreadables } from "../domain/verdict.ts";
import { namesOutcomes } from "../domain/vault.ts";
import type { Counter, Family, Meter } from "./instruments.ts";
import { Names } from "./labels.ts";
import type { Series } from "./series.ts";

/** In seconds. Judging is mostly far under a millisecond; budgets end it after seconds. */
export const secondsBounds = [
  ...[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025],
  ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
];
/** A reply may be held until its last byte has come. */
const holdBounds = [...secondsBounds, 10, 30, 60];

const ends = ["complete", "blocked", "aborted", "failed"] as const;
const reportedKinds = [
  "allow",
  "flag",
  "redact",
  "block",
  "not-inspected",
  "aborted",
  "failed",
] as const satisfies readonly StageVerdict["kind"][];
const causes = [
  "rule",
  "unknown",
  "unreadable",
  "unjudged",
  "too-large",
  "overloaded",
  "route-too-late",
] as const satisfies readonly BlockCause["kind"][];
const truths = ["false", "true"] as const;
/** What a rule in shadow would have made of a stage. */
const gravities = ["flag", "redact", "block"] as const;
const phases = ["read", "judge", "decide"] as const;
/**
 * What became of a request of no dialect that is served. `blocked`: it went nowhere. `unread`: it went on, and nobody read it.
 * `text`: it went on, judged as plain text. `no-request`: Envoy showed a reply alone. `unfinished`: it ended before its word.
 */
const unmatchedOutcomes = ["blocked", "unread", "text", "no-request", "unfinished"] as const;
export type UnmatchedOutcome = (typeof unmatchedOutcomes)[number];
const shortages = ["deadline", "overloaded", "backend"] as const satisfies readonly UnknownCause[];
export const isShortageWord = (cause: UnknownCause): cause is (typeof shortages)[number] =>
  (shortages as readonly UnknownCause[]).includes(cause);

const ruleForm = /^[a-z0-9-]{1,64}$/;

export function createExchangeInstruments(meter: Meter) {
  const names = createNames();
  return {
    names,
    ...exchangeInstruments(meter, names),
    ...ruleInstruments(meter, names),
    ...coverageInstruments(meter),
    ...timeInstruments(meter),
  };
}

export type ExchangeInstruments = ReturnType<typeof createExchangeInstruments>;
type ExchangeNames = ReturnType<typeof createNames>;

const createNames = () => ({
  rules: new Names({ about: "a rule of the policy", form: ruleForm, most: 1_000 }),
  exceptions: new Names({ about: "an exception of the policy", form: ruleForm, most: 1_000 }),
  categories: new Names({
    about: "what a detector finds, as in verdicts",
    form: /^[a-z0-9-]{1,64}\/[a-z0-9-]{1,64}$/,
    most: 1_000,
  }),
  operations: new Names({
    about: "of a dialect, as in verdicts",
    form: /^[a-z0-9-]{1,40}(\/[a-z0-9-]{1,80})?$/,
    most: 500,
  }),
});

function exchangeInstruments({ counter, gauge }: Meter, { operations }: ExchangeNames) {
  return {
    inFlight: gauge("exchanges_in_flight", "Exchanges that have begun and not ended", {}).of({}),
    exchanges: counter("exchanges_total", "Exchanges that ended, by operation and how", {
      operation: operations,
      end: ends,
    }),
    unmatched: counter("unmatched_total", "Exchanges of no dialect that is served, by what became of the request", {
      outcome: unmatchedOutcomes,
    }),
    verdicts: counter("verdicts_total", "Verdicts by stage", { stage: stages, verdict: reportedKinds }),
    blocks: counter("blocks_total", "Blocks by stage and cause", { stage: stages, cause: causes }),
    restored: counter(
      "placeholders_restored_total",
      "Placeholders of replies that became what stood there before",
      {},
    ).of({}),
    conversations: counter(
      "conversations_total",
      "Prompts whose placeholders a rule wants to last, by what was known",
      {
        names: namesOutcomes,
      },
    ),
  };
}

function ruleInstruments({ counter }: Meter, { rules, categories, exceptions }: ExchangeNames) {
  return {
    hits: counter("rule_hits_total", "Findings that matched a rule", { rule: rules, action: actions, shadow: truths }),
    categories: counter("category_hits_total", "Verdicts in which a rule found something of a category", {
      rule: rules,
      category: categories,
    }),
    disagreements: counter(
      "shadow_disagreements_total",
      "Verdicts that a rule in shadow would have made graver, by what it would have said",
      { rule: rules, would: gravities },
    ),
    ruleUnknown: counter("rule_unknown_total", "Verdicts that a rule's detector could not give an answer for", {
      rule: rules,
    }),
    excepted: counter("excepted_total", "Findings that an exception of the policy took out", { exception: exceptions }),
  };
}

function coverageInstruments({ counter }: Meter) {
  return {
    unknown: counter("unknown_total", "Rules whose detectors could not answer, by cause", { cause: unknownCauses }),
    degraded: counter("degraded_total", "Verdicts that let content go on unjudged by a rule in force", {
      stage: stages,
    }),
    shortages: counter("shortages_total", "What was short where verdicts are degraded, each once a verdict", {
      stage: stages,
      cause: shortages,
    }),
    unreadable: counter("unreadable_total", "Bodies that could not be read, by reason", { why: unreadables }),
    unjudged: counter("unjudged_total", "Pieces of content that a text guard cannot read", { kind: unjudgedKinds }),
    judged: byStage(
      counter("characters_judged_total", "Characters (UTF-16 code units) that were judged", { stage: stages }),
    ),
    present: byStage(
      counter("characters_present_total", "Characters (UTF-16 code units) of the texts that were read", {
        stage: stages,
      }),
    ),
    partial: counter("coverage_partial_total", "Verdicts on a body that was not read, or judged in part only", {
      stage: stages,
    }),
    claims: counter("claims_total", "Claims of replies held against their evidence, by what became of them", {
      result: claimResults,
    }),
  };
}

function timeInstruments({ counter, histogram }: Meter) {
  const spent = counter("phase_seconds_total", "Time spent on exchanges, by what was done", {
    stage: stages,
    phase: phases,
  });
  return {
    judge: byStage(
      histogram("judge_seconds", "Time spent judging one stage of an exchange", secondsBounds, { stage: stages }),
    ),
    added: byStage(
      histogram("added_seconds", "What somebody waited for the guard in one stage of an exchange", secondsBounds, {
        stage: stages,
      }),
    ),
    hold: byStage(
      histogram("hold_seconds", "The longest that bytes of a stage were held back", holdBounds, { stage: stages }),
    ),
    window: histogram("window_seconds", "Longest single step of judging a reply", secondsBounds, {}).of({}),
    phases: { prompt: phasesOf(spent, "prompt"), reply: phasesOf(spent, "reply") },
  };
}

/** Found once, not at each exchange. */
const byStage = <C extends Series>(family: Family<{ readonly stage: typeof stages }, C>) => ({
  prompt: family.of({ stage: "prompt" }),
  reply: family.of({ stage: "reply" }),
});

const phasesOf = (spent: Counter<{ readonly stage: typeof stages; readonly phase: typeof phases }>, stage: Stage) => ({
  read: spent.of({ stage, phase: "read" }),
  judge: spent.of({ stage, phase: "judge" }),
  decide: spent.of({ stage, phase: "decide" }),
});
