/**
 * What the stored form of a model costs: its figures beside those of the same model in a wider one, measured in one run, as
 * `forms.json` and as a table. Pure, but for the file's two ends.
 */
import { readFile, writeFile } from "node:fs/promises";
import { err, ok, type Result as Either } from "../../src/stdx/result.ts";
import type { Card, Measured } from "./card.ts";
import type { Figure } from "./figures.ts";

/** A figure of both. `of`: as `Figure` says. */
export type FormPair = {
  readonly head: string;
  readonly set: string;
  readonly part: string | null;
  readonly figure: string;
  readonly shipped: number;
  readonly wider: number;
  readonly of: number;
};

export type Forms = {
  readonly kind: "ModelForms";
  readonly version: 1;
  readonly model: string;
  readonly measured: Measured;
  /** Of each set; `null`: all. */
  readonly rowsMax: number | null;
  readonly digests: { readonly shipped: string | null; readonly wider: string | null };
  readonly pairs: readonly FormPair[];
};

/** Those that aims are told in. A threshold is the shipped one for both. */
const told = ["auc", "auc, mean", "nearest", "recall", "fpr", "f1"];
export const isWhole = (part: string | null): boolean => part === null || part === "text alone";

/** Cards of one model in two forms, on the same rows. */
export function formsOf(shipped: Card, wider: Card, rowsMax: number | null): Forms {
  const others = new Map(wider.results.map((result) => [`${result.head} ${result.set} ${result.part}`, result]));
  const pairs = shipped.results.flatMap(({ head, set, part, figures }) => {
    const other = others.get(`${head} ${set} ${part}`);
    // Means over sets tell nothing that their sets do not.
    if (!(set in shipped.sets) || !isWhole(part) || other === undefined) return [];
    return told.flatMap((figure): readonly FormPair[] => {
      const [one, two] = [figures[figure], other.figures[figure]];
      if (one === undefined || two === undefined) return [];
      return [{ head, set, part, figure, shipped: one[0], wider: two[0], of: (one satisfies Figure)[3] }];
    });
  });
  const { model, measured } = shipped;
  const digests = { shipped: model.digest, wider: wider.model.digest };
  return { kind: "ModelForms", version: 1, model: model.name, measured, rowsMax, digests, pairs };
}

const decimals = 6;

export function writeForms(path: string, { pairs, ...begin }: Forms): Promise<void> {
  const rounded = (_key: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(decimals)) : value;
  const lines = pairs.map((pair) => `  ${JSON.stringify(pair, rounded)}`).join(",\n");
  return writeFile(path, `${JSON.stringify(begin, null, 1).replace(/\n}$/, "")},\n "pairs": [\n${lines}\n ]\n}\n`);
}

/** `null`: nothing was compared. */
export async function readForms(path: string): Promise<Either<Forms | null, string>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return ok(null);
  try {
    const forms = JSON.parse(text) as Partial<Forms>;
    if (forms.kind === "ModelForms" && forms.version === 1 && Array.isArray(forms.pairs)) return ok(forms as Forms);
  } catch {
    // Told below.
  }
  return err(`${path}: is no comparison of models/cards`);
}

/** What is worse is a loss: more false positives, less of all else. */
const lossOf = ({ figure, shipped, wider }: FormPair): number => (figure === "fpr" ? shipped - wider : wider - shipped);

/** The greatest loss of each figure by head, in points of a hundred. */
export function formsTable({ pairs, measured, rowsMax, digests }: Forms): string {
  const lines = [...Map.groupBy(pairs, ({ head }) => head)].flatMap(([head, ofHead]) =>
    [...Map.groupBy(ofHead, ({ figure }) => figure)].map(([figure, some]) => {
      const worst = some.reduce((a, b) => (lossOf(b) > lossOf(a) ? b : a));
      const mean = some.reduce((sum, pair) => sum + lossOf(pair), 0) / some.length;
      const cells = [
        head,
        figure,
        some.length,
        points(mean),
        `${points(lossOf(worst))} (${worst.set}, one row is ${points(1 / worst.of)})`,
      ];
      return `| ${cells.join(" | ")} |`;
    }),
  );
  const rows = rowsMax === null ? "all rows" : `at most ${rowsMax} rows of each set`;
  return [
    `Measured on ${measured.date}, ${rows}, against \`${digests.wider}\`. In points of a hundred; what is above 0 is lost.`,
    "",
    "| head | figure | sets | mean loss | greatest loss |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

export const points = (share: number): string => (share * 100).toFixed(2).replace(/^-0\.00$/, "0.00");
