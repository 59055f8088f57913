/** Numbers of persons in Belgium, France, Luxembourg and the Netherlands. */
import { isFullDate, isMonthDay, twoDigits } from "../checks/dates.ts";
import { luhn, restOf, verhoeff, weighted } from "../checks/digits.ts";
import { checked, type IdKind } from "../scan/form.ts";

/** 97 less the rest of the first nine, a 2 before them for births from 2000 on. The month of a bis number is 20 or 40 more. */
function isBelgian(id: string): boolean {
  const check = Number(id.slice(9));
  const month = twoDigits(id, 2) % 20;
  const number = id.slice(0, 9);
  const dated =
    (month === 0 && twoDigits(id, 4) <= 31) || isMonthDay(month, twoDigits(id, 4)) || twoDigits(id, 4) === 0;
  return (
    dated && twoDigits(id, 2) <= 52 && (97 - restOf(number, 97) === check || 97 - restOf(`2${number}`, 97) === check)
  );
}

/** INSEE: 97 less the rest of the first thirteen, Corsica's 2A as 19 and 2B as 18. */
function isNir(id: string): boolean {
  const month = twoDigits(id, 3);
  const number = id.slice(0, 13).replace("2A", "19").replace("2B", "18");
  return (
    ((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50) &&
    97 - restOf(number, 97) === Number(id.slice(13))
  );
}

function isBsn(id: string): boolean {
  const nine = id.padStart(9, "0");
  return weighted(nine, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && Number(nine) > 1_000_000;
}

const nir = ["[12378]", "\\d\\d", "\\d\\d", "(?:\\d\\d|2[AB])", "\\d{3}", "\\d{3}", "\\d\\d"];

export const beneluxFrance: readonly IdKind[] = [
  {
    kind: "be-rrn",
    words: [
      "rijksregister",
      "registre national",
      "nationalregister",
      "rrn",
      "insz",
      "niss",
      "numero national",
      "national number",
      "bis nummer",
    ],
    alone: ["99.99.99-999.99"],
    near: ["99999999999", /\d\d[ .-]\d\d[ .-]\d\d[ .-]\d{3}[ .-]\d\d/, "999999 999 99", "999999-999-99"],
    prove: checked(isBelgian),
  },
  {
    kind: "fr-nir",
    words: [
      "nir",
      "securite sociale",
      "numero de secu",
      "secu",
      "insee",
      "carte vitale",
      "social security",
      "immatriculation",
    ],
    alone: [new RegExp(nir.join("")), new RegExp(nir.join(" ")), new RegExp(`${nir.slice(0, 6).join("")} ${nir[6]}`)],
    near: [new RegExp(nir.join("[ .-]?"))],
    prove: checked(isNir),
  },
  {
    kind: "fr-tax",
    words: ["spi", "numero fiscal", "numero spi", "reference fiscale", "identifiant fiscal", "impots", "no fiscal"],
    alone: [/[0-3]\d \d\d \d{3} \d{3} \d{3}/],
    near: [/[0-3]\d{12}/],
    prove: checked((id) => restOf(id.slice(0, 10), 511) === Number(id.slice(10))),
  },
  {
    kind: "lu-nin",
    words: ["matricule", "luxembourg", "cns", "identification number", "numero d identification", "sozialversicherung"],
    near: ["9999999999999", "99999999 99999", "9999 9999 999 99"],
    prove: checked((id) => isFullDate(id) && luhn(id.slice(0, 12)) && verhoeff(id.slice(0, 11) + id.slice(12))),
  },
  {
    kind: "nl-bsn",
    words: ["bsn", "burgerservice", "sofi", "sofinummer", "citizen service", "persoonsnummer"],
    near: ["999999999", "99999999", /\d{3}[ .-]\d{3}[ .-]\d{3}/, /\d{4}[ .-]\d\d[ .-]\d{3}/],
    prove: checked(isBsn),
  },
];
