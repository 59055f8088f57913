/**
 * The evidence of an exchange as sentences, and an index that gives those that say most of what a claim says. Built once for a
 * reply, in steps; time and memory are linear in the text. A sentence that is read takes some forty times the memory of its text:
 * only those that claims asked for last are kept so. Does not judge.
 */
import type { Steps } from "../../stdx/paced.ts";
import { unitEnd } from "./claims.ts";
import { type Fact, factsOf } from "./facts.ts";
import { type Layout, layoutOf } from "./places/layout.ts";
import { KnownNames } from "./names.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** In UTF-16 code units, of all texts together. */
export const evidenceUnitsMax = 1_048_576;
/** Sentences that a claim is held against, each with its neighbours. */
const bestMax = 3;
/** Sentences in which the place is looked for where a claim's number or name would stand. */
const wideMax = 12;
/** Of a stem's sentences so many count: what stands in more tells little. */
const postingsMax = 512;
/** What a neighbour's words count beside the sentence's own. */
const neighbourShare = 0.4;
/** Sentences that are kept as they were read: more than one claim asks for. */
const readMax = 64;
/** Characters read between two breaths. */
const stepUnits = 4_096;

/** Fewer words in a row may stand anywhere. */
const repeatedLeast = 3;
const isWord = ({ kind }: Token): boolean => kind !== "mark";

export type Sentence = { readonly tokens: readonly Token[]; readonly facts: readonly Fact[] };

/** What a claim is held against. */
export type Passages = {
  /** The best first; each alone. */
  readonly best: readonly Sentence[];
  /** The best one with its neighbours. */
  readonly window: readonly Sentence[];
  /** The best ones with their neighbours. */
  readonly pool: readonly Sentence[];
  /** All that may hold the place where a number or a name of the claim would stand; the best first. */
  readonly wide: readonly Sentence[];
  /** The places of `pool` in the evidence. */
  readonly places: readonly number[];
  /** In the order of the evidence, for a model that judges pairs. */
  readonly text: string;
  /** The texts, by their place in the evidence, that the best sentences are of; the best first. Empty: none says anything of it. */
  readonly sources: readonly number[];
};

export class Evidence {
  readonly names = new KnownNames();
  /** All that any number in it can mean. */
  readonly values = new Set<number>();
  readonly #texts: string[] = [];
  /** Of each sentence, the text that it is of. */
  readonly #sources: number[] = [];
  /** Of each sentence its tokens. */
  readonly #sizes: number[] = [];
  /** By their index, those asked for last at the end. */
  readonly #read = new Map<number, Sentence>();
  readonly #postings = new Map<string, number[]>();
  readonly #layouts = new WeakMap<Sentence, Layout>();
  #lengths = 0;

  /** `null`: the texts hold nothing to compare with. */
  static *of(texts: readonly string[]): Steps<Evidence | null> {
    const evidence = new Evidence();
    let read = 0;
    for (const [source, text] of texts.entries()) {
      for (let from = 0; from < text.length; ) {
        const { end } = unitEnd(text, from, true) ?? { end: text.length };
        evidence.#add(text.slice(from, end), source);
        read += end - from;
        from = end;
        if (read < stepUnits) continue;
        read = 0;
        yield;
      }
    }
    return evidence.size === 0 ? null : evidence;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** Whether any sentence holds it. */
  has = (stem: string): boolean => this.#postings.has(stem);

  /** How much a stem tells: the rarer, the more. */
  weightOf = (stem: string): number => {
    const count = this.#postings.get(stem)?.length ?? 0;
    return Math.log(1 + (this.size - count + 0.5) / (count + 0.5));
  };

  layoutOf(sentence: Sentence): Layout {
    let layout = this.#layouts.get(sentence);
    if (layout === undefined) {
      layout = layoutOf(sentence.tokens, sentence.facts);
      this.#layouts.set(sentence, layout);
    }
    return layout;
  }

  #add(written: string, source: number): void {
    const text = written.trim();
    const { tokens, facts } = sentenceOf(text);
    if (!tokens.some(({ kind }) => kind !== "mark")) return;
    const index = this.#texts.length;
    this.#texts.push(text);
    this.#sizes.push(tokens.length);
    this.#sources.push(source);
    this.names.add(tokens);
    for (const fact of facts) if (fact.kind === "quantity") for (const value of fact.values) this.values.add(value);
    for (const { stem, kind } of tokens) {
      if (kind === "mark") continue;
      this.#lengths += 1;
      const known = this.#postings.get(stem);
      if (known === undefined) this.#postings.set(stem, [index]);
      else if (known.at(-1) !== index && known.length < postingsMax) known.push(index);
    }
  }

  passagesFor(claim: readonly Token[]): Passages {
    const scores = this.#scores(claim);
    const ranked = [...scores.keys()].map((index) => ({
      index,
      score:
        (scores.get(index) ?? 0) + neighbourShare * Math.max(scores.get(index - 1) ?? 0, scores.get(index + 1) ?? 0),
    }));
    const wide = ranked.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, wideMax);
    const indexes = wide.length === 0 ? [0] : wide.slice(0, bestMax).map(({ index }) => index);
    const around = (index: number): number[] => [index - 1, index, index + 1].filter((it) => it >= 0 && it < this.size);
    const pool = [...new Set(indexes.flatMap(around))].sort((a, b) => a - b);
    const all = (list: readonly number[]): readonly Sentence[] => list.map((index) => this.#sentenceAt(index));
    return {
      best: all(indexes),
      window: all(around(indexes[0] as number)),
      pool: all(pool),
      places: pool,
      wide: all([...new Set([...indexes, ...wide.map(({ index }) => index), ...pool])]),
      text: pool.map((index) => this.#texts[index]).join(" "),
      sources: wide.length === 0 ? [] : [...new Set(indexes.map((index) => this.#sources[index] as number))],
    };
  }

  #sentenceAt(index: number): Sentence {
    const known = this.#read.get(index);
    this.#read.delete(index);
    const sentence = known ?? sentenceOf(this.#texts[index] as string);
    this.#read.set(index, sentence);
    const [oldest] = this.#read.keys();
    if (this.#read.size > readMax && oldest !== undefined) this.#read.delete(oldest);
    return sentence;
  }

  /** Whether it is whole sentences of the evidence, one after the other, word for word. */
  repeats(claim: readonly Token[], { places }: Passages): boolean {
    const words = claim.filter(isWord);
    return words.length >= repeatedLeast && places.some((index) => this.#repeatsFrom(index, words));
  }

  #repeatsFrom(index: number, words: readonly Token[]): boolean {
    let at = 0;
    for (let sentence = index; at < words.length; sentence += 1) {
      if (sentence >= this.size) return false;
      const known = this.#sentenceAt(sentence).tokens.filter(isWord);
      if (!known.every(({ word }, offset) => word === words[at + offset]?.word)) return false;
      at += known.length;
    }
    return true;
  }

  /** Of each sentence that holds a word of the claim: how much, by how rare the words are (BM25 without counts). */
  #scores(claim: readonly Token[]): ReadonlyMap<number, number> {
    const scores = new Map<number, number>();
    const mean = this.#lengths / this.size;
    const stems = new Set(
      claim.filter(({ kind, isContent }) => isContent || kind === "number").map(({ stem }) => stem),
    );
    for (const stem of stems) {
      const holding = this.#postings.get(stem);
      if (holding === undefined) continue;
      const weight = this.weightOf(stem);
      for (const index of holding) {
        const length = this.#sizes[index] as number;
        scores.set(index, (scores.get(index) ?? 0) + (weight * 2.2) / (1 + 1.2 * (0.25 + (0.75 * length) / mean)));
      }
    }
    return scores;
  }
}

function sentenceOf(text: string): Sentence {
  const tokens = tokensOf(text);
  return { tokens, facts: factsOf(tokens) };
}
