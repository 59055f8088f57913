/** Machine-readable zones of passports, visas and identity cards (ICAO 9303): each line alone, by its check digits. */
import type { IdKind, Proof } from "../scan/form.ts";

/** ICAO 9303-3: weights 7, 3, 1; a filler is 0. */
function mrzDigit(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const value = unit === 60 ? 0 : unit <= 57 ? unit - 48 : unit - 55;
    sum += value * ([7, 3, 1][at % 3] as number);
  }
  return sum % 10;
}

const checks = (line: string, from: number, to: number, at = to): boolean =>
  line[at] === String(mrzDigit(line.slice(from, to))) || (line[at] === "<" && mrzDigit(line.slice(from, to)) === 0);

/** By length and layout: the second line of a passport (44) or visa (36), or a line of a card (30). */
function proveMrz(_id: string, written: string): Proof {
  const line = written.toUpperCase();
  if (/^[A-Z][A-Z<][A-Z<]{3}[A-Z][A-Z<]*$/.test(line) && line.length > 30)
    return /[A-Z]<<[A-Z]/.test(line) ? "checksum" : "no";
  if (line.length >= 36) return checks(line, 0, 9) && checks(line, 13, 19) && checks(line, 21, 27) ? "checksum" : "no";
  if (/^\d{7}/.test(line)) return checks(line, 0, 6) && checks(line, 8, 14) ? "checksum" : "no";
  if (/^[ACI]/.test(line) && /\d/.test(line)) return checks(line, 5, 14) ? "checksum" : "no";
  return /^[A-Z<]*[A-Z]<<[A-Z][A-Z<]*<$/.test(line) ? "form" : "no";
}

const nameLine = (rest: number): RegExp => new RegExp(`[PVACI][A-Z<][A-Z]{1,3}[A-Z<]{${rest}}`);
const secondLine = (rest: string): RegExp => new RegExp(`[A-Z0-9<]{9}[0-9<][A-Z<]{3}\\d{7}[MFX<]\\d{7}${rest}`);

export const readableZones: readonly IdKind[] = [
  {
    kind: "mrz",
    words: ["mrz", "passport", "machine readable"],
    alone: [
      nameLine(39),
      nameLine(31),
      /[PV][A-Z<][A-Z]{3}[A-Z][A-Z<]{38}/,
      /V[A-Z<][A-Z]{3}[A-Z][A-Z<]{30}/,
      secondLine("[A-Z0-9<]{14}[0-9<]\\d"),
      secondLine("[A-Z0-9<]{16}"),
      secondLine("[A-Z0-9<]{7}\\d"),
      secondLine("[A-Z0-9<]{8}"),
      /[ACI][A-Z<][A-Z<]{3}[A-Z0-9<]{9}[0-9<][A-Z0-9<]{15}/,
      /\d{7}[MFX<]\d{7}[A-Z<]{3}[A-Z0-9<]{11}\d/,
    ],
    near: [/[A-Z][A-Z<]{28}</],
    prove: proveMrz,
    // A part of a longer line.
    notAfter: /<$/,
    notBefore: /^<[A-Z0-9<]/,
  },
];
