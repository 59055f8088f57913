/**
 * Gives each unit its plain reading: takes out what is not seen and terminal control sequences, makes look-alikes
 * plain. Keeps at most half a character or the beginning of one control sequence.
 */
import { plainOf } from "../characters/folds.ts";
import { foldBit, unitClass, type UnitSink } from "./units.ts";

type Kept = { readonly unit: number; readonly start: number; readonly end: number };

const escapeUnit = 0x1b;
/** ESC, `[`, parameters and the final byte, in units (ECMA-48, 5.4). */
const sequenceMax = 32;

export class Folder implements UnitSink {
  readonly #next: UnitSink;
  /** Half a character, or what begins with ESC. */
  #kept: Kept[] = [];

  constructor(next: UnitSink) {
    this.#next = next;
  }

  get pending(): number {
    return this.#kept[0]?.start ?? -1;
  }

  unit(unit: number, start: number, end: number): void {
    if (this.#kept.length > 0) this.#goOn({ unit, start, end });
    else if (((unitClass[unit] as number) & foldBit) === 0) this.#next.unit(unit, start, end);
    else if (unit === escapeUnit || isHigh(unit)) this.#kept.push({ unit, start, end });
    else this.#give(plainOf.get(unit) ?? String.fromCharCode(unit), start, end);
  }

  end(): void {
    this.#letGo();
    this.#next.end();
  }

  #goOn(added: Kept): void {
    const first = this.#kept[0] as Kept;
    if (first.unit === escapeUnit) {
      this.#goOnSequence(added);
      return;
    }
    this.#kept = [];
    if (added.unit < 0xdc00 || added.unit > 0xdfff) {
      this.#next.unit(first.unit, first.start, first.end);
      this.unit(added.unit, added.start, added.end);
      return;
    }
    const plain = plainOf.get(0x10000 + ((first.unit - 0xd800) << 10) + added.unit - 0xdc00);
    if (plain !== undefined) {
      this.#give(plain, first.start, added.end);
      return;
    }
    this.#next.unit(first.unit, first.start, first.end);
    this.#next.unit(added.unit, added.start, added.end);
  }

  #goOnSequence(added: Kept): void {
    const { unit } = added;
    const place = this.#kept.length;
    const isOpening = place === 1 && unit === 0x5b;
    if (isOpening || (place > 1 && unit >= 0x20 && unit < 0x40 && place < sequenceMax)) {
      this.#kept.push(added);
    } else if (place > 1 && unit >= 0x40 && unit <= 0x7e) {
      this.#kept = [];
    } else {
      this.#letGo();
      this.unit(unit, added.start, added.end);
    }
  }

  /** What was kept is not what it might have been. ESC itself is taken out. */
  #letGo(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const { unit, start, end } of kept) if (unit !== escapeUnit) this.#next.unit(unit, start, end);
  }

  #give(plain: string, start: number, end: number): void {
    for (let at = 0; at < plain.length; at++) this.#next.unit(plain.charCodeAt(at), start, end);
  }
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
