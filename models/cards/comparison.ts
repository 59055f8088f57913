/** Two measurements of the same rows, side by side, and the file that keeps them. Pure, but for the file's two ends. */
import { readFile, writeFile } from "node:fs/promises";
import { err, ok, type Result as Either } from "../../src/stdx/result.ts";
import { type Card, type Measured, rounded } from "./card.ts";
import type { Result } from "./figures.ts";

/** `of`: as `Figure` says. */
export type PairPlace = {
  readonly head: string;
  readonly set: string;
  readonly part: string | null;
  readonly figure: string;
  readonly of: number;
};

export type Comparison<Pair extends PairPlace = PairPlace> = {
  readonly kind: string;
  readonly version: 1;
  readonly model: string;
  readonly measured: Measured;
  /** Of each set; `null`: all. */
  readonly rowsMax: number | null;
  readonly pairs: readonly Pair[];
};

const isWhole = (part: string | null): boolean => part === null || part === "text alone";
const keyOf = ({ head, set, part }: Result): string => `${head} ${set} ${part}`;

/** Figures named in `told` that both have. Means over sets tell nothing that their sets do not. */
export function pairsOf<Pair extends PairPlace>(
  card: Card,
  others: readonly Result[],
  told: readonly string[],
  pair: (at: PairPlace, value: number, other: number) => Pair,
): readonly Pair[] {
  const byPlace = new Map(others.map((result) => [keyOf(result), result]));
  return card.results.flatMap((result) => {
    const { head, set, part, figures } = result;
    const other = byPlace.get(keyOf(result));
    if (!(set in card.sets) || !isWhole(part) || other === undefined) return [];
    return told.flatMap((figure) => {
      const [one, two] = [figures[figure], other.figures[figure]];
      return one === undefined || two === undefined
        ? []
        : [pair({ head, set, part, figure, of: one[3] }, one[0], two[0])];
    });
  });
}

/** One line for each pair, so that a change shows as such. */
export function writeComparison(path: string, { pairs, ...begin }: Comparison): Promise<void> {
  const lines = pairs.map((pair) => `  ${JSON.stringify(pair, rounded)}`).join(",\n");
  return writeFile(path, `${JSON.stringify(begin, null, 1).replace(/\n}$/, "")},\n "pairs": [\n${lines}\n ]\n}\n`);
}

/** `null`: nothing was compared. */
export async function readComparison<C extends Comparison>(
  path: string,
  kind: C["kind"],
): Promise<Either<C | null, string>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return ok(null);
  try {
    const read = JSON.parse(text) as Partial<C>;
    if (read.kind === kind && read.version === 1 && Array.isArray(read.pairs)) return ok(read as C);
  } catch {
    // Told below.
  }
  return err(`${path}: is no comparison of models/cards`);
}

/** A line for each figure of each head. */
export const byFigure = <Pair extends PairPlace>(
  pairs: readonly Pair[],
  line: (head: string, figure: string, some: readonly Pair[]) => string,
): readonly string[] =>
  [...Map.groupBy(pairs, ({ head }) => head)].flatMap(([head, ofHead]) =>
    [...Map.groupBy(ofHead, ({ figure }) => figure)].map(([figure, some]) => line(head, figure, some)),
  );

export const rowsTold = (rowsMax: number | null): string =>
  rowsMax === null ? "all rows" : `at most ${rowsMax} rows of each set`;
export const points = (share: number): string => (share * 100).toFixed(2).replace(/^-0\.00$/, "0.00");
/** What one row moves a figure by. */
export const oneRow = ({ of }: PairPlace): string => `one row is ${points(1 / of)}`;
