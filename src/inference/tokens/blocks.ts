/**
 * Cuts a long text where a tokenizer may be asked about its parts alone: before white space if there is any, and never within
 * a surrogate pair or before a mark. All parts together are the text. So no text is too long to tokenise, and none takes a
 * thread for long. A word that is longer than anyone's may be cut: its tokens at that place are others than in the whole.
 */

/** In UTF-16 code units. A block of prose takes about a millisecond. */
export const blockUnits = 4_096;
/** How far back a good place is looked for, and then one that is at least between two characters. */
const lookBackUnits = 512;
const marksMax = 64;

export type Block = { readonly start: number; readonly end: number };

export function* blocksOf(text: string): Generator<Block> {
  for (let start = 0; start < text.length; ) {
    const end = endOfBlock(text, start);
    yield { start, end };
    start = end;
  }
}

function endOfBlock(text: string, start: number): number {
  const most = start + blockUnits;
  if (most >= text.length) return text.length;
  for (let at = most; at > most - lookBackUnits; at -= 1) {
    if (isSpace(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at - 1))) return at;
  }
  for (let at = most; at > most - marksMax; at -= 1) if (!isWithin(text, at)) return at;
  return isPair(text, most) ? most - 1 : most;
}

/** Whether what stands at `at` belongs to the character before it. */
function isWithin(text: string, at: number): boolean {
  if (isPair(text, at)) return true;
  const [next = ""] = text.slice(at, at + 2);
  return /^[\p{M}\u200d\p{EMod}]/u.test(next) || text.charCodeAt(at - 1) === 0x200d;
}

const isPair = (text: string, at: number): boolean => isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));
const isSpace = (unit: number): boolean =>
  unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0x3000;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
