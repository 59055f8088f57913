/**
 * Figures of names: a found span counts where it overlaps one that is marked, of its type, each of the two once. Pure. Types of
 * other things are not scored; `aside` besides leaves out what was found within a mark of such a type (an address holds a place).
 */
import { f1Interval } from "../../src/app/eval/intervals.ts";
import { f1 } from "../../src/app/eval/metrics.ts";
import { type TypedSpan, typeOf } from "../../src/app/eval/span-metrics.ts";
import { type Figure, figure, type Figures, given, type JudgedRow, shareFigure } from "./figures.ts";

const nameTypes = ["person", "place", "organisation"] as const;

type Counts = { readonly truePositives: number; readonly falsePositives: number; readonly falseNegatives: number };

/** By type, and of all together. */
export function nameFigures(rows: readonly Pick<JudgedRow, "marked" | "found">[]): Figures {
  const marks = new Set(rows.flatMap(({ marked }) => marked.map(({ type }) => typeOf(type))));
  const types = nameTypes.filter((type) => marks.has(type));
  const all = countsOf(rows, types, overlaps, false);
  const { truePositives, falsePositives, falseNegatives } = all;
  return given({
    f1: f1Figure(all),
    precision: shareFigure(truePositives, truePositives + falsePositives),
    recall: shareFigure(truePositives, truePositives + falseNegatives),
    "f1, aside": f1Figure(countsOf(rows, types, overlaps, true)),
    "f1, exact": f1Figure(countsOf(rows, types, isSame, false)),
    ...Object.fromEntries(types.map((type) => [`f1, ${type}`, f1Figure(countsOf(rows, [type], overlaps, false))])),
  });
}

function f1Figure(counts: Counts): Figure | null {
  const { truePositives, falsePositives, falseNegatives } = counts;
  return figure(f1(counts), f1Interval(counts), truePositives + falsePositives + falseNegatives);
}

type Match = (a: TypedSpan, b: TypedSpan) => boolean;
const isSame: Match = (a, b) => a.start === b.start && a.end === b.end;
const overlaps: Match = (a, b) => a.start < b.end && b.start < a.end;

function countsOf(
  rows: readonly Pick<JudgedRow, "marked" | "found">[],
  types: readonly string[],
  match: Match,
  isAside: boolean,
): Counts {
  let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
  for (const row of rows) {
    const [marked, found] = [row.marked, row.found].map((spans) =>
      spans
        .map((span) => ({ ...span, type: typeOf(span.type) }))
        .toSorted((a, b) => a.start - b.start || a.end - b.end),
    ) as [TypedSpan[], TypedSpan[]];
    const others = marked.filter(({ type }) => !(nameTypes as readonly string[]).includes(type));
    const open = marked.filter(({ type }) => types.includes(type));
    for (const span of found.filter(({ type }) => types.includes(type))) {
      const at = open.findIndex((mark) => mark.type === span.type && match(span, mark));
      if (at >= 0) {
        open.splice(at, 1);
        truePositives += 1;
      } else if (!isAside || !others.some((mark) => overlaps(span, mark))) falsePositives += 1;
    }
    falseNegatives += open.length;
  }
  return { truePositives, falsePositives, falseNegatives };
}
