/**
 * Telephone numbers, proved against the world's numbering plans: international ones (`+` or `00`)
 * everywhere, national ones as they are written in the policy's region.
 * Behind a word such as `phone` any grouping of 7 to 13 digits is taken.
 * Not found: other plain digits without a separator (save where they begin with a trunk 0), extensions, vanity letters.
 */
import { getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/max";
import { assert } from "../../stdx/assert.ts";
import type { Category } from "../../domain/detector.ts";
import { type Pattern, reviewed } from "../pattern/pattern.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { dashes, digits, digitsOf, groupsOf, spaces } from "./characters.ts";
import { isRepeated } from "./checks/digits.ts";
import { createNumberingPlans } from "./numbering-plans.ts";
import { formed, type IdKind } from "./scan/form.ts";

const category: Category = "pii/phone";
const d = `[${digits}]`;
const nonZero = "[1-9\\uFF11-\\uFF19]";
const zero = "[0\\uFF10]";
const joint = `[${spaces}${dashes}.]`;
const gap = `[${spaces}${dashes}./()]{0,3}`;
/** Not within a number, nor behind its fraction, time or group mark. */
const apart = `(?<!${d}[.,:/${dashes}]?)`;

/** E.164 has up to 15 digits; one more for a trunk zero in parentheses. */
const international = `${nonZero}(?:${gap}${d}){6,15}(?!${d})`;
const plus = reviewed(`[+\\uFF0B][ (]{0,2}${international}`);
const doubleZero = reviewed(`${apart}(?<![A-Za-z_])${zero}{2}[${spaces}${dashes}]?${international}(?![A-Za-z])`);

const area = `\\(${d}{3}\\)${joint}?`;
const northAmerican = reviewed(
  `(?:${area}|${apart}(?:1${joint}?${area}|(?:1${joint})?${d}{3}${joint}))${d}{3}${joint}${d}{4}(?!${d})`,
);
const grouped = reviewed(`(?:\\(|${apart})${d}{1,5}\\)?(?:[${spaces}${dashes}./(]{1,2}${d}{2,8}\\)?){1,5}(?!${d})`);
const trunkZero = reviewed(`${apart}(?<![A-Za-z_])${zero}${d}{8,11}(?!${d})`);

/** `region`: an ISO 3166-1 alpha-2 code. One that no numbering plan knows throws: policies are checked for it. */
export function phone(region: string): readonly Matcher[] {
  assert(isSupportedCountry(region), "a phone region is known to the numbering plans");
  const plans = createNumberingPlans();
  const national = (pattern: Pattern): Matcher => ({
    category,
    pattern,
    accept: (matched) =>
      acceptEnds(matched, (_number, written) => !isOtherNotation(written) && plans.isNational(written, region)),
  });
  return [
    { category, pattern: plus, accept: (matched) => acceptEnds(matched, plans.isInternational) },
    {
      category,
      pattern: doubleZero,
      accept: (matched) => acceptEnds(matched, (number) => plans.isInternational(number.slice(2))),
    },
    ...(getCountryCallingCode(region) === "1"
      ? [
          {
            category,
            pattern: northAmerican,
            accept: (matched: string) => (plans.isNorthAmerican(digitsOf(matched)) ? matched.length : 0),
          },
        ]
      : [national(grouped), national(trunkZero)]),
  ];
}

/** Numbers that a word announces: of any country, in any grouping, also without a separator. No plan is asked. */
export const announcedPhone: readonly IdKind[] = [
  {
    kind: "phone",
    words: [
      ...["phone", "telephone", "tel", "mobile", "cell", "cellphone", "fax", "whatsapp", "call me at", "call me on"],
      ...["reach me at", "reach me on", "text me at", "telefon", "telefonnummer", "handy", "rufnummer", "portable"],
      ...["telefono", "movil", "cellulare", "telefone", "celular", "telefoon", "mobil", "puhelin", "telefonszam"],
      ...["\u96fb\u8a71", "\u7535\u8bdd", "\u624b\u673a", "\uc804\ud654", "\u0442\u0435\u043b\u0435\u0444\u043e\u043d"],
    ],
    near: [/\d{8,12}/, /\(\d{1,5}\) ?\d{2,5}(?:[ .-]?\d{2,5}){0,3}/, /\d{1,5}(?:[ .-]\d{2,6}){1,4}/],
    prove: formed((id, written) => id.length >= 7 && id.length <= 13 && !isOtherNotation(written) && !isRepeated(id)),
    within: 16,
  },
];

/** The longest prefix that is proved and ends where a run of digits ends. */
function acceptEnds(matched: string, proved: (number: string, written: string) => boolean): number {
  const groups = groupsOf(matched);
  for (let count = groups.length; count > 0; count--) {
    const number = groups
      .slice(0, count)
      .map((group) => group.digits)
      .join("");
    if (number.length < 7) return 0;
    const end = groups[count - 1]?.end ?? 0;
    if (proved(number, matched.slice(0, end))) return end;
  }
  return 0;
}

/** Dates and dotted quads have digits and separators too. */
function isOtherNotation(written: string): boolean {
  return /^\d{4}[-./]\d\d[-./]\d\d$|^\d{1,2}[-./]\d\d[-./]\d{2,4}$|^\d{1,3}(?:\.\d{1,3}){3}$/.test(written);
}
