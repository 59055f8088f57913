/** Arithmetic of check digits that many numbers share. Pure; texts are ASCII, of the length that the caller's form gave. */

export const digitOf = (text: string, at: number): number => text.charCodeAt(at) - 48;

/** 0 to 9, then A to Z as 10 to 35. */
export function valueOf(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit <= 57 ? unit - 48 : unit - 55;
}

/** The digits from `from` on, each times its weight. */
export function weighted(text: string, weights: readonly number[], from = 0): number {
  return weights.reduce((sum, weight, at) => sum + weight * digitOf(text, from + at), 0);
}

export const sumOfDigits = (number: number): number => (number > 9 ? Math.floor(number / 10) + (number % 10) : number);

/** ISO/IEC 7812-1, annex B. The last digit is the check digit. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, twice = false; at >= 0; at--, twice = !twice) {
    const digit = digitOf(digits, at);
    sum += twice ? sumOfDigits(digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** The rest of a long decimal number. `modulus` below 2^40. */
export function restOf(digits: string, modulus: number): number {
  let rest = 0;
  for (let at = 0; at < digits.length; at++) rest = (rest * 10 + digitOf(digits, at)) % modulus;
  return rest;
}

/** ISO 7064, MOD 11,10. The last digit is the check digit. */
export function mod11And10(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at++) {
    const sum = (digitOf(digits, at) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (product + digitOf(digits, digits.length - 1)) % 10 === 1;
}

const dihedral: readonly string[] = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
];
const permuted: readonly string[] = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
];

/** J. Verhoeff's decimal code, 1969. The last digit is the check digit. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let at = digits.length - 1, step = 0; at >= 0; at--, step++) {
    const digit = digitOf(permuted[step % 8] as string, digitOf(digits, at));
    check = digitOf(dihedral[check] as string, digit);
  }
  return check === 0;
}

/** Whether all digits are the same: such numbers pass many checks and are nobody's. */
export const isRepeated = (id: string): boolean => id === (id[0] ?? "").repeat(id.length);

/** The usual decimal check digit: 11 less the rest of the sum; 11 becomes 0 and 10 becomes `ten`. */
export function elevenLess(sum: number, ten: number): number {
  const check = 11 - (sum % 11);
  return check === 11 ? 0 : check === 10 ? ten : check;
}
