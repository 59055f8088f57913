/**
 * One escape at one place of a text: HTML entity, percent-escape, backslash escape. Pure, linear in the escape.
 *
 * Does not decode what an escape yields once more; see escape-layer.ts.
 */

/** UTF-16 code units of a text, or a part of it. */
export type Units = { readonly [at: number]: number };

export type Escape = { readonly length: number; readonly text: string };

/** The named entities that stand for ASCII, for spaces and for what is not seen (HTML standard). */
const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
  ["Tab", "\t"],
  ["NewLine", "\n"],
  ["excl", "!"],
  ["num", "#"],
  ["dollar", "$"],
  ["percnt", "%"],
  ["lpar", "("],
  ["rpar", ")"],
  ["ast", "*"],
  ["midast", "*"],
  ["plus", "+"],
  ["comma", ","],
  ["hyphen", "\u2010"],
  ["dash", "\u2010"],
  ["period", "."],
  ["sol", "/"],
  ["colon", ":"],
  ["semi", ";"],
  ["equals", "="],
  ["quest", "?"],
  ["commat", "@"],
  ["lsqb", "["],
  ["lbrack", "["],
  ["bsol", "\\"],
  ["rsqb", "]"],
  ["rbrack", "]"],
  ["Hat", "^"],
  ["lowbar", "_"],
  ["grave", "`"],
  ["lcub", "{"],
  ["lbrace", "{"],
  ["verbar", "|"],
  ["vert", "|"],
  ["rcub", "}"],
  ["rbrace", "}"],
  ["shy", "\u00ad"],
  ["zwj", "\u200d"],
  ["zwnj", "\u200c"],
  ["lrm", "\u200e"],
  ["rlm", "\u200f"],
  ["ensp", "\u2002"],
  ["emsp", "\u2003"],
  ["thinsp", "\u2009"],
  ["hairsp", "\u200a"],
  ["ZeroWidthSpace", "\u200b"],
  ["NoBreak", "\u2060"],
]);

/** The names as a tree over their units. */
type NameNode = { readonly next: Map<number, NameNode>; text: string | null };
const names = buildNames();

/** Digits of a numeric entity, leading zeros included. */
const entityDigitsMax = 16;

/**
 * The escape that begins at `at` of `units[0, to)`. `open`: more text may make it one; with `ended` none follows, and
 * nothing is open.
 */
export function readEscape(units: Units, at: number, to: number, ended: boolean): Escape | "none" | "open" {
  const escape = begun(units, at, to, ended);
  return ended && escape === "open" ? "none" : escape;
}

function begun(units: Units, at: number, to: number, ended: boolean): Escape | "none" | "open" {
  const mark = units[at];
  if (mark !== 0x26 && mark !== 0x25 && mark !== 0x5c) return "none";
  if (at + 1 >= to) return "open";
  const second = units[at + 1];
  if (mark === 0x26) return second === 0x23 ? numericEntity(units, at, to, ended) : namedEntity(units, at, to);
  if (mark === 0x25) return second === 0x75 || second === 0x55 ? fixed(units, at, to, 4) : percent(units, at, to);
  if (second === 0x78) return fixed(units, at, to, 2);
  if (second === 0x55) return fixed(units, at, to, 8);
  if (second !== 0x75) return "none";
  return at + 2 < to && units[at + 2] === 0x7b ? braced(units, at, to) : fixed(units, at, to, 4);
}

function namedEntity(units: Units, at: number, to: number): Escape | "none" | "open" {
  let node = names;
  for (let place = at + 1; place < to; place++) {
    const unit = units[place] as number;
    if (unit === 0x3b) return node.text === null ? "none" : { length: place + 1 - at, text: node.text };
    const next = node.next.get(unit);
    if (next === undefined) return "none";
    node = next;
  }
  return "open";
}

/** Browsers read it without the semicolon too. */
function numericEntity(units: Units, at: number, to: number, ended: boolean): Escape | "none" | "open" {
  const isHex = at + 2 < to && ((units[at + 2] as number) | 0x20) === 0x78;
  const radix = isHex ? 16 : 10;
  const from = at + (isHex ? 3 : 2);
  let value = 0;
  let end = from;
  for (; end < to && end - from < entityDigitsMax; end++) {
    const digit = digitOf(units[end] as number);
    if (digit < 0 || digit >= radix) break;
    value = Math.min(value * radix + digit, 0x110000);
  }
  if (end >= to && !ended) return "open";
  if (end === from) return "none";
  const closed = end < to && units[end] === 0x3b ? 1 : 0;
  return characterOf(value, end + closed - at);
}

/** `%41`, and UTF-8 over several of them. */
function percent(units: Units, at: number, to: number): Escape | "none" | "open" {
  const lead = byteAt(units, at, to);
  if (lead === "none" || lead === "open") return lead;
  if (lead < 0x80) return { length: 3, text: String.fromCharCode(lead) };
  const more = lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xc2 && lead < 0xe0 ? 1 : 0;
  if (more === 0) return "none";
  let value = lead & (0x3f >> more);
  for (let index = 1; index <= more; index++) {
    const byte = byteAt(units, at + index * 3, to);
    if (byte === "none" || byte === "open") return byte;
    if (byte < 0x80 || byte > 0xbf) return "none";
    value = (value << 6) | (byte & 0x3f);
  }
  // Longer than it need be: no such character.
  if (value < (shortest[more] as number)) return "none";
  return characterOf(value, 3 * (more + 1));
}

/** The least character that needs that many bytes more. */
const shortest = [0, 0x80, 0x800, 0x10000];

function byteAt(units: Units, at: number, to: number): number | "none" | "open" {
  if (at >= to) return "open";
  if (units[at] !== 0x25) return "none";
  let value = 0;
  for (let place = at + 1; place <= at + 2; place++) {
    if (place >= to) return "open";
    const digit = digitOf(units[place] as number);
    if (digit < 0) return "none";
    value = value * 16 + digit;
  }
  return value;
}

/** Two units and so many digits. Half of a surrogate pair stands for itself; the other half follows. */
function fixed(units: Units, at: number, to: number, digits: number): Escape | "none" | "open" {
  let value = 0;
  for (let place = at + 2; place < at + 2 + digits; place++) {
    if (place >= to) return "open";
    const digit = digitOf(units[place] as number);
    if (digit < 0) return "none";
    value = value * 16 + digit;
  }
  if (digits <= 4) return { length: 2 + digits, text: String.fromCharCode(value) };
  return characterOf(value, 2 + digits);
}

/** `\u{41}`, at most six digits. */
function braced(units: Units, at: number, to: number): Escape | "none" | "open" {
  let value = 0;
  for (let place = at + 3; place <= at + 9; place++) {
    if (place >= to) return "open";
    if (units[place] === 0x7d && place > at + 3) return characterOf(value, place + 1 - at);
    const digit = digitOf(units[place] as number);
    if (digit < 0) return "none";
    value = value * 16 + digit;
  }
  return "none";
}

function characterOf(value: number, length: number): Escape | "none" {
  if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return "none";
  return { length, text: String.fromCodePoint(value) };
}

/** The value of a hexadecimal digit, or -1. */
function digitOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function buildNames(): NameNode {
  const root: NameNode = { next: new Map(), text: null };
  for (const [name, text] of entities) {
    let node = root;
    for (let at = 0; at < name.length; at++) {
      const unit = name.charCodeAt(at);
      const next = node.next.get(unit) ?? { next: new Map(), text: null };
      node.next.set(unit, next);
      node = next;
    }
    node.text = text;
  }
  return root;
}
