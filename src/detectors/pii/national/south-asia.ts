/** Numbers of persons in India, Pakistan, Bangladesh and Sri Lanka. */
import { score } from "../../../domain/score.ts";
import { isRepeated, verhoeff } from "../checks/digits.ts";
import { checked, formed, type IdKind } from "../scan/form.ts";

/** The day of the year, women's with 500 more. */
function isSriLankan(id: string): boolean {
  const day = Number(id.length === 10 ? id.slice(2, 5) : id.slice(4, 7)) % 500;
  return day >= 1 && day <= 366;
}

export const southAsia: readonly IdKind[] = [
  {
    kind: "in-aadhaar",
    words: ["aadhaar", "aadhar", "adhaar", "uidai", "uid", "\u0906\u0927\u093e\u0930"],
    alone: [/[2-9]\d{3} \d{4} \d{4}/],
    near: [/[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}/],
    prove: checked((id) => verhoeff(id) && !isRepeated(id)),
    // One in ten rows of three groups of four digits holds the check.
    aloneScore: score(0.7),
  },
  {
    kind: "in-pan",
    words: ["pan", "permanent account number", "pan card", "pan no"],
    alone: [/[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/],
    prove: formed((id) => id.slice(5, 9) !== "0000"),
    aloneScore: score(0.8),
  },
  {
    kind: "pk-cnic",
    words: ["cnic", "nicop", "nadra", "computerized national identity", "shanakhti"],
    alone: [/[1-7]\d{4}-\d{7}-\d/],
    near: [/[1-7]\d{12}/],
  },
  {
    kind: "lk-nic",
    words: ["nic", "national identity card", "sri lanka"],
    near: [/\d{9}[VX]/, /(?:19|20)\d{10}/],
    prove: formed(isSriLankan),
  },
  {
    kind: "bd-nid",
    words: [
      "nid",
      "national id",
      "bangladesh",
      "\u099c\u09be\u09a4\u09c0\u09af\u09bc \u09aa\u09b0\u09bf\u099a\u09af\u09bc\u09aa\u09a4\u09cd\u09b0",
    ],
    near: ["9999999999", /(?:19|20)\d{15}/, "9999999999999"],
    prove: formed((id) => !isRepeated(id)),
  },
];
