/**
 * Says at which offsets which of many expressions may match, by the code units there and directly before: one look at
 * a table for each unit rules nearly all expressions out at once.
 * Invariant: names too many offsets at worst, never too few.
 */
import type { LeadingUnits } from "./leading-units.ts";
import { leadingPlaces } from "./leading-units.ts";

/** ASCII units have a class each; of the others, 128 neighbours share one. */
const ascii = 128;
const classes = ascii + 511;
/** The class of "no unit": before the text begins. */
const none = classes;
const classOf = (unit: number): number => (unit < ascii ? unit : 127 + (unit >> 7));

/** Reused for each block: all its units in a row. */
const blocks: readonly string[] = Array.from({ length: 511 }, (_, block) =>
  String.fromCharCode(...Array.from({ length: 128 }, (_unused, n) => (block + 1) * 128 + n)),
);
const singles: readonly string[] = Array.from({ length: ascii }, (_, unit) => String.fromCharCode(unit));

/** Called with the number of an expression and an offset. Returning true ends the walk: what lies behind is not visited. */
export type Visit = (number: number, at: number) => boolean;

export type UnitIndex = {
  /**
   * Visits the offsets in [from, to) at which expressions may match; gives the least offset at which `visit` said true,
   * or `to`. With `open`, what lies behind the end counts as anything.
   */
  walk(text: string, from: number, to: number, open: boolean, visit: Visit): number;
};

type Row = { readonly units: LeadingUnits; readonly flags: string; readonly number: number };

/** For each expression the classes that it matches a unit of: indexes made with the same one share the work. */
export type UnitSets = Map<string, Uint8Array>;

/** `rows`: expressions and the numbers that they are visited by. */
export function createUnitIndex(rows: readonly Row[], sets: UnitSets): UnitIndex {
  const groups: Group[] = [];
  for (let at = 0; at < rows.length; at += 32) groups.push(new Group(rows.slice(at, at + 32), sets));
  return {
    walk(text, from, to, open, visit) {
      let end = to;
      for (const group of groups) end = group.walk(text, from, end, open, visit);
      return end;
    },
  };
}

/** Up to 32 expressions, one bit each. */
class Group {
  readonly #numbers: readonly number[];
  /** One table after another, each by class: before, first unit, second unit ... */
  readonly #tables: readonly Uint32Array[];
  readonly #first: Uint32Array;
  readonly #before: Uint32Array;

  constructor(rows: readonly Row[], sets: UnitSets) {
    this.#numbers = rows.map(({ number }) => number);
    this.#tables = Array.from({ length: leadingPlaces }, (_, place) =>
      table(rows, (row) => row.units.places[place] ?? null, sets, false),
    );
    this.#first = this.#tables[0] as Uint32Array;
    const only = table(rows, (row) => row.units.onlyAfter, sets, false);
    this.#before = table(rows, (row) => row.units.notAfter, sets, true).map(
      (bits, unit) => bits & (only[unit] as number),
    );
  }

  walk(text: string, from: number, to: number, open: boolean, visit: Visit): number {
    const first = this.#first;
    const before = this.#before;
    for (let at = from; at < to; at++) {
      const own = text.charCodeAt(at);
      let bits = first[own < ascii ? own : 127 + (own >> 7)] as number;
      if (bits === 0) continue;
      bits &= before[at > 0 ? classOf(text.charCodeAt(at - 1)) : none] as number;
      bits = this.#later(text, at, bits, open);
      for (; bits !== 0; bits &= bits - 1) {
        if (visit(this.#numbers[31 - Math.clz32(bits & -bits)] as number, at)) return at;
      }
    }
    return to;
  }

  #later(text: string, at: number, bits: number, open: boolean): number {
    let left = bits;
    for (let place = 1; place < leadingPlaces && left !== 0; place++) {
      const offset = at + place;
      if (offset < text.length)
        left &= (this.#tables[place] as Uint32Array)[classOf(text.charCodeAt(offset))] as number;
      else if (open) return left;
      else left &= (this.#tables[place] as Uint32Array)[none] as number;
    }
    return left;
  }
}

/** For each class one bit for each row whose expression matches a unit of it, or (`inverse`) does not match all of it. */
function table(
  rows: readonly Row[],
  sourceOf: (row: Row) => string | null,
  sets: UnitSets,
  inverse: boolean,
): Uint32Array {
  const bits = new Uint32Array(classes + 1);
  for (const [bit, row] of rows.entries()) {
    const source = sourceOf(row);
    const set = source === null ? null : matched(source, row.flags, sets);
    for (let unit = 0; unit <= classes; unit++) {
      // A block that matches in part neither must nor must not; only ASCII classes hold a single unit.
      const may =
        set === null || (inverse ? unit >= ascii || set[unit] === 0 : unit < classes && (set[unit] as number) > 0);
      if (may) bits[unit] = (bits[unit] as number) | (1 << bit);
    }
  }
  return bits;
}

/** For each class whether the expression matches any unit of it. */
function matched(source: string, flags: string, sets: UnitSets): Uint8Array {
  const key = `${flags}/${source}`;
  const known = sets.get(key);
  if (known !== undefined) return known;
  const expression = new RegExp(source, flags);
  const set = new Uint8Array(classes);
  for (const [n, text] of [...singles, ...blocks].entries()) if (expression.test(text)) set[n] = 1;
  sets.set(key, set);
  return set;
}
