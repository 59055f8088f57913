/**
 * VAT numbers of the European Union and of its neighbours with the same scheme, written with the country's prefix. They number
 * businesses, among them persons who trade in their own name.
 */
import { digitOf, luhn, mod11And10, restOf, weighted } from "../checks/digits.ts";
import type { IdKind, Proof } from "../scan/form.ts";
import { isNip } from "./central-europe.ts";
import { isAfm, isCif, isPortuguese } from "./southern-europe.ts";

type Plan = { readonly form: string; readonly holds?: (number: string) => boolean };

const by11 = (weights: readonly number[]) => (number: string) =>
  ((11 - (weighted(number, weights) % 11)) % 11) % 10 === digitOf(number, weights.length);

/** Of a country without a rule here the form alone is known. */
const plans: Readonly<Record<string, Plan>> = {
  AT: { form: "U\\d{8}", holds: (n) => (10 - ((luhnSum(n.slice(1, 8)) + 4) % 10)) % 10 === digitOf(n, 8) },
  BE: { form: "[01]\\d{9}", holds: (n) => 97 - restOf(n.slice(0, 8), 97) === Number(n.slice(8)) },
  BG: { form: "\\d{9,10}" },
  CY: { form: "\\d{8}[A-Z]" },
  CZ: { form: "\\d{8,10}" },
  DE: { form: "[1-9]\\d{8}", holds: mod11And10 },
  DK: { form: "[1-9]\\d{7}", holds: (n) => weighted(n, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: { form: "\\d{9}", holds: (n) => weighted(n, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 },
  EL: { form: "\\d{9}", holds: isAfm },
  ES: { form: "[A-Z0-9]\\d{7}[A-Z0-9]", holds: (n) => /^[XYZ0-9KLM]/.test(n) || isCif(n) },
  FI: { form: "\\d{8}", holds: by11([7, 9, 10, 5, 8, 4, 2]) },
  FR: {
    form: "[A-HJ-NP-Z0-9]{2}\\d{9}",
    holds: (n) => /[A-Z]/.test(n) || (Number(n.slice(2)) * 100 + 12) % 97 === Number(n.slice(0, 2)),
  },
  HR: { form: "\\d{11}", holds: mod11And10 },
  HU: { form: "\\d{8}", holds: (n) => weighted(n, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0 },
  IE: { form: "\\d[A-Z0-9]\\d{5}[A-W][A-I]?" },
  IT: { form: "\\d{11}", holds: luhn },
  LT: { form: "(?:\\d{12}|\\d{9})" },
  LU: { form: "\\d{8}", holds: (n) => Number(n.slice(0, 6)) % 89 === Number(n.slice(6)) },
  LV: { form: "\\d{11}" },
  MT: { form: "\\d{8}", holds: (n) => (weighted(n, [3, 4, 6, 7, 8, 9]) + Number(n.slice(6))) % 37 === 0 },
  NL: { form: "\\d{9}B\\d\\d", holds: isDutch },
  PL: { form: "\\d{10}", holds: isNip },
  PT: { form: "\\d{9}", holds: isPortuguese },
  RO: { form: "[1-9]\\d{5,9}" },
  SE: { form: "\\d{10}01", holds: (n) => luhn(n.slice(0, 10)) },
  SI: { form: "[1-9]\\d{7}", holds: by11([8, 7, 6, 5, 4, 3, 2]) },
  SK: { form: "[1-9]\\d{9}", holds: (n) => Number(n) % 11 === 0 },
};

function luhnSum(digits: string): number {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const product = digitOf(digits, at) * (at % 2 === 0 ? 1 : 2);
    sum += product > 9 ? product - 9 : product;
  }
  return sum;
}

/** The old number by 11, or the whole of a person who trades by 97 (letters as two digits: NL is 2321, B 11). */
function isDutch(number: string): boolean {
  const old = weighted(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === digitOf(number, 8);
  return old || restOf(`2321${number.slice(0, 9)}11${number.slice(10)}`, 97) === 1;
}

function prove(id: string): Proof {
  const plan = plans[id.slice(0, 2)];
  if (plan === undefined) return "no";
  if (plan.holds === undefined) return "form";
  return plan.holds(id.slice(2)) ? "checksum" : "no";
}

const sources = (separator: string, known: boolean): readonly RegExp[] =>
  Object.entries(plans)
    .filter(([, { holds }]) => (holds !== undefined) === known)
    .map(([country, { form }]) => new RegExp(`${country}${separator}${form}`));

export const euVat: readonly IdKind[] = [
  {
    kind: "eu-vat",
    words: [
      "vat",
      "ust id",
      "ustid",
      "ustidnr",
      "umsatzsteuer",
      "uid",
      "tva",
      "iva",
      "btw",
      "moms",
      "nif",
      "nip",
      "dic",
      "oib",
      "pvn",
      "pvm",
      "afm",
      "cvr",
    ],
    alone: sources("", true),
    near: [...sources("", false), ...sources(" ", true), ...sources(" ", false)],
    prove,
  },
];
