/**
 * Words looked for in a row of letters, all at once (Aho and Corasick): each letter costs the same, however many words
 * there are. Knows no text: a reader says which letters there are and where they stand.
 *
 * Invariant: what is found from an offset on does not depend on the text before it.
 */
import type { Steps } from "../../stdx/paced.ts";
import type { TakeLetter } from "./letters.ts";
import { WordTree } from "./word-tree.ts";

export type Reader = {
  /** Gives the letters of a text from an offset on. */
  read(text: string, from: number, take: TakeLetter): void;
  /** Between two letters of a word, in UTF-16 code units. */
  readonly gapMax: number;
};

/** `word`: its index in the list. */
export type Match = { readonly start: number; readonly end: number; readonly word: number };

export class WordSearch {
  readonly #tree: WordTree;
  readonly #reader: Reader;

  private constructor(tree: WordTree, reader: Reader) {
    this.#tree = tree;
    this.#reader = reader;
  }

  /** None is empty; each stands once. Letters are as the reader gives them. */
  static *of(words: readonly string[], reader: Reader): Steps<WordSearch> {
    return new WordSearch(yield* WordTree.of(words), reader);
  }

  /** All that begin in [from, to), by start, then longest first. */
  find(text: string, from: number, to: number): readonly Match[] {
    const found: Match[] = [];
    this.#walk(text, from, to, (match) => found.push(match));
    return found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  }

  /**
   * The first offset from `from` on at which a word may stand that more text decides; the text's length where there is
   * none. `beyond`: how many units behind a word decide whether it counts.
   */
  openFrom(text: string, from: number, beyond = 0): number {
    let open = text.length;
    const begun = this.#walk(text, from, text.length, ({ start, end }) => {
      if (end + beyond > text.length) open = Math.min(open, start);
    });
    return Math.min(open, begun);
  }

  /** Gives where the longest word begins that the end of the text leaves open. */
  #walk(text: string, from: number, to: number, found: (match: Match) => void): number {
    const tree = this.#tree;
    const { gapMax } = this.#reader;
    const starts = new Int32Array(Math.max(1, tree.longest));
    let node = 0;
    let read = 0;
    let lastEnd = from;
    const startOf = (depth: number): number => starts[(read - depth) % starts.length] as number;
    this.#reader.read(text, from, (letter, start, end) => {
      if (start - lastEnd > gapMax) node = 0;
      if (start >= to && node === 0) return false;
      lastEnd = end;
      starts[read % starts.length] = start;
      read += 1;
      node = tree.step(node, letter);
      for (let at = tree.wordAt(node); at !== 0; at = tree.shorterWord(at)) {
        const begun = startOf(tree.depth(at));
        if (begun < to) found({ start: begun, end, word: tree.word(at) });
      }
      return start < to || (node !== 0 && startOf(tree.depth(node)) < to);
    });
    const open = text.length - lastEnd > gapMax ? 0 : tree.open(node);
    return open === 0 ? text.length : startOf(tree.depth(open));
  }
}
