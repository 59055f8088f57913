/**
 * Which label words stand shortly before a place: "passport no. ", `"dob": "`, `taxId=`. Owns the words' trie and what
 * counts as a word; knows nothing of numbers.
 *
 * Invariant: the answer depends on the `leftContext` units before the place alone.
 *
 * A word of up to five letters stands alone; one of six or more may go on (`passports`, `passportNumber`), one of eight or more
 * may also be the end of another (`Kinderreisepass`). Case and accents do not count; where a word list has a blank, the text
 * may have none, or blanks, line ends and joints. Scripts without blanks have no word edges.
 */

/** How far to the left a word may begin, in UTF-16 code units. */
export const wordReachUnits = 64;
/** A placeholder that begins before the reach must still be seen whole. */
const longestPlaceholderUnits = 40;
export const leftContext = wordReachUnits + longestPlaceholderUnits;

const none = 255;

export type WordReader = {
  /**
   * For each list the distance in code units from the end of its nearest word to `at`, or 255 where none stands there; null
   * where no word of any list does. The array is used again by the next call.
   */
  distances(text: string, at: number): Uint8Array | null;
};

type Ending = { readonly lists: number[]; readonly length: number };

const gap = 1;
const root = 0;

/** At most 255 units apart is all that is told. Words are in lower case and without accents. */
export function createWordReader(lists: readonly (readonly string[])[]): WordReader {
  const folded = foldTable();
  const edges = new Map<number, number>();
  const endings = new Map<number, Ending>();
  /** By code unit as it stands in the text: whether a word begins with it. */
  const firsts = new Uint8Array(65_536);
  let nodes = 1;
  const add = (word: string, list: number): void => {
    let node = root;
    for (const letter of word) {
      const key = node * 65_536 + (letter === " " ? gap : letter.charCodeAt(0));
      let next = edges.get(key);
      if (next === undefined) edges.set(key, (next = nodes++));
      node = next;
    }
    const ending = endings.get(node) ?? { lists: [], length: word.length };
    if (!ending.lists.includes(list)) ending.lists.push(list);
    endings.set(node, ending);
  };
  for (const [list, words] of lists.entries()) {
    for (const word of words) {
      add(word, list);
      // Initials stand with dots: without them they are other words.
      if (/[^ ]{2}/.test(word) && word.includes(" ")) add(word.replaceAll(" ", ""), list);
    }
  }
  const begun = new Set(lists.flat().map((word) => word.charCodeAt(0)));
  for (let unit = 0; unit < firsts.length; unit++) firsts[unit] = Number(begun.has(folded[unit] as number));
  const found = new Uint8Array(lists.length);
  let any = false;

  /** The words that begin at `from`. */
  const read = (text: string, from: number, at: number): void => {
    const inside = isInside(text, from);
    let node: number | undefined = root;
    for (let end = from; end < at && node !== undefined; ) {
      const unit = text.charCodeAt(end);
      end++;
      if (isAccent(unit)) continue;
      node = edges.get(node * 65_536 + (isGap(unit) ? gap : (folded[unit] as number)));
      if (node === undefined) return;
      if (isGap(unit)) while (end < at && isGap(text.charCodeAt(end))) end++;
      const ending = endings.get(node);
      if (ending === undefined || !standsFree(text, end, ending.length, inside)) continue;
      any = true;
      for (const list of ending.lists) found[list] = Math.min(found[list] as number, at - end);
    }
  };

  const readFrom = (text: string, first: number, at: number): void => {
    found.fill(none);
    any = false;
    for (let from = first; from < at; from++) if (firsts[text.charCodeAt(from)] === 1) read(text, from, at);
  };

  return {
    distances(text, at) {
      const first = Math.max(at - wordReachUnits, 0);
      readFrom(text, first, at);
      if (!any) return null;
      const behind = afterPlaceholder(text, at);
      if (behind > first) readFrom(text, behind, at);
      return any ? found : null;
    },
  };
}

/** Latin, Greek and Cyrillic letters: scripts that put blanks between words. */
function isLetter(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 0xc0 && unit <= 0x52f && unit !== 0xd7 && unit !== 0xf7) ||
    (unit >= 0x1e00 && unit <= 0x1eff)
  );
}
const isCapital = (unit: number): boolean => unit >= 65 && unit <= 90;
const isSmall = (unit: number): boolean => unit >= 97 && unit <= 122;
const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

/** Blanks, line ends, and what joins the words of a name. */
function isGap(unit: number): boolean {
  return (
    unit <= 0x20 || unit === 0x5f || unit === 0x2d || unit === 0x2e || unit === 0x27 || unit === 0x2019 || unit === 0xa0
  );
}

/** Whether the unit before goes on into this one: not at `passport_|n`, nor at `passport|N`. */
function isInside(text: string, at: number): boolean {
  if (at === 0 || at >= text.length) return false;
  const before = text.charCodeAt(at - 1);
  const unit = text.charCodeAt(at);
  return (
    (isLetter(before) || isDigit(before) || isAccent(before)) && isLetter(unit) && !(isSmall(before) && isCapital(unit))
  );
}

function standsFree(text: string, end: number, length: number, begunInside: boolean): boolean {
  if (begunInside && length < 8) return false;
  if (length > 5) return true;
  return (
    !isInside(text, end) && !(end < text.length && isLetter(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(end)))
  );
}

/** Letters that no accent tells from the letter that stands for them. */
const baseLetters: Readonly<Record<string, string>> = {
  "\u00f8": "o",
  "\u0111": "d",
  "\u0142": "l",
  "\u0131": "i",
  "\u00df": "s",
  "\u0127": "h",
};

/** By code unit: lower case without accents for Latin, lower case for Greek and Cyrillic, all else as it is. */
function foldTable(): Uint16Array {
  const table = Uint16Array.from({ length: 65_536 }, (_, unit) => unit);
  for (const [from, to] of [
    [0x41, 0x5a],
    [0xc0, 0x24f],
    [0x370, 0x52f],
    [0x1e00, 0x1eff],
  ] as const) {
    for (let unit = from; unit <= to; unit++) {
      const lower = String.fromCharCode(unit).toLowerCase().charAt(0);
      const base = unit < 0x370 || unit > 0x52f ? lower.normalize("NFD").charAt(0) : lower;
      table[unit] = (baseLetters[base] ?? base).charCodeAt(0);
    }
  }
  return table;
}

/** Accents that stand behind their letters. */
const isAccent = (unit: number): boolean => unit >= 0x300 && unit <= 0x36f;

/**
 * A label belongs to what stands next to it: what stands before the last placeholder before `at` no longer counts. So masking
 * brings nothing new near to a word.
 */
function afterPlaceholder(text: string, at: number): number {
  for (let close = at - 1; close >= at - leftContext && close > 0; close--) {
    if (text.charCodeAt(close) !== 0x5d) continue;
    let open = close - 1;
    while (open >= 0 && close - open < longestPlaceholderUnits && isOfPlaceholder(text.charCodeAt(open))) open--;
    if (open >= 0 && close - open > 2 && text.charCodeAt(open) === 0x5b) return close + 1;
  }
  return 0;
}

const isOfPlaceholder = (unit: number): boolean => isCapital(unit) || isDigit(unit) || unit === 0x2d;
