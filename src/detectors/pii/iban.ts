/**
 * International bank account numbers (ISO 13616) of the countries that `ibantools` knows: exact length, the country's
 * structure and the mod-97 checksum, compact or with single spaces or dashes, in any letter case.
 */
import { countrySpecs, isValidIBAN } from "ibantools";
import { reviewed } from "../pattern/pattern.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { dashes, spaces } from "./characters.ts";

export const iban: Matcher = {
  category: "pii/iban",
  pattern: reviewed(`(?<![A-Za-z])(?:${byCountry()})(?![A-Za-z0-9])`, "i"),
  accept: (matched) => (isValidIBAN(matched.replace(/[^A-Za-z0-9]/g, "").toUpperCase()) ? matched.length : 0),
};

/** One branch a length, so that nothing is held back beyond a number's own end. */
function byCountry(): string {
  const countries = new Map<number, string[]>();
  for (const [country, { chars }] of Object.entries(countrySpecs)) {
    if (typeof chars === "number") countries.set(chars, [...(countries.get(chars) ?? []), country]);
  }
  return [...countries]
    .sort(([a], [b]) => a - b)
    .map(([length, codes]) => `(?:${codes.join("|")})[0-9]{2}(?:[${spaces}${dashes}]?[A-Z0-9]){${length - 4}}`)
    .join("|");
}
