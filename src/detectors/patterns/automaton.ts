/**
 * A lazy automaton over the programs of one or more expressions: states are made when a text first needs them.
 * Owns its table; the loops that walk it are in runs.ts and search.ts.
 *
 * Two kinds. `runs`: a state is what one match that began somewhere may still become; ways that are preferred stand
 * first, and what comes after a match is dropped, so the last match of a run is the one that RE2 would give. `search`: a
 * match may begin at every character, and all that end are told.
 * Invariant: a state and a class always lead to the same state, whatever text led there.
 */
import { assert } from "../../stdx/assert.ts";
import { type Classes, type CharacterKind, lineKind, otherKind, wordKind } from "./classes.ts";
import { type Instruction, lineBegins, lineEnds, noWordEdge, type Program, wordEdge } from "./re2.ts";

/** What one window may still cost. One step is one character read, or one instruction looked at to make a state. */
export type Budget = { stepsLeft: number };
/** Room for states, shared by the automatons of one rule. In table cells of 4 bytes. */
export type Room = { cellsLeft: number };

/** Matched expressions are told as bits. */
export const mostPrograms = 32;
/** No more may match: where all runs end. */
export const dead = 0;
/** In place of a step: the budget or the room is spent. */
export const spent = -1;
const notMade = -1;

export class Automaton {
  readonly #kind: "runs" | "search";
  readonly #classes: Classes;
  readonly #room: Room;
  readonly #instructions: readonly Instruction[];
  readonly #sets: readonly (Uint8Array | null)[];
  readonly #owners: Uint8Array;
  readonly #starts: readonly number[];
  readonly #conditional: boolean;
  readonly #resolved: Int32Array;
  readonly #entered: Int32Array;
  #round = 0;
  /** Columns of the table: the classes, and the end of the text. */
  readonly width: number;
  /** By state and class: twice the next state, plus 1 where a match ends before the character. */
  table: Int32Array = new Int32Array(0);
  /** `search` only, beside the table: which expressions match. */
  masks: Int32Array = new Int32Array(0);
  #leaves: Int32Array[] = [];
  #before: CharacterKind[] = [];
  #open: boolean[] = [];
  #numbers = new Map<string, number>();
  #startStates: (number | undefined)[] = [];

  constructor(kind: "runs" | "search", programs: readonly Program[], classes: Classes, room: Room) {
    assert(programs.length <= mostPrograms, "an automaton has at most 32 programs");
    this.#kind = kind;
    this.#classes = classes;
    this.#room = room;
    this.width = classes.count + 1;
    const { instructions, owners, starts } = joined(programs);
    this.#instructions = instructions;
    this.#owners = Uint8Array.from(owners);
    this.#starts = starts;
    const sets = new Map<string, Uint8Array>();
    this.#sets = instructions.map((each) => (each.op === "read" ? memberSet(each.ranges, classes, sets) : null));
    this.#conditional = instructions.some(({ op }) => op === "if");
    this.#resolved = new Int32Array(instructions.length);
    this.#entered = new Int32Array(instructions.length);
    this.clear();
  }

  /** Forgets all states. Their numbers mean nothing any more. */
  clear(): void {
    this.table = new Int32Array(this.width * 8).fill(notMade);
    this.masks = this.#kind === "search" ? new Int32Array(this.table.length) : new Int32Array(0);
    this.#leaves = [];
    this.#before = [];
    this.#open = [];
    this.#numbers = new Map();
    this.#startStates = [];
    this.#state([], otherKind);
  }

  /** The state before the first character of a match; `before`: the kind of the character to the left. */
  start(before: CharacterKind): number {
    const known = this.#startStates[before];
    if (known !== undefined) return known;
    this.#round++;
    const leaves: number[] = [];
    for (const start of this.#starts) this.#enter(start, leaves, { cut: 0 });
    return (this.#startStates[before] = this.#state(leaves, before));
  }

  /** For each class, 1 where a match may begin with it. */
  beginnings(): Uint8Array {
    const all = new Uint8Array(this.width);
    const seen = new Set<number>();
    const pending = [...this.#starts];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const each = this.#instructions[at] as Instruction;
      if (seen.has(at) || each.op === "match" || each.op === "fail") continue;
      seen.add(at);
      const set = this.#sets[at] as Uint8Array | null;
      if (set !== null) {
        for (let n = 0; n < set.length; n++) all[n] = (all[n] as number) | (set[n] as number);
      } else {
        pending.push(each.next);
        if (each.op === "either") pending.push(each.other);
      }
    }
    return all;
  }

  /** Whether more text could begin, end, lengthen or forbid a match here. */
  isOpen(state: number): boolean {
    return this.#open[state] as boolean;
  }

  /** Makes the entry of the table that a walk has found missing, or answers `spent`. */
  step(state: number, next: number, budget: Budget): number {
    const leaves = this.#leaves[state] as Int32Array;
    budget.stepsLeft -= leaves.length;
    if (budget.stepsLeft < 0 || this.#room.cellsLeft < 0) return spent;
    this.#round++;
    const further: number[] = [];
    const ways = { before: this.#before[state] as CharacterKind, next, cut: 0, entered: { cut: 0 }, further };
    for (const leaf of leaves) this.#resolve(leaf, ways);
    if (this.#kind === "search") {
      for (const start of this.#starts) this.#enter(start, further, ways.entered);
      further.sort((a, b) => a - b);
    }
    budget.stepsLeft -= further.length;
    const target = this.#state(further, this.#classes.kinds[next] as CharacterKind);
    const entry = target * 2 + (ways.cut === 0 ? 0 : 1);
    this.table[state * this.width + next] = entry;
    if (this.#kind === "search") this.masks[state * this.width + next] = ways.cut;
    return entry;
  }

  /** Follows a place to all that can be read from it here, now that both neighbours are known. */
  #resolve(at: number, ways: Ways): void {
    const owner = 1 << (this.#owners[at] as number);
    if (this.#resolved[at] === this.#round || (this.#kind === "runs" && (ways.cut & owner) !== 0)) return;
    this.#resolved[at] = this.#round;
    const each = this.#instructions[at] as Instruction;
    switch (each.op) {
      case "read":
        if ((this.#sets[at] as Uint8Array)[ways.next] === 1) this.#enter(each.next, ways.further, ways.entered);
        return;
      case "match":
        ways.cut |= owner;
        return;
      case "if":
        if (holds(each.conditions, ways.before, this.#classes.kinds[ways.next] as CharacterKind))
          this.#resolve(each.next, ways);
        return;
      case "either":
        this.#resolve(each.next, ways);
        this.#resolve(each.other, ways);
        return;
      case "skip":
        this.#resolve(each.next, ways);
        return;
      case "fail":
        return;
    }
  }

  /** Adds the leaves that a place leads to: what reads, what has a condition, what matches. */
  #enter(at: number, leaves: number[], entered: { cut: number }): void {
    const owner = 1 << (this.#owners[at] as number);
    if (this.#entered[at] === this.#round || (this.#kind === "runs" && (entered.cut & owner) !== 0)) return;
    this.#entered[at] = this.#round;
    const each = this.#instructions[at] as Instruction;
    switch (each.op) {
      case "match":
        entered.cut |= owner;
        leaves.push(at);
        return;
      case "read":
      case "if":
        leaves.push(at);
        return;
      case "either":
        this.#enter(each.next, leaves, entered);
        this.#enter(each.other, leaves, entered);
        return;
      case "skip":
        this.#enter(each.next, leaves, entered);
        return;
      case "fail":
        return;
    }
  }

  #state(leaves: readonly number[], kind: CharacterKind): number {
    const before = this.#conditional && leaves.length > 0 ? kind : otherKind;
    const key = `${before}:${leaves.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const made = this.#leaves.length;
    this.#numbers.set(key, made);
    this.#leaves.push(Int32Array.from(leaves));
    this.#before.push(before);
    this.#open.push(leaves.some((at) => this.#instructions[at]?.op !== "match"));
    this.#room.cellsLeft -= this.width * (this.#kind === "search" ? 2 : 1) + leaves.length * 2;
    if ((made + 1) * this.width > this.table.length) {
      const table = new Int32Array(this.table.length * 2).fill(notMade);
      table.set(this.table);
      this.table = table;
      if (this.#kind === "search") {
        const masks = new Int32Array(table.length);
        masks.set(this.masks);
        this.masks = masks;
      }
    }
    return made;
  }
}

type Ways = {
  readonly before: CharacterKind;
  readonly next: number;
  /** Expressions that match here, as bits. */
  cut: number;
  readonly entered: { cut: number };
  readonly further: number[];
};

function holds(conditions: number, before: CharacterKind, next: CharacterKind): boolean {
  const edge = (before === wordKind) !== (next === wordKind);
  return (
    ((conditions & lineBegins) === 0 || before === lineKind) &&
    ((conditions & lineEnds) === 0 || next === lineKind) &&
    ((conditions & wordEdge) === 0 || edge) &&
    ((conditions & noWordEdge) === 0 || !edge)
  );
}

function joined(programs: readonly Program[]) {
  const instructions: Instruction[] = [];
  const owners: number[] = [];
  const starts: number[] = [];
  for (const [owner, program] of programs.entries()) {
    const base = instructions.length;
    starts.push(base + program.start);
    for (const each of program.instructions) {
      instructions.push(moved(each, base));
      owners.push(owner);
    }
  }
  return { instructions, owners, starts };
}

function moved(each: Instruction, base: number): Instruction {
  if (each.op === "match" || each.op === "fail") return each;
  const next = each.next + base;
  return each.op === "either" ? { ...each, next, other: each.other + base } : { ...each, next };
}

function memberSet(ranges: readonly number[], classes: Classes, known: Map<string, Uint8Array>): Uint8Array {
  const key = ranges.join();
  const set = known.get(key) ?? classes.members(ranges);
  known.set(key, set);
  return set;
}
