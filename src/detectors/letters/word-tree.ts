/**
 * Words as a tree over UTF-16 code units, with the ways from a word that broke off to the longest that may have begun
 * inside it. Nodes are numbers, the root is 0. Edges stand in one open-addressed table: few objects, however many words.
 */

import type { Steps } from "../../stdx/paced.ts";

/** Letters between two breaths. */
const blockLetters = 4_096;

export class WordTree {
  /** In letters. */
  readonly longest: number;
  readonly #edges: Edges;
  /** By node: the node of the longest proper end of its letters that is in the tree. */
  readonly #back: Int32Array;
  /** By node: the nearest node over `back` at which a word ends, or 0. */
  readonly #shorter: Int32Array;
  /** By node: one more than the index of the word that ends there, or 0. */
  readonly #words: Int32Array;
  readonly #depths: Int32Array;
  readonly #isInner: Uint8Array;

  private constructor(words: readonly string[]) {
    const most = words.reduce((sum, { length }) => sum + length, 1);
    this.longest = words.reduce((longest, { length }) => Math.max(longest, length), 0);
    this.#edges = new Edges(most);
    this.#back = new Int32Array(most);
    this.#shorter = new Int32Array(most);
    this.#words = new Int32Array(most);
    this.#depths = new Int32Array(most);
    this.#isInner = new Uint8Array(most);
  }

  static *of(words: readonly string[]): Steps<WordTree> {
    const tree = new WordTree(words);
    yield* tree.#grow(words);
    yield* tree.#link(words);
    return tree;
  }

  /** The node of the longest end of what was read that is in the tree, after one more unit. */
  step(node: number, unit: number): number {
    for (let at = node; ; at = this.#back[at] as number) {
      const next = this.#edges.get(at, unit);
      if (next !== 0 || at === 0) return next;
    }
  }

  /** The node itself or the nearest behind it at which a word ends, or 0. */
  wordAt(node: number): number {
    return this.#words[node] === 0 ? (this.#shorter[node] as number) : node;
  }

  /** The next shorter word that ends where this one does, or 0. */
  shorterWord(node: number): number {
    return this.#shorter[node] as number;
  }

  /** The index of the word that ends at the node. */
  word(node: number): number {
    return (this.#words[node] as number) - 1;
  }

  depth(node: number): number {
    return this.#depths[node] as number;
  }

  /** The node of the longest end of what was read that a word goes on from, or 0. */
  open(node: number): number {
    let at = node;
    while (at !== 0 && this.#isInner[at] === 0) at = this.#back[at] as number;
    return at;
  }

  *#grow(words: readonly string[]): Steps<void> {
    let nodes = 1;
    let letters = 0;
    for (const [index, word] of words.entries()) {
      let node = 0;
      for (let at = 0; at < word.length; at++) {
        const unit = word.charCodeAt(at);
        let next = this.#edges.get(node, unit);
        if (next === 0) {
          next = nodes++;
          this.#edges.set(node, unit, next);
          this.#isInner[node] = 1;
          this.#depths[next] = at + 1;
        }
        node = next;
        letters += 1;
        if (letters % blockLetters === 0) yield;
      }
      this.#words[node] = index + 1;
    }
  }

  /** Depth by depth: the way back of a node is less deep. */
  *#link(words: readonly string[]): Steps<void> {
    let letters = 0;
    const at = new Int32Array(words.length);
    const isLinked = new Uint8Array(this.#back.length);
    let open = [...words.keys()];
    for (let depth = 0; open.length > 0; depth++) {
      open = open.filter((index) => (words[index] as string).length > depth);
      for (const index of open) {
        const parent = at[index] as number;
        const unit = (words[index] as string).charCodeAt(depth);
        const node = this.#edges.get(parent, unit);
        at[index] = node;
        letters += 1;
        if (letters % blockLetters === 0) yield;
        if (isLinked[node] === 1) continue;
        isLinked[node] = 1;
        const back = parent === 0 ? 0 : this.step(this.#back[parent] as number, unit);
        this.#back[node] = back;
        this.#shorter[node] = this.wordAt(back);
      }
    }
  }
}

/** From a node and a unit to a node. */
class Edges {
  readonly #mask: number;
  readonly #nodes: Int32Array;
  readonly #units: Uint16Array;
  readonly #next: Int32Array;

  constructor(count: number) {
    const slots = 2 ** Math.ceil(Math.log2(2 * count + 2));
    this.#mask = slots - 1;
    this.#nodes = new Int32Array(slots);
    this.#units = new Uint16Array(slots);
    this.#next = new Int32Array(slots);
  }

  get(node: number, unit: number): number {
    return this.#next[this.#find(node, unit)] as number;
  }

  set(node: number, unit: number, next: number): void {
    const slot = this.#find(node, unit);
    this.#nodes[slot] = node;
    this.#units[slot] = unit;
    this.#next[slot] = next;
  }

  #find(node: number, unit: number): number {
    const hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    for (let slot = (hash ^ (hash >>> 15)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      if (this.#next[slot] === 0 || (this.#nodes[slot] === node && this.#units[slot] === unit)) return slot;
    }
  }
}
