/**
 * A few words looked for in a row of letters, all at once, letter by letter. Work for each letter is bounded by the
 * longest word. Knows no text: a reader says which letters there are and where they stand.
 */
import type { TakeLetter } from "../prompt-leak/letters.ts";

type Node = { readonly next: Map<number, Node>; isWord: boolean };

/** Gives the letters of a text from an offset on. */
export type Reader = {
  read(text: string, from: number, take: TakeLetter): void;
  /** Between two letters of a word, in UTF-16 code units. */
  readonly gapMax: number;
};

/** A word that may have begun at `start`; `end`: of the longest word so far, or -1. */
type Walk = { readonly start: number; node: Node; end: number };

export type Match = { readonly start: number; readonly end: number };

export class Words {
  readonly #root: Node = { next: new Map(), isWord: false };
  readonly #reader: Reader;

  constructor(words: readonly string[], reader: Reader) {
    this.#reader = reader;
    for (const word of words) {
      let node = this.#root;
      for (let at = 0; at < word.length; at++) {
        const unit = word.charCodeAt(at);
        const next = node.next.get(unit) ?? { next: new Map<number, Node>(), isWord: false };
        node.next.set(unit, next);
        node = next;
      }
      node.isWord = true;
    }
  }

  /** The longest word at each start in [from, to), in order. */
  find(text: string, from: number, to: number): readonly Match[] {
    const found = new Map<number, number>();
    const over = ({ start, end }: Walk): void => {
      if (end >= 0) found.set(start, Math.max(end, found.get(start) ?? 0));
    };
    this.#walk(text, from, to, over).forEach(over);
    return [...found].map(([start, end]) => ({ start, end })).toSorted((a, b) => a.start - b.start);
  }

  /** The first offset from `from` on at which a word may stand that more text decides. */
  openFrom(text: string, from: number): number {
    const open = this.#walk(text, from, text.length, () => {}).filter(({ node }) => node.next.size > 0);
    return Math.min(text.length, ...open.map(({ start }) => start));
  }

  /** Gives those that the end of the text left open. */
  #walk(text: string, from: number, to: number, over: (walk: Walk) => void): Walk[] {
    let walks: Walk[] = [];
    let lastEnd = from;
    const { gapMax } = this.#reader;
    this.#reader.read(text, from, (letter, start, end) => {
      if (start - lastEnd > gapMax) walks = closed(walks, over);
      lastEnd = end;
      if (start < to) walks.push({ start, node: this.#root, end: -1 });
      walks = walks.filter((walk) => goesOn(walk, letter, end, over));
      return start < to || walks.length > 0;
    });
    return text.length - lastEnd > gapMax ? closed(walks, over) : walks;
  }
}

function closed(walks: readonly Walk[], over: (walk: Walk) => void): Walk[] {
  walks.forEach(over);
  return [];
}

function goesOn(walk: Walk, letter: number, end: number, over: (walk: Walk) => void): boolean {
  const next = walk.node.next.get(letter);
  if (next === undefined) {
    over(walk);
    return false;
  }
  walk.node = next;
  if (next.isWord) walk.end = end;
  return true;
}
