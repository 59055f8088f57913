/**
 * Claims of a reply that the prompt's texts do not bear out. Cuts the reply into claims, holds each against the sentences that
 * say most of it, and finds the words that failed; numbers, dates, names and denials compare as such.
 *
 * Opened once an exchange. What is no claim (a question, a greeting) is no finding and not unknown. Without evidence it knows
 * nothing: `no-evidence`. A model that judges pairs may have its say in each score; one that labels words says which they are.
 */
import type {
  Category,
  Detection,
  ExchangeDetector,
  Finding,
  LaneDetectors,
  TextDetector,
  UnknownCause,
  Window,
} from "../../domain/detector.ts";
import { type GroundednessSpec, modelOf } from "../../domain/policy.ts";
import type { Score } from "../../domain/score.ts";
import type { Span } from "../../domain/segment.ts";
import { after } from "../../stdx/maybe-async.ts";
import { runPaced, type Steps } from "../../stdx/paced.ts";
import { inSteps } from "../in-steps.ts";
import { missingOf } from "../memory.ts";
import { claimReadingOf, noAnswer } from "../model/opinion.ts";
import { type Passes, passesOf } from "../model/passes.ts";
import { askedOf, type ModelSource } from "../model/served.ts";
import { unitEnd, unitReach } from "./claims.ts";
import { Evidence, evidenceUnitsMax } from "./evidence.ts";
import { joined } from "./features.ts";
import { type ReadUnit, readUnit } from "./reading.ts";
import { probabilityOf, withModel } from "./score.ts";
import { evidenceOf } from "./sources.ts";

const category: Category = "groundedness/ungrounded";
const categories: readonly Category[] = [category];

export function createGroundednessDetector(id: string, spec: GroundednessSpec, models: ModelSource): ExchangeDetector {
  return {
    kind: "exchange",
    cost: modelOf({ kind: "groundedness", ...spec }) === null ? "compare" : "model",
    id,
    categories,
    open(signal, memory, pace, stage, whole) {
      const texts = evidenceOf(memory, spec.evidence);
      const units = texts.reduce((sum, text) => sum + text.length, 0);
      const missing = missingOf(memory) ?? (units > evidenceUnitsMax ? "too-long" : null);
      if (missing !== null) return lanesOf(unknowing(id, missing));
      return after(runPaced(signal, pace, Evidence.of(texts)), (evidence) =>
        lanesOf(
          evidence === null
            ? unknowing(id, "no-evidence")
            : grounding(id, spec, evidence, { models, passes: passesOf(whole, stage) }),
        ),
      );
    },
  };
}

/** What a reply says to people; its arguments for tools and its reasoning are other rules' to judge. */
const lanesOf = (lane: TextDetector): LaneDetectors => ({
  lane: ({ location }) => (location.place === "content" ? lane : null),
});

const shape = (id: string): Pick<TextDetector, "kind" | "id" | "categories" | "fromStart" | "reach" | "settled"> => ({
  kind: "text",
  id,
  categories,
  fromStart: true,
  reach: { longestSpan: unitReach, leftContext: 0, rightContext: unitReach },
  settled(text, from) {
    let settled = from;
    for (let next = unitEnd(text, from, false); next !== null; next = unitEnd(text, settled, false)) settled = next.end;
    return settled;
  },
});

/** Nothing to compare with, or not all of it: that counts for claims alone. */
const unknowing = (id: string, cause: UnknownCause): TextDetector => ({
  ...shape(id),
  detect: (_signal, { text, from, to }) =>
    text.slice(from, to).trim() === "" ? { kind: "scored", findings: [] } : { kind: "unknown", cause },
});

type Judges = { readonly models: ModelSource; readonly passes: Passes };

function grounding(id: string, spec: GroundednessSpec, evidence: Evidence, { models, passes }: Judges): TextDetector {
  const alone = inSteps((window) => judgeSteps(window, evidence, spec));
  const asked = modelOf({ kind: "groundedness", ...spec });
  if (asked === null) return { ...shape(id), detect: alone };
  return {
    ...shape(id),
    async detect(signal, window, pace) {
      const claims = await runPaced(signal, pace, claimsOf(window, evidence));
      if (claims === null) return { kind: "unknown", cause: "deadline" };
      const serving = askedOf(asked, models);
      const shared = serving === null ? null : passes.over(serving);
      // All at once, so that they share batches.
      const readings = await Promise.all(
        claims.map(async ({ span, passages }) =>
          shared === null
            ? noAnswer
            : claimReadingOf(signal, shared, passages, window.text.slice(span.start, span.end)),
        ),
      );
      const findings: Finding[] = [];
      for (const [at, claim] of claims.entries()) {
        const reading = readings[at] ?? noAnswer;
        if (reading.kind === "unknown") return unseenFrom(findings, claim.span.start, reading.cause);
        const own = probabilityOf(claim.measured);
        const both = withModel(own, reading.score, claim.measured);
        // Where the claim as a whole fails without the model, its words do not make it less.
        const isWhole = claim.measured.failed.length === 0 && own >= spec.threshold;
        findings.push(...findingsOf(claim, both, spec, isWhole ? [] : reading.words));
      }
      return { kind: "scored", findings };
    },
  };
}

type Claim = Extract<ReadUnit, { kind: "claim" }>;

/** Every window begins where a unit does: only such places are said to be settled. */
function* claimsOf({ text, from, to, ended }: Window, evidence: Evidence): Steps<readonly Claim[]> {
  const claims: Claim[] = [];
  for (let start = from; start < to; ) {
    const { end, kind } = unitEnd(text, start, ended) ?? { end: to, kind: "prose" as const };
    const unit = readUnit(text, { start, end: Math.min(end, to) }, kind, evidence);
    if (unit.kind === "claim") {
      claims.push(unit);
      yield;
    }
    start = end;
  }
  return claims;
}

function* judgeSteps(window: Window, evidence: Evidence, spec: GroundednessSpec): Steps<Detection> {
  const claims = yield* claimsOf(window, evidence);
  return {
    kind: "scored",
    findings: claims.flatMap((claim) => findingsOf(claim, probabilityOf(claim.measured), spec)),
  };
}

/**
 * The words that failed, and those that a model marks; or the claim as a whole, where none did by itself or the rule wants no
 * less. Places are the claim's.
 */
function findingsOf(
  { span, measured }: Claim,
  score: Score,
  { threshold, span: wanted }: GroundednessSpec,
  marked: readonly Span[] = [],
): readonly Finding[] {
  if (score < threshold) return [];
  if (wanted === "claim") return [{ category, score, span }];
  const failed = marked.length === 0 ? measured.failed : joined([...measured.failed, ...marked]);
  if (failed.length === 0) return [{ category, score, span }];
  return failed.map(({ start, end }) => ({
    category,
    score,
    span: { start: span.start + start, end: span.start + end },
  }));
}

const unseenFrom = (findings: readonly Finding[], from: number, cause: UnknownCause): Detection => ({
  kind: "scored",
  findings,
  unseen: { from, cause },
});
