/**
 * Targets in Markdown: links, definitions, autolinks, images. Each scanner looks at one start; `null` where nothing begins
 * there. Says nothing of where a target leads.
 */
import { isSpace, type Reader } from "./reader.ts";

/** `target` is a range of the text; `end` is where the whole construct ends. */
export type MarkdownTarget = { readonly from: number; readonly to: number; readonly end: number };

/** Between the parts of a link, in UTF-16 code units. */
const blanksMax = 8;
const labelUnitsMax = 256;
const altUnitsMax = 1_000;
/** What stands before a target that is looked at by itself: its label, `](`, blanks, `<`, and one unit before the label. */
export const targetContextUnits = labelUnitsMax + 2 * blanksMax + 5;
/** Parentheses in parentheses, in a target. */
const depthMax = 8;

export type Link = MarkdownTarget & {
  /** Behind `](`, or behind `]:`. */
  readonly kind: "inline" | "definition";
  /** The bracket that ends its label. */
  readonly close: number;
};

/** A target that begins at `start`. */
export function linkAt(reader: Reader, start: number): Link | null {
  const { text } = reader;
  let at = start - 1;
  const angled = text.charAt(at) === "<";
  if (angled) at--;
  for (const least = at - 2 * blanksMax; at > least && isSpace(text.charCodeAt(at)); ) at--;
  const mark = text.charAt(at);
  if ((mark !== "(" && mark !== ":") || text.charAt(at - 1) !== "]") return null;
  const target = targetFrom(reader, start, angled, mark === ":");
  if (target === null) return null;
  return { ...target, kind: mark === ":" ? "definition" : "inline", close: at - 1 };
}

/** Whether the bracket that `close` closes stands right behind a name or another bracket: `list[n](argument)` is code. */
export function isIndex(text: string, close: number): boolean {
  let depth = 0;
  for (let at = close; at >= 0 && close - at <= labelUnitsMax; at--) {
    const unit = text.charAt(at);
    if (unit === "]") depth++;
    else if (unit === "[" && --depth === 0) return at > 0 && /[\w$)\]]/.test(text.charAt(at - 1));
  }
  return false;
}

/**
 * In angle brackets up to the closing one. Else up to white space, and for a link also the parenthesis that closes it.
 */
function targetFrom(reader: Reader, from: number, angled: boolean, isDefinition: boolean): MarkdownTarget | null {
  let to = from;
  if (angled) while (isWithinAngles(reader.unit(to))) to++;
  else if (isDefinition) to = reader.end("space", from);
  else to = closingOf(reader, from);
  return to > from ? { from, to, end: angled && reader.unit(to) === 62 ? to + 1 : to } : null;
}

const isWithinAngles = (unit: number): boolean => unit >= 0 && unit !== 10 && unit !== 13 && unit !== 60 && unit !== 62;

function closingOf(reader: Reader, from: number): number {
  let depth = 0;
  for (let at = from; ; at++) {
    const unit = reader.unit(at);
    if (unit <= 32) return at;
    if (unit === 40 && ++depth > depthMax) return at;
    if (unit === 41 && --depth < 0) return at;
  }
}

export type Autolink = MarkdownTarget & { readonly kind: "autolink" };

/** `<scheme:...>` or `<name@host>`. `start` is behind the `<`. */
export function autolinkAt(reader: Reader, start: number): Autolink | null {
  if (reader.text.charCodeAt(start - 1) !== 60) return null;
  let told = false;
  for (let at = start; ; at++) {
    const unit = reader.unit(at);
    if (unit === 62) return told ? { kind: "autolink", from: start, to: at, end: at } : null;
    if (unit <= 32 || unit === 60) return null;
    if (!told && (unit === 34 || unit === 61)) return null; // an attribute of a tag
    if (unit === 58 || unit === 64) told = true;
  }
}

/** `![alt](target "title")`. `start` is on the `!`. What is not closed ends with its target. */
export function imageAt(reader: Reader, start: number): MarkdownTarget | null {
  if (reader.unit(start + 1) !== 91) return null;
  const close = reader.find("linkTarget", start + 2);
  if (close < 0 || close - start > altUnitsMax) return null;
  let at = blanks(reader, close + 2);
  const angled = reader.unit(at) === 60;
  if (angled) at++;
  const target = targetFrom(reader, at, angled, false);
  return target === null ? null : { ...target, end: titled(reader, target.end) };
}

/** `[label]: target`, which a link or an image may refer to. `start` is on the `[`. */
export function definitionAt(reader: Reader, start: number): MarkdownTarget | null {
  let at = start + 1;
  for (; ; at++) {
    const unit = reader.unit(at);
    if (unit === 93) break;
    if (unit < 0 || unit === 91 || unit === 10 || at - start > labelUnitsMax) return null;
  }
  if (at === start + 1 || reader.unit(at + 1) !== 58) return null;
  at = blanks(reader, at + 2);
  const angled = reader.unit(at) === 60;
  return targetFrom(reader, angled ? at + 1 : at, angled, true);
}

/** Behind a title and the closing parenthesis, where they are there. */
function titled(reader: Reader, end: number): number {
  let at = blanks(reader, end);
  const quote = reader.unit(at);
  if (quote === 34 || quote === 39) {
    let unit: number;
    do unit = reader.unit(++at);
    while (unit >= 0 && unit !== quote);
    at = blanks(reader, at + 1);
  }
  return reader.unit(at) === 41 ? at + 1 : end;
}

function blanks(reader: Reader, from: number): number {
  let at = from;
  while (at - from < 2 * blanksMax && isSpace(reader.unit(at))) at++;
  return at;
}

/** Whether a target may begin here: something that is neither white space nor a mark, behind one of those. */
export function mayBeTarget(before: number, unit: number): boolean {
  return (before === 40 || before === 58 || before === 60 || isSpace(before)) && !isSpace(unit) && unit !== 60;
}
