/**
 * Valid numbers of each kind by a seeded generator: a form is filled at random until its check digits hold. None is looked up
 * anywhere. Where chance would take too long the check digits are reckoned.
 */
import { createHash } from "node:crypto";
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { countrySpecs, isValidIBAN } from "ibantools";
import { getExampleNumber, type CountryCode } from "libphonenumber-js/max";
import examples from "libphonenumber-js/mobile/examples";
import { keccak256 } from "../../src/detectors/pii/checks/keccak.ts";
import { isBech32 } from "../../src/detectors/pii/checks/base58.ts";
import { luhn } from "../../src/detectors/pii/checks/digits.ts";
import { idTables } from "../../src/detectors/pii/kinds.ts";
import { asPlain, compact } from "../../src/detectors/pii/scan/alike.ts";
import { formExpression, type IdKind } from "../../src/detectors/pii/scan/form.ts";
import type { PiiKind } from "../../src/domain/pii-kinds.ts";
import { pick, type Random } from "../../test/helpers/secret-samples.ts";

export type Made = { readonly text: string; readonly needsLabel: boolean };

const mostTries = 2_000_000;
const kinds = new Map(idTables.flat().map((each) => [each.kind, each]));
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => Math.floor(random() * 10)).join("");

/** A valid number as somebody would write it. Throws where none is found within two million tries. */
export function makeNumber(kind: PiiKind, random: Random): Made {
  const own = makers[kind];
  if (own !== undefined) return { text: own(random), needsLabel: false };
  const table = kinds.get(kind);
  if (table === undefined) throw new Error(`no maker of ${kind}`);
  const forms = [
    ...(table.alone ?? []).map((form) => ({ form, alone: true })),
    ...(table.near ?? []).map((form) => ({ form, alone: false })),
  ];
  const { form, alone } = pick(random, forms);
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  const tree = parser.parsePattern((hints[kind] ?? formExpression(form).expression).source, undefined, undefined, {});
  for (let tries = 0; tries < mostTries; tries++) {
    const text = fill(tree.alternatives, random);
    if (holds(table, text)) return { text, needsLabel: hints[kind] !== undefined || !alone };
  }
  throw new Error(`no valid ${kind} was found`);
}

function holds(table: IdKind, text: string): boolean {
  const written = asPlain(text);
  return table.prove === undefined || table.prove(compact(written), written) !== "no";
}

function fill(alternatives: readonly AST.Alternative[], random: Random): string {
  return pick(random, alternatives)
    .elements.map((element) => part(element, random))
    .join("");
}

function part(element: AST.Element, random: Random): string {
  switch (element.type) {
    case "Character":
      return String.fromCharCode(element.value);
    case "CharacterSet":
      return digits(random, 1);
    case "CharacterClass": {
      const units = element.elements.flatMap((each) => {
        if (each.type === "Character") return [each.value];
        if (each.type !== "CharacterClassRange") return [48, 49, 50, 51, 52, 53, 54, 55, 56, 57];
        return Array.from({ length: each.max.value - each.min.value + 1 }, (_, at) => each.min.value + at);
      });
      return String.fromCharCode(pick(random, units));
    }
    case "Group":
    case "CapturingGroup":
      return fill(element.alternatives, random);
    case "Quantifier": {
      const count = element.min + Math.floor(random() * (element.max - element.min + 1));
      return Array.from({ length: count }, () => part(element.element, random)).join("");
    }
    default:
      throw new Error(`a form holds no ${element.type}`);
  }
}

/** Where a date or a name within a number would seldom come about. */
const hints: Partial<Record<PiiKind, RegExp>> = {
  "lu-nin": /(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|1\d|2[0-8])\d{5}/,
  "licence-plate":
    /(?:[A-Z]{2}\d\d [A-Z]{3}|[A-Z]{1,2}-[A-Z]{1,2} \d{1,4}|[A-Z]{2}-\d{3}-[A-Z]{2}|\d{4} [BCDFGHJKL]{3}|[A-Z]{3}-\d{4}|[A-Z]{2} \d\d [A-Z]{2} \d{4})/,
  vin: /[1-5][A-HJ-NPR-Z]{2}[A-HJ-NPR-Z0-9]{5}[0-9X][A-HJ-NPR-Z][A-HJ-NPR-Z0-9]{3}\d{4}/,
};

const mrzValue = (letter: string): number => (letter === "<" ? 0 : Number.parseInt(letter, 36));
const mrzDigit = (text: string): number =>
  [...text].reduce((sum, letter, at) => sum + mrzValue(letter) * ([7, 3, 1][at % 3] as number), 0) % 10;
const withCheck = (text: string): string => text + mrzDigit(text);
const letters = (random: Random, count: number): string =>
  Array.from({ length: count }, () => String.fromCharCode(65 + Math.floor(random() * 26))).join("");
const two = (random: Random, least: number, most: number): string =>
  String(least + Math.floor(random() * (most - least + 1))).padStart(2, "0");

function mrz(random: Random): string {
  const country = pick(random, ["UTO", "GBR", "FRA", "USA", "D<<"]);
  const names = `${letters(random, 7)}<<${letters(random, 5)}<${letters(random, 4)}`;
  if (random() < 0.4) return `P<${country.replace(/<<$/, "EU")}${names}`.padEnd(44, "<");
  const born = `${two(random, 0, 99)}${two(random, 1, 12)}${two(random, 1, 28)}`;
  const until = `${two(random, 24, 34)}${two(random, 1, 12)}${two(random, 1, 28)}`;
  const number = withCheck(`${letters(random, 1)}${digits(random, 8)}`);
  return `${number}${country}${withCheck(born)}${pick(random, ["M", "F", "<"])}${withCheck(until)}${"<".repeat(14)}0${digits(random, 1)}`;
}

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

function base58(random: Random): string {
  const body = Buffer.from([
    pick(random, [0x00, 0x05, 0x30, 0x1e, 0x41]),
    ...Array.from({ length: 20 }, () => Math.floor(random() * 256)),
  ]);
  const whole = Buffer.concat([body, sha256(sha256(body)).subarray(0, 4)]);
  let value = BigInt(`0x${whole.toString("hex")}`);
  let text = "";
  for (; value > 0n; value /= 58n) text = alphabet.charAt(Number(value % 58n)) + text;
  return (body[0] === 0 ? "1" : "") + text;
}

/** The last letters are found by trying: three of them give a checksum in about one of a thousand runs of the others. */
function bech32(random: Random): string {
  const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  const values = [0, ...Array.from({ length: 32 }, () => Math.floor(random() * 32))];
  let check = 1;
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  for (const value of [3, 3, 0, 2, 3, ...values, 0, 0, 0, 0, 0, 0]) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >> bit) & 1) check ^= generator[bit] as number;
  }
  check ^= 1;
  const sums = [5, 4, 3, 2, 1, 0].map((at) => (check >> (5 * at)) & 31);
  const address = `bc1${[...values, ...sums].map((value) => charset.charAt(value)).join("")}`;
  if (!isBech32(address)) throw new Error("the checksum was reckoned wrongly");
  return address;
}

function ethereum(random: Random): string {
  const lower = Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join("");
  const hash = keccak256(lower);
  return `0x${[...lower].map((letter, at) => (Number.parseInt(hash.charAt(at), 16) >= 8 ? letter.toUpperCase() : letter)).join("")}`;
}

function card(random: Random): string {
  const [prefix, length] = pick(random, [
    ["4", 16],
    ["51", 16],
    ["2221", 16],
    ["6011", 16],
    ["34", 15],
  ] as const);
  for (;;) {
    const number = prefix + digits(random, length - prefix.length);
    if (!luhn(number)) continue;
    return pick(random, [
      number,
      length === 15 ? number.replace(/^(.{4})(.{6})/, "$1 $2 ") : number.replace(/(.{4})(?=.)/g, "$1 "),
    ]);
  }
}

function iban(random: Random): string {
  for (;;) {
    const country = pick(random, ["DE", "FR", "ES", "NL", "PL", "BE", "AT", "PT", "SE", "NO"]);
    const length = countrySpecs[country]?.chars ?? 0;
    const body = country === "NL" ? `ABNA${digits(random, length - 8)}` : digits(random, length - 4);
    const expanded = [...`${body}${country}00`].map((letter) => Number.parseInt(letter, 36)).join("");
    const number = `${country}${String(98n - (BigInt(expanded) % 97n)).padStart(2, "0")}${body}`;
    // Some countries have check digits of their own inside.
    if (isValidIBAN(number)) return pick(random, [number, number.replace(/(.{4})(?=.)/g, "$1 ")]);
  }
}

const makers: Partial<Record<PiiKind, (random: Random) => string>> = {
  email: (random) =>
    `${letters(random, 5).toLowerCase()}.${letters(random, 7).toLowerCase()}@${letters(random, 6).toLowerCase()}.${pick(random, ["com", "example.org", "co.uk", "de"])}`,
  phone: (random) => {
    const country: CountryCode = pick(random, ["US", "GB", "DE", "FR", "IN", "BR", "JP", "AU", "SE", "ZA"]);
    const example = getExampleNumber(country, examples);
    if (example === undefined) throw new Error("every country has an example");
    return country === "US"
      ? pick(random, [`(415) 555-${digits(random, 4)}`, `415-555-${digits(random, 4)}`])
      : pick(random, [example.formatInternational(), example.number]);
  },
  card,
  iban,
  mrz,
  "crypto-wallet": (random) => pick(random, [base58, bech32, ethereum])(random),
};
