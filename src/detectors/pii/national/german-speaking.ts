/** Numbers of persons in Germany, Austria and Switzerland. */
import { isDayFirst, twoDigits } from "../checks/dates.ts";
import { digitOf, mod11And10, sumOfDigits, valueOf, weighted } from "../checks/digits.ts";
import { checked, type IdKind } from "../scan/form.ts";

/** BZSt: of the first ten digits one stands twice or three times, the others once at most; then ISO 7064 MOD 11,10. */
function isTaxId(id: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of id.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return id[0] !== "0" && repeated.length === 1 && (repeated[0] as number) <= 3 && mod11And10(id);
}

/** 7-3-1 over digits and letters (A is 10), as in travel documents. */
export function sevenThreeOne(id: string): number {
  let sum = 0;
  for (let at = 0; at < id.length; at++) sum += valueOf(id, at) * ([7, 3, 1][at % 3] as number);
  return sum % 10;
}

/** Two digits for a letter: A is 01. */
function withLetterAt(id: string, at: number): string {
  return `${id.slice(0, at)}${String(id.charCodeAt(at) - 64).padStart(2, "0")}${id.slice(at + 1)}`;
}

/** The cross sums of the products by 10 (VKVV para. 2, SGB V para. 290). The last digit is the check digit. */
function crossSums(digits: string, weights: readonly number[]): boolean {
  const sum = weights.reduce((total, weight, at) => total + sumOfDigits(weight * digitOf(digits, at)), 0);
  return sum % 10 === digitOf(digits, weights.length);
}

function isPensionNumber(id: string): boolean {
  const day = twoDigits(id, 2);
  const month = twoDigits(id, 4);
  return (
    (isDayFirst(id, 2) || (day > 31 && day <= 81 && month <= 12)) &&
    crossSums(withLetterAt(id, 8), [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
  );
}

function isAustrian(id: string): boolean {
  const rest = weighted(id, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
  return (
    rest === digitOf(id, 3) && id[0] !== "0" && twoDigits(id, 4) >= 1 && twoDigits(id, 4) <= 31 && twoDigits(id, 6) >= 1
  );
}

/** EAN-13 with the country's number, 756. */
function isAhv(id: string): boolean {
  return (10 - (weighted(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === digitOf(id, 12);
}

const idCard = "[CFGHJ-NPRTV-Z0-9]";

export const germanSpeaking: readonly IdKind[] = [
  {
    kind: "de-tax-id",
    words: [
      "steuer id",
      "steueridnr",
      "steuer idnr",
      "idnr",
      "steueridentifikation",
      "steuernummer",
      "steuerliche identifikation",
      "identifikationsnummer",
      "tin",
      "tax id",
      "steuer nr",
    ],
    alone: ["99 999 999 999"],
    near: ["99999999999"],
    prove: checked(isTaxId),
  },
  {
    kind: "de-id-card",
    words: ["personalausweis", "ausweisnummer", "ausweis nr", "ausweis", "perso", "id card", "identity card"],
    near: [new RegExp(`[LMNPRTVWXY]${idCard}{8}\\d`)],
    prove: checked((id) => sevenThreeOne(id.slice(0, 9)) === digitOf(id, 9)),
  },
  {
    kind: "de-pension",
    words: [
      "rentenversicherung",
      "sozialversicherung",
      "rvnr",
      "sv nummer",
      "svnr",
      "rv nummer",
      "versicherungsnummer",
    ],
    alone: [/\d{8}[A-Z]\d{3}/, /\d\d \d{6} [A-Z] \d{3}/],
    prove: checked(isPensionNumber),
  },
  {
    kind: "de-health",
    words: [
      "krankenversicherung",
      "krankenversichertennummer",
      "kvnr",
      "versichertennummer",
      "krankenkasse",
      "gesundheitskarte",
    ],
    near: ["A999999999"],
    prove: checked((id) => crossSums(withLetterAt(id, 0), [1, 2, 1, 2, 1, 2, 1, 2, 1, 2])),
  },
  {
    kind: "at-svnr",
    words: ["sozialversicherung", "svnr", "sv nr", "sv nummer", "versicherungsnummer"],
    alone: ["9999 999999"],
    near: ["9999999999", "9999-999999"],
    prove: checked(isAustrian),
  },
  {
    kind: "ch-ahv",
    words: ["ahv", "avs", "navs", "ahvn", "sozialversicherung", "assurance sociale", "numero avs"],
    alone: [/756\.\d{4}\.\d{4}\.\d\d/],
    near: [/756[ -]?\d{4}[ -]?\d{4}[ -]?\d\d/],
    prove: checked(isAhv),
  },
];
