/** What the stored form of a model costs: its figures beside those of the same model in a wider one. `forms.json`. Pure. */
import type { Card } from "./card.ts";
import { byFigure, type Comparison, oneRow, type PairPlace, pairsOf, points, rowsTold } from "./comparison.ts";

export type FormPair = PairPlace & { readonly shipped: number; readonly wider: number };

export type Forms = Comparison<FormPair> & {
  readonly kind: "ModelForms";
  readonly digests: { readonly shipped: string | null; readonly wider: string | null };
};

/** Those that aims are told in. A threshold is the shipped one for both. */
const told = ["auc", "auc, mean", "nearest", "recall", "fpr", "f1"];

/** Cards of one model in two forms, on the same rows. */
export function formsOf(shipped: Card, wider: Card, rowsMax: number | null): Forms {
  const pairs = pairsOf(shipped, wider.results, told, ({ of, ...at }, one, two) => ({
    ...at,
    shipped: one,
    wider: two,
    of,
  }));
  const { model, measured } = shipped;
  const digests = { shipped: model.digest, wider: wider.model.digest };
  return { kind: "ModelForms", version: 1, model: model.name, measured, rowsMax, digests, pairs };
}

/** What is worse is a loss: more false positives, less of all else. */
const lossOf = ({ figure, shipped, wider }: FormPair): number => (figure === "fpr" ? shipped - wider : wider - shipped);

/** The greatest loss of each figure by head, in points of a hundred. */
export function formsTable({ pairs, measured, rowsMax, digests }: Forms): string {
  const lines = byFigure(pairs, (head, figure, some) => {
    const worst = some.reduce((a, b) => (lossOf(b) > lossOf(a) ? b : a));
    const mean = some.reduce((sum, pair) => sum + lossOf(pair), 0) / some.length;
    const greatest = `${points(lossOf(worst))} (${worst.set}, ${oneRow(worst)})`;
    return `| ${[head, figure, some.length, points(mean), greatest].join(" | ")} |`;
  });
  return [
    `Measured on ${measured.date}, ${rowsTold(rowsMax)}, against \`${digests.wider}\`. In points of a hundred; what is above 0 is lost.`,
    "",
    "| head | figure | sets | mean loss | greatest loss |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}
