/** What was judged of a window's claims, told as findings and as what became of each claim. Pure. */
import type { Category, Detection, Finding, JudgedClaim, UnknownCause } from "../../domain/detector.ts";
import type { GroundednessSpec } from "../../domain/policy.ts";
import type { Score } from "../../domain/score.ts";
import type { Location, Span } from "../../domain/segment.ts";
import { joined } from "./features.ts";
import type { ReadUnit } from "./reading.ts";

const category: Category = "groundedness/ungrounded";
export const categories: readonly Category[] = [category];

type Claim = Extract<ReadUnit, { kind: "claim" }>;

/**
 * A unit of the reply. `score`: how surely the evidence does not bear it out; `null`: it claims nothing, or (`unknown`) the model
 * did not answer. `marked`: words that the model marks, by their places in the claim.
 */
export type Judged = {
  readonly unit: ReadUnit;
  readonly score: Score | null;
  readonly unknown?: UnknownCause;
  readonly marked?: readonly Span[];
};

/** From the first claim on that is unknown nothing of the window was judged. `locations`: where the texts of the evidence stand. */
export function detectionOf(
  judged: readonly Judged[],
  spec: GroundednessSpec,
  locations: readonly Location[],
): Detection {
  const findings: Finding[] = [];
  const claims: JudgedClaim[] = [];
  let unseen: { readonly from: number; readonly cause: UnknownCause } | null = null;
  for (const { unit, score, unknown, marked } of judged) {
    const { start } = unit.span;
    if (unknown !== undefined) unseen ??= { from: start, cause: unknown };
    if (unit.kind !== "claim" || score === null || unseen !== null) {
      claims.push({ start, result: "not-checkable", basis: null });
      continue;
    }
    const basis = unit.sources.map((source) => locations[source] as Location);
    const found = findingsOf(unit, score, spec, marked);
    for (const finding of found) findings.push(basis.length === 0 ? finding : { ...finding, basis });
    claims.push({ start, result: found.length === 0 ? "supported" : "unsupported", basis: basis[0] ?? null });
  }
  return unseen === null ? { kind: "scored", findings, claims } : { kind: "scored", findings, claims, unseen };
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
  if (wanted === "claim") return [{ category, score, span, isUnit: true }];
  const failed = marked.length === 0 ? measured.failed : joined([...measured.failed, ...marked]);
  if (failed.length === 0) return [{ category, score, span, isUnit: true }];
  return failed.map(({ start, end }) => ({
    category,
    score,
    span: { start: span.start + start, end: span.start + end },
  }));
}
