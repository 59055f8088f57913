/** Numbers of persons in Denmark, Finland, Iceland, Norway and Sweden: a date of birth, a serial and check digits. */
import { isDayFirst, isMonthDay, isYearFirst, twoDigits } from "../checks/dates.ts";
import { digitOf, luhn, weighted } from "../checks/digits.ts";
import { checked, type IdKind, type Proof } from "../scan/form.ts";

/** Numbers issued since 2007 need not hold the old check. */
function proveCpr(id: string): Proof {
  if (!isDayFirst(id)) return "no";
  return weighted(id, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 ? "checksum" : "form";
}

function isHetu(id: string): boolean {
  const digits = id.slice(0, 6) + id.slice(-4, -1);
  return isDayFirst(id) && "0123456789ABCDEFHJKLMNPRSTUVWXY"[Number(digits) % 31] === id.at(-1);
}

const isKennitala = (id: string): boolean =>
  isMonthDay(twoDigits(id, 2), twoDigits(id, 0) % 40) &&
  (11 - (weighted(id, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitOf(id, 8);

/** A D-number has 40 added to the day. */
function isNorwegian(id: string): boolean {
  return (
    isMonthDay(twoDigits(id, 2) % 40, twoDigits(id, 0) % 40) &&
    weighted(id, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}

/** A coordination number has 60 added to the day. */
function isSwedish(id: string): boolean {
  const ten = id.slice(-10);
  const day = twoDigits(ten, 4);
  return (
    (isYearFirst(ten) || isMonthDay(twoDigits(ten, 2), day - 60)) &&
    luhn(ten) &&
    (id.length === 10 || /^(?:18|19|20)/.test(id))
  );
}

export const nordics: readonly IdKind[] = [
  {
    kind: "dk-cpr",
    words: ["cpr", "personnummer", "cpr nummer", "cpr nr"],
    near: ["999999-9999", "9999999999", "999999 9999"],
    prove: proveCpr,
  },
  {
    kind: "fi-hetu",
    words: ["hetu", "henkilotunnus", "personbeteckning", "sotu"],
    alone: [/\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]/],
    prove: checked(isHetu),
  },
  {
    kind: "is-kennitala",
    words: ["kennitala", "kt", "kennitolu"],
    near: [/\d{6}[ -]?\d{3}[890]/],
    prove: checked(isKennitala),
  },
  {
    kind: "no-fnr",
    words: ["fodselsnummer", "personnummer", "fnr", "f nr", "d nummer", "fodselsnr"],
    alone: ["999999 99999"],
    near: ["99999999999", "999999-99999"],
    prove: checked(isNorwegian),
  },
  {
    kind: "se-personnummer",
    words: ["personnummer", "persnr", "pnr", "samordningsnummer", "personal identity number", "person nr", "personnr"],
    alone: [/(?:18|19|20)?\d{6}[-+]\d{4}/],
    near: [/(?:18|19|20)?\d{6}[ -]?\d{4}/],
    prove: checked(isSwedish),
  },
];
