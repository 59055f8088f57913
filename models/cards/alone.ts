/**
 * One encoder with all heads beside one encoder a task: figures of both on the same rows, measured in one run, as `alone.json`
 * and as a table. None of them needs a threshold. Pure, but for the file's two ends.
 */
import { readFile, writeFile } from "node:fs/promises";
import { err, ok, type Result as Either } from "../../src/stdx/result.ts";
import type { Card, Measured } from "./card.ts";
import { isWhole, points } from "./forms.ts";

/** `of`: as `Figure` says. */
export type AlonePair = {
  readonly head: string;
  readonly set: string;
  readonly part: string | null;
  readonly figure: string;
  readonly one: number;
  readonly alone: number;
  readonly of: number;
};

export type Alone = {
  readonly kind: "EncoderComparison";
  readonly version: 1;
  readonly model: string;
  readonly measured: Measured;
  /** Of each set; `null`: all. */
  readonly rowsMax: number | null;
  /** By name; `one` has all heads. */
  readonly digests: { readonly one: string | null; readonly alone: Readonly<Record<string, string | null>> };
  readonly pairs: readonly AlonePair[];
};

const told = ["auc", "recall, own 1%", "recall, own 5%", "f1"];

/** `alone`: cards of models that have some of the heads each. */
export function aloneOf(one: Card, alone: readonly Card[], rowsMax: number | null): Alone {
  const others = new Map(
    alone.flatMap(({ results }) => results.map((result) => [`${result.head} ${result.set} ${result.part}`, result])),
  );
  const pairs = one.results.flatMap(({ head, set, part, figures }) => {
    const other = others.get(`${head} ${set} ${part}`);
    if (!(set in one.sets) || !isWhole(part) || other === undefined) return [];
    return told.flatMap((figure): readonly AlonePair[] => {
      const [here, there] = [figures[figure], other.figures[figure]];
      if (here === undefined || there === undefined) return [];
      return [{ head, set, part, figure, one: here[0], alone: there[0], of: here[3] }];
    });
  });
  const digests = {
    one: one.model.digest,
    alone: Object.fromEntries(alone.map(({ model }) => [model.name, model.digest])),
  };
  const { model, measured } = one;
  return { kind: "EncoderComparison", version: 1, model: model.name, measured, rowsMax, digests, pairs };
}

const decimals = 6;

export function writeAlone(path: string, { pairs, ...begin }: Alone): Promise<void> {
  const rounded = (_key: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(decimals)) : value;
  const lines = pairs.map((pair) => `  ${JSON.stringify(pair, rounded)}`).join(",\n");
  return writeFile(path, `${JSON.stringify(begin, null, 1).replace(/\n}$/, "")},\n "pairs": [\n${lines}\n ]\n}\n`);
}

/** `null`: nothing was compared. */
export async function readAlone(path: string): Promise<Either<Alone | null, string>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return ok(null);
  try {
    const alone = JSON.parse(text) as Partial<Alone>;
    if (alone.kind === "EncoderComparison" && alone.version === 1 && Array.isArray(alone.pairs))
      return ok(alone as Alone);
  } catch {
    // Told below.
  }
  return err(`${path}: is no comparison of models/cards`);
}

/** By head and figure, in points of a hundred: the means of both, and the sets on which the model of one task does best and worst. */
export function aloneTable({ pairs, measured, rowsMax, digests }: Alone): string {
  const gain = ({ one, alone }: AlonePair): number => alone - one;
  const lines = [...Map.groupBy(pairs, ({ head }) => head)].flatMap(([head, ofHead]) =>
    [...Map.groupBy(ofHead, ({ figure }) => figure)].map(([figure, some]) => {
      const mean = (of: (pair: AlonePair) => number): string =>
        points(some.reduce((sum, pair) => sum + of(pair), 0) / some.length);
      const sorted = some.toSorted((a, b) => gain(a) - gain(b));
      const at = (pair: AlonePair | undefined): string =>
        pair === undefined
          ? "-"
          : `${points(gain(pair))} (${pair.set}${pair.part === null ? "" : `, ${pair.part}`}, one row is ${points(1 / pair.of)})`;
      return `| ${[head, figure, some.length, mean(({ one }) => one), mean(({ alone }) => alone), at(sorted[0]), at(sorted.at(-1))].join(" | ")} |`;
    }),
  );
  const rows = rowsMax === null ? "all rows" : `at most ${rowsMax} rows of each set`;
  return [
    `Measured on ${measured.date}, ${rows}. One encoder: \`${digests.one}\`. In points of a hundred.`,
    "",
    "| head | figure | sets | one encoder, mean | one a task, mean | one a task, least gain | greatest gain |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}
