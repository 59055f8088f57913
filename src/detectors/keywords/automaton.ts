/**
 * Aho-Corasick over folded UTF-16 code units: walks a text once and knows after each unit the longest suffix that
 * begins some word. Owns no boundaries and no findings.
 *
 * Transitions stand in one open-addressed table, so 20,000 words cost a few megabytes and no objects.
 */
import type { Fold } from "./fold.ts";

export type Automaton = {
  /** The node after one more unit. The root is 0. */
  step(node: number, unit: number): number;
  /** Units from the root: the length of the suffix that a node stands for. */
  depth(node: number): number;
  /** The node of the longest proper suffix. */
  shorter(node: number): number;
  /** Whether the node's own suffix is a word. */
  isWord(node: number): boolean;
  /** Whether some word goes on after the node's suffix. */
  goesOn(node: number): boolean;
  /** The nearest node on the chain of suffixes, the node itself included, that is a word; 0 when there is none. */
  wordAt(node: number): number;
  readonly longest: number;
};

export function createAutomaton(words: readonly string[], fold: Fold): Automaton {
  const units = words.reduce((sum, word) => sum + word.length, 1);
  const table = createTable(units);
  const depth = new Uint32Array(units);
  const word = new Uint8Array(units);
  const inner = new Uint8Array(units);
  // Parents come before their children in `order`, and in order of depth.
  const parent = new Uint32Array(units);
  const incoming = new Uint16Array(units);
  let nodes = 1;
  for (const text of words) {
    let node = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = fold[text.charCodeAt(at)] as number;
      let next = table.get(node, unit);
      if (next === 0) {
        next = nodes++;
        table.set(node, unit, next);
        depth[next] = at + 1;
        parent[next] = node;
        incoming[next] = unit;
        inner[node] = 1;
      }
      node = next;
    }
    if (node !== 0) word[node] = 1;
  }
  const shorter = new Uint32Array(nodes);
  const wordAt = new Uint32Array(nodes);
  const step = (from: number, unit: number): number => {
    for (let node = from; ; node = shorter[node] as number) {
      const next = table.get(node, unit);
      if (next !== 0 || node === 0) return next;
    }
  };
  for (const node of byDepth(depth, nodes)) {
    const above = parent[node] as number;
    shorter[node] = above === 0 ? 0 : step(shorter[above] as number, incoming[node] as number);
    wordAt[node] = word[node] === 1 ? node : (wordAt[shorter[node] as number] as number);
  }
  const longest = words.reduce((most, text) => Math.max(most, text.length), 0);
  return {
    step: (node, unit) => step(node, fold[unit] as number),
    depth: (node) => depth[node] as number,
    shorter: (node) => shorter[node] as number,
    isWord: (node) => word[node] === 1,
    goesOn: (node) => inner[node] === 1,
    wordAt: (node) => wordAt[node] as number,
    longest,
  };
}

/** All nodes but the root, nearest to it first. */
function byDepth(depth: Uint32Array, nodes: number): Uint32Array {
  const order = new Uint32Array(Math.max(0, nodes - 1));
  for (let node = 1; node < nodes; node++) order[node - 1] = node;
  return order.sort((a, b) => (depth[a] as number) - (depth[b] as number));
}

/** (node, unit) -> node, 0 where there is none. At most half full. */
function createTable(entries: number) {
  let size = 16;
  while (size < entries * 2) size *= 2;
  const mask = size - 1;
  const nodes = new Int32Array(size).fill(-1);
  const units = new Uint16Array(size);
  const targets = new Uint32Array(size);
  const slot = (node: number, unit: number): number => {
    let at = (Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)) & mask;
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
