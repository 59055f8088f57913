/**
 * Payment card numbers: 13 to 19 digits with a known brand's prefix and length and a valid Luhn checksum, either
 * unbroken, or with single spaces or dashes in a card's groups (4-4-4-4, 4-6-5, 4-6-4) or between all digits.
 */
import { reviewed } from "../pattern/pattern.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { dashes, digits, groupsOf, spaces } from "./characters.ts";

const d = `[${digits}]`;
const gap = `[${spaces}${dashes}]`;
const first = "[2-6\\uFF12-\\uFF16]";
const written = [
  `${first}${d}{12,18}`,
  `${first}${d}{3}(?:${gap}${d}{4}){2}${gap}(?:${d}{4}${gap}${d}{1,3}|${d}{1,4})`,
  `${first}${d}{3}${gap}${d}{6}${gap}${d}{4,5}`,
  `${first}(?:${gap}${d}){12,18}`,
];

export const card: Matcher = {
  category: "pii/card",
  // Not after a digit, nor as the fraction of a decimal number.
  pattern: reviewed(`(?<!${d}\\.?)(?:${written.join("|")})(?!${d})`),
  accept: acceptCard,
};

/** The longest prefix, ending where a group of digits ends, that is a card number. Digits may follow after a separator. */
function acceptCard(matched: string): number {
  const groups = groupsOf(matched);
  for (let count = groups.length; count > 0; count--) {
    const taken = groups.slice(0, count);
    const number = taken.map((group) => group.digits).join("");
    if (number.length < 13) return 0;
    if (groupedAsCard(taken.map((group) => group.digits.length)) && hasBrand(number) && luhn(number)) return taken.at(-1)?.end ?? 0;
  }
  return 0;
}

function groupedAsCard(sizes: readonly number[]): boolean {
  if (sizes.length === 1 || sizes.every((size) => size === 1)) return true;
  const shape = sizes.join("-");
  return shape === "4-6-5" || shape === "4-6-4" || (/^4-4-4-[1-4]$/.test(shape) || /^4-4-4-4-[1-3]$/.test(shape));
}

/** Issuer ranges in force, with the lengths they are issued in. */
const brands: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] }, // Visa
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { prefix: /^3[47]/, lengths: [15] }, // American Express
  { prefix: /^(?:6011|64[4-9]|65)/, lengths: [16, 17, 18, 19] }, // Discover
  { prefix: /^(?:30[0-5]|3095|36|38|39)/, lengths: [14, 15, 16, 17, 18, 19] }, // Diners Club
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] }, // JCB
  { prefix: /^62/, lengths: [16, 17, 18, 19] }, // UnionPay
  { prefix: /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro
  { prefix: /^220[0-4]/, lengths: [16, 17, 18, 19] }, // Mir
];

function hasBrand(number: string): boolean {
  return brands.some(({ prefix, lengths }) => lengths.includes(number.length) && prefix.test(number));
}

/** ISO/IEC 7812-1, annex B. */
function luhn(number: string): boolean {
  let sum = 0;
  for (let fromRight = 0; fromRight < number.length; fromRight++) {
    const digit = number.charCodeAt(number.length - 1 - fromRight) - 48;
    const weighed = fromRight % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
