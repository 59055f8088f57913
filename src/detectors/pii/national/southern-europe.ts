/** Numbers of persons in Greece, Italy, Portugal and Spain. */
import { isDayFirst, twoDigits } from "../checks/dates.ts";
import { digitOf, elevenLess, isRepeated, luhn, restOf, sumOfDigits, valueOf, weighted } from "../checks/digits.ts";
import { checked, type IdKind } from "../scan/form.ts";

/** D.M. 12 March 1974: the worth of a character at an odd place, from 0 and A on. */
const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** The last letter of a codice fiscale. Digits may stand as letters (omocodia); their worth is the letter's. */
export function fiscalLetter(id: string): string {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const value = valueOf(id, at);
    const place = value > 9 ? value - 10 : value;
    sum += at % 2 === 0 ? (odd[place] as number) : place;
  }
  return String.fromCharCode(65 + (sum % 26));
}

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
const isDni = (id: string): boolean => dniLetters[Number(id.slice(0, -1)) % 23] === id.at(-1);

/** AEAT: digits at odd places doubled; a letter or a digit by the kind of company. */
export function isCif(id: string): boolean {
  let sum = 0;
  for (let at = 1; at < 8; at++) sum += at % 2 === 1 ? sumOfDigits(2 * digitOf(id, at)) : digitOf(id, at);
  const check = (10 - (sum % 10)) % 10;
  return id[8] === String(check) || id[8] === "JABCDEFGHI"[check];
}

function isNuss(id: string): boolean {
  const serial = Number(id.slice(2, 10));
  const number = serial < 10_000_000 ? id.slice(0, 2) + id.slice(3, 10) : id.slice(0, 10);
  return twoDigits(id, 0) >= 1 && twoDigits(id, 0) <= 66 && restOf(number, 97) === Number(id.slice(10));
}

export const isPortuguese = (id: string): boolean =>
  elevenLess(weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]), 0) === digitOf(id, 8) && /^(?:[1235689]|45|7[0-79])/.test(id);

export const isAfm = (id: string): boolean =>
  (weighted(id, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitOf(id, 8) && !isRepeated(id);

const d = "[\\dLMNPQRSTUV]";

export const southernEurope: readonly IdKind[] = [
  {
    kind: "gr-afm",
    words: ["afm", "\u03b1\u03c6\u03bc", "\u0391\u03a6\u039c", "\u0391 \u03a6 \u039c", "tax number", "vat"],
    near: ["999999999"],
    prove: checked(isAfm),
  },
  {
    kind: "gr-amka",
    words: ["amka", "\u03b1\u03bc\u03ba\u03b1", "\u0391\u039c\u039a\u0391", "\u0391 \u039c \u039a \u0391"],
    near: ["99999999999", "999999 99999"],
    prove: checked((id) => isDayFirst(id) && luhn(id)),
  },
  {
    kind: "it-codice-fiscale",
    words: ["codice fiscale", "cod fisc", "cf", "c f", "fiscal code", "tessera sanitaria"],
    alone: [new RegExp(`[A-Z]{6}${d}{2}[ABCDEHLMPRST]${d}{2}[A-Z]${d}{3}[A-Z]`)],
    near: [new RegExp(`[A-Z]{3} ?[A-Z]{3} ?${d}{2}[ABCDEHLMPRST]${d}{2} ?[A-Z]${d}{3} ?[A-Z]`)],
    prove: checked((id) => fiscalLetter(id) === id[15]),
  },
  {
    kind: "it-partita-iva",
    words: ["partita iva", "p iva", "piva", "vat"],
    near: ["99999999999", "IT99999999999"],
    prove: checked((id) => luhn(id.slice(-11)) && !isRepeated(id)),
  },
  {
    kind: "pt-nif",
    words: ["nif", "contribuinte", "numero fiscal", "identificacao fiscal", "nipc"],
    near: ["999999999", "999 999 999", "PT999999999"],
    prove: checked((id) => isPortuguese(id.slice(-9))),
  },
  {
    kind: "es-dni",
    words: ["dni", "nif", "documento nacional", "documento de identidad"],
    alone: [/\d{8}-?[A-HJ-NP-TV-Z]/, /\d\d\.\d{3}\.\d{3}-?[A-HJ-NP-TV-Z]/],
    near: [/\d{7,8}[ -]?[A-HJ-NP-TV-Z]/, /\d{1,2}\.\d{3}\.\d{3}[ -]?[A-HJ-NP-TV-Z]/],
    prove: checked(isDni),
  },
  {
    kind: "es-nie",
    words: ["nie", "extranjero", "residencia", "numero de identidad de extranjero"],
    alone: [/[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]/],
    near: [/[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]/],
    prove: checked((id) => isDni(`${"XYZ".indexOf(id.charAt(0))}${id.slice(1)}`)),
  },
  {
    kind: "es-cif",
    words: ["cif", "nif", "empresa", "sociedad"],
    near: [/[ABCDEFGHJNPQRSUVW][ -]?\d{7}[ -]?[0-9A-J]/],
    prove: checked(isCif),
  },
  {
    kind: "es-nuss",
    words: ["nuss", "naf", "seguridad social", "seg social", "afiliacion"],
    alone: ["99/99999999/99"],
    near: ["999999999999", "99 99999999 99", "99-99999999-99", "99 9999999999"],
    prove: checked(isNuss),
  },
];
