/**
 * Holds what stands in a place of a claim (a number, a name, a word with an opposite) against what stands in the likeliest places
 * of the evidence: is it the same there, or another? Made for one claim. Pure.
 */
import type { Evidence, Passages } from "../evidence.ts";
import { factsOf } from "../facts.ts";
import { type Filler, type Layout, layoutOf, likenessOf, ranksIn, surroundingsOf } from "./layout.ts";
import type { Token } from "../tokens.ts";

/** How alike the surroundings are, 0 to 1, where the evidence has the same, and where another of the kind; `null`: nowhere. */
export type Compared = { readonly same: number | null; readonly other: number | null };

/** Of one sentence; a table on one line may hold hundreds. */
const candidatesMax = 40;
const unknownShare = 0.5;

export type Candidate = Filler & { readonly isSame: boolean };

export class Slots {
  readonly claim: Layout;
  readonly wide: readonly Layout[];
  readonly #weightOf: (stem: string) => number;
  readonly #ranks = new Map<Layout, Map<string, readonly number[]>>();

  constructor(claim: readonly Token[], evidence: Evidence, passages: Passages) {
    this.claim = layoutOf(claim, factsOf(claim));
    this.wide = passages.wide.map((sentence) => evidence.layoutOf(sentence));
    // What stands nowhere in the evidence tells no place from another.
    this.#weightOf = (stem) => evidence.weightOf(stem) * (evidence.has(stem) ? 1 : unknownShare);
  }

  /** `candidates`: what of a sentence of the evidence compares. */
  compare(filler: Filler, candidates: (layout: Layout) => readonly Candidate[]): Compared {
    return this.#likenesses(filler, this.#found(candidates));
  }

  /** As `compare`; where the evidence has no other it does not look for the same. */
  compareOther(filler: Filler, candidates: (layout: Layout) => readonly Candidate[]): Compared {
    const found = this.#found(candidates);
    return found.some(([, { isSame }]) => !isSame) ? this.#likenesses(filler, found) : { same: null, other: null };
  }

  #found(candidates: (layout: Layout) => readonly Candidate[]): readonly (readonly [Layout, Candidate])[] {
    return this.wide.flatMap((layout) =>
      candidates(layout)
        .slice(0, candidatesMax)
        .map((candidate) => [layout, candidate] as const),
    );
  }

  #likenesses(filler: Filler, found: readonly (readonly [Layout, Candidate])[]): Compared {
    if (found.length === 0) return { same: null, other: null };
    const surroundings = surroundingsOf(this.claim, filler, this.#weightOf);
    let same: number | null = null;
    let other: number | null = null;
    for (const [layout, candidate] of found) {
      const alike = likenessOf(surroundings, layout, candidate, (stem) => this.ranksOf(layout, stem));
      if (candidate.isSame) same = Math.max(same ?? 0, alike);
      else other = Math.max(other ?? 0, alike);
    }
    return { same, other };
  }

  /** Where a sentence of the evidence has the word, or one that says the same. */
  ranksOf(layout: Layout, stem: string): readonly number[] {
    let known = this.#ranks.get(layout);
    if (known === undefined) {
      known = new Map();
      this.#ranks.set(layout, known);
    }
    let ranks = known.get(stem);
    if (ranks === undefined) {
      ranks = ranksIn(layout, stem);
      known.set(stem, ranks);
    }
    return ranks;
  }
}
