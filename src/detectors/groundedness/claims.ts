/**
 * Cuts a reply into units: sentences, lines, list items, rows of tables, blocks of code. Where a unit ends depends on the text
 * from its beginning alone, so that a reply is cut the same however it arrives.
 */

/** In UTF-16 code units. A longer sentence is cut at a blank before. */
export const claimUnitsMax = 600;
/** A longer block of code goes on as text of its own, line by line. */
export const codeUnitsMax = 4_096;
/** What may have to stand behind a full stop before it is one. */
const behindStop = 4;
/** In UTF-16 code units; a longer one, whose first ones are blanks, is one that begins with so many. */
const blanksMax = claimUnitsMax;
/** What a unit's end may depend on behind it. */
export const unitReach = blanksMax + codeUnitsMax + behindStop;

export type UnitEnd = { readonly end: number; readonly kind: "prose" | "code" };

/**
 * Where the first unit begins that is not decided by the text so far. Spaces before it are nobody's: a token that ends with one
 * need not wait for the next.
 */
export function settledUnits(text: string, from: number): number {
  let settled = from;
  for (let next = unitEnd(text, from, false); next !== null; next = unitEnd(text, settled, false)) settled = next.end;
  while (text.charCodeAt(settled) === space) settled += 1;
  return settled;
}

/**
 * The unit that begins at `from`; `null`: not decided by the text so far. `isEnded`: nothing follows. Its bounds count from its
 * first character that is no blank.
 */
export function unitEnd(text: string, from: number, isEnded: boolean): UnitEnd | null {
  const begin = lineContent(text, from);
  if (begin === -1) return isEnded ? { end: text.length, kind: "prose" } : null;
  const fence = fenceAt(text, begin, isEnded);
  if (fence === "open") return null;
  if (fence !== null) return codeEnd(text, begin, fence, isEnded);
  const most = begin + claimUnitsMax;
  for (let at = begin; at < Math.min(text.length, most); at += 1) {
    const code = text.charCodeAt(at);
    if (code === lineFeed) {
      const end = lineBreakEnd(text, at, isEnded);
      if (end === "open") return null;
      if (end !== null) return { end, kind: "prose" };
    } else if (fullWidthStops.has(code)) return { end: at + 1, kind: "prose" };
    else if (stops.has(code)) {
      const end = sentenceEnd(text, begin, at, isEnded);
      if (end === "open") return null;
      if (end !== -1) return { end, kind: "prose" };
    }
  }
  if (text.length < most) return isEnded ? { end: text.length, kind: "prose" } : null;
  return { end: blankBefore(text, begin, most), kind: "prose" };
}

const lineFeed = 0x0a;
const space = 0x20;
const codesOf = (characters: string): ReadonlySet<number> =>
  new Set(Array.from(characters, (each) => each.charCodeAt(0)));
const stops = codesOf(".!?\u2026;\u0964\u061f\u06d4");
const fullWidthStops = codesOf("\u3002\uff01\uff1f\uff0e\uff1b");
const closers = codesOf("\"')]}\u2019\u201d\u00bb*_");

const isBlank = (code: number): boolean =>
  code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0x3000;

/** The first character that is no blank; -1: there is none yet. */
function lineContent(text: string, from: number): number {
  for (let at = from; at < text.length && at < from + blanksMax; at += 1) if (!isBlank(text.charCodeAt(at))) return at;
  return text.length < from + blanksMax ? -1 : from;
}

type Fence = "```" | "~~~";

/** Three backquotes or tildes at the beginning of a line; `open`: they may be still to come. */
function fenceAt(text: string, begin: number, isEnded: boolean): Fence | "open" | null {
  const mark = text.charAt(begin);
  if (mark !== "`" && mark !== "~") return null;
  const three: Fence = mark === "`" ? "```" : "~~~";
  const there = text.slice(begin, begin + 3);
  if (there === three) return three;
  return there.length < 3 && !isEnded && three.startsWith(there) ? "open" : null;
}

function codeEnd(text: string, begin: number, fence: string, isEnded: boolean): UnitEnd | null {
  const close = text.indexOf(`\n${fence}`, begin + 3);
  const most = begin + codeUnitsMax;
  if (close !== -1 && close + 4 <= most) return { end: close + 4, kind: "code" };
  if (text.length >= most) return { end: lineBefore(text, begin, most), kind: "code" };
  return isEnded ? { end: text.length, kind: "code" } : null;
}

function lineBefore(text: string, from: number, most: number): number {
  const at = text.lastIndexOf("\n", most - 1);
  return at > from ? at + 1 : whole(text, most);
}

function blankBefore(text: string, from: number, most: number): number {
  for (let at = most - 1; at > from + claimUnitsMax / 2; at -= 1) if (isBlank(text.charCodeAt(at))) return at + 1;
  return whole(text, most);
}
/** Not within a character. */
const whole = (text: string, at: number): number => ((text.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at);

/** A line break ends a unit but where a sentence goes on in lower case on the next line. `null`: it goes on. */
function lineBreakEnd(text: string, at: number, isEnded: boolean): number | "open" | null {
  let next = at + 1;
  while (next < text.length && next < at + 8 && (text.charAt(next) === " " || text.charAt(next) === "\r")) next += 1;
  if (next >= text.length) return isEnded ? at + 1 : "open";
  const before = text.charAt(at - 1) === "\r" ? text.charAt(at - 2) : text.charAt(at - 1);
  const goesOn = /[\p{Ll}(]/u.test(text.charAt(next)) && /[\p{L}\p{N},]/u.test(before);
  return goesOn ? null : at + 1;
}

/** The end of the sentence that this mark may end; -1: it ends none; `open`: what follows may decide. */
function sentenceEnd(text: string, begin: number, at: number, isEnded: boolean): number | "open" {
  let end = at + 1;
  while (end < text.length && end <= at + 2 && (closers.has(text.charCodeAt(end)) || stops.has(text.charCodeAt(end))))
    end += 1;
  if (end >= text.length && !isEnded) return "open";
  if (end < text.length && !isBlank(text.charCodeAt(end))) return -1;
  if (text.charAt(at) !== ".") return end;
  const { start, word } = wordBefore(text, begin, at);
  // A claim waits for as little as it can: most words are none that what follows tells apart.
  if (!isEnded && at + behindStop >= text.length && asksWhatFollows(word)) return "open";
  return isAbbreviated(text, begin, at, start) ? -1 : end;
}

function wordBefore(text: string, begin: number, at: number): { readonly start: number; readonly word: string } {
  let start = at;
  while (start > begin && at - start < 12 && /[\p{L}\p{N}.]/u.test(text.charAt(start - 1))) start -= 1;
  return { start, word: text.slice(start, at) };
}

/** The words of which `isAbbreviated` reads what stands behind them. */
const asksWhatFollows = (word: string): boolean => /^(?:nos?|\d{1,3}|(?:\p{L}\.)+\p{L})$/iu.test(word);

/** `Dr.`, `e.g.`, `J.`, `1.` at the beginning of a line. */
function isAbbreviated(text: string, begin: number, at: number, start: number): boolean {
  const word = text.slice(start, at);
  if (/^\p{Lu}$/u.test(word)) return true;
  if (/^nos?$/i.test(word)) return /^\s*\d/.test(text.slice(at + 1, at + 4));
  if (/^\d{1,3}$/.test(word)) return start === begin || isMonthNext(text, at);
  if (/^(?:\p{L}\.)+\p{L}$/u.test(word))
    return !/^\s+\p{Lu}\p{Ll}{2}/u.test(text.slice(at + 1, at + 5)) || word.length <= 3;
  return abbreviations.has(word.toLowerCase());
}
/** "3. Mai": a lower or upper case letter follows; nobody can tell, so numbers end no sentence before a capital of a month. */
const isMonthNext = (text: string, at: number): boolean => /^ [JFMASOND]\p{L}/u.test(text.slice(at + 1, at + 4));

const abbreviations: ReadonlySet<string> = new Set(
  "mr mrs ms dr prof st sr jr gen col lt sgt capt rev hon gov sen rep pres vs etc inc ltd co corp vol fig figs eq al approx ca cf e.g i.e jan feb mar apr jun jul aug sep sept oct nov dec mt ft ave dept est z.b bzw usw ggf d.h nr str hr fr bspw inkl mio mrd m mme mlle p pp ex sra srta ud uds pag av art cap c.a sig dott ing avv n".split(
    " ",
  ),
);
