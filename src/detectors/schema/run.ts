/**
 * One check of one value: its budget, and the shape of what a schema compiles to.
 *
 * Invariant: once the budget or the depth is used up nothing more is done, and the answer is neither yes nor no.
 */
import type { JsonValue } from "../../stdx/json-value.ts";

/** What some schema has spoken of at one place of the value; only kept where a schema asks for the rest of it. */
export type Seen = { readonly keys: Set<string>; readonly items: Set<number> };

export type Check = (run: Run, value: JsonValue, seen: Seen | null) => boolean;

/** A schema, its checks filled in while the document compiles. All must hold. */
export type Node = { readonly checks: Check[] };

/** Schemas in each other at one place of a check; each is a few frames of the engine's stack. */
const depthMax = 600;

/** Code units of a string that cost as much as one step. */
const unitsPerStep = 64;

export class Run {
  readonly #seesRest: boolean;
  #left: number;
  #depth = 0;

  /** `seesRest`: some schema asks for what no other has spoken of. */
  constructor(steps: number, seesRest: boolean) {
    this.#left = steps;
    this.#seesRest = seesRest;
  }

  get exhausted(): boolean {
    return this.#left < 0;
  }

  /** False where the budget is used up. */
  spend(steps: number): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }

  /** For work that is linear in a string. */
  spendOn(text: string): boolean {
    return this.spend(1 + text.length / unitsPerStep);
  }

  newSeen(): Seen | null {
    return this.#seesRest ? { keys: new Set(), items: new Set() } : null;
  }

  /** Whether the value meets the schema. Meaningless once the run is exhausted. */
  meets(node: Node, value: JsonValue, seen: Seen | null): boolean {
    if (!this.spend(1)) return false;
    if (this.#depth >= depthMax) {
      this.#left = -1;
      return false;
    }
    this.#depth += 1;
    let met = true;
    for (const check of node.checks) {
      if (check(this, value, seen)) continue;
      met = false;
      break;
    }
    this.#depth -= 1;
    return met && !this.exhausted;
  }

  /** The same for a schema at the same place: what it speaks of counts only where it is met. */
  meetsHere(node: Node, value: JsonValue, seen: Seen | null): boolean {
    const own = seen === null ? null : this.newSeen();
    if (!this.meets(node, value, own)) return false;
    if (seen !== null && own !== null) {
      for (const key of own.keys) seen.keys.add(key);
      for (const item of own.items) seen.items.add(item);
      return this.spend(own.keys.size + own.items.size);
    }
    return true;
  }
}
