/**
 * Where the words of a sentence stand, and how much the surroundings of one of its places are those of a place in a claim. That
 * tells which number, name or direction of the evidence stands where the claim has its own. Pure; the time is bounded by the
 * words that are looked at around a place.
 */
import { areAlike } from "../alignment.ts";
import type { Fact } from "../facts.ts";
import { type Name, namesOf } from "../names.ts";
import { deniedIn } from "../polarity.ts";
import type { Token } from "../tokens.ts";
import { isPole } from "../words/opposites.ts";
import { senses } from "../words/synonyms.ts";

/** Tokens `from` up to `to`. */
export type Filler = { readonly from: number; readonly to: number };

/** Words that tell something, on each side of a place of a claim. */
const aroundWords = 6;
/** What each further word counts beside the one before it. */
const fading = 0.85;
/** What a word counts behind a comma or an "and" on the way to it. */
const beyondShare = 0.6;
/** What a word counts that is further away in the evidence than it is in the claim, at least. */
const farShare = 0.6;
/** What a word counts that stands on the other side. */
const otherSideShare = 0.85;

export type Layout = {
  readonly tokens: readonly Token[];
  /** For each token, and for the end: how many words that tell something stand before it. */
  readonly ranks: readonly number[];
  /** Of the words that tell something, by rank: the stem, and its place among the tokens. */
  readonly stems: readonly string[];
  readonly places: readonly number[];
  /** Ranks by stem and by sense. */
  readonly byStem: ReadonlyMap<string, readonly number[]>;
  readonly bySense: ReadonlyMap<number, readonly number[]>;
  readonly facts: readonly Fact[];
  readonly names: readonly Name[];
  readonly denied: readonly boolean[];
  /** Anything is denied. */
  readonly isDenying: boolean;
  /** Words that have an opposite, by their place among the tokens. */
  readonly poles: readonly number[];
};

export function layoutOf(tokens: readonly Token[], facts: readonly Fact[]): Layout {
  const ranks: number[] = [];
  const stems: string[] = [];
  const places: number[] = [];
  const byStem = new Map<string, number[]>();
  const bySense = new Map<number, number[]>();
  const poles: number[] = [];
  for (const [at, { stem, kind, isContent }] of tokens.entries()) {
    ranks.push(stems.length);
    if (kind === "word" && isPole(tokens, at)) poles.push(at);
    if (!isContent && kind !== "number") continue;
    put(byStem, stem, stems.length);
    for (const sense of senses(stem)) put(bySense, sense, stems.length);
    stems.push(stem);
    places.push(at);
  }
  ranks.push(stems.length);
  const denied = deniedIn(tokens);
  return {
    tokens,
    ranks,
    stems,
    places,
    byStem,
    bySense,
    facts,
    names: namesOf(tokens),
    denied,
    isDenying: denied.includes(true),
    poles,
  };
}

function put<Key>(map: Map<Key, number[]>, key: Key, rank: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [rank]);
  else known.push(rank);
}

/** A word near a place of a claim. `isBefore`: it stands before the place. */
type Near = { readonly stem: string; readonly weight: number; readonly isBefore: boolean };

export type Surroundings = { readonly words: readonly Near[]; readonly weight: number };

/** `weightOf`: how much a stem tells, by how rare it is. */
export function surroundingsOf(
  { tokens, ranks, stems }: Layout,
  { from, to }: Filler,
  weightOf: (stem: string) => number,
): Surroundings {
  const words: Near[] = [];
  const seen = new Set<string>(stems.slice(ranks[from], ranks[to]));
  for (const step of [-1, 1]) {
    let share = 1;
    let found = 0;
    for (let at = step < 0 ? from - 1 : to; at >= 0 && at < tokens.length && found < aroundWords; at += step) {
      const { stem, word, kind, isContent } = tokens[at] as Token;
      if (parting.test(word)) share *= beyondShare;
      if (!isContent && kind !== "number") continue;
      found += 1;
      if (!seen.has(stem)) words.push({ stem, weight: weightOf(stem) * share, isBefore: step < 0 });
      seen.add(stem);
      share *= fading;
    }
  }
  return { words, weight: words.reduce((sum, { weight }) => sum + weight, 0) };
}
const parting = /^(?:[,;:()\u2013\u2014]|and|or|but|while|which|und|oder|aber|et|ou|mais|y|o|pero)$/;

/** Of the surroundings, what stands around this place of the evidence too: 0 to 1. */
export function likenessOf(
  { words, weight }: Surroundings,
  { ranks }: Layout,
  { from, to }: Filler,
  ranksOf: (stem: string) => readonly number[],
): number {
  if (weight === 0) return 0;
  const [begin, end] = [ranks[from] as number, Math.max(ranks[to] as number, (ranks[from] as number) + 1)];
  let sum = 0;
  for (const word of words) {
    let best = 0;
    for (const rank of ranksOf(word.stem)) {
      if (rank >= begin && rank < end) continue;
      const distance = rank < begin ? begin - rank : rank - end + 1;
      const share = Math.max(farShare, distance <= aroundWords ? 1 : 1 - 0.05 * (distance - aroundWords));
      best = Math.max(best, share * (rank < begin === word.isBefore ? 1 : otherSideShare));
    }
    sum += best * word.weight;
  }
  return sum / weight;
}

const nowhere: readonly number[] = [];
/** Where the word stands, or one of its family, or one that says the same. */
export function ranksIn({ byStem, bySense, stems }: Layout, stem: string): readonly number[] {
  const own = byStem.get(stem);
  if (own !== undefined) return own;
  for (const sense of senses(stem)) {
    const same = bySense.get(sense);
    if (same !== undefined) return same;
  }
  if (stem.length < 4) return nowhere;
  const family = stems.flatMap((other, rank) => (other.length >= 4 && areAlike(stem, other) ? [rank] : nowhere));
  return family.length === 0 ? nowhere : family;
}
