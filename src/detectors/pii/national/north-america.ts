/** Numbers of persons and employers in the United States and Canada. Sources are named at each. */
import { score } from "../../../domain/score.ts";
import { isRepeated, luhn } from "../checks/digits.ts";
import { checked, formed, type IdKind } from "../scan/form.ts";

/** Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never issued (SSA POMS RM 10201.035). */
function isSsn(id: string): boolean {
  const area = id.slice(0, 3);
  return area !== "000" && area !== "666" && area < "900" && id.slice(3, 5) !== "00" && id.slice(5) !== "0000";
}

/** Groups 50 to 65, 70 to 88, 90 to 92 and 94 to 99 (IRS Publication 1915). */
function isItin(id: string): boolean {
  const group = Number(id.slice(3, 5));
  return (group >= 50 && group <= 65) || (group >= 70 && group <= 99 && group !== 89 && group !== 93);
}

/** Prefixes that the IRS campuses and the internet have been given. */
const noEinPrefix = new Set([
  "00",
  "07",
  "08",
  "09",
  "17",
  "18",
  "19",
  "28",
  "29",
  "49",
  "69",
  "70",
  "78",
  "79",
  "89",
  "96",
  "97",
]);

export const northAmerica: readonly IdKind[] = [
  {
    kind: "us-ssn",
    words: ["ssn", "ssns", "social security", "soc sec", "social sec", "seguro social"],
    alone: ["999-99-9999", "999 99 9999"],
    near: ["999999999"],
    prove: formed(isSsn),
    // Nothing else is written in these groups.
    aloneScore: score(0.9),
  },
  {
    kind: "us-itin",
    words: ["itin", "individual taxpayer", "taxpayer id", "taxpayer identification"],
    alone: [/9\d\d-[5-9]\d-\d{4}/],
    near: [/9\d\d ?[5-9]\d ?\d{4}/],
    prove: formed(isItin),
  },
  {
    kind: "us-ein",
    words: ["ein", "fein", "employer identification", "federal tax id", "employer id"],
    near: ["99-9999999", "999999999"],
    prove: formed((id) => !noEinPrefix.has(id.slice(0, 2))),
  },
  {
    kind: "ca-sin",
    words: ["sin", "social insurance", "numero d assurance sociale", "assurance sociale", "nas"],
    alone: ["999-999-999"],
    near: ["999 999 999", "999999999"],
    // 0 is nobody's, 8 numbers businesses.
    prove: checked((id) => luhn(id) && id[0] !== "0" && id[0] !== "8" && !isRepeated(id)),
  },
];
