/**
 * Reads a text from left to right and says whether it stands, where it has come to, in a link: inside a word that is
 * one, in a Markdown target or definition, in a CSS `url(...)`, or in the attributes of an HTML tag.
 *
 * Invariant: the answer at an offset depends on nothing more than `scanContext` and one placeholder before it. To keep
 * it so, each reading that is still open is known by where it began; of equal readings the latest is kept, and one
 * that began too far back does not count. A word whose beginning is out of sight counts as a link.
 */
import { isBlank, isDigit, isLetter, LinkMarks } from "./link-marks.ts";

/** How far back a link may begin, in UTF-16 code units. */
export const scanUnits = 4_096;
/** A longer tag does not end the word that it stands in. In UTF-16 code units. */
const tagUnits = 1_024;
/** How much text `step` looks back on, in UTF-16 code units. */
export const stepContext = 16;
/** How far back it is looked in all: a tag and `url` before the earliest beginning. */
export const scanContext = scanUnits + tagUnits + 4;

/** The readings that may be open. Those from `beforeTarget` on stand in a link. */
const readings = {
  lineStart: 0,
  label: 1,
  labelEnd: 2,
  tagName: 3,
  tag: 4,
  beforeTarget: 5,
  target: 6,
  angleTarget: 7,
  beforeDefined: 8,
  defined: 9,
  beforeValue: 10,
  bareValue: 11,
  doubleQuoted: 12,
  singleQuoted: 13,
  tagWithValue: 14,
} as const;
const count = 15;
const code = {
  newline: 0x0a,
  doubleQuote: 0x22,
  singleQuote: 0x27,
  open: 0x28,
  close: 0x29,
  slash: 0x2f,
  colon: 0x3a,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
  bracket: 0x5b,
  backslash: 0x5c,
  unbracket: 0x5d,
} as const;

/** What a placeholder counts as: some part of a word. */
const letter = 0x78;

export class PlaceScan {
  readonly #quotesEndWords: boolean;
  readonly #marks = new LinkMarks();
  /** A bit for each reading that is open, and the latest offset at which such a one began. */
  #open = 0;
  #began = new Int32Array(count);
  #spare = new Int32Array(count);
  /** Where the last word ended. */
  #wordEnd: number;
  #last = 0;

  /** `start`: the first offset to be read. `quotesEndWords`: the text is JSON, where a word ends with its string. */
  constructor(start: number, quotesEndWords: boolean) {
    this.#quotesEndWords = quotesEndWords;
    this.#wordEnd = start - 1;
    this.#begin(readings.lineStart, start);
  }

  /** Whether something that began before `at` goes on there as a link. */
  isInLink(at: number): boolean {
    if (this.#marks.isMarked || at - this.#wordEnd > scanUnits) return true;
    for (let reading: number = readings.beforeTarget; reading < count; reading++) {
      if ((this.#open & (1 << reading)) !== 0 && at - (this.#began[reading] as number) <= scanUnits) return true;
    }
    return false;
  }

  /** A placeholder stands at `at`, whatever comes of it. */
  placeholder(at: number, isLink: boolean, endsHost: boolean): void {
    this.#goOn(letter, at);
    if (isLink) this.#marks.mark();
    this.#marks.skip(endsHost);
    this.#last = letter;
  }

  /** The next unit. `base`: where `text` begins; what the scan looks back on stands in it. */
  step(text: string, index: number, base = 0): void {
    const unit = text.charCodeAt(index);
    const at = base + index;
    const endsWord = this.#endsWord(unit, at);
    this.#goOn(unit, at);
    if (endsWord) {
      this.#wordEnd = at;
      this.#marks.reset();
    } else this.#marks.step(text, index, unit);
    if (unit === code.newline) this.#begin(readings.lineStart, at);
    else if (unit === code.open) this.#opened(text, index, at);
    else if (this.#last === code.less && isLetter(unit)) this.#begin(readings.tagName, at - 1);
    this.#last = unit;
  }

  /** No reader takes a link on over a blank, the beginning of a tag, or the end of one. */
  #endsWord(unit: number, at: number): boolean {
    if (isBlank(unit) || unit === code.less) return true;
    if (unit === code.doubleQuote) return this.#quotesEndWords;
    return unit === code.greater && (this.#isOpen(readings.tagWithValue, at) || this.#isOpen(readings.bareValue, at));
  }

  /** Whether a tag is open in that reading that began not longer ago than `tagUnits`. */
  #isOpen(reading: number, at: number): boolean {
    return (this.#open & (1 << reading)) !== 0 && at - (this.#began[reading] as number) <= tagUnits;
  }

  #opened(text: string, index: number, at: number): void {
    const isMarkdown = this.#last === code.unbracket;
    if (isMarkdown) this.#marks.mark();
    if (isMarkdown || text.slice(Math.max(0, index - 3), index).toLowerCase() === "url")
      this.#begin(readings.beforeTarget, at);
  }

  #begin(reading: number, at: number): void {
    this.#open |= 1 << reading;
    this.#began[reading] = at;
  }

  /** Moves each open reading on. */
  #goOn(unit: number, at: number): void {
    let open = 0;
    for (let bits = this.#open; bits !== 0; bits &= bits - 1) {
      const reading = 31 - Math.clz32(bits & -bits);
      const began = this.#began[reading] as number;
      const to = at - began > scanUnits ? -1 : follow(reading, unit, this.#last);
      if (to < 0) continue;
      const other = (open & (1 << to)) === 0 ? -1 : (this.#spare[to] as number);
      this.#spare[to] = Math.max(other, began);
      open |= 1 << to;
    }
    if (this.#open === 0) return;
    [this.#began, this.#spare] = [this.#spare, this.#began];
    this.#open = open;
  }
}

/** The reading that one goes over to, or -1 where it ends. */
function follow(reading: number, unit: number, last: number): number {
  switch (reading) {
    case readings.lineStart:
      if (unit === code.bracket) return readings.label;
      return opensLine(unit) ? reading : -1;
    case readings.label:
      if (last === code.backslash) return reading;
      if (unit === code.unbracket) return readings.labelEnd;
      return unit === code.bracket ? -1 : reading;
    case readings.labelEnd:
      return unit === code.colon ? readings.beforeDefined : -1;
    case readings.beforeTarget:
      if (isBlank(unit)) return reading;
      if (unit === code.less) return readings.angleTarget;
      return unit === code.close ? -1 : readings.target;
    case readings.target:
      return unit === code.newline || (unit === code.close && last !== code.backslash) ? -1 : reading;
    case readings.angleTarget:
      return unit === code.newline || (unit === code.greater && last !== code.backslash) ? -1 : reading;
    case readings.beforeDefined:
      if (isBlank(unit)) return reading;
      return unit === code.less ? readings.angleTarget : readings.defined;
    case readings.defined:
      return isBlank(unit) ? -1 : reading;
    default:
      return followTag(reading, unit);
  }
}

function followTag(reading: number, unit: number): number {
  switch (reading) {
    case readings.tagName:
      if (isBlank(unit) || unit === code.slash) return readings.tag;
      return isLetter(unit) || isDigit(unit) || unit === 0x2d || unit === code.colon ? reading : -1;
    case readings.beforeValue:
      if (isBlank(unit) || unit === code.backslash) return reading;
      if (unit === code.doubleQuote) return readings.doubleQuoted;
      if (unit === code.singleQuote) return readings.singleQuoted;
      return unit === code.greater ? -1 : readings.bareValue;
    case readings.bareValue:
      if (isBlank(unit)) return readings.tagWithValue;
      return unit === code.greater ? -1 : reading;
    case readings.doubleQuoted:
      return unit === code.doubleQuote ? readings.tagWithValue : reading;
    case readings.singleQuoted:
      return unit === code.singleQuote ? readings.tagWithValue : reading;
    default: // tag, tagWithValue
      if (unit === code.greater) return -1;
      return unit === code.equals ? readings.beforeValue : reading;
  }
}

/** Blanks, and the marks of quotes and lists that a line may begin with. */
function opensLine(unit: number): boolean {
  return (
    unit === 0x20 ||
    unit === 0x09 ||
    unit === code.greater ||
    unit === 0x2a ||
    unit === 0x2b ||
    unit === 0x2d ||
    unit === 0x2e ||
    unit === code.close ||
    isDigit(unit)
  );
}
