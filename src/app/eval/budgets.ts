/** What a run must keep to. Pure. A figure that the rows do not give keeps to nothing: a gate that sees nothing is shut. */
import type { Summary } from "./summary.ts";

/** Shares at the shipped threshold; `null`: no such budget. */
export type Budgets = { readonly maxFpr: number | null; readonly minRecall: number | null };

/** One line for each that is missed. */
export function budgetFaults({ fpr, recall }: Pick<Summary, "fpr" | "recall">, budgets: Budgets): readonly string[] {
  const { maxFpr, minRecall } = budgets;
  const faults: string[] = [];
  if (maxFpr !== null && (fpr === null || fpr > maxFpr)) {
    faults.push(`the false-positive rate ${told(fpr, "no row has label 0")} is above the budget of ${maxFpr}`);
  }
  if (minRecall !== null && (recall === null || recall < minRecall)) {
    faults.push(`the recall ${told(recall, "no row has label 1")} is below the budget of ${minRecall}`);
  }
  return faults;
}

const told = (value: number | null, why: string): string => (value === null ? `(not known: ${why})` : value.toFixed(4));
