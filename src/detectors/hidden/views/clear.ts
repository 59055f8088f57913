/**
 * The clear view: a text as a careful reader would take it. Escapes are decoded, up to three deep; invisible characters
 * are taken out; look-alikes and odd spaces are plain; words written letter by letter are joined.
 *
 * Invariant: what it gives out, joined, depends neither on how the text was cut nor, from its first change on, on where
 * before that the view was opened, provided it is `clearContext` before or the text's beginning.
 */
import type { UnknownCause } from "../../../domain/detector.ts";
import type { Span } from "../../../domain/segment.ts";
import type { TextView, ViewSource } from "../../../domain/view.ts";
import { plainOf } from "../characters/folds.ts";
import { EscapeLayer } from "./escape-layer.ts";
import { readEscape } from "./escapes.ts";
import { Folder } from "./folder.ts";
import { joinedLettersMin, Joiner, type PlainSink } from "./joiner.ts";
import { OffsetMap } from "./offset-map.ts";
import {
  alphanumericBit,
  changeBits,
  escapeBit,
  foldBit,
  letterBit,
  openerBit,
  separatorBit,
  unitClass,
  unitsOf,
} from "./units.ts";

/** How often what was decoded is decoded again. What is escaped deeper is told as unknown. */
export const escapeDepthMax = 3;

/** What a view must see of the text before its first change to read it rightly, in UTF-16 code units. */
export const clearContext = 64;

export class ClearView implements TextView {
  readonly #out: Output;
  readonly #joiner: Joiner;
  readonly #folder: Folder;
  readonly #layers: readonly EscapeLayer[];
  #textEnd: number;
  #tooDeep = false;
  #told = false;

  constructor(base: number) {
    this.#textEnd = base;
    this.#out = new Output(base);
    this.#joiner = new Joiner(this.#out, base === 0);
    this.#folder = new Folder(this.#joiner);
    const layers: EscapeLayer[] = [
      new EscapeLayer(this.#folder, () => {
        this.#tooDeep = true;
      }),
    ];
    for (let depth = 0; depth < escapeDepthMax; depth++) layers.unshift(new EscapeLayer(layers[0] as EscapeLayer));
    this.#layers = layers;
  }

  /** Where the view ends by now. */
  get viewEnd(): number {
    return this.#out.map.viewEnd;
  }

  append(added: string): string {
    const text = this.#textEnd;
    const units = unitsOf(added);
    const first = this.#layers[0] as EscapeLayer;
    let at = 0;
    while (at < units.length) {
      const unit = units[at] as number;
      const bits = this.#isIdle() ? (unitClass[unit] as number) & changeBits : escapeBit;
      if (bits === 0) {
        const from = at;
        while (at < units.length && ((unitClass[units[at] as number] as number) & changeBits) === 0) at += 1;
        this.#joiner.plain(added, units, from, at, text + from);
      } else {
        if (bits === foldBit) this.#folder.unit(unit, text + at, text + at + 1);
        else first.unit(unit, text + at, text + at + 1);
        at += 1;
      }
    }
    this.#textEnd += added.length;
    return this.#out.take();
  }

  end(): string {
    this.#layers[0]?.end();
    return this.#out.take();
  }

  rawSpan(view: Span): Span {
    if (view.end <= view.start) {
      const start = this.rawSettled(view.start);
      return { start, end: start };
    }
    return this.#out.map.textSpan(view);
  }

  rawSettled(viewOffset: number): number {
    if (viewOffset < this.#out.map.viewEnd) return this.#out.map.textStart(viewOffset);
    // What came first is furthest along.
    for (const { pending } of [this.#joiner, this.#folder, ...this.#layers.toReversed()]) {
      if (pending >= 0) return pending;
    }
    return this.#textEnd;
  }

  forget(viewOffset: number): void {
    this.#out.map.forget(viewOffset);
  }

  takeUnknown(): UnknownCause | null {
    if (!this.#tooDeep || this.#told) return null;
    this.#told = true;
    return "too-long";
  }

  #isIdle(): boolean {
    if (this.#folder.pending >= 0) return false;
    for (const layer of this.#layers) if (layer.pending >= 0) return false;
    return true;
  }
}

class Output implements PlainSink {
  readonly map: OffsetMap;
  #text = "";

  constructor(base: number) {
    this.map = new OffsetMap(base);
  }

  plain(text: string, from: number, to: number, start: number): void {
    this.#text += text.slice(from, to);
    this.map.add(start, to - from, 1, 1);
  }

  unit(unit: number, start: number, end: number): void {
    this.#text += String.fromCharCode(unit);
    this.map.add(start, 1, 1, end - start);
  }

  end(): void {}

  take(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}

/** A view of a text that stands alone. `unknown`: something in it is escaped too deep. */
export function clearText(text: string): { readonly text: string; readonly unknown: UnknownCause | null } {
  if (firstChange(text, 0) === -1) return { text, unknown: null };
  const view = new ClearView(0);
  const cleared = view.append(text) + view.end();
  return { text: cleared, unknown: view.takeUnknown() };
}

export const clearView: ViewSource = { kind: "clear", firstChange, open: (base) => new ClearView(base) };

/** Looks at text before `from` where it is there: a letter and what opened it. */
function firstChange(text: string, from: number): number {
  // Slices bound the memory, and most changes stand early.
  for (let begin = from; begin < text.length; begin += sliceUnits) {
    const before = Math.max(0, begin - beforeUnits);
    const units = unitsOf(text.slice(before, begin + sliceUnits + afterUnits));
    const isLast = begin + sliceUnits + afterUnits >= text.length;
    const found = changeIn(units, begin - before, isLast ? units.length : begin - before + sliceUnits);
    if (found !== -1) return before + found;
  }
  return -1;
}

/** Units looked through at a time, and what is seen of those before and behind them. */
const sliceUnits = 65_536;
const beforeUnits = 2;
const afterUnits = 64;

/** The first change at `[from, to)`; what stands behind `to` helps to decide. */
function changeIn(units: Uint16Array, from: number, to: number): number {
  const classes = unitClass;
  for (let at = from; at < to; at++) {
    const bits = classes[units[at] as number] as number;
    if ((bits & (changeBits | separatorBit)) === 0) continue;
    if ((bits & separatorBit) !== 0) {
      // A single letter behind what opens a word, or the first unit of all.
      const letter = at > 0 ? (classes[units[at - 1] as number] as number) & letterBit : 0;
      const opener = at > 1 ? (classes[units[at - 2] as number] as number) & openerBit : openerBit;
      if (letter !== 0 && opener !== 0 && mayJoin(units, at)) return at;
    } else if (isChange(units, at, bits)) {
      return at;
    }
  }
  return -1;
}

/** No separator begins an escape or is another character's look-alike. */
function isChange(units: Uint16Array, at: number, bits: number): boolean {
  if ((bits & foldBit) !== 0) return isFolded(units, at);
  return readEscape(units, at, units.length, false) !== "none";
}

function isFolded(units: Uint16Array, at: number): boolean {
  const unit = units[at] as number;
  if (unit < 0xd800 || unit >= 0xdc00 || at + 1 === units.length) return true;
  const low = units[at + 1] as number;
  return low >= 0xdc00 && low < 0xe000 && plainOf.has(0x10000 + ((unit - 0xd800) << 10) + low - 0xdc00);
}

/** Whether the separator at `at`, behind a single letter, may be the first of a word that is to be joined. */
function mayJoin(units: Uint16Array, at: number): boolean {
  const separator = units[at];
  let letters = 1;
  for (let next = at + 1; next < units.length; next += 2) {
    // Where something else changes, what it becomes is not known here.
    if (has(units, next, changeBits)) return true;
    if (!has(units, next, letterBit)) return false;
    letters += 1;
    if (next + 1 === units.length || has(units, next + 1, changeBits)) return true;
    if (has(units, next + 1, alphanumericBit)) return false;
    if (letters >= joinedLettersMin) return true;
    if (units[next + 1] !== separator) return false;
  }
  return true;
}

const has = (units: Uint16Array, at: number, bits: number): boolean =>
  ((unitClass[units[at] as number] as number) & bits) !== 0;
