/** Numbers of persons from the Baltic states to the Adriatic: dates of birth or tax numbers, each with check digits. */
import { isDate, isDayFirst, isMonthDay, isYearFirst, twoDigits } from "../checks/dates.ts";
import { digitOf, mod11And10, valueOf, weighted } from "../checks/digits.ts";
import { checked, type IdKind, type Proof } from "../scan/form.ts";

/** The month tells the century: 80, 0, 20, 40 or 60 more. */
function isPesel(id: string): boolean {
  const check = (10 - (weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10;
  return isMonthDay(twoDigits(id, 2) % 20, twoDigits(id, 4)) && check === digitOf(id, 10);
}

export const isNip = (id: string): boolean =>
  weighted(id, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitOf(id, 9) && id[0] !== "0";

function isPolishCard(id: string): boolean {
  const sum = [7, 3, 1, 0, 7, 3, 1, 7, 3].reduce((total, weight, at) => total + weight * valueOf(id, at), 0);
  return sum % 10 === digitOf(id, 3);
}

/** Nine digits until 1953, without a check; women's months have 50 more, full series 20 more. */
function proveRodne(id: string): Proof {
  const month = twoDigits(id, 2) % 50;
  if (!isMonthDay(month > 20 ? month - 20 : month, twoDigits(id, 4))) return "no";
  if (id.length === 9) return twoDigits(id, 0) < 54 && id.slice(6) !== "000" ? "form" : "no";
  return Number(id) % 11 === 0 || (Number(id.slice(0, 9)) % 11 === 10 && id[9] === "0") ? "checksum" : "no";
}

const isTaj = (id: string): boolean => weighted(id, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitOf(id, 8) && Number(id) > 0;
const isHungarianTax = (id: string): boolean => weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digitOf(id, 9);

function isCnp(id: string): boolean {
  const county = twoDigits(id, 7);
  const rest = weighted(id, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (
    id[0] !== "0" &&
    isYearFirst(id, 1) &&
    county >= 1 &&
    (county <= 52 || county === 70) &&
    (rest === 10 ? 1 : rest) === digitOf(id, 12)
  );
}

/** Births before 1900 have 20 more in the month, from 2000 on 40 more. */
function isEgn(id: string): boolean {
  const month = twoDigits(id, 2);
  const rest = (weighted(id, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10;
  return month <= 52 && isMonthDay(month % 20, twoDigits(id, 4)) && rest === digitOf(id, 9);
}

/** DDMMYYY with the year's last three digits. */
function isJmbg(id: string): boolean {
  const year = Number(id.slice(4, 7));
  const check = 11 - (weighted(id, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (
    isDate(year > 800 ? year + 1000 : year + 2000, twoDigits(id, 2), twoDigits(id, 0)) &&
    (check > 9 ? 0 : check) === digitOf(id, 12)
  );
}

/** Estonia and Lithuania share it: a second row of weights where the first leaves 10. */
function isBaltic(id: string): boolean {
  const first = weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const rest = first === 10 ? (weighted(id, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10 : first;
  return id[0] !== "0" && id[0] !== "9" && isYearFirst(id, 1) && rest === digitOf(id, 10);
}

/** Numbers from 2017 on begin with 32 and tell no date, nor hold a check that is published. */
function proveLatvian(id: string): Proof {
  if (id.startsWith("32")) return "form";
  if (!isDayFirst(id) || digitOf(id, 6) > 2) return "no";
  const check = (1101 - weighted(id, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11;
  return check === digitOf(id, 10) ? "checksum" : "no";
}

export const centralEurope: readonly IdKind[] = [
  {
    kind: "pl-pesel",
    words: ["pesel", "nr ewidencyjny", "numer ewidencyjny"],
    near: ["99999999999"],
    prove: checked(isPesel),
  },
  {
    kind: "pl-nip",
    words: ["nip", "numer identyfikacji podatkowej", "podatkowy"],
    near: ["9999999999", "999-999-99-99", "999-99-99-999", "999 999 99 99", "PL9999999999"],
    prove: checked((id) => isNip(id.slice(-10))),
  },
  {
    kind: "pl-id-card",
    words: ["dowod osobisty", "dowodu osobistego", "dowod", "dowodu", "seria i numer"],
    near: ["AAA999999", "AAA 999999", "AAA-999999"],
    prove: checked(isPolishCard),
  },
  {
    kind: "cz-rc",
    words: ["rodne cislo", "rodneho cisla", "rodnym cislom", "r c", "rc"],
    near: ["999999/9999", "999999/999", "9999999999", "999999999"],
    prove: proveRodne,
  },
  {
    kind: "hu-taj",
    words: ["taj", "taj szam", "tajszam", "tarsadalombiztositas"],
    near: ["999999999", "999 999 999", "999-999-999"],
    prove: checked(isTaj),
  },
  {
    kind: "hu-tax",
    words: ["adoazonosito", "adoazonosito jel", "ado azonosito", "adoszam"],
    near: [/8\d{9}/],
    prove: checked(isHungarianTax),
  },
  {
    kind: "ro-cnp",
    words: ["cnp", "cod numeric personal", "codul numeric"],
    near: ["9999999999999"],
    prove: checked(isCnp),
  },
  {
    kind: "bg-egn",
    words: [
      "egn",
      "\u0435\u0433\u043d",
      "\u0435\u0434\u0438\u043d\u0435\u043d \u0433\u0440\u0430\u0436\u0434\u0430\u043d\u0441\u043a\u0438",
    ],
    near: ["9999999999"],
    prove: checked(isEgn),
  },
  {
    kind: "hr-oib",
    words: ["oib", "osobni identifikacijski"],
    near: ["99999999999", "HR99999999999"],
    prove: checked((id) => mod11And10(id.slice(-11))),
  },
  {
    kind: "rs-jmbg",
    words: [
      "jmbg",
      "emso",
      "jedinstveni maticni",
      "maticni broj",
      "maticna stevilka",
      "\u0458\u043c\u0431\u0433",
      "\u0435\u043c\u0431\u0433",
    ],
    near: ["9999999999999"],
    prove: checked(isJmbg),
  },
  { kind: "ee-isikukood", words: ["isikukood", "isikukoodi", "ik"], near: ["99999999999"], prove: checked(isBaltic) },
  {
    kind: "lt-asmens-kodas",
    words: ["asmens kodas", "asmens koda", "asm kodas", "a k"],
    near: ["99999999999"],
    prove: checked(isBaltic),
  },
  {
    kind: "lv-personas-kods",
    words: ["personas kods", "personas koda", "p k"],
    near: ["999999-99999", "99999999999"],
    prove: proveLatvian,
  },
  {
    kind: "si-davcna",
    words: ["davcna stevilka", "davcna", "davcne stevilke"],
    near: ["99999999", "SI99999999"],
    prove: checked((id) => {
      const check = 11 - (weighted(id.slice(-8), [8, 7, 6, 5, 4, 3, 2]) % 11);
      return check !== 11 && check % 10 === digitOf(id, id.length - 1) && id.at(-8) !== "0";
    }),
  },
];
