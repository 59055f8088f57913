/**
 * What the plain reading of a character is: taken out, a space, an ASCII letter, or itself. Owns the tables; they are
 * built once from Unicode's own facts and do not change.
 *
 * Does not decode escapes and does not look at neighbours.
 */
import { codePointAt } from "../../../stdx/code-points.ts";
import { digitZeros, letterRows, lookAlikeMarks, lookAlikes } from "./look-alikes.ts";

/** Code points, first and last. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** Nothing is seen of them: format and filler characters, variation selectors. Bidi controls and tags apart. */
export const zeroWidth: Ranges = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200d],
  [0x2060, 0x2065],
  [0x206a, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffc],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0100, 0xe01ef],
];

/** Marks, embeddings, overrides and isolates of direction. */
export const bidi: Ranges = [
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
];

/** The block that mirrors ASCII; U+E0020 to U+E007E spell it. */
export const tags: Ranges = [[0xe0000, 0xe007f]];

/** C0 and C1 but for tab, line feed, carriage return and what breaks a line or a page. */
export const control: Ranges = [
  [0x00, 0x08],
  [0x0e, 0x1f],
  [0x7f, 0x84],
  [0x86, 0x9f],
];

/** Spaces that are not the plain one. */
export const oddSpaces: Ranges = [
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
];

/** Accents that are stacked on letters of any script. */
const accents: Ranges = [
  [0x300, 0x36f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
];

const lineBreaks: Ranges = [
  [0x85, 0x85],
  [0x2028, 0x2029],
];
const pageBreaks: Ranges = [[0x0b, 0x0c]];

/** Blocks of letters and signs that Unicode decomposes to plain ones: raised, circled, full-width, mathematical ... */
const compatibility: Ranges = [
  [0x2b0, 0x2b8],
  [0x2e0, 0x2e4],
  [0x1d2c, 0x1d6a],
  [0x1d9b, 0x1dbf],
  [0x2070, 0x209c],
  [0x2100, 0x214f],
  [0x2160, 0x217f],
  [0x2460, 0x24ea],
  [0x2c7c, 0x2c7d],
  [0xfb00, 0xfb06],
  [0xfe50, 0xfe6b],
  [0xff01, 0xff5e],
  [0x1d400, 0x1d7ff],
  [0x1f100, 0x1f14f],
  [0x1fbf0, 0x1fbf9],
];

/** By code point: the plain reading of what is not plain. At most a few letters. */
export const plainOf: ReadonlyMap<number, string> = buildFolds();

/** UTF-16 code units that begin or are a character of `plainOf`. */
export const foldedUnits: Uint8Array = buildUnits();

export function isIn(ranges: Ranges, point: number): boolean {
  return ranges.some(([first, last]) => point >= first && point <= last);
}

function buildFolds(): ReadonlyMap<number, string> {
  const folds = new Map<number, string>();
  const all = (ranges: Ranges, plain: (point: number) => string): void => {
    for (const [first, last] of ranges) for (let point = first; point <= last; point++) folds.set(point, plain(point));
  };
  for (const table of [lookAlikes, lookAlikeMarks]) {
    for (const [plain, points] of Object.entries(table)) for (const point of hex(points)) folds.set(point, plain);
  }
  for (const zero of hex(digitZeros)) for (let digit = 0; digit < 10; digit++) folds.set(zero + digit, `${digit}`);
  for (const first of hex(letterRows)) {
    for (let letter = 0; letter < 26; letter++) folds.set(first + letter, String.fromCharCode(0x61 + letter));
  }
  addCompatible(folds);
  for (const removed of [zeroWidth, bidi, control, accents]) all(removed, () => "");
  all(tags, (point) => (point >= 0xe0020 && point <= 0xe007e ? String.fromCharCode(point - 0xe0000) : ""));
  all(oddSpaces, () => " ");
  all(pageBreaks, () => " ");
  all(lineBreaks, () => "\n");
  return folds;
}

function addCompatible(folds: Map<number, string>): void {
  for (const [first, last] of compatibility) {
    for (let point = first; point <= last; point++) {
      const character = String.fromCodePoint(point);
      const mapped = character.normalize("NFKC");
      // A parenthesised letter or number reads as what stands in the parentheses.
      const bare = /^\((.+)\)$/.exec(mapped)?.[1] ?? mapped;
      const plain = folds.get(codePointAt(bare, 0) ?? 0) ?? bare;
      if (bare !== character && /^[\x21-\x7e]+$/.test(plain)) folds.set(point, plain);
    }
  }
}

function buildUnits(): Uint8Array {
  const units = new Uint8Array(65_536);
  for (const point of plainOf.keys()) units[String.fromCodePoint(point).charCodeAt(0)] = 1;
  return units;
}

function hex(points: string): readonly number[] {
  return points.split(" ").map((point) => Number.parseInt(point, 16));
}
