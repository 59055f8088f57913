/** One encoder with all heads beside one encoder a task, by figures that need no threshold. `alone.json`. Pure. */
import type { Card } from "./card.ts";
import { byFigure, type Comparison, oneRow, type PairPlace, pairsOf, points, rowsTold } from "./comparison.ts";

export type AlonePair = PairPlace & { readonly one: number; readonly alone: number };

export type Alone = Comparison<AlonePair> & {
  readonly kind: "EncoderComparison";
  /** `one` has all heads; the others by name. */
  readonly digests: { readonly one: string | null; readonly alone: Readonly<Record<string, string | null>> };
};

const told = ["auc", "recall, own 1%", "recall, own 5%", "f1"];

/** `alone`: cards of models that have some of the heads each. */
export function aloneOf(one: Card, alone: readonly Card[], rowsMax: number | null): Alone {
  const others = alone.flatMap(({ results }) => results);
  const pairs = pairsOf(one, others, told, ({ of, ...at }, here, there) => ({ ...at, one: here, alone: there, of }));
  const { model, measured } = one;
  const digests = {
    one: model.digest,
    alone: Object.fromEntries(alone.map((card) => [card.model.name, card.model.digest])),
  };
  return { kind: "EncoderComparison", version: 1, model: model.name, measured, rowsMax, digests, pairs };
}

const gainOf = ({ one, alone }: AlonePair): number => alone - one;
const gainAt = (pair: AlonePair): string =>
  `${points(gainOf(pair))} (${pair.set}${pair.part === null ? "" : `, ${pair.part}`}, ${oneRow(pair)})`;

/** In points of a hundred: the means of both, and the sets on which the model of one task gains least and most. */
export function aloneTable({ pairs, measured, rowsMax, digests }: Alone): string {
  const lines = byFigure(pairs, (head, figure, some) => {
    const mean = (of: (pair: AlonePair) => number): string =>
      points(some.reduce((sum, pair) => sum + of(pair), 0) / some.length);
    const least = some.reduce((a, b) => (gainOf(b) < gainOf(a) ? b : a));
    const most = some.reduce((a, b) => (gainOf(b) >= gainOf(a) ? b : a));
    const means = [mean(({ one }) => one), mean(({ alone }) => alone)];
    return `| ${[head, figure, some.length, ...means, gainAt(least), gainAt(most)].join(" | ")} |`;
  });
  return [
    `Measured on ${measured.date}, ${rowsTold(rowsMax)}. One encoder: \`${digests.one}\`. In points of a hundred.`,
    "",
    "| head | figure | sets | one encoder, mean | one a task, mean | one a task, least gain | greatest gain |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}
