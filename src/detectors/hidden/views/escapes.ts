/**
 * One escape at one place of a text: HTML entity, percent-escape, backslash escape. Pure, linear in the escape.
 *
 * Does not decode what an escape yields once more; see escape-layer.ts.
 */

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

const entityBegins: ReadonlySet<string> = new Set(
  [...entities.keys()].flatMap((name) => Array.from(name, (_, at) => name.slice(0, at + 1))),
);
const longestName = Math.max(...[...entities.keys()].map((name) => name.length));

/** Digits of a numeric entity, leading zeros included. */
const entityDigitsMax = 16;

/** `open`: more text may make it one. With `ended` nothing is open. */
export function readEscape(text: string, at: number, ended: boolean): Escape | "none" | "open" {
  switch (text.charCodeAt(at)) {
    case 0x26:
      return text.charCodeAt(at + 1) === 0x23 ? numericEntity(text, at, ended) : namedEntity(text, at, ended);
    case 0x25:
      return percent(text, at, ended);
    case 0x5c:
      return backslash(text, at, ended);
    default:
      return "none";
  }
}

function namedEntity(text: string, at: number, ended: boolean): Escape | "none" | "open" {
  const last = Math.min(text.length, at + 2 + longestName);
  let end = at + 1;
  while (end < last && isLetter(text.charCodeAt(end))) end += 1;
  const name = text.slice(at + 1, end);
  if (end === text.length) return !ended && (name === "" || entityBegins.has(name)) ? "open" : "none";
  const found = text.charCodeAt(end) === 0x3b ? entities.get(name) : undefined;
  return found === undefined ? "none" : { length: end + 1 - at, text: found };
}

/** Browsers read it without the semicolon too. */
function numericEntity(text: string, at: number, ended: boolean): Escape | "none" | "open" {
  const isHex = (text.charCodeAt(at + 2) | 0x20) === 0x78;
  const radix = isHex ? 16 : 10;
  const from = at + (isHex ? 3 : 2);
  let value = 0;
  let end = from;
  for (; end < text.length && end - from < entityDigitsMax; end++) {
    const digit = digitAt(text, end);
    if (digit < 0 || digit >= radix) break;
    value = Math.min(value * radix + digit, 0x110000);
  }
  if (end === text.length && end - from < entityDigitsMax && !ended) return "open";
  if (end === from) return "none";
  if (end === text.length && !ended) return "open";
  const closed = text.charCodeAt(end) === 0x3b ? 1 : 0;
  return characterOf(value, end + closed - at);
}

/** `%41`, UTF-8 over several of them, and `%u0041`. */
function percent(text: string, at: number, ended: boolean): Escape | "none" | "open" {
  if (at + 1 < text.length && (text.charCodeAt(at + 1) | 0x20) === 0x75) return fixed(text, at, 2, 4, ended);
  const lead = byteAt(text, at, ended);
  if (typeof lead === "string") return lead;
  if (lead < 0x80) return { length: 3, text: String.fromCharCode(lead) };
  const more = lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xc2 && lead < 0xe0 ? 1 : 0;
  if (more === 0) return "none";
  let value = lead & (0x3f >> more);
  for (let index = 1; index <= more; index++) {
    const byte = byteAt(text, at + index * 3, ended);
    if (typeof byte === "string") return byte;
    if (byte < 0x80 || byte > 0xbf) return "none";
    value = (value << 6) | (byte & 0x3f);
  }
  // Longer than it need be: no such character.
  if (value < [0, 0x80, 0x800, 0x10000][more]!) return "none";
  return characterOf(value, 3 * (more + 1));
}

function byteAt(text: string, at: number, ended: boolean): number | "none" | "open" {
  if (at >= text.length) return ended ? "none" : "open";
  if (text.charCodeAt(at) !== 0x25) return "none";
  for (const offset of [1, 2]) {
    if (at + offset >= text.length) return ended ? "none" : "open";
    if (digitAt(text, at + offset) < 0) return "none";
  }
  return digitAt(text, at + 1) * 16 + digitAt(text, at + 2);
}

/** `\x41`, `\u0041`, `\u{41}`, `\U00000041`. Half of a surrogate pair stands for itself; the other half follows. */
function backslash(text: string, at: number, ended: boolean): Escape | "none" | "open" {
  if (at + 1 >= text.length) return ended ? "none" : "open";
  switch (text.charCodeAt(at + 1)) {
    case 0x78:
      return fixed(text, at, 2, 2, ended);
    case 0x55:
      return fixed(text, at, 2, 8, ended);
    case 0x75:
      return text.charCodeAt(at + 2) === 0x7b ? braced(text, at, ended) : fixed(text, at, 2, 4, ended);
    default:
      return "none";
  }
}

function fixed(text: string, at: number, skip: number, digits: number, ended: boolean): Escape | "none" | "open" {
  let value = 0;
  for (let end = at + skip; end < at + skip + digits; end++) {
    if (end >= text.length) return ended ? "none" : "open";
    const digit = digitAt(text, end);
    if (digit < 0) return "none";
    value = value * 16 + digit;
  }
  if (digits <= 4) return { length: skip + digits, text: String.fromCharCode(value) };
  return characterOf(value, skip + digits);
}

function braced(text: string, at: number, ended: boolean): Escape | "none" | "open" {
  let value = 0;
  for (let end = at + 3; end <= at + 9; end++) {
    if (end >= text.length) return ended ? "none" : "open";
    if (text.charCodeAt(end) === 0x7d && end > at + 3) return characterOf(value, end + 1 - at);
    const digit = digitAt(text, end);
    if (digit < 0) return "none";
    value = value * 16 + digit;
  }
  return "none";
}

function characterOf(value: number, length: number): Escape | "none" {
  if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return "none";
  return { length, text: String.fromCodePoint(value) };
}

const isLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;

/** The value of a hexadecimal digit, or -1. */
function digitAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
