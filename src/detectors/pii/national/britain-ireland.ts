/** Numbers of persons in the United Kingdom and Ireland. */
import { digitOf, valueOf, weighted } from "../checks/digits.ts";
import { checked, formed, type IdKind } from "../scan/form.ts";

/** HMRC NIM39110: prefixes that are not given out. */
const noPrefix = /^(?:BG|GB|KN|NK|NT|TN|ZZ)/;
const nino = "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]";

function isUtr(id: string): boolean {
  return id[0] === "21987654321"[weighted(id, [6, 7, 8, 9, 10, 5, 4, 3, 2], 1) % 11];
}

/** Weights 8 to 2 on the digits, 9 on a second letter; the first letter tells the rest by 23, W for 0. */
function isPps(id: string): boolean {
  const second = id.length === 9 && id[8] !== "W" ? valueOf(id, 8) - 9 : 0;
  const rest = (weighted(id, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
  return id[7] === "WABCDEFGHIJKLMNOPQRSTUV"[rest];
}

export const britainIreland: readonly IdKind[] = [
  {
    kind: "gb-nino",
    words: ["nino", "national insurance", "ni", "ni number", "ni no", "nat ins"],
    alone: [
      new RegExp(`${nino}\\d{6}[A-D]`),
      new RegExp(`${nino} \\d\\d \\d\\d \\d\\d [A-D]`),
      new RegExp(`${nino} \\d{6} [A-D]`),
    ],
    near: [new RegExp(`${nino}[ -]?\\d\\d[ -]?\\d\\d[ -]?\\d\\d[ -]?[A-D]`)],
    prove: formed((id) => !noPrefix.test(id)),
  },
  {
    kind: "gb-utr",
    words: ["utr", "unique taxpayer", "tax reference", "self assessment"],
    near: ["9999999999", "99999 99999"],
    prove: checked((id) => isUtr(id) && digitOf(id, 1) + digitOf(id, 2) + digitOf(id, 3) > 0),
  },
  {
    kind: "ie-pps",
    words: ["pps", "ppsn", "pps no", "personal public service", "uimhir psp", "psp"],
    near: [/\d{7} ?[A-W][ABHW]?/],
    prove: checked(isPps),
  },
];
