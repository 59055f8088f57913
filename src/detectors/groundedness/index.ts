/**
 * Claims of a reply that the prompt's texts do not bear out. Cuts the reply into claims, holds each against the sentences that
 * say most of it, and finds the words that failed; numbers, dates, names and denials compare as such.
 *
 * Opened once an exchange. What is no claim (a question, a greeting) is no finding and not unknown. Without evidence it knows
 * nothing: `no-evidence`. A model that judges pairs may have its say in each score; one that labels words says which they are.
 */
import type {
  Category,
  ExchangeDetector,
  LaneDetectors,
  TextDetector,
  UnknownCause,
  Window,
} from "../../domain/detector.ts";
import { type GroundednessSpec, modelOf } from "../../domain/policy.ts";
import type { Location } from "../../domain/segment.ts";
import { after } from "../../stdx/maybe-async.ts";
import { runPaced } from "../../stdx/paced.ts";
import { inSteps } from "../in-steps.ts";
import { missingOf } from "../memory.ts";
import { claimReadingOf, noAnswer } from "../model/opinion.ts";
import { type Passes, passesOf } from "../model/passes.ts";
import { askedOf, type ModelSource } from "../model/served.ts";
import { settledUnits, unitReach } from "./claims.ts";
import { Evidence, evidenceUnitsMax } from "./evidence.ts";
import { categories, detectionOf, type Judged } from "./findings.ts";
import { claimUnits, unitsOf } from "./reading.ts";
import { probabilityOf, withModel } from "./score.ts";
import { evidenceOf } from "./sources.ts";

export function createGroundednessDetector(id: string, spec: GroundednessSpec, models: ModelSource): ExchangeDetector {
  return {
    kind: "exchange",
    cost: modelOf({ kind: "groundedness", ...spec }) === null ? "compare" : "model",
    id,
    categories,
    open(signal, memory, pace, stage, whole) {
      const missing = missingOf(memory);
      const texts = missing === null ? evidenceOf(memory, spec.evidence) : [];
      const units = texts.reduce((sum, { text }) => sum + text.length, 0);
      const cause = missing ?? (units > evidenceUnitsMax ? "too-long" : null);
      if (cause !== null) return lanesOf(unknowing(id, cause));
      const reading = Evidence.of(texts.map(({ text }) => text));
      return after(runPaced(signal, pace, reading), (evidence) => {
        if (evidence === null) return lanesOf(unknowing(id, "no-evidence"));
        const locations = texts.map(({ location }) => location);
        return lanesOf(grounding(id, spec, { evidence, locations }, { models, passes: passesOf(whole, stage) }));
      });
    },
  };
}

/** What a reply says to people; its arguments for tools and its reasoning are other rules' to judge. */
const lanesOf = (lane: TextDetector): LaneDetectors => ({
  lane: ({ location }) => (location.place === "content" ? lane : null),
});

type Shape = Pick<TextDetector, "kind" | "id" | "categories" | "fromStart" | "reach" | "settled">;

const shape = (id: string): Shape => ({
  kind: "text",
  id,
  categories: categories satisfies readonly Category[],
  fromStart: true,
  reach: { longestSpan: unitReach, leftContext: 0, rightContext: unitReach },
  settled: settledUnits,
});

/** Nothing to compare with, or not all of it: that counts for claims alone. */
const unknowing = (id: string, cause: UnknownCause): TextDetector => ({
  ...shape(id),
  detect(_signal, window) {
    const units = claimUnits(window);
    const claims = units.map(({ start }) => ({ start, result: "not-checkable" as const, basis: null }));
    if (!units.some(({ isClaim }) => isClaim)) return { kind: "scored", findings: [], claims };
    return { kind: "unknown", cause, claims };
  },
});

/** `locations`: where the texts of the evidence stand, in its order. */
type Held = { readonly evidence: Evidence; readonly locations: readonly Location[] };
type Judges = { readonly models: ModelSource; readonly passes: Passes };

function grounding(id: string, spec: GroundednessSpec, held: Held, { models, passes }: Judges): TextDetector {
  const { evidence, locations } = held;
  const asked = modelOf({ kind: "groundedness", ...spec });
  if (asked === null) {
    const alone = inSteps(function* (window) {
      const units = yield* unitsOf(window, evidence);
      const judged = units.map(
        (unit): Judged => ({ unit, score: unit.kind === "claim" ? probabilityOf(unit.measured) : null }),
      );
      return detectionOf(judged, spec, locations);
    });
    return { ...shape(id), detect: alone };
  }
  return {
    ...shape(id),
    async detect(signal, window: Window, pace) {
      const units = await runPaced(signal, pace, unitsOf(window, evidence));
      if (units === null) return { kind: "unknown", cause: "deadline" };
      const serving = askedOf(asked, models);
      const shared = serving === null ? null : passes.over(serving);
      // All at once, so that they share batches.
      const judged = await Promise.all(
        units.map(async (unit): Promise<Judged> => {
          if (unit.kind !== "claim") return { unit, score: null };
          const { span, passages, measured } = unit;
          const text = window.text.slice(span.start, span.end);
          const reading = shared === null ? noAnswer : await claimReadingOf(signal, shared, passages, text);
          if (reading.kind === "unknown") return { unit, score: null, unknown: reading.cause };
          const own = probabilityOf(measured);
          // Where the claim as a whole fails without the model, its words do not make it less.
          const isWhole = measured.failed.length === 0 && own >= spec.threshold;
          return { unit, score: withModel(own, reading.score, measured), marked: isWhole ? [] : reading.words };
        }),
      );
      return detectionOf(judged, spec, locations);
    },
  };
}
