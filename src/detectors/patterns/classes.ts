/**
 * Sorts all characters into classes that no expression of a rule tells apart, so that an automaton has few columns.
 * Line feeds, word characters and all others are always apart, because conditions ask for them.
 */
import type { Program } from "./re2.ts";

export const otherKind = 0;
export const wordKind = 1;
/** A line feed; also what stands before the beginning of a text. */
export const lineKind = 2;
export type CharacterKind = typeof otherKind | typeof wordKind | typeof lineKind;

export type Classes = {
  /** One more than the greatest class; also the class that stands for the end of the text. */
  readonly count: number;
  /** The class of each UTF-16 code unit on its own. */
  readonly ofUnit: Uint16Array;
  /** The class of a code point above U+FFFF. */
  ofAstral(point: number): number;
  readonly kinds: Uint8Array;
  /** For the ranges of a program's instruction: 1 for each class in it. */
  members(ranges: readonly number[]): Uint8Array;
};

const unitCount = 0x10000;
const pointCount = 0x110000;
const wordRanges = [48, 57, 65, 90, 95, 95, 97, 122];
const lineRanges = [10, 10];

export function createClasses(programs: readonly Program[]): Classes {
  const sets = distinctSets(programs);
  const edges = edgesOf(sets);
  const classOf = refine(edges, sets);
  const count = classOf.reduce((most, each) => Math.max(most, each), 0) + 1;

  const ofUnit = new Uint16Array(unitCount);
  for (const [n, from] of edges.entries()) {
    if (from < unitCount) ofUnit.fill(classOf[n] as number, from, Math.min(unitCount, edges[n + 1] ?? pointCount));
  }
  const intervalOf = (point: number): number => {
    let low = 0;
    let high = edges.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((edges[middle] as number) <= point) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const members = (ranges: readonly number[]): Uint8Array => {
    const set = new Uint8Array(count + 1);
    for (let at = 0; at < ranges.length; at += 2) {
      const last = intervalOf(ranges[at + 1] as number);
      for (let n = intervalOf(ranges[at] as number); n <= last; n++) set[classOf[n] as number] = 1;
    }
    return set;
  };
  const kinds = new Uint8Array(count + 1);
  for (const [kind, ranges] of [[wordKind, wordRanges] as const, [lineKind, lineRanges] as const]) {
    for (const [each, isMember] of members(ranges).entries()) if (isMember === 1) kinds[each] = kind;
  }
  kinds[count] = lineKind;
  return { count, ofUnit, ofAstral: (point) => classOf[intervalOf(point)] as number, kinds, members };
}

function distinctSets(programs: readonly Program[]): readonly (readonly number[])[] {
  const sets = new Map<string, readonly number[]>();
  const add = (ranges: readonly number[]) => sets.set(ranges.join(), ranges);
  add(wordRanges);
  add(lineRanges);
  for (const { instructions } of programs) {
    const seen = new Set<readonly number[]>();
    for (const each of instructions) {
      if (each.op !== "read" || seen.has(each.ranges)) continue;
      seen.add(each.ranges);
      add(each.ranges);
    }
  }
  return [...sets.values()];
}

/** The first code points of the intervals that no set divides, ascending, from 0 on. */
function edgesOf(sets: readonly (readonly number[])[]): readonly number[] {
  const edges = new Set([0]);
  for (const ranges of sets) {
    for (let at = 0; at < ranges.length; at += 2) {
      edges.add(ranges[at] as number);
      const after = (ranges[at + 1] as number) + 1;
      if (after < pointCount) edges.add(after);
    }
  }
  return [...edges].sort((a, b) => a - b);
}

/** The class of each interval: intervals stay together as long as no set has one of them and not the other. */
function refine(edges: readonly number[], sets: readonly (readonly number[])[]): Uint16Array {
  const numbers = new Map(edges.map((edge, n) => [edge, n]));
  const classOf = new Uint16Array(edges.length);
  let count = 1;
  for (const ranges of sets) {
    const split = new Map<number, number>();
    for (let at = 0; at < ranges.length; at += 2) {
      const first = numbers.get(ranges[at] as number) as number;
      const end = numbers.get((ranges[at + 1] as number) + 1) ?? edges.length;
      for (let n = first; n < end; n++) {
        const old = classOf[n] as number;
        let now = split.get(old);
        if (now === undefined) split.set(old, (now = count++));
        classOf[n] = now;
      }
    }
    count = renumber(classOf);
  }
  return classOf;
}

/** Gives classes the numbers from 0 on, in the order in which they come; answers with how many there are. */
function renumber(classOf: Uint16Array): number {
  const numbers = new Map<number, number>();
  for (let n = 0; n < classOf.length; n++) {
    const old = classOf[n] as number;
    const now = numbers.get(old) ?? numbers.size;
    numbers.set(old, now);
    classOf[n] = now;
  }
  return numbers.size;
}
