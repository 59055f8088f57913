/**
 * Many written forms as one deterministic automaton: a walk over the text from one start matches all of them at once,
 * one table look-up a code unit, whatever their number. Knows neither kinds of data nor where a form may begin.
 *
 * Invariant: the forms are bounded and without lookaround, so no walk is longer than the longest form.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { assert, InvariantError } from "../../../stdx/assert.ts";
import { measure } from "../../pattern/measure.ts";
import { alike } from "./alike.ts";

/** The state in which a walk begins; `dead` is where it ends without hope. */
export const start = 1;
export const dead = 0;
/** In `next`: this step was not taken before. */
export const unknown = -1;
const firstRoom = 256;

/**
 * A state is a set of nodes of the forms' graph. States are made when a walk first reaches them and kept: of the many that forms
 * can have together, texts reach few. What a walk finds does not depend on the walks before it.
 */
export class Automaton {
  /** The longest form, in UTF-16 code units. */
  readonly longest: number;
  /** The class of each code unit; class 0 is in no form. */
  readonly classOf: Uint8Array;
  readonly classes: number;
  /** `next[state * classes + class]`. Replaced when it grows: read it anew after `step`. */
  next: Int32Array;
  /** 1 where a form ends in a state. Replaced as `next` is. */
  ends: Uint8Array;
  readonly #nfa: Nfa;
  readonly #nodes: Int32Array[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #after: (readonly number[] | undefined)[] = [];
  readonly #accepted: (readonly number[] | undefined)[] = [];
  readonly #open: (readonly number[] | undefined)[] = [];
  /** By node, the last round that met it. */
  readonly #met: Uint32Array;
  #round = 0;

  constructor(nfa: Nfa, begins: readonly number[], longest: number, alphabet: Alphabet) {
    this.longest = longest;
    this.classOf = alphabet.classOf;
    this.classes = alphabet.classes;
    this.#nfa = nfa;
    this.#met = new Uint32Array(nfa.sets.length);
    this.next = new Int32Array(firstRoom * this.classes).fill(unknown);
    this.ends = new Uint8Array(firstRoom);
    this.#stateOf([]);
    this.#stateOf(closure(nfa, begins));
  }

  /** How many states were made so far. */
  get size(): number {
    return this.#nodes.length;
  }

  /** The forms that end in a state, in order. */
  accepted(state: number): readonly number[] {
    return (this.#accepted[state] ??= this.#formsOf(state, true));
  }

  /** The forms that a walk is in the middle of: more text could complete them. In order. */
  open(state: number): readonly number[] {
    return (this.#open[state] ??= this.#formsOf(state, false));
  }

  /** The state after a unit of a class; makes it where it is not there yet. */
  step(state: number, number: number): number {
    const known = this.next[state * this.classes + number] as number;
    if (known !== unknown) return known;
    const reached: number[] = [];
    const round = ++this.#round;
    for (const node of this.#nodes[state] as Int32Array) {
      if (this.#nfa.classes[node]?.[number] !== 1) continue;
      for (const to of this.#nodesAfter(node)) {
        if (this.#met[to] === round) continue;
        this.#met[to] = round;
        reached.push(to);
      }
    }
    const found = this.#stateOf(reached);
    this.next[state * this.classes + number] = found;
    return found;
  }

  #nodesAfter(node: number): readonly number[] {
    return (this.#after[node] ??= closure(this.#nfa, this.#nfa.to[node] as readonly number[]));
  }

  #stateOf(reached: readonly number[]): number {
    const nodes = Int32Array.from(reached).sort();
    // One unit a node: a text of them is a quick key.
    const key = String.fromCharCode(...nodes);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const state = this.#nodes.length;
    assert(state < mostStates, "the forms make an automaton of bounded size");
    if (state === this.ends.length) this.#grow();
    this.#numbers.set(key, state);
    this.#nodes.push(nodes);
    this.ends[state] = Number(nodes.some((node) => this.#nfa.end[node] === true));
    return state;
  }

  #grow(): void {
    const next = new Int32Array(this.next.length * 2).fill(unknown);
    next.set(this.next);
    this.next = next;
    const ends = new Uint8Array(this.ends.length * 2);
    ends.set(this.ends);
    this.ends = ends;
  }

  #formsOf(state: number, end: boolean): readonly number[] {
    const { form, end: isEnd } = this.#nfa;
    const nodes = [...(this.#nodes[state] as Int32Array)];
    return [...new Set(nodes.filter((node) => isEnd[node] === end).map((node) => form[node] as number))];
  }
}

/** Guards against forms whose combinations explode; they are ours, so reaching it is a bug. A test walks all states. */
const mostStates = 40_000;
/** The key of a state has one code unit for each node. */
const mostNodes = 65_536;

type Atom = AST.Character | AST.CharacterClass | AST.CharacterSet;
type Set16 = ReadonlySet<number>;
/** `to` by `set`; nodes without a set go on for free. */
type Nfa = {
  readonly sets: (Set16 | null)[];
  readonly to: number[][];
  /** The form that a node is of, and whether it is the form's end. */
  readonly form: number[];
  readonly end: boolean[];
  /** By node: 1 for each class that it takes. */
  classes: readonly (Uint8Array | null)[];
};

type Alphabet = { readonly classOf: Uint8Array; readonly classes: number };

/** `sources` are regular expressions of our own: `\d`, classes, groups and counted repetition. Case counts unless `i`. */
export function compileAutomaton(sources: readonly RegExp[]): Automaton {
  const nfa: Nfa = { sets: [], to: [], form: [], end: [], classes: [] };
  const sets = new Map<string, Set16>();
  let longest = 0;
  const begins = sources.map(({ source, flags }, form) => {
    const tree = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, undefined, undefined, {});
    longest = Math.max(longest, measure(tree).width.max);
    const end = addNode(nfa, form, null, []);
    nfa.end[end] = true;
    return new Builder(nfa, form, flags.includes("i"), sets).alternatives(tree.alternatives, end);
  });
  assert(nfa.sets.length <= mostNodes, "the forms have a bounded number of characters");
  const alphabet = partition(nfa.sets);
  const rows = new Map<Set16, Uint8Array>();
  for (const set of new Set(nfa.sets)) {
    if (set === null) continue;
    const row = new Uint8Array(alphabet.classes);
    for (const unit of set) row[alphabet.classOf[unit] as number] = 1;
    rows.set(set, row);
  }
  nfa.classes = nfa.sets.map((set) => (set === null ? null : (rows.get(set) ?? null)));
  return new Automaton(nfa, begins, longest, alphabet);
}

function addNode(nfa: Nfa, form: number, set: Set16 | null, to: number[]): number {
  nfa.sets.push(set);
  nfa.to.push(to);
  nfa.form.push(form);
  nfa.end.push(false);
  return nfa.sets.length - 1;
}

/** Builds from the end: each method answers the node that leads to `then`. */
class Builder {
  readonly #nfa: Nfa;
  readonly #form: number;
  readonly #anyCase: boolean;
  readonly #sets: Map<string, Set16>;
  constructor(nfa: Nfa, form: number, anyCase: boolean, sets: Map<string, Set16>) {
    this.#nfa = nfa;
    this.#sets = sets;
    this.#form = form;
    this.#anyCase = anyCase;
  }

  #units(element: Atom): Set16 {
    const key = `${element.raw}${this.#anyCase ? "/i" : ""}`;
    let set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, (set = unitsOf(element, this.#anyCase)));
    return set;
  }

  alternatives(alternatives: readonly AST.Alternative[], then: number): number {
    const begins = alternatives.map(({ elements }) =>
      elements.reduceRight((to, each) => this.#element(each, to), then),
    );
    return begins.length === 1 ? (begins[0] as number) : addNode(this.#nfa, this.#form, null, begins);
  }

  #element(element: AST.Element, then: number): number {
    switch (element.type) {
      case "Character":
      case "CharacterClass":
      case "CharacterSet":
        return addNode(this.#nfa, this.#form, this.#units(element), [then]);
      case "Group":
      case "CapturingGroup":
        return this.alternatives(element.alternatives, then);
      case "Quantifier": {
        let to = then;
        for (let count = element.max; count > 0; count--) {
          const more = this.#element(element.element, to);
          to = count > element.min ? addNode(this.#nfa, this.#form, null, [more, then]) : more;
        }
        return to;
      }
      default:
        throw new InvariantError(`a written form holds no ${element.type}`);
    }
  }
}

function unitsOf(element: Atom, anyCase: boolean): Set16 {
  const units = new Set<number>();
  collect(element, units);
  if (anyCase) {
    for (const unit of [...units]) {
      const letter = String.fromCharCode(unit);
      for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
        if (other.length === 1) units.add(other.charCodeAt(0));
      }
    }
  }
  return new Set([...units].flatMap(alike));
}

function collect(element: Atom, units: Set<number>): void {
  if (element.type === "Character") units.add(element.value);
  else if (element.type === "CharacterSet") {
    assert(element.kind === "digit" && !element.negate, "a written form names its characters");
    for (let digit = 48; digit <= 57; digit++) units.add(digit);
  } else {
    assert(!element.negate, "a written form names its characters");
    for (const part of element.elements) {
      if (part.type === "CharacterClassRange") {
        for (let unit = part.min.value; unit <= part.max.value; unit++) units.add(unit);
      } else {
        collect(part as AST.Character | AST.CharacterSet, units);
      }
    }
  }
}

/** Units that all sets treat alike share a class. */
function partition(sets: readonly (Set16 | null)[]): Alphabet {
  const distinct = new Map<string, Set16>();
  for (const set of new Set(sets)) if (set !== null) distinct.set([...set].join(), set);
  const memberships = new Map<number, string>();
  let index = 0;
  for (const set of distinct.values()) {
    for (const unit of set) memberships.set(unit, `${memberships.get(unit) ?? ""},${index}`);
    index++;
  }
  const classOf = new Uint8Array(65_536);
  const classNumbers = new Map<string, number>();
  for (const [unit, membership] of memberships) {
    let number = classNumbers.get(membership);
    if (number === undefined) classNumbers.set(membership, (number = classNumbers.size + 1));
    classOf[unit] = number;
  }
  const classes = classNumbers.size + 1;
  assert(classes <= 256, "the units of all forms fall into at most 255 classes");
  return { classOf, classes };
}

/** All nodes that can be reached for free and take a unit or end a form. */
function closure(nfa: Nfa, from: readonly number[]): number[] {
  const seen = new Set<number>();
  const waiting = [...from];
  const kept: number[] = [];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (nfa.sets[node] === null && nfa.end[node] !== true) waiting.push(...(nfa.to[node] as number[]));
    else kept.push(node);
  }
  return kept;
}
