/**
 * A card's raw figures as a file, `card.json`, and how a new measurement is held against it. Pure, but for the file's two ends.
 * One line for each result, so that a change shows as such.
 */
import { readFile, writeFile } from "node:fs/promises";
import { err, ok, type Result as Either } from "../../src/stdx/result.ts";
import type { Figure, Result } from "./figures.ts";
import type { ToldSet } from "./read-sets.ts";

/** What figures depend on beside the model and the rows; `null`: no model runs. */
export type Measured = {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly runtime: string | null;
  readonly runtimeVersion: string | null;
  readonly device: string | null;
  readonly precision: string | null;
  /** Of the CPU, those that change how numbers are multiplied. */
  readonly flags: readonly string[];
};

/** `common`: above it lies 1 % of the pooled rows of label 0. */
export type CardHead = {
  readonly task: string;
  readonly threshold: number;
  readonly thresholds: Readonly<Record<string, number>>;
  readonly common: number | null;
};

export type Card = {
  readonly kind: "ModelCard";
  readonly version: 1;
  /** A detector without a model has no digest. */
  readonly model: { readonly name: string; readonly digest: string | null; readonly licence: string | null };
  readonly measured: Measured;
  readonly heads: Readonly<Record<string, CardHead>>;
  readonly sets: Readonly<Record<string, ToldSet>>;
  readonly results: readonly Result[];
};

const decimals = 6;
export const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toFixed(decimals)) : value;

export function cardText({ results, ...head }: Card): string {
  const lines = results.map((result) => `  ${JSON.stringify(result, rounded)}`);
  const begin = JSON.stringify(head, rounded, 1).replace(/\n}$/, "");
  return `${begin},\n "results": [\n${lines.join(",\n")}\n ]\n}\n`;
}

export const writeCard = (path: string, card: Card): Promise<void> => writeFile(path, cardText(card));

export async function readCard(path: string): Promise<Either<Card, string>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return err(`${path}: cannot be read`);
  try {
    const card = JSON.parse(text) as Partial<Card>;
    if (card.kind === "ModelCard" && card.version === 1 && Array.isArray(card.results)) return ok(card as Card);
  } catch {
    // Told below.
  }
  return err(`${path}: is no card of models/cards`);
}

/** On the same CPU flags, runtime, version, device and precision figures agree to three decimals. */
const sameMachine = 0.0005;
/** Elsewhere to half a point; and a figure of few rows by one of them. */
const otherMachine = 0.005;
/** Of the rounding in the file. */
const roundingError = 1e-6;

export function isSameMachine(a: Measured, b: Measured): boolean {
  const of = ({ date: _date, ...rest }: Measured): string => JSON.stringify({ ...rest, flags: rest.flags.toSorted() });
  return of(a) === of(b);
}

/** A row that goes from one bin of the calibration error to the next is missed in the one and too many in the other. */
const binMoves = 2;

export function allowed([, , , of]: Figure, isSame: boolean, rowsMoved = 1): number {
  return (isSame ? sameMachine : Math.max(otherMachine, rowsMoved / of)) + roundingError;
}

const keyOf = ({ head, set, part }: Result): string => `${head}, ${set}${part === null ? "" : `, ${part}`}`;

/** Of the project's own cases alone, which need no data folder. */
export const ofCases = (card: Card): Card => ({
  ...card,
  results: card.results.filter(({ set }) => set.startsWith("cases/")),
});

/** One line for each that differs. Both must have measured the same sets. */
export function differences(recorded: Card, anew: Card, isSame: boolean): readonly string[] {
  const before = new Map(recorded.results.map((result) => [keyOf(result), result]));
  const now = new Map(anew.results.map((result) => [keyOf(result), result]));
  const digests =
    recorded.model.digest === anew.model.digest
      ? []
      : [`the digest is ${anew.model.digest}, and the card is of ${recorded.model.digest}`];
  const changedSets = Object.entries(anew.sets).flatMap(([name, { sha256 }]) => {
    const was = recorded.sets[name];
    return was === undefined || was.sha256 === sha256 ? [] : [`set ${name} is another file than the card's`];
  });
  const missing = [...before.keys()].filter((key) => !now.has(key)).map((key) => `${key}: recorded, not measured now`);
  const added = [...now.keys()].filter((key) => !before.has(key)).map((key) => `${key}: not in the card`);
  const figures = [...now].flatMap(([key, result]) => {
    const was = before.get(key);
    return was === undefined ? [] : resultDifferences(key, was, result, isSame);
  });
  return [...digests, ...changedSets, ...missing, ...added, ...figures];
}

function resultDifferences(key: string, was: Result, is: Result, isSame: boolean): readonly string[] {
  const rows = was.rows === is.rows ? [] : [`${key}: ${is.rows} rows, recorded ${was.rows}`];
  const names = [...new Set([...Object.keys(was.figures), ...Object.keys(is.figures)])];
  return [
    ...rows,
    ...names.flatMap((name) => {
      const [before, now] = [was.figures[name], is.figures[name]];
      if (before === undefined || now === undefined)
        return [`${key}, ${name}: ${before === undefined ? "not in the card" : "recorded, not measured now"}`];
      const rowsMoved = name === "ece" ? binMoves : 1;
      return Math.abs(before[0] - now[0]) <= allowed(before, isSame, rowsMoved)
        ? []
        : [`${key}, ${name}: ${now[0].toFixed(4)}, recorded ${before[0].toFixed(4)}`];
    }),
  ];
}
