/**
 * Lays a claim beside a sentence of the evidence: the longest run of words that both hold in the same order, and what stands
 * between. Where both hold something else between the same two words, one was put in the other's place. Pure; the time is
 * bounded by the lengths that both are cut to.
 */
import type { Token } from "./tokens.ts";
import { areOpposite } from "./words/opposites.ts";

/** Words of each side that are looked at. */
const wordsMax = 120;

export type Replacement = { readonly claim: readonly Token[]; readonly evidence: readonly Token[] };

export type Alignment = {
  /** Of the claim's words, those in the common run: 0 to 1. */
  readonly share: number;
  readonly replaced: readonly Replacement[];
  /** Words of the claim with nothing in their place. */
  readonly inserted: readonly Token[];
};

const isWord = ({ kind }: Token): boolean => kind !== "mark";

export function align(claim: readonly Token[], evidence: readonly Token[]): Alignment {
  const a = claim.filter(isWord).slice(0, wordsMax);
  const b = evidence.filter(isWord).slice(0, wordsMax);
  const pairs = commonRun(a, b);
  const replaced: Replacement[] = [];
  const inserted: Token[] = [];
  let [fromA, fromB] = [0, 0];
  for (const [atA, atB] of [...pairs, [a.length, b.length] as const]) {
    const mine = a.slice(fromA, atA).filter(tells);
    const theirs = b.slice(fromB, atB).filter(tells);
    const isInside = fromA > 0 || atA < a.length;
    if (mine.length > 0 && theirs.length > 0 && isInside) {
      if (mine.length <= 3 && theirs.length <= 4) replaced.push({ claim: mine, evidence: theirs });
    } else if (mine.length > 0) inserted.push(...mine);
    fromA = atA + 1;
    fromB = atB + 1;
  }
  return { share: a.length === 0 ? 0 : pairs.length / a.length, replaced, inserted };
}

const tells = ({ kind, isContent }: Token): boolean => isContent || kind === "number";

/** Pairs of places, in order. */
function commonRun(a: readonly Token[], b: readonly Token[]): readonly (readonly [number, number])[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const { stem, isContent } = a[i] as Token;
    // A word that tells something weighs more than an article, so that the run follows what is said.
    const weight = isContent ? 4 : 1;
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const skip = Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
      const take = stem === (b[j] as Token).stem ? weight + (lengths[(i + 1) * width + j + 1] as number) : 0;
      lengths[i * width + j] = Math.max(skip, take);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const here = lengths[i * width + j] as number;
    const weight = (a[i] as Token).isContent ? 4 : 1;
    if (
      (a[i] as Token).stem === (b[j] as Token).stem &&
      here === weight + (lengths[(i + 1) * width + j + 1] as number)
    ) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (here === (lengths[(i + 1) * width + j] as number)) i += 1;
    else j += 1;
  }
  return pairs;
}

/** Two stems of one family, by what they begin with: found, foundation. Opposites never are. */
export function areAlike(a: string, b: string): boolean {
  if (a === b) return true;
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  return (head >= 5 || (head >= 4 && head >= 0.7 * Math.max(a.length, b.length))) && !areOpposite(a, b);
}
