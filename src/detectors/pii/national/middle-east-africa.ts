/** Numbers of persons in Egypt, Israel, Nigeria, Saudi Arabia, South Africa and the United Arab Emirates. */
import { isDate, isFullDate, isYearFirst, twoDigits } from "../checks/dates.ts";
import { digitOf, isRepeated, luhn } from "../checks/digits.ts";
import { checked, formed, type IdKind, type Proof } from "../scan/form.ts";

/** Century 2 is the 1900s, 3 the 2000s; then the date and the governorate. */
function isEgyptian(id: string): boolean {
  const place = twoDigits(id, 7);
  return (
    isDate(1700 + digitOf(id, 0) * 100 + twoDigits(id, 1), twoDigits(id, 3), twoDigits(id, 5)) &&
    ((place >= 1 && place <= 35) || place === 88)
  );
}

/** Not every card that is in use holds the check. */
function proveEmirati(id: string): Proof {
  if (!isFullDate(`${id.slice(3, 7)}0101`)) return "no";
  return luhn(id) ? "checksum" : "form";
}

/** Date, serial, citizenship, a digit that is 8 or 9 by custom, Luhn. */
const isSouthAfrican = (id: string): boolean => isYearFirst(id) && digitOf(id, 10) <= 2 && luhn(id);

export const middleEastAfrica: readonly IdKind[] = [
  {
    kind: "ae-id",
    words: ["emirates id", "eid", "\u0627\u0644\u0647\u0648\u064a\u0629", "uae id"],
    alone: [/784-\d{4}-\d{7}-\d/],
    near: [/784\d{12}/, /784 \d{4} \d{7} \d/],
    prove: proveEmirati,
  },
  {
    kind: "eg-id",
    words: [
      "\u0627\u0644\u0631\u0642\u0645 \u0627\u0644\u0642\u0648\u0645\u064a",
      "national id",
      "egyptian id",
      "egypt",
    ],
    near: [/[23]\d{13}/],
    prove: formed(isEgyptian),
  },
  {
    kind: "il-id",
    words: [
      "teudat zehut",
      "mispar zehut",
      "israeli id",
      "\u05ea\u05e2\u05d5\u05d3\u05ea \u05d6\u05d4\u05d5\u05ea",
      "\u05de\u05e1\u05e4\u05e8 \u05d6\u05d4\u05d5\u05ea",
      "\u05ea \u05d6",
      "\u05ea.\u05d6",
      "zehut",
    ],
    near: ["999999999", "99999999-9"],
    prove: checked((id) => luhn(id) && !isRepeated(id)),
  },
  {
    kind: "ng-nin",
    words: ["nin", "nimc", "national identification number", "bvn", "bank verification"],
    near: ["99999999999", "9999 999 9999"],
    prove: formed((id) => !isRepeated(id)),
  },
  {
    kind: "sa-id",
    words: [
      "iqama",
      "\u0627\u0644\u0647\u0648\u064a\u0629",
      "\u0627\u0644\u0625\u0642\u0627\u0645\u0629",
      "national id",
      "saudi id",
      "absher",
    ],
    near: [/[12]\d{9}/],
    prove: checked(luhn),
  },
  {
    kind: "za-id",
    words: ["sa id", "south african id", "id number", "identity number", "rsa id", "id no", "identiteitsnommer", "id"],
    near: ["9999999999999", "999999 9999 999", "999999 9999 99 9"],
    prove: checked(isSouthAfrican),
  },
];
