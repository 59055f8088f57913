/** Numbers of patients and of those who treat them. National insurance numbers that serve as both stand with their country. */
import { digitOf, elevenLess, isRepeated, luhn, weighted } from "../checks/digits.ts";
import { checked, formed, type IdKind } from "../scan/form.ts";

const isNhs = (id: string): boolean =>
  elevenLess(weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]), -1) === digitOf(id, 9) && !isRepeated(id);

const isDea = (id: string): boolean => weighted(id, [1, 2, 1, 2, 1, 2], 2) % 10 === digitOf(id, 8);

/** The letters of an MBI leave out S, L, O, I, B and Z. */
const l = "[AC-HJKMNP-RT-Y]";
const x = "[0-9AC-HJKMNP-RT-Y]";
const mbi = (dash: string): RegExp => new RegExp(`[1-9]${l}${x}\\d${dash}${l}${x}\\d${dash}${l}${l}\\d\\d`);

export const health: readonly IdKind[] = [
  {
    kind: "gb-nhs",
    words: ["nhs", "nhs number", "nhs no", "health service"],
    near: ["9999999999", "999 999 9999", "999-999-9999"],
    prove: checked(isNhs),
  },
  { kind: "us-mbi", words: ["mbi", "medicare", "beneficiary"], alone: [mbi("-")], near: [mbi("")] },
  {
    kind: "us-npi",
    words: ["npi", "provider identifier", "national provider"],
    near: [/[12]\d{9}/],
    prove: checked((id) => luhn(`80840${id}`)),
  },
  {
    kind: "us-dea",
    words: ["dea", "dea no", "dea number", "drug enforcement"],
    near: [/[A-HJ-NPRSTUX][A-Z9]\d{7}/],
    prove: checked(isDea),
  },
  {
    kind: "ca-health",
    words: ["ohip", "health card", "carte sante", "ramq", "phn", "personal health number", "assurance maladie"],
    near: [/\d{4}[ -]?\d{3}[ -]?\d{3}(?:[ -]?[A-Z]{2})?/, /[A-Z]{4} ?\d{4} ?\d{4}/],
    prove: (id) => (/^\d{10}/.test(id) ? (luhn(id.slice(0, 10)) || id.startsWith("9") ? "checksum" : "no") : "form"),
  },
  {
    kind: "medical-record",
    words: [
      "mrn",
      "medical record",
      "patient id",
      "patient number",
      "patient no",
      "patientennummer",
      "hospital number",
      "chart number",
      "dossier medical",
      "historia clinica",
    ],
    near: [/[A-Z]{0,3}-?\d{5,10}/, /\d{2,3}-\d{2,3}-\d{2,4}/],
    prove: formed((id) => !isRepeated(id)),
  },
];
