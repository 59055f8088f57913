/**
 * Payment card numbers: 13 to 19 digits with a known brand's prefix and length and a valid Luhn checksum, either
 * unbroken (17 and more, and 13, behind a word such as `card` only), or with single spaces or dashes in a card's groups (4-4-4-4, 4-6-5, 4-6-4) or between all digits.
 */
import { reviewed } from "../pattern/pattern.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { checked, type IdKind } from "./scan/form.ts";
import { dashes, digits, digitsOf, type Group, groupsOf, spaces } from "./characters.ts";

const d = `[${digits}]`;
const gap = `[${spaces}${dashes}]`;
const first = "[2-6\\uFF12-\\uFF16]";
const written = [
  // Longer and shorter ones are issued too, but many other numbers have as many digits: a word must announce them.
  `(?<!${d}[a-fA-F]{1,3})${first}${d}{13,15}(?![a-fA-F])`,
  `${first}${d}{3}(?:${gap}${d}{4}){2}${gap}(?:${d}{4}${gap}${d}{1,3}|${d}{1,4})`,
  `${first}${d}{3}${gap}${d}{6}${gap}${d}{4,5}`,
  `(?<!${d}${gap})${first}(?:${gap}${d}){12,18}`,
];

export const card: Matcher = {
  category: "pii/card",
  // Not after a digit, nor as the fraction of a decimal number.
  pattern: reviewed(`(?<!${d}\\.?)(?:${written.join("|")})(?!${d})`),
  accept: acceptCard,
};

/** Unbroken numbers of the lengths that are told from other numbers by a word only. */
export const announcedCard: readonly IdKind[] = [
  {
    kind: "card",
    words: [
      "card",
      "credit",
      "debit",
      "visa",
      "mastercard",
      "maestro",
      "unionpay",
      "pan",
      "kreditkarte",
      "karte",
      "carte bancaire",
      "tarjeta",
      "carta di credito",
      "cartao",
      "\u94f6\u884c\u5361",
      "\u5361\u53f7",
    ],
    near: [/[2-6]\d{12}/, /[2-6]\d{16,18}/],
    prove: checked((id) => acceptCard(id) === id.length),
  },
];

/** The longest prefix, ending where a group of digits ends, that is a card number. Digits may follow after a separator. */
function acceptCard(matched: string): number {
  const number = digitsOf(matched);
  const brand = brands.find(({ prefix }) => prefix.test(number));
  if (brand === undefined) return 0;
  const groups = groupsOf(matched);
  let count = number.length;
  for (let at = groups.length - 1; at >= 0; at--) {
    const group = groups[at] as Group;
    if (brand.lengths.includes(count) && luhn(number, count) && groupedAsCard(groups, at + 1)) return group.end;
    count -= group.digits.length;
  }
  return 0;
}

/** Whether the first `count` groups are written as on a card. */
function groupedAsCard(groups: readonly Group[], count: number): boolean {
  const sizes = groups.slice(0, count).map((group) => group.digits.length);
  return /^(?:\d\d|1(?:,1){12,18}|4,6,[45]|4,4,4,[1-4]|4,4,4,4,[1-3])$/.test(sizes.join());
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

/** ISO/IEC 7812-1, annex B, over the first `count` digits. */
function luhn(number: string, count: number): boolean {
  let sum = 0;
  for (let fromRight = 0; fromRight < count; fromRight++) {
    const digit = number.charCodeAt(count - 1 - fromRight) - 48;
    const weighed = fromRight % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
