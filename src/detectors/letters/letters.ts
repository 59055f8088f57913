/**
 * A text as its bare letters: case, accents, width and typographic forms folded away, everything else passed over. So
 * spacing, punctuation, line ends and invisible characters make no difference.
 *
 * Folds each character by itself, so it can be read from any offset; keeps no text.
 */

import { codePointAt } from "../../stdx/code-points.ts";
import type { Steps } from "../../stdx/paced.ts";

/** Gets a folded letter (a UTF-16 code unit) and where the character stands that it comes from. False stops. */
export type TakeLetter = (letter: number, start: number, end: number) => boolean;

/** What may stand between two letters that are to count as in a row, in UTF-16 code units. */
export const gapUnitsMax = 32;

/** Folded between two breaths, in UTF-16 code units. */
const blockUnits = 2_048;

/** Characters outside ASCII that are remembered folded; a text with more begins anew. */
const rememberedMax = 8_192;

export class Letters {
  /** By ASCII unit: its folded letter, or 0. */
  readonly #ascii = new Uint8Array(128);
  readonly #kept: RegExp;
  /** In ASCII. */
  readonly #passedOver: RegExp;
  readonly #folded = new Map<number, string>();

  /** `digits`: they count as letters. */
  constructor(digits: boolean) {
    this.#kept = digits ? /[\p{L}\p{N}]/gu : /\p{L}/gu;
    this.#passedOver = digits ? /[\0-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+/g : /[\0-\x40\x5b-\x60\x7b-\x7f]+/g;
    for (let unit = 0; unit < 128; unit++) this.#ascii[unit] = this.#fold(unit).charCodeAt(0);
  }

  /** The letters of text[from, to), in order. A pair of surrogates that `to` cuts is none. */
  read(text: string, from: number, to: number, take: TakeLetter): void {
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 128) {
        const letter = this.#ascii[unit] as number;
        if (letter !== 0 && !take(letter, at, at + 1)) return;
        continue;
      }
      const point = codePointAt(text, at) as number;
      const end = point > 0xffff && at + 1 < to ? at + 2 : at + 1;
      const folded = this.#remember(end - at === 2 ? point : unit);
      for (let index = 0; index < folded.length; index++) {
        if (!take(folded.charCodeAt(index), at, end)) return;
      }
      at = end - 1;
    }
  }

  /** All of them joined. */
  join(text: string): string {
    // By V8's own searches: several times faster than letter by letter.
    return text
      .replaceAll(/[^\0-\x7f]+/g, (run) => Array.from(run, (character) => this.#foldOf(character)).join(""))
      .replaceAll(this.#passedOver, "")
      .toLowerCase();
  }

  /** The same, block by block. */
  *joinSteps(text: string): Steps<string> {
    let joined = "";
    for (let at = 0; at < text.length; ) {
      const most = at + blockUnits;
      const end = most < text.length && endsHalf(text.slice(at, most)) ? most + 1 : most;
      joined += this.join(text.slice(at, end));
      at = end;
      yield;
    }
    return joined;
  }

  #foldOf(character: string): string {
    return this.#remember(codePointAt(character, 0) as number);
  }

  #remember(point: number): string {
    const known = this.#folded.get(point);
    if (known !== undefined) return known;
    if (this.#folded.size >= rememberedMax) this.#folded.clear();
    const folded = this.#fold(point);
    this.#folded.set(point, folded);
    return folded;
  }

  #fold(point: number): string {
    const character = String.fromCodePoint(point);
    // Hangul stays whole: taken apart, one syllable would count as three letters.
    const plain = point >= 0xac00 && point <= 0xd7a3 ? character : character.normalize("NFKD");
    // Through upper case first: it joins letters with several small forms.
    return (plain.toUpperCase().toLowerCase().match(this.#kept) ?? []).join("");
  }
}

/** Whether a text ends with half a character. */
export function endsHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
