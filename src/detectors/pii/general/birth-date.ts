/** Dates of birth: a date that a word such as `born` or `Geburtsdatum` announces. */
import { isDate, isMonthDay } from "../checks/dates.ts";
import type { IdKind, Proof } from "../scan/form.ts";

/** In the order of the months; a dot marks where a name may end. */
const months = [
  "january|jan|januar|j\u00e4nner|janvier|janv|enero|ene|gennaio|gen|januari|janeiro|stycznia|tammikuuta",
  "february|feb|februar|f\u00e9vrier|f\u00e9vr|febrero|febbraio|februari|fevereiro|fev|lutego|helmikuuta",
  "march|mar|m\u00e4rz|mrz|mars|marzo|maart|mrt|mar\u00e7o|marca|maaliskuuta",
  "april|apr|avril|avr|abril|abr|aprile|kwietnia|huhtikuuta",
  "may|mai|mayo|maggio|mag|mei|maio|maja|maj|toukokuuta",
  "june|jun|juni|juin|junio|giugno|giu|junho|czerwca|kes\u00e4kuuta",
  "july|jul|juli|juillet|juil|julio|luglio|lug|julho|lipca|hein\u00e4kuuta",
  "august|aug|ao\u00fbt|agosto|ago|augustus|augusti|sierpnia|elokuuta",
  "september|sept|sep|septembre|septiembre|settembre|set|setembro|wrze\u015bnia|syyskuuta",
  "october|oct|oktober|okt|octobre|octubre|ottobre|ott|outubro|out|pa\u017adziernika|lokakuuta",
  "november|nov|novembre|noviembre|novembro|listopada|marraskuuta",
  "december|dec|dezember|dez|d\u00e9cembre|d\u00e9c|diciembre|dic|dicembre|dezembro|grudnia|joulukuuta",
];
const name = `(?:${months.join("|")})\\.?`;
const monthOf = new Map(months.flatMap((names, index) => names.split("|").map((each) => [each, index + 1] as const)));
const year = "(?:(?:18|19|20)\\d\\d)";

/** Day or month first is not known: either will do. */
function prove(_id: string, written: string): Proof {
  const numbers = written.match(/\d+/g)?.map(Number) ?? [];
  const month = monthOf.get(
    /[a-z\u00e0-\u017f]{3,}(?![a-z\u00e0-\u017f])/i
      .exec(written.replace(/\b(?:de|del|of)\b/gi, ""))?.[0]
      .toLowerCase() ?? "",
  );
  if (month !== undefined) {
    const [day = 0, of = 0] = numbers;
    return isDate(of, month, day) ? "form" : "no";
  }
  const [first = 0, second = 0, third = 0] = numbers;
  if (first > 999) return isDate(first, second, third) ? "form" : "no";
  const holds =
    third > 999
      ? isDate(third, second, first) || isDate(third, first, second)
      : isMonthDay(second, first) || isMonthDay(first, second);
  return holds ? "form" : "no";
}

export const birthDate: readonly IdKind[] = [
  {
    kind: "date-of-birth",
    words: [
      "born",
      "date of birth",
      "dob",
      "d o b",
      "birth date",
      "birthdate",
      "birthday",
      "birth day",
      "bday",
      "geboren",
      "geburtsdatum",
      "geb",
      "geburtstag",
      "ne le",
      "nee le",
      "date de naissance",
      "naissance",
      "fecha de nacimiento",
      "nacido",
      "nacida",
      "nacio",
      "nacimiento",
      "data di nascita",
      "nato il",
      "nata il",
      "nascita",
      "geboortedatum",
      "data de nascimento",
      "nascido",
      "nascida",
      "nascimento",
      "data urodzenia",
      "urodzony",
      "urodzona",
      "fodelsedatum",
      "fodd",
      "fodselsdato",
      "fodt",
      "syntymaaika",
      "syntynyt",
      "dogum tarihi",
      "datum narozeni",
      "szuletesi datum",
      "data nasterii",
      "\u0434\u0430\u0442\u0430 \u0440\u043e\u0436\u0434\u0435\u043d\u0438\u044f",
      "\u0440\u043e\u0434\u0438\u043b\u0441\u044f",
      "\u0440\u043e\u0434\u0438\u043b\u0430\u0441\u044c",
      "\u0434\u0430\u0442\u0430 \u043d\u0430\u0440\u043e\u0434\u0436\u0435\u043d\u043d\u044f",
      "\u751f\u5e74\u6708\u65e5",
      "\u51fa\u751f\u65e5\u671f",
      "\u751f\u65e5",
      "\uc0dd\ub144\uc6d4\uc77c",
      "\u8a95\u751f\u65e5",
    ],
    near: [
      new RegExp(`\\d{1,2}[./-]\\d{1,2}[./-](?:${year}|\\d\\d)`, "i"),
      new RegExp(`\\d{1,2}\\. ?\\d{1,2}\\. ?${year}`, "i"),
      new RegExp(`${year}[./-]\\d{1,2}[./-]\\d{1,2}`, "i"),
      new RegExp(`\\d{1,2}(?:st|nd|rd|th|\\.|er|\u00ba)? (?:of |de )?${name},? (?:de |del )?${year}`, "i"),
      new RegExp(`\\d{1,2}[- ]${name}[- ]${year}`, "i"),
      new RegExp(`${name} \\d{1,2}(?:st|nd|rd|th)?,? ${year}`, "i"),
      new RegExp(`${year}\u5e74 ?\\d{1,2}\u6708 ?\\d{1,2}\u65e5`, "i"),
      new RegExp(`${year}\ub144 ?\\d{1,2}\uc6d4 ?\\d{1,2}\uc77c`, "i"),
    ],
    prove,
    within: 40,
  },
];
