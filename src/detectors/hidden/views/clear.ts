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
    const first = this.#layers[0] as EscapeLayer;
    let at = 0;
    while (at < added.length) {
      const unit = added.charCodeAt(at);
      const bits = this.#isIdle() ? (unitClass[unit] as number) & changeBits : escapeBit;
      if (bits === 0) {
        const from = at;
        while (at < added.length && ((unitClass[added.charCodeAt(at)] as number) & changeBits) === 0) at += 1;
        this.#joiner.plain(added, from, at, text + from);
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
  for (let at = from; at < text.length; at++) {
    const bits = unitClass[text.charCodeAt(at)] as number;
    if ((bits & (changeBits | separatorBit)) === 0) continue;
    if ((bits & foldBit) !== 0 && isFolded(text, at)) return at;
    if ((bits & escapeBit) !== 0 && readEscape(text, at, false) !== "none") return at;
    if ((bits & separatorBit) !== 0 && mayJoin(text, at)) return at;
  }
  return -1;
}

function isFolded(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit >= 0xdc00 || at + 1 === text.length) return true;
  return plainOf.has(text.codePointAt(at) as number);
}

/** Whether the separator at `at` may be the first of a word that is to be joined. */
function mayJoin(text: string, at: number): boolean {
  if (at === 0 || !has(text, at - 1, letterBit)) return false;
  if (at > 1 && !has(text, at - 2, openerBit)) return false;
  const separator = text.charCodeAt(at);
  let letters = 1;
  for (let next = at + 1; next < text.length; next += 2) {
    // Where something else changes, what it becomes is not known here.
    if (has(text, next, changeBits)) return true;
    if (!has(text, next, letterBit)) return false;
    letters += 1;
    if (next + 1 === text.length || has(text, next + 1, changeBits)) return true;
    if (has(text, next + 1, alphanumericBit)) return false;
    if (letters >= joinedLettersMin) return true;
    if (text.charCodeAt(next + 1) !== separator) return false;
  }
  return true;
}

const has = (text: string, at: number, bits: number): boolean =>
  ((unitClass[text.charCodeAt(at)] as number) & bits) !== 0;
