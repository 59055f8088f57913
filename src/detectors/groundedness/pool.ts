/** The words of some sentences as a claim is held against them: which are there, in what company, and whether denied. Pure. */
import { areAlike } from "./alignment.ts";
import type { Sentence } from "./evidence.ts";
import { deniedIn } from "./polarity.ts";
import type { Token } from "./tokens.ts";
import { areOneSide, areOpposite } from "./words/opposites.ts";
import { senses } from "./words/synonyms.ts";

/** Words that tell something on each side are a word's company. */
const companyWords = 4;

export type Place = { readonly token: Token; readonly company: ReadonlySet<string>; readonly isDenied: boolean };

/** Each word of a text that tells something, with what stands around it. */
export function placesOf(tokens: readonly Token[]): readonly Place[] {
  const denied = deniedIn(tokens);
  const telling = [...tokens.entries()].filter(([, { isContent, kind }]) => isContent || kind === "number");
  return telling.map(([index, token], at) => {
    const around = telling.slice(Math.max(0, at - companyWords), at + companyWords + 1);
    const company = new Set(around.map(([, { stem }]) => stem));
    company.delete(token.stem);
    return { token, company, isDenied: denied[index] === true };
  });
}

export class Pool {
  readonly #stems = new Set<string>();
  readonly #senses = new Set<number>();
  readonly #pairs = new Set<string>();
  readonly #places = new Map<string, Place[]>();
  readonly #held = new Map<string, boolean>();

  constructor(sentences: readonly Sentence[]) {
    for (const { tokens } of sentences) {
      for (const { stem, kind } of tokens) {
        if (kind === "mark" || this.#stems.has(stem)) continue;
        this.#stems.add(stem);
        for (const sense of senses(stem)) this.#senses.add(sense);
      }
      let last = "";
      for (const place of placesOf(tokens)) {
        const { stem } = place.token;
        if (last !== "") this.#pairs.add(`${last} ${stem}`);
        last = stem;
        const known = this.#places.get(stem);
        if (known === undefined) this.#places.set(stem, [place]);
        else known.push(place);
      }
    }
  }

  /** The word itself. */
  has = (stem: string): boolean => this.#stems.has(stem);

  /** The word, one of its family, or one that says the same. */
  holds(stem: string): boolean {
    const known = this.#held.get(stem);
    if (known !== undefined) return known;
    const held = this.#stems.has(stem) || senses(stem).some((sense) => this.#senses.has(sense)) || this.#hasAlike(stem);
    this.#held.set(stem, held);
    return held;
  }

  #hasAlike(stem: string): boolean {
    if (stem.length < 4) return false;
    for (const known of this.#stems) if (known.length >= 4 && areAlike(stem, known)) return true;
    return false;
  }

  holdsPair = (a: string, b: string): boolean => this.#pairs.has(`${a} ${b}`);

  /** Where the word stands in the company that it has in the claim: its places with the most common company, if any. */
  placesLike({ token, company }: Place): readonly Place[] {
    let most = 0;
    let best: Place[] = [];
    for (const place of this.#places.get(token.stem) ?? []) {
      const common = commonOf(company, place.company);
      if (common > most) best = [];
      if (common < most || common === 0) continue;
      most = common;
      best.push(place);
    }
    return best;
  }

  /** In the word's company stands one that rules it out, and none that says the same. */
  hasOpposite({ token, company }: Place): boolean {
    let isThere = false;
    for (const [stem, places] of this.#places) {
      const isOpposite = areOpposite(token.stem, stem);
      if (!isOpposite && !areOneSide(token.stem, stem)) continue;
      if (!places.some((place) => commonOf(company, place.company) > 0)) continue;
      if (!isOpposite) return false;
      isThere = true;
    }
    return isThere;
  }
}

function commonOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let count = 0;
  for (const each of a) if (b.has(each)) count += 1;
  return count;
}
