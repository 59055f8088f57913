/**
 * Figures of a yes-or-no judge on labelled rows. Pure; what each means is in docs/eval.md. A figure that its rows do not give
 * (no positives, no negatives) is `null`, never 0.
 */

/**
 * `score`: probability of label 1; `null`: the judge did not know. `flagged`: at its shipped threshold. A policy that blocks
 * what it does not know flags a row without a score.
 */
export type Judged = { readonly label: 0 | 1; readonly score: number | null; readonly flagged: boolean };
export type Scored = { readonly label: 0 | 1; readonly score: number };

export const scoredOf = (rows: readonly Judged[]): readonly Scored[] =>
  rows.flatMap(({ label, score }) => (score === null ? [] : [{ label, score }]));

/** What lies at or above one score, counted; `positives` and `negatives` are of label 1 and 0. */
type Step = { readonly positives: number; readonly negatives: number };

/** From the highest score down, one step for all rows of the same score: no threshold tells them apart. */
function stepsOf(rows: readonly Scored[]): readonly Step[] {
  const sorted = rows.toSorted((a, b) => b.score - a.score);
  const steps: Step[] = [];
  let [positives, negatives] = [0, 0];
  for (const [index, { label, score }] of sorted.entries()) {
    if (label === 1) positives += 1;
    else negatives += 1;
    if (sorted[index + 1]?.score !== score) steps.push({ positives, negatives });
  }
  return steps;
}

const count = (rows: readonly { readonly label: 0 | 1 }[], wanted: 0 | 1): number =>
  rows.filter(({ label }) => label === wanted).length;

/** Area under the ROC curve: how often a row of label 1 scores above one of label 0; a tie counts half. */
export function auc(rows: readonly Scored[]): number | null {
  const [all1, all0] = [count(rows, 1), count(rows, 0)];
  if (all1 === 0 || all0 === 0) return null;
  let area = 0;
  let before: Step = { positives: 0, negatives: 0 };
  for (const step of stepsOf(rows)) {
    area += ((step.negatives - before.negatives) * (step.positives + before.positives)) / 2;
    before = step;
  }
  return area / (all1 * all0);
}

/** The precision at each score that brings new positives, weighted by how many it brings. */
export function averagePrecision(rows: readonly Scored[]): number | null {
  const all1 = count(rows, 1);
  if (all1 === 0) return null;
  let sum = 0;
  let before = 0;
  for (const { positives, negatives } of stepsOf(rows)) {
    sum += (positives - before) * (positives / (positives + negatives));
    before = positives;
  }
  return sum / all1;
}

/**
 * The best recall that a threshold has whose false-positive rate is at most `rateMax`. Rows of label 1 without a score are not
 * found; those of label 0 say nothing of the rate. Rows of one score go together.
 */
export function recallAtRate(rows: readonly Judged[], rateMax: number): number | null {
  const scored = scoredOf(rows);
  const [all1, known0] = [count(rows, 1), count(scored, 0)];
  if (all1 === 0 || known0 === 0) return null;
  const fits = stepsOf(scored).filter(({ negatives }) => negatives / known0 <= rateMax);
  return (fits.at(-1)?.positives ?? 0) / all1;
}

/**
 * Rows at the shipped threshold. What is not known is never right: such a row of label 1 is not found, also where a policy
 * blocks it for that; one of label 0 is a false positive where it is flagged, and else `unknownNegatives`.
 */
export type Confusion = {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly unknownNegatives: number;
};

export function confusionOf(rows: readonly Judged[]): Confusion {
  const of = (test: (row: Judged) => boolean): number => rows.filter(test).length;
  const truePositives = of(({ label, score, flagged }) => label === 1 && flagged && score !== null);
  return {
    truePositives,
    falsePositives: of(({ label, flagged }) => label === 0 && flagged),
    falseNegatives: count(rows, 1) - truePositives,
    trueNegatives: of(({ label, score, flagged }) => label === 0 && !flagged && score !== null),
    unknownNegatives: of(({ label, score, flagged }) => label === 0 && !flagged && score === null),
  };
}

export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The harmonic mean of precision and recall; `null` where there is nothing to find and nothing was. */
export const f1 = ({
  truePositives,
  falsePositives,
  falseNegatives,
}: Pick<Confusion, "truePositives" | "falsePositives" | "falseNegatives">): number | null =>
  share(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives);

/** The mean of the recalls of both labels; what is not known is right for neither. */
export function balancedAccuracy(confusion: Confusion): number | null {
  const { truePositives, falseNegatives, trueNegatives, falsePositives, unknownNegatives } = confusion;
  const one = share(truePositives, truePositives + falseNegatives);
  const other = share(trueNegatives, trueNegatives + falsePositives + unknownNegatives);
  return one === null || other === null ? null : (one + other) / 2;
}

export const calibrationBins = 10;

/** Expected calibration error: over ten bins of equal width, how far the mean score lies from the share of label 1. */
export function calibrationError(rows: readonly Scored[]): number | null {
  if (rows.length === 0) return null;
  const bins = Array.from({ length: calibrationBins }, () => ({ size: 0, score: 0, label: 0 }));
  for (const { label, score } of rows) {
    const bin = bins[Math.min(calibrationBins - 1, Math.floor(score * calibrationBins))];
    if (bin === undefined) continue;
    bin.size += 1;
    bin.score += score;
    bin.label += label;
  }
  return bins.reduce((sum, { score, label }) => sum + Math.abs(score - label), 0) / rows.length;
}

type Told = { readonly label: string; readonly predicted: string | null };
type OneLabel = Pick<Confusion, "truePositives" | "falsePositives" | "falseNegatives">;

/** Each label that the rows have, against all others. A prediction that is no such label is wrong. */
export function confusionsOf(rows: readonly Told[]): readonly OneLabel[] {
  const counts = new Map<string, { labelled: number; predicted: number; right: number }>();
  for (const { label } of rows) {
    const of = counts.get(label) ?? { labelled: 0, predicted: 0, right: 0 };
    of.labelled += 1;
    counts.set(label, of);
  }
  for (const { label, predicted } of rows) {
    const of = predicted === null ? undefined : counts.get(predicted);
    if (of === undefined) continue;
    of.predicted += 1;
    if (label === predicted) of.right += 1;
  }
  return [...counts.values()].map(({ labelled, predicted, right }) => ({
    truePositives: right,
    falsePositives: predicted - right,
    falseNegatives: labelled - right,
  }));
}

/** The mean of each label's F1. */
export function macroF1(rows: readonly Told[]): number | null {
  const each = confusionsOf(rows).map((confusion) => f1(confusion) ?? 0);
  return share(
    each.reduce((sum, value) => sum + value, 0),
    each.length,
  );
}
