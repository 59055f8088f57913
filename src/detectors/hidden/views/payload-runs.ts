/**
 * Finds runs of base64 or hexadecimal digits in a text that grows, and gives what those hold that hold text.
 *
 * Invariant: what it gives does not depend on how the text was cut. Keeps at most `runMax` digits. A run is read whole;
 * where that gives no text, each part between its `+ / - _` is read by itself (the end of a path, say).
 */
import { decodeBegun, decodeRun } from "./readable.ts";
import { unitsOf } from "./units.ts";

/** `at`: the offset whose character decided it. All in offsets of the text that is fed. */
export type Payload = { readonly start: number; readonly end: number; readonly at: number; readonly text: string };

/** Digits of the shortest run that is read. */
export const runMin = 16;
/** Digits after which a run that does not begin like text is given up. */
export const probeLength = 128;
/** Digits that are read at once; what is longer is read in pieces of this length. */
export const runMax = 65_536;
/** A run goes on in the next line where the line before holds at least this many digits, four by four. */
const wrappedMin = 40;

const padding = 0x3d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const digitBit = 1;
const splitterBit = 2;
const classes = buildClasses();

/**
 * - `none`: outside of a run.
 * - `whole`, `part`: in a run, in a part of one.
 * - `skip`: in a part that holds no text.
 * - `padding`: after the first `=`.
 * - `wrap`: in the line break of a wrapped run.
 */
type Mode = "none" | "whole" | "part" | "skip" | "padding" | "wrap";

export class PayloadRuns {
  readonly #give: (payload: Payload) => void;
  #mode: Mode = "none";
  /** The mode before `padding` or `wrap`. */
  #inside: "whole" | "part" = "whole";
  #start = 0;
  #end = 0;
  #pieces: string[] = [];
  #digits = 0;
  #lineDigits = 0;
  #probed = false;
  #splitAt = 0;

  constructor(give: (payload: Payload) => void) {
    this.#give = give;
  }

  /** Where what is not decided begins; -1 where all is. */
  get pending(): number {
    return this.#mode === "none" || this.#mode === "skip" ? -1 : this.#start;
  }

  /** `units`: those of `text`. `offset`: of the first of them. */
  feed(text: string, units: Uint16Array, offset: number): void {
    let at = 0;
    while (at < units.length) at = this.#step(text, units, at, offset);
  }

  /** `offset`: where the text ends. */
  end(offset: number): void {
    this.#close(offset);
  }

  /** Reads one unit at least, or changes the mode; gives where to go on. */
  #step(text: string, units: Uint16Array, at: number, offset: number): number {
    const bits = classAt(units, at);
    switch (this.#mode) {
      case "none":
        if ((bits & digitBit) === 0) return skipOthers(units, at);
        return this.#word(units, at, offset);
      case "whole":
      case "part":
        return this.#collect(this.#mode, text, units, at, offset);
      case "skip":
        if ((bits & digitBit) === 0) this.#mode = "none";
        else if ((bits & splitterBit) === 0) return skipDigits(units, at);
        else this.#begin("part", offset + at + 1);
        return at + 1;
      case "padding": {
        const isPadding = units[at] === padding;
        if (isPadding) this.#end = offset + at + 1;
        this.#close(offset + at);
        return isPadding ? at + 1 : at;
      }
      case "wrap":
        return this.#wrapped(units, at, offset, bits);
    }
  }

  /** Most words are over before they are a run. */
  #word(units: Uint16Array, at: number, offset: number): number {
    let end = at + 1;
    while (end < units.length && end - at < runMin && (classAt(units, end) & digitBit) !== 0) end += 1;
    if (end < units.length && end - at < runMin) return end;
    this.#begin("whole", offset + at);
    return at;
  }

  #begin(mode: "whole" | "part", start: number): void {
    this.#mode = mode;
    this.#inside = mode;
    this.#start = start;
    this.#end = start;
    this.#pieces = [];
    this.#digits = 0;
    this.#lineDigits = 0;
    this.#probed = false;
  }

  #collect(mode: "whole" | "part", text: string, units: Uint16Array, at: number, offset: number): number {
    const room = (this.#probed ? runMax : probeLength) - this.#digits;
    const last = Math.min(units.length, at + room);
    let end = at;
    const goesOn = mode === "whole" ? digitBit : digitBit | splitterBit;
    while (end < last && (classAt(units, end) & goesOn) === digitBit) end += 1;
    this.#keep(text, at, end, offset);
    if (this.#digits === probeLength && !this.#probed) return this.#probe(mode, end, offset);
    if (this.#digits === runMax) {
      const line = this.#lineDigits;
      this.#closeWhole(offset + end - 1);
      this.#begin(mode, offset + end);
      this.#probed = true;
      this.#lineDigits = line;
      return end;
    }
    if (end === units.length) return end;
    const unit = units[end];
    if (mode === "part" && (classAt(units, end) & splitterBit) !== 0) {
      this.#closeWhole(offset + end);
      this.#begin("part", offset + end + 1);
      return end + 1;
    }
    if (unit === padding && this.#digits > 0) {
      this.#end = offset + end + 1;
      this.#mode = "padding";
      return end + 1;
    }
    const isBreak = unit === lineFeed || unit === carriageReturn;
    if (isBreak && mode === "whole" && this.#lineDigits >= wrappedMin && this.#lineDigits % 4 === 0) {
      this.#mode = "wrap";
      return end;
    }
    this.#close(offset + end);
    return end;
  }

  #keep(text: string, from: number, to: number, offset: number): void {
    if (to === from) return;
    this.#pieces.push(text.slice(from, to));
    this.#digits += to - from;
    this.#lineDigits += to - from;
    this.#end = offset + to;
  }

  /** The break is one `\n` or `\r\n`, with a digit behind it. */
  #wrapped(units: Uint16Array, at: number, offset: number, bits: number): number {
    const unit = units[at];
    const broken = this.#pieces.at(-1) ?? "";
    const isFirst = broken !== "\r" && broken !== "\n";
    if ((unit === lineFeed && broken !== "\n") || (unit === carriageReturn && isFirst)) {
      this.#pieces.push(unit === lineFeed ? "\n" : "\r");
      return at + 1;
    }
    if (broken === "\n" && (bits & digitBit) !== 0) {
      this.#mode = "whole";
      this.#lineDigits = 0;
      return at;
    }
    this.#close(offset + at);
    return at;
  }

  #probe(mode: "whole" | "part", end: number, offset: number): number {
    this.#probed = true;
    if (decodeRun(this.#pieces.join(""), true) !== null) return end;
    if (mode === "part") this.#mode = "skip";
    else this.#split(offset + end - 1);
    return end;
  }

  /** Ends what is open, at the unit that decides it. */
  #close(at: number): void {
    const isWhole = this.#inside === "whole";
    if (this.pending >= 0 && this.#digits >= runMin && !this.#closeWhole(at) && isWhole) {
      this.#split(at);
      if (this.pending >= 0) this.#closeWhole(at);
    }
    this.#mode = "none";
  }

  /** Gives what the run holds; false where that is nothing. */
  #closeWhole(at: number): boolean {
    if (this.#digits < runMin) return false;
    const run = this.#pieces.join("");
    const text = this.#probed ? decodeBegun(run, probeLength) : decodeRun(run, false);
    if (text === null) return false;
    this.#give({ start: this.#start, end: this.#end, at: Math.max(at, this.#splitAt), text });
    return true;
  }

  /** Reads what is kept once more, part by part; `at` is where that was decided. */
  #split(at: number): void {
    const kept = this.#pieces.join("");
    const start = this.#start;
    this.#splitAt = at;
    this.#begin("part", start);
    this.feed(kept, unitsOf(kept), start);
  }
}

function skipOthers(units: Uint16Array, from: number): number {
  let at = from;
  while (at < units.length && (classAt(units, at) & digitBit) === 0) at += 1;
  return at;
}

function skipDigits(units: Uint16Array, from: number): number {
  let at = from;
  while (at < units.length && classAt(units, at) === digitBit) at += 1;
  return at;
}

function classAt(units: Uint16Array, at: number): number {
  const unit = units[at] as number;
  return unit < 128 ? (classes[unit] as number) : 0;
}

function buildClasses(): Uint8Array {
  const bits = new Uint8Array(128);
  for (let unit = 0; unit < 128; unit++) {
    const character = String.fromCharCode(unit);
    if (/[A-Za-z0-9]/.test(character)) bits[unit] = digitBit;
    else if ("+/-_".includes(character)) bits[unit] = digitBit | splitterBit;
  }
  return bits;
}
