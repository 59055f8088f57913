/** Numbers of bank accounts and of banks, beside the IBAN. */
import { digitOf, isRepeated, luhn, weighted } from "../checks/digits.ts";
import { checked, formed, type IdKind } from "../scan/form.ts";

/** Federal Reserve districts, thrifts, electronic and government prefixes; weights 3, 7, 1. */
function isRouting(id: string): boolean {
  const prefix = Number(id.slice(0, 2));
  const known = prefix <= 12 || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) || prefix === 80;
  return known && weighted(id, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 && !isRepeated(id);
}

const isClabe = (id: string): boolean =>
  weighted(
    id.slice(0, 17).replace(/\d/g, (digit, at: number) => String((Number(digit) * ([3, 7, 1][at % 3] as number)) % 10)),
    Array.from({ length: 17 }, () => 1),
  ) %
    10 ===
  (10 - digitOf(id, 17)) % 10;

/** Countries and territories of ISO 3166-1 with a bank that has a BIC. */
const countries =
  "AD|AE|AF|AG|AI|AL|AM|AO|AR|AT|AU|AW|AZ|BA|BB|BD|BE|BF|BG|BH|BI|BJ|BM|BN|BO|BR|BS|BT|BW|BY|BZ|CA|CD|CF|CG|CH|CI|CK|CL|CM|CN|CO|CR|CU|CV|CW|CY|CZ|DE|DJ|DK|DM|DO|DZ|EC|EE|EG|ER|ES|ET|FI|FJ|FO|FR|GA|GB|GD|GE|GG|GH|GI|GL|GM|GN|GQ|GR|GT|GW|GY|HK|HN|HR|HT|HU|ID|IE|IL|IM|IN|IQ|IR|IS|IT|JE|JM|JO|JP|KE|KG|KH|KI|KM|KN|KR|KW|KY|KZ|LA|LB|LC|LI|LK|LR|LS|LT|LU|LV|LY|MA|MC|MD|ME|MG|MK|ML|MM|MN|MO|MR|MT|MU|MV|MW|MX|MY|MZ|NA|NC|NE|NG|NI|NL|NO|NP|NZ|OM|PA|PE|PF|PG|PH|PK|PL|PS|PT|PY|QA|RO|RS|RU|RW|SA|SB|SC|SD|SE|SG|SI|SK|SL|SM|SN|SO|SR|SS|ST|SV|SY|SZ|TD|TG|TH|TJ|TL|TM|TN|TO|TR|TT|TW|TZ|UA|UG|US|UY|UZ|VA|VC|VE|VG|VN|VU|WS|XK|YE|ZA|ZM|ZW";
const isCountry = new Set(countries.split("|"));

export const bank: readonly IdKind[] = [
  {
    kind: "us-aba",
    words: ["aba", "routing", "rtn", "routing number", "transit number", "aba no"],
    near: ["999999999"],
    prove: checked(isRouting),
  },
  {
    kind: "bank-account",
    words: [
      "account number",
      "account no",
      "account num",
      "acct",
      "acct no",
      "acct number",
      "bank account",
      "a c no",
      "checking account",
      "savings account",
      "kontonummer",
      "konto nr",
      "kontonr",
      "konto",
      "numero de compte",
      "compte bancaire",
      "numero de cuenta",
      "cuenta bancaria",
      "conto corrente",
      "rekeningnummer",
      "numero da conta",
      "conta corrente",
      "numer konta",
      "nomor rekening",
      "\u53e3\u5ea7\u756a\u53f7",
      "\u8d26\u53f7",
      "\u8d26\u6237",
      "\uacc4\uc88c\ubc88\ud638",
    ],
    near: [/\d{6,17}/, /\d{2,4}-\d{2,6}-\d{4,8}/, /\d{4}(?: \d{4}){1,3}(?: \d{1,4})?/, /\d{3,6}-\d{1,2}/],
    prove: formed((id) => id.length >= 6 && !isRepeated(id)),
    within: 32,
  },
  { kind: "gb-sort-code", words: ["sort code", "sortcode", "s c"], near: ["99-99-99", "99 99 99", "999999"] },
  {
    kind: "swift-bic",
    words: ["bic", "swift", "swift code", "bic code"],
    near: [/[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?/],
    // Words have eight letters too: a bank's code is written in capitals.
    casing: "exact",
    prove: (id) => (isCountry.has(id.slice(4, 6)) ? "form" : "no"),
    // Not a part of a placeholder.
    notAfter: /\[[A-Z0-9-]*$/,
  },
  {
    kind: "mx-clabe",
    words: ["clabe", "interbancaria"],
    near: ["999999999999999999", "999 999 99999999999 9"],
    prove: checked(isClabe),
  },
  { kind: "in-ifsc", words: ["ifsc", "ifs code"], near: [/[A-Z]{4}0[A-Z0-9]{6}/] },
  { kind: "au-bsb", words: ["bsb"], near: ["999-999", "999 999", "999999"] },
  {
    kind: "imei",
    words: ["imei"],
    near: ["999999999999999", "99-999999-999999-9", "99 999999 999999 9"],
    prove: checked((id) => luhn(id) && !isRepeated(id)),
  },
];
