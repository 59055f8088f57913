/**
 * Says where any of many literals stands, in any case of ASCII letters: the next three code units are hashed into a
 * table, so that text without them costs one look-up a unit, whatever the number of literals.
 * Invariant: visits every occurrence, and nothing else.
 */
import { assert } from "../../stdx/assert.ts";
import { folded } from "./literals.ts";

/** `text`: at least two code units, ASCII letters in lower case. `number`: what it is visited by. */
export type Literal = { readonly text: string; readonly number: number };
/** Returning true ends the walk: what lies behind is not visited. */
export type VisitLiteral = (number: number, at: number, length: number) => boolean;

export type LiteralIndex = {
  /**
   * Visits the literals that begin in [from, to), in order of their offsets; gives the offset at which `visit` said
   * true, or `to`. With `open`, also those that the end of the text cuts off.
   */
  walk(text: string, from: number, to: number, open: boolean, visit: VisitLiteral): number;
};

/** Five bits of three units: the five are the same for both cases of a letter. */
const mask = 31;
const size = 1 << 15;

export function createLiteralIndex(literals: readonly Literal[]): LiteralIndex {
  const buckets: Literal[][] = [[]];
  const table = new Uint16Array(size);
  const add = (hash: number, literal: Literal): void => {
    let bucket = table[hash] as number;
    if (bucket === 0) {
      bucket = buckets.push([]) - 1;
      table[hash] = bucket;
    }
    (buckets[bucket] as Literal[]).push(literal);
  };
  for (const literal of literals) {
    const { text } = literal;
    assert(text.length >= 2 && text === folded(text), "a literal is folded and has two units");
    const hash = ((text.charCodeAt(0) & mask) << 10) | ((text.charCodeAt(1) & mask) << 5);
    if (text.length > 2) add(hash | (text.charCodeAt(2) & mask), literal);
    else for (let third = 0; third <= mask; third++) add(hash | third, literal);
  }

  /** For the last two units of a text, where no three can be hashed. */
  const byFirst = Array.from({ length: mask + 1 }, (_, first) =>
    literals.filter(({ text }) => (text.charCodeAt(0) & mask) === first),
  );
  const visitAll = (list: readonly Literal[], text: string, at: number, open: boolean, visit: VisitLiteral): boolean =>
    list.some((literal) => standsAt(literal.text, text, at, open) && visit(literal.number, at, literal.text.length));

  return {
    walk(text, from, to, open, visit) {
      if (literals.length === 0) return to;
      const whole = Math.min(to, text.length - 2);
      let hash = from < whole ? ((text.charCodeAt(from) & mask) << 5) | (text.charCodeAt(from + 1) & mask) : 0;
      for (let at = from; at < whole; at++) {
        hash = ((hash << 5) | (text.charCodeAt(at + 2) & mask)) & (size - 1);
        const bucket = table[hash] as number;
        if (bucket !== 0 && visitAll(buckets[bucket] as Literal[], text, at, open, visit)) return at;
      }
      // Fewer than three units are left.
      for (let at = Math.max(from, whole); at < to; at++) {
        const list = byFirst[text.charCodeAt(at) & mask] as readonly Literal[];
        if (visitAll(list, text, at, open, visit)) return at;
      }
      return to;
    },
  };
}

function standsAt(literal: string, text: string, at: number, open: boolean): boolean {
  const length = Math.min(literal.length, text.length - at);
  if (length < literal.length && !open) return false;
  for (let n = 0; n < length; n++) {
    const unit = text.charCodeAt(at + n);
    if ((unit >= 65 && unit <= 90 ? unit | 32 : unit) !== literal.charCodeAt(n)) return false;
  }
  return true;
}
