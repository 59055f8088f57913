/**
 * Where the words that matchers ask for stand, and so where these matchers may match. Owns no pattern.
 * Invariant: an offset is in a context's stretch when a word of it ends there or at most `within` units before.
 */
import { assert } from "../../stdx/assert.ts";
import type { Literal } from "./literal-index.ts";
import { type Context, type Matcher, mostContextUnits } from "./matcher.ts";

/** One context and the numbers of the matchers that ask for it. */
export type Asked = { readonly context: Context; readonly matchers: readonly number[] };

export function askedContexts(matchers: readonly Matcher[]): readonly Asked[] {
  const asked = new Map<string, { context: Context; matchers: number[] }>();
  for (const [number, { context }] of matchers.entries()) {
    if (context === undefined) continue;
    assert(context.within >= 0 && context.within <= mostContextUnits, "a context has a bound");
    const key = JSON.stringify([context.words, context.within, context.whole ?? false]);
    const same = asked.get(key);
    if (same === undefined) asked.set(key, { context, matchers: [number] });
    else same.matchers.push(number);
  }
  return [...asked.values()];
}

/** How far to the left a context looks: its longest word, the distance, and the unit before the word. */
export const contextUnits = ({ words, within }: Context): number =>
  within + Math.max(...words.map((word) => word.length)) + 1;

/** The words of all contexts, visited by `first` and the context's number. */
export function contextWords(asked: readonly Asked[], first: number): readonly Literal[] {
  return asked.flatMap(({ context }, n) => context.words.map((text) => ({ text, number: first + n })));
}

/** For each context the stretches of a text at which a match may start. */
export class Stretches {
  readonly #asked: readonly Asked[];
  /** By context: offsets at which its words end. */
  readonly #ends = new Map<number, number[]>();

  constructor(asked: readonly Asked[]) {
    this.#asked = asked;
  }

  /** A word of the context stands in `text` at `at`. */
  add(context: number, text: string, at: number, length: number): void {
    const end = at + length;
    if ((this.#asked[context] as Asked).context.whole === true && !isWhole(text, at, end)) return;
    const ends = this.#ends.get(context);
    if (ends === undefined) this.#ends.set(context, [end]);
    else ends.push(end);
  }

  /** Each stretch within [from, to), in order and without overlap. */
  *within(from: number, to: number): Generator<{ context: number; from: number; to: number }> {
    for (const [context, ends] of this.#ends) {
      const { within } = (this.#asked[context] as Asked).context;
      let done = from;
      for (const end of ends.sort((a, b) => a - b)) {
        const begin = Math.max(end, done);
        done = Math.max(done, Math.min(to, end + within + 1));
        if (begin < done) yield { context, from: begin, to: done };
      }
    }
  }
}

const letterOrDigit = /[\p{L}\p{N}]/u;

function isWhole(text: string, start: number, end: number): boolean {
  return !letterOrDigit.test(text.charAt(start - 1)) && !letterOrDigit.test(text.charAt(end));
}
