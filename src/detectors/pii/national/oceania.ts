/** Numbers of persons and businesses in Australia and New Zealand. */
import { digitOf, isRepeated, weighted } from "../checks/digits.ts";
import { checked, type IdKind } from "../scan/form.ts";

const isTfn = (id: string): boolean =>
  weighted(id, id.length === 9 ? [1, 4, 3, 7, 5, 8, 6, 9, 10] : [10, 7, 8, 4, 6, 3, 5, 1]) % 11 === 0 &&
  !isRepeated(id);

export const isAbn = (id: string): boolean =>
  (weighted(id, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0 && id[0] !== "0";

const isMedicare = (id: string): boolean =>
  weighted(id, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitOf(id, 8) && /^[2-6]/.test(id);

/** A second row of weights where the first leaves 10. */
function isIrd(id: string): boolean {
  const eight = id.slice(0, -1).padStart(8, "0");
  const check = (weights: readonly number[]): number => (11 - (weighted(eight, weights) % 11)) % 11;
  const first = check([3, 2, 7, 6, 5, 4, 3, 2]);
  const digit = first === 10 ? check([7, 4, 3, 2, 5, 2, 7, 6]) : first;
  return Number(id) >= 10_000_000 && Number(id) < 150_000_000 && digit === digitOf(id, id.length - 1);
}

const nhiLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const nhiWorth = (letter: string): number => (/\d/.test(letter) ? Number(letter) : nhiLetters.indexOf(letter) + 1);

/** HISO 10046: three letters and four digits by 11, and, from 2026 on, three letters, two digits, letter, letter by 23. */
function isNhi(id: string): boolean {
  const sum = [7, 6, 5, 4, 3, 2].reduce((total, weight, at) => total + weight * nhiWorth(id.charAt(at)), 0);
  if (/\d$/.test(id)) return sum % 11 !== 0 && (11 - (sum % 11)) % 10 === digitOf(id, 6);
  return nhiLetters.charAt(23 - (sum % 23) - 1) === id[6];
}

export const oceania: readonly IdKind[] = [
  {
    kind: "au-tfn",
    words: ["tfn", "tax file"],
    near: ["999999999", "999 999 999", "999-999-999", "99999999", "99 999 999"],
    prove: checked(isTfn),
  },
  {
    kind: "au-abn",
    words: ["abn", "business number"],
    alone: ["99 999 999 999"],
    near: ["99999999999", "99-999-999-999"],
    prove: checked(isAbn),
  },
  {
    kind: "au-medicare",
    words: ["medicare", "medicare card", "medicare no"],
    near: [/\d{10}/, /\d{4} \d{5} \d/, /\d{4}-\d{5}-\d/, /\d{4} \d{5} \d[ /-]\d/, /\d{11}/],
    prove: checked(isMedicare),
  },
  {
    kind: "nz-ird",
    words: ["ird", "inland revenue", "ird number", "ird no"],
    near: ["99999999", "999999999", "99-999-999", "999-999-999", "99 999 999", "999 999 999"],
    prove: checked(isIrd),
  },
  {
    kind: "nz-nhi",
    words: ["nhi", "national health index"],
    near: [/[A-HJ-NP-Z]{3}\d{4}/, /[A-HJ-NP-Z]{3}\d\d[A-HJ-NP-Z]{2}/],
    prove: checked(isNhi),
  },
];
