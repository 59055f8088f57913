/**
 * US social security numbers written 3-2-4 with one kind of separator. Nine digits without separators are not taken:
 * too much else has nine digits.
 */
import { reviewed } from "../pattern/pattern.ts";
import type { Matcher } from "../pattern/pattern-detector.ts";
import { dashes, digits, groupsOf, spaces } from "./characters.ts";

const d = `[${digits}]`;
const written = [dashes, spaces].map((separator) => `${d}{3}[${separator}]${d}{2}[${separator}]${d}{4}`).join("|");

export const usSsn: Matcher = {
  category: "pii/us-ssn",
  pattern: reviewed(`(?<!${d}[${dashes}.]?)(?:${written})(?!${d})`),
  accept(matched) {
    const [area = "", group = "", serial = ""] = groupsOf(matched).map((run) => run.digits);
    return issuable(area, group, serial) ? matched.length : 0;
  },
};

/** Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never issued (SSA POMS RM 10201.035). */
function issuable(area: string, group: string, serial: string): boolean {
  return area !== "000" && area !== "666" && area < "900" && group !== "00" && serial !== "0000";
}
