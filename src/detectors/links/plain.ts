/**
 * Ways out that stand in plain text: `scheme://...`, `www....`, `//host/...`, `mailto:`, `tel:`, `data:`. Each scanner
 * looks at one start; `null` where nothing begins there.
 */
import type { LinkKind } from "../../domain/policy.ts";
import { phoneSchemes } from "./allow-list.ts";
import { isDigit, isLetter, isSlash, isUrlUnit, type Reader } from "./reader.ts";

export type PlainTarget = { readonly kind: LinkKind; readonly end: number };

/** Schemes longer than this are nobody's, in UTF-16 code units. */
const schemeUnitsMax = 32;

/** What may stand in a scheme; a scheme begins with a letter that none of these is before. */
export const isSchemeUnit = (unit: number): boolean =>
  isLetter(unit) || isDigit(unit) || unit === 43 || unit === 45 || unit === 46;

const slashless: ReadonlySet<string> = new Set(["javascript", "vbscript", "view-source"]);
const oneSlash: ReadonlySet<string> = new Set(["http", "https", "ws", "wss", "ftp", "file"]);

/** A scheme of two letters or more, and what follows it. `start` is on a letter. */
export function schemeAt(reader: Reader, start: number): PlainTarget | null {
  let at = start + 1;
  while (at - start < schemeUnitsMax && isSchemeUnit(reader.unit(at))) at++;
  if (reader.unit(at) !== 58 || at === start + 1) return null;
  const scheme = reader.text.slice(start, at).toLowerCase();
  return followed(reader, scheme, at + 1);
}

/** `http` and `https` are found inside of other words too: some programs make them links there. */
export function webSchemeAt(reader: Reader, start: number): PlainTarget | null {
  if (!reader.has("http", start)) return null;
  const at = reader.has("s", start + 4) ? start + 5 : start + 4;
  return reader.unit(at) === 58 ? followed(reader, "https", at + 1) : null;
}

function followed(reader: Reader, scheme: string, after: number): PlainTarget | null {
  const first = reader.unit(after);
  if (scheme === "mailto") return isUrlUnit(first) ? target(reader, "email-target", after) : null;
  if (phoneSchemes.has(scheme)) {
    const starts = isDigit(first) || isSlash(first) || first === 43 || first === 40 || first === 37;
    return starts ? target(reader, "phone-target", after) : null;
  }
  if (scheme === "data") return isData(reader, after) ? target(reader, "data-url", after) : null;
  if (slashless.has(scheme)) return isUrlUnit(first) ? target(reader, "url", after) : null;
  if (!isSlash(first)) return null;
  let at = after + 1;
  if (!isSlash(reader.unit(at)) && !oneSlash.has(scheme)) return null;
  while (isSlash(reader.unit(at))) at++;
  return isUrlUnit(reader.unit(at)) ? target(reader, "url", at) : null;
}

/** `text/html,`, `;base64,`: a type or a parameter, up to a comma. */
function isData(reader: Reader, after: number): boolean {
  let marked = false;
  for (let at = after; at - after < 256; at++) {
    const unit = reader.unit(at);
    if (unit === 44) return marked;
    if (unit === 47 || unit === 59) marked = true;
    else if (!isSchemeUnit(unit) && unit !== 61 && unit !== 95) return false;
  }
  return false;
}

/** `www.` and a host. The unit before is none of a host, a path or an address. */
export function wwwAt(reader: Reader, start: number): PlainTarget | null {
  if (!reader.has("www.", start)) return null;
  const first = reader.unit(start + 4);
  return isLetter(first) || isDigit(first) || first > 160 ? target(reader, "url", start + 4) : null;
}

/**
 * `//host.example/` or `\\host.example\`: a host with a dot, and behind it what goes on with a path or ends a quotation, so that
 * comments of code are none. The unit before is no slash, colon, letter or digit.
 */
export function hostAt(reader: Reader, start: number): PlainTarget | null {
  const slash = reader.unit(start);
  if (reader.unit(start + 1) !== slash) return null;
  let at = start + 2;
  let dot = -1;
  for (; at - start < 256; at++) {
    const unit = reader.unit(at);
    if (unit === 46) dot = at;
    else if (!isLetter(unit) && !isDigit(unit) && unit !== 45 && unit <= 160) break;
  }
  if (dot < start + 3 || dot === at - 1 || !isLetter(reader.unit(dot + 1))) return null;
  const next = reader.unit(at);
  return isSlash(next) || next === 63 || next === 35 || next === 34 || next === 39 ? target(reader, "url", at) : null;
}

function target(reader: Reader, kind: LinkKind, from: number): PlainTarget {
  const end = reader.end("urlEnd", from);
  return { kind, end: end === reader.stop ? end : trimmed(reader.text, from, end) };
}

const closing = ")]}";
const opening = "([{";

/** Without what ends a sentence or closes a bracket that was opened before. At least one unit is left. */
function trimmed(text: string, from: number, end: number): number {
  for (let last = end; last > from + 1; last--) {
    const unit = text.charAt(last - 1);
    const bracket = closing.indexOf(unit);
    if (bracket < 0 ? !".,;:!?'*_~|".includes(unit) : isOpened(text.slice(from, last), unit, opening.charAt(bracket))) {
      return last;
    }
  }
  return Math.min(end, from + 1);
}

function isOpened(text: string, close: string, open: string): boolean {
  return text.split(open).length >= text.split(close).length;
}
