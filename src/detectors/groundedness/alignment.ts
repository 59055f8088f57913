/**
 * Lays a claim beside a sentence of the evidence: the longest run of words that both hold in the same order. Pure; the time is
 * bounded by the lengths that both are cut to.
 */
import type { Token } from "./tokens.ts";
import { areOpposite } from "./words/opposites.ts";

/** Words of each side that are looked at. */
const wordsMax = 120;

const isWord = ({ kind }: Token): boolean => kind !== "mark";

/** Of the claim's words, those in the common run: 0 to 1. */
export function repeatedShare(claim: readonly Token[], evidence: readonly Token[]): number {
  const a = claim.filter(isWord).slice(0, wordsMax);
  const b = evidence.filter(isWord).slice(0, wordsMax);
  let before = new Uint16Array(b.length + 1);
  for (const { stem } of a) {
    const row = new Uint16Array(b.length + 1);
    for (const [at, other] of b.entries()) {
      const take = stem === other.stem ? (before[at] as number) + 1 : 0;
      row[at + 1] = Math.max(take, before[at + 1] as number, row[at] as number);
    }
    before = row;
  }
  return a.length === 0 ? 0 : (before[b.length] as number) / a.length;
}

/** Two stems of one family, by what they begin with: found, foundation. Opposites never are. */
export function areAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  return (head >= 5 || (head >= 4 && head >= 0.7 * Math.max(a.length, b.length))) && !areOpposite(a, b);
}
