/**
 * What a run must keep to. Pure. A figure that the rows do not give keeps to nothing, and a row of label 0 that was not judged
 * may be a false positive: a gate that sees nothing is shut.
 */
import type { Summary } from "./summary.ts";

/** Shares at the shipped threshold; `null`: no such budget. */
export type Budgets = { readonly maxFpr: number | null; readonly minRecall: number | null };

/** One line for each that is missed. */
export function budgetFaults(
  { fpr, recall, counts, negatives }: Pick<Summary, "fpr" | "recall" | "counts" | "negatives">,
  { maxFpr, minRecall }: Budgets,
): readonly string[] {
  const faults: string[] = [];
  const unknown = counts?.unknownNegatives ?? 0;
  const atWorst = negatives === 0 ? 1 : ((counts?.falsePositives ?? 0) + unknown) / negatives;
  if (maxFpr !== null && atWorst > maxFpr) {
    const why = negatives === 0 ? "no row has label 0" : "no row of label 0 was judged";
    const worst = unknown === 0 ? "" : `, ${atWorst.toFixed(4)} with ${unknown} unknown rows of label 0,`;
    faults.push(`the false-positive rate ${told(fpr, why)}${worst} is above the budget of ${maxFpr}`);
  }
  if (minRecall !== null && (recall === null || recall < minRecall)) {
    faults.push(`the recall ${told(recall, "no row has label 1")} is below the budget of ${minRecall}`);
  }
  return faults;
}

const told = (value: number | null, why: string): string => (value === null ? `(not known: ${why})` : value.toFixed(4));
