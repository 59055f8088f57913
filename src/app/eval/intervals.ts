/** How sure figures are: intervals that hold the true figure 95 times in 100, were the rows drawn anew. Pure. */
import type { Confusion, Scored } from "./metrics.ts";

/** Both ends, 0 to 1. */
export type Interval = readonly [low: number, high: number];

/** Of the normal distribution, for 95 %. */
const z = 1.959_963_984_540_054;

/** Wilson's interval of a share; it holds for few rows and at 0 and 1 too. `null` for a share of nothing. */
export function shareInterval(part: number, whole: number): Interval | null {
  if (whole === 0) return null;
  const rate = part / whole;
  const middle = (rate + z ** 2 / (2 * whole)) / (1 + z ** 2 / whole);
  const half = (z / (1 + z ** 2 / whole)) * Math.sqrt((rate * (1 - rate)) / whole + z ** 2 / (4 * whole ** 2));
  return clipped(middle - half, middle + half);
}

/**
 * Of F1: it grows with the share of true positives in all that was flagged or should have been, so the ends of that share's
 * interval give its own. `null` where nothing was and nothing should have been.
 */
export function f1Interval({
  truePositives,
  falsePositives,
  falseNegatives,
}: Pick<Confusion, "truePositives" | "falsePositives" | "falseNegatives">): Interval | null {
  const ends = shareInterval(truePositives, truePositives + falsePositives + falseNegatives);
  return ends === null ? null : [(2 * ends[0]) / (1 + ends[0]), (2 * ends[1]) / (1 + ends[1])];
}

/** One of several independent figures whose mean is wanted. */
export type Estimate = { readonly value: number; readonly interval: Interval };

/** Of the mean: the distances to the ends add up as squares (Zou and Donner's MOVER). `null` of nothing. */
export function meanInterval(estimates: readonly Estimate[]): Interval | null {
  const count = estimates.length;
  if (count === 0) return null;
  const middle = estimates.reduce((sum, { value }) => sum + value, 0) / count;
  const [below, above] = ([0, 1] as const).map(
    (end) => Math.hypot(...estimates.map(({ value, interval }) => value - interval[end])) / count,
  );
  return clipped(middle - (below ?? 0), middle + (above ?? 0));
}

/**
 * DeLong's interval of the area under the ROC curve: from how the share of the other label that a row beats varies from row to
 * row. `null` with fewer than two rows of a label.
 */
export function aucInterval(rows: readonly Scored[]): Interval | null {
  const [ones, zeros] = ([1, 0] as const).map((wanted) =>
    Float64Array.from(rows.filter(({ label }) => label === wanted).map(({ score }) => score)).sort(),
  );
  if (ones === undefined || zeros === undefined || ones.length < 2 || zeros.length < 2) return null;
  const over = shares(ones, zeros);
  const under = shares(zeros, ones).map((share) => 1 - share);
  const area = mean(over);
  const half = z * Math.sqrt(variance(over) / ones.length + variance(under) / zeros.length);
  return clipped(area - half, area + half);
}

/** For each of `of` the share of `among` that lies below it, ties half. Both sorted. */
function shares(of: Float64Array, among: Float64Array): Float64Array {
  let [below, upTo] = [0, 0];
  return of.map((score) => {
    while (below < among.length && (among[below] ?? 0) < score) below += 1;
    while (upTo < among.length && (among[upTo] ?? 0) <= score) upTo += 1;
    return (below + upTo) / 2 / among.length;
  });
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: Float64Array): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}

const clipped = (low: number, high: number): Interval => [Math.max(0, low), Math.min(1, high)];
