/**
 * Tags of HTML, read as a browser's tokenizer does: what stands in quotes behind `=` may hold anything. Says which targets
 * a tag has; not where they lead.
 */
import { isDigit, isLetter, isSpace, type Mark, type Reader } from "./reader.ts";

export type Tag = {
  /** Lower case. */
  readonly name: string;
  readonly targets: readonly string[];
  /** It runs a script, or holds a page of its own. */
  readonly active: boolean;
  /** For a script, a style or a frame, behind its closing tag. */
  readonly end: number;
};

/** Tags that are a way out by what they are, unless all that they load may be loaded. */
export const loaders: ReadonlySet<string> = new Set([
  "script",
  "iframe",
  "frame",
  "object",
  "embed",
  "applet",
  "portal",
  "form",
  "base",
]);
const closingMarks: ReadonlyMap<string, Mark> = new Map([
  ["script", "/script"],
  ["style", "/style"],
  ["iframe", "/iframe"],
  ["object", "/object"],
]);

const targetNames: ReadonlySet<string> = new Set([
  "href",
  "xlink:href",
  "src",
  "action",
  "formaction",
  "poster",
  "background",
  "data",
  "cite",
  "longdesc",
  "manifest",
  "codebase",
  "code",
  "archive",
  "lowsrc",
  "dynsrc",
]);
const listNames: ReadonlySet<string> = new Set(["srcset", "imagesrcset"]);

type Attribute = { readonly name: string; readonly value: string };

/** `start` is on the `<`. A tag that is not closed within the reader's bound ends there. */
export function tagAt(reader: Reader, start: number): Tag | null {
  const named = nameEnd(reader, start);
  if (named < 0) return null;
  const name = reader.text.slice(start + 1, named).toLowerCase();
  const { attributes, end } = attributesFrom(reader, named);
  const targets = attributes.flatMap((attribute) => targetsOf(name, attribute));
  const active = attributes.some((attribute) => attribute.name === "srcdoc" || /^on[a-z]/.test(attribute.name));
  const mark = closingMarks.get(name);
  const close = mark === undefined ? -1 : reader.find(mark, end);
  if (close < 0) return { name, targets, active, end };
  if (name === "style") targets.push(...styleTargets(reader.text.slice(end, close)));
  const behind = skipSpace(reader, close + 2 + name.length);
  return { name, targets, active, end: reader.unit(behind) === 62 ? behind + 1 : behind };
}

/** Where the name of a tag ends; -1 where the `<` at `start` begins none. */
function nameEnd(reader: Reader, start: number): number {
  let at = start + 1;
  if (!isLetter(reader.unit(at))) return -1;
  while (at - start <= nameUnitsMax && isNameUnit(reader.unit(at))) at++;
  const unit = reader.unit(at);
  return unit < 0 || isSpace(unit) || unit === 47 || unit === 62 ? at : -1;
}

/** No tag that does anything has a longer name. */
const nameUnitsMax = 64;

const isNameUnit = (unit: number): boolean =>
  isLetter(unit) || isDigit(unit) || unit === 45 || unit === 58 || unit === 95;

function attributesFrom(
  reader: Reader,
  from: number,
): { readonly attributes: readonly Attribute[]; readonly end: number } {
  const attributes: Attribute[] = [];
  let at = from;
  for (;;) {
    const unit = reader.unit(at);
    if (unit === 62) return { attributes, end: at + 1 };
    // Another tag begins: it is looked at by itself, and has all that follows.
    if (unit < 0 || (unit === 60 && nameEnd(reader, at) > 0)) return { attributes, end: at };
    if (isSpace(unit) || unit === 47) {
      at++;
      continue;
    }
    const nameFrom = at;
    do at++;
    while (isAttributeUnit(reader.unit(at)));
    const name = reader.text.slice(nameFrom, at).toLowerCase();
    const equals = skipSpace(reader, at);
    if (reader.unit(equals) !== 61) {
      attributes.push({ name, value: "" });
      continue;
    }
    const [valueFrom, valueTo, after] = valueFromAt(reader, skipSpace(reader, equals + 1));
    attributes.push({ name, value: reader.text.slice(valueFrom, valueTo) });
    at = after;
  }
}

function isAttributeUnit(unit: number): boolean {
  return unit >= 0 && !isSpace(unit) && unit !== 47 && unit !== 62 && unit !== 61 && unit !== 60;
}

function skipSpace(reader: Reader, from: number): number {
  let at = from;
  while (isSpace(reader.unit(at))) at++;
  return at;
}

/** Where a value begins and ends, and where reading goes on. */
function valueFromAt(reader: Reader, from: number): readonly [number, number, number] {
  const quote = reader.unit(from);
  let at = from;
  if (quote === 34 || quote === 39) {
    let unit: number;
    do unit = reader.unit(++at);
    while (unit >= 0 && unit !== quote);
    return [from + 1, at, unit < 0 ? at : at + 1];
  }
  for (let unit = quote; unit >= 0 && !isSpace(unit) && unit !== 62; ) {
    if (unit === 60 && nameEnd(reader, at) > 0) break;
    unit = reader.unit(++at);
  }
  return [from, at, at];
}

function targetsOf(tag: string, { name, value }: Attribute): readonly string[] {
  if (targetNames.has(name)) return [value];
  if (name === "ping") return value.split(/\s+/);
  if (listNames.has(name)) return value.split(",").flatMap((entry) => entry.trim().split(/\s+/)[0] ?? []);
  if (name === "style") return styleTargets(value);
  if (tag === "meta" && name === "content") {
    const refresh = /^[\s\d.]*[;,]?\s*url\s*=\s*['"]?([^'"]*)/i.exec(value);
    return refresh === null ? [] : [refresh[1] as string];
  }
  return [];
}

function styleTargets(style: string): readonly string[] {
  const targets = Array.from(style.matchAll(/url\(\s*['"]?([^'")]*)/gi), (match) => match[1] as string);
  const imports = Array.from(style.matchAll(/@import\s*['"]([^'"]*)/gi), (match) => match[1] as string);
  return [...targets, ...imports];
}
