/**
 * Reads a text from one offset to the right, and notices when an answer hangs on text that has not come.
 * Invariant: a text that goes on gives the same answer where its end was not touched. What was looked for is remembered, so
 * that many starts before one mark cost one walk.
 */

/** The most that is read from the beginning of a way out, and so the longest span, in UTF-16 code units. */
export const targetUnitsMax = 4_096;

/** Marks that are looked for, the first unit of each telling where it stands. At most `markUnitsMax` long. */
const marks = {
  /** A URL has no white space, controls, angle brackets, double quotes or backticks. */
  urlEnd: '[\\s\\0-\\x20<>"`\\x7f-\\xa0]',
  space: "\\s",
  linkTarget: "\\]\\(",
  "/script": "</script[\\s/>]",
  "/style": "</style[\\s/>]",
  "/iframe": "</iframe[\\s/>]",
  "/object": "</object[\\s/>]",
} as const;
export type Mark = keyof typeof marks;
const markUnitsMax = 9;

export class Reader {
  readonly text: string;
  /** Something was asked about the end of the text. */
  touched = false;
  /** Nothing is read from here on. */
  stop = 0;
  readonly #known = new Map<Mark, { readonly expression: RegExp; from: number; at: number }>();

  constructor(text: string) {
    this.text = text;
  }

  /** From now on, reading is about what begins at `start`. */
  begin(start: number): void {
    this.touched = false;
    const stop = start + targetUnitsMax;
    // A span never ends within a pair of surrogates.
    this.stop = (this.text.charCodeAt(stop - 1) & 0xfc00) === 0xd800 ? stop - 1 : stop;
  }

  /** The code unit at `at`; -1 behind the end of the text, or of what is read. */
  unit(at: number): number {
    if (at >= this.stop) return -1;
    if (at < this.text.length) return this.text.charCodeAt(at);
    this.touched = true;
    return -1;
  }

  /** Whether the lower-case ASCII `word` stands at `at`, in any letter case. */
  has(word: string, at: number): boolean {
    for (let n = 0; n < word.length; n++) {
      const unit = this.unit(at + n);
      if ((unit >= 65 && unit <= 90 ? unit | 32 : unit) !== word.charCodeAt(n)) return false;
    }
    return true;
  }

  /** Where a mark of one unit next stands: there, at `stop` or at the end of the text. */
  end(mark: "urlEnd" | "space", from: number): number {
    const at = this.#next(mark, from);
    if (at >= this.stop) return this.stop;
    if (at === this.text.length) this.touched = true;
    return at;
  }

  /** Where a mark next stands; -1 where it does not, before `stop`. */
  find(mark: Mark, from: number): number {
    const at = this.#next(mark, from);
    if (at < this.text.length && at + markUnitsMax <= this.stop) return at;
    if (at >= this.text.length && this.text.length < this.stop) this.touched = true;
    return -1;
  }

  #next(mark: Mark, from: number): number {
    let known = this.#known.get(mark);
    if (known === undefined) {
      known = { expression: new RegExp(marks[mark], "gi"), from: 0, at: -1 };
      this.#known.set(mark, known);
    }
    if (from < known.from || from > known.at) {
      known.expression.lastIndex = from;
      known.from = from;
      known.at = known.expression.exec(this.text)?.index ?? this.text.length;
    }
    return known.at;
  }
}

export const isSpace = (unit: number): boolean => unit === 32 || (unit >= 9 && unit <= 13);
export const isLetter = (unit: number): boolean => (unit | 32) >= 97 && (unit | 32) <= 122;
export const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
export const isSlash = (unit: number): boolean => unit === 47 || unit === 92;
/** What a URL may begin with behind its scheme. */
export const isUrlUnit = (unit: number): boolean =>
  unit > 32 && unit !== 34 && unit !== 60 && unit !== 62 && unit !== 96 && (unit < 127 || unit > 160);
