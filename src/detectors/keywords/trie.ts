/**
 * The words of a list as a tree over folded UTF-16 code units. Owns no boundaries and no findings.
 * Edges stand in one open-addressed table, so 20,000 words cost a few megabytes and few objects.
 */
import type { Fold } from "./fold.ts";

export type Trie = {
  /** The node one unit further down, or 0 where no word goes on so. The root is 0. */
  down(node: number, unit: number): number;
  /** Whether a word ends at the node. */
  isWord(node: number): boolean;
  /** Whether a longer word goes on from the node. */
  goesOn(node: number): boolean;
  /** The node of a text, or 0. */
  find(text: string): number;
  /** In UTF-16 code units. */
  readonly longest: number;
};

export function createTrie(words: readonly string[], fold: Fold): Trie {
  const most = words.reduce((sum, word) => sum + word.length, 1);
  const edges = createEdges(most);
  const ends = new Uint8Array(most);
  const inner = new Uint8Array(most);
  let nodes = 1;
  for (const word of words) {
    let node = 0;
    for (let at = 0; at < word.length; at++) {
      const unit = fold[word.charCodeAt(at)] as number;
      let next = edges.get(node, unit);
      if (next === 0) {
        next = nodes++;
        edges.set(node, unit, next);
        inner[node] = 1;
      }
      node = next;
    }
    ends[node] = 1;
  }
  const down = (node: number, unit: number): number => edges.get(node, fold[unit] as number);
  return {
    down,
    isWord: (node) => ends[node] === 1,
    goesOn: (node) => inner[node] === 1,
    find(text) {
      let node = 0;
      for (let at = 0; at < text.length; at++) {
        node = down(node, text.charCodeAt(at));
        if (node === 0) return 0;
      }
      return node;
    },
    longest: words.reduce((longest, word) => Math.max(longest, word.length), 0),
  };
}

/** (node, unit) -> node, 0 where there is none. At most half full, so a free slot ends each search. */
function createEdges(most: number) {
  let size = 16;
  while (size < most * 2) size *= 2;
  const mask = size - 1;
  const nodes = new Int32Array(size).fill(-1);
  const units = new Uint16Array(size);
  const targets = new Uint32Array(size);
  const slot = (node: number, unit: number): number => {
    const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    let at = (mixed ^ (mixed >>> 15)) & mask;
    while (nodes[at] !== -1 && (nodes[at] !== node || units[at] !== unit)) at = (at + 1) & mask;
    return at;
  };
  return {
    get: (node: number, unit: number): number => targets[slot(node, unit)] as number,
    set(node: number, unit: number, target: number): void {
      const at = slot(node, unit);
      nodes[at] = node;
      units[at] = unit;
      targets[at] = target;
    },
  };
}
