/** Numbers of persons in China, Hong Kong, Japan, Korea and Taiwan. */
import { isDate, isFullDate, twoDigits } from "../checks/dates.ts";
import { digitOf, isRepeated, valueOf, weighted } from "../checks/digits.ts";
import { checked, type IdKind, type Proof } from "../scan/form.ts";

/** GB 11643: region, date of birth, serial, ISO 7064 MOD 11-2. */
function isChinese(id: string): boolean {
  const rest = weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return (
    /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])/.test(id) &&
    isFullDate(id, 6) &&
    "10X98765432"[rest] === id[17]
  );
}

/** A letter's worth is 10 to 35 (a blank's 36), weights 9 or 8 to 2, and the check digit makes the sum a multiple of 11. */
function isHkid(id: string): boolean {
  const eight = id.length === 8;
  const lead = eight ? 36 * 9 + valueOf(id, 0) * 8 : valueOf(id, 0) * 9 + valueOf(id, 1) * 8;
  const check = id.at(-1) === "A" ? 10 : digitOf(id, id.length - 1);
  return (lead + weighted(id, [7, 6, 5, 4, 3, 2], eight ? 1 : 2) + check) % 11 === 0;
}

/** The order in which Taiwan numbers the letters, from 10 on. */
const taiwanese = "ABCDEFGHJKLMNPQRSTUVXYWZIO";

function isTaiwanese(id: string): boolean {
  const letter = taiwanese.indexOf(id.charAt(0)) + 10;
  // Older numbers of foreigners have a second letter, of which the last digit counts.
  const second = id.charCodeAt(1) > 57 ? (taiwanese.indexOf(id.charAt(1)) + 10) % 10 : digitOf(id, 1);
  const sum = Math.floor(letter / 10) + (letter % 10) * 9 + second * 8 + weighted(id, [7, 6, 5, 4, 3, 2, 1, 1], 2);
  return sum % 10 === 0;
}

/** Ordinance 85 of 2014, article 5. */
function isMyNumber(id: string): boolean {
  const rest = weighted(id, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === digitOf(id, 11) && !isRepeated(id);
}

/** Numbers given out since October 2020 hold no check. */
function proveKorean(id: string): Proof {
  const century = "9012345678".indexOf(id.charAt(6));
  const year = twoDigits(id, 0) + [1800, 1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000][century]!;
  if (!isDate(year, twoDigits(id, 2), twoDigits(id, 4))) return "no";
  const check = (11 - (weighted(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  const foreign = digitOf(id, 6) >= 5 && digitOf(id, 6) <= 8;
  return (check + (foreign ? 2 : 0)) % 10 === digitOf(id, 12) ? "checksum" : "form";
}

export const eastAsia: readonly IdKind[] = [
  {
    kind: "cn-resident-id",
    words: [
      "\u8eab\u4efd\u8bc1",
      "\u8eab\u5206\u8b49",
      "\u516c\u6c11\u8eab\u4efd",
      "shenfenzheng",
      "resident id",
      "id card",
      "identity card",
    ],
    alone: [/[1-8]\d{5}(?:18|19|20)\d{9}[\dX]/],
    near: [/[1-8]\d{5} (?:18|19|20)\d{6} \d{3}[\dX]/],
    prove: checked(isChinese),
  },
  {
    kind: "hk-id",
    words: [
      "hkid",
      "hong kong id",
      "hong kong identity",
      "\u8eab\u4efd\u8b49",
      "\u9999\u6e2f\u8eab\u4efd",
      "identity card",
    ],
    alone: [/[A-Z]{1,2}\d{6}\([\dA]\)/],
    near: [/[A-Z]{1,2}\d{6}[\dA]/, /[A-Z]{1,2} ?\d{6} ?\([\dA]\)/],
    prove: checked(isHkid),
  },
  {
    kind: "tw-id",
    words: [
      "\u8eab\u5206\u8b49",
      "\u8eab\u4efd\u8b49",
      "\u7d71\u4e00\u7de8\u865f",
      "taiwan id",
      "national id",
      "identity card",
      "arc",
    ],
    alone: [/[A-Z][1289A-D]\d{8}/],
    prove: checked(isTaiwanese),
  },
  {
    kind: "jp-my-number",
    words: [
      "\u30de\u30a4\u30ca\u30f3\u30d0\u30fc",
      "\u500b\u4eba\u756a\u53f7",
      "my number",
      "mynumber",
      "individual number",
      "kojin bango",
    ],
    near: ["999999999999", "9999 9999 9999", "9999-9999-9999"],
    prove: checked(isMyNumber),
  },
  {
    kind: "kr-rrn",
    words: [
      "\uc8fc\ubbfc\ub4f1\ub85d",
      "\uc8fc\ubbfc\ubc88\ud638",
      "\uc678\uad6d\uc778\ub4f1\ub85d",
      "rrn",
      "resident registration",
      "jumin",
    ],
    alone: ["999999-9999999"],
    near: ["9999999999999", "999999 9999999"],
    prove: proveKorean,
  },
];
