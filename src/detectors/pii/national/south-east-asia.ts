/** Numbers of persons in Indonesia, Malaysia, the Philippines, Singapore, Thailand and Vietnam. */
import { isMonthDay, isYearFirst, twoDigits } from "../checks/dates.ts";
import { digitOf, isRepeated, weighted } from "../checks/digits.ts";
import { checked, formed, type IdKind } from "../scan/form.ts";

/** T and G add 4, M adds 3; each series has its own letters. */
function isNric(id: string): boolean {
  const series = id.charAt(0);
  const added = series === "T" || series === "G" ? 4 : series === "M" ? 3 : 0;
  const rest = (weighted(id, [2, 7, 6, 5, 4, 3, 2], 1) + added) % 11;
  if (series === "M") return "KLJNPQRTUWX".charAt(10 - rest) === id[8];
  return (series === "S" || series === "T" ? "JZIHGFEDCBA" : "XWUTRQPNMLK")[rest] === id[8];
}

/** Women's days have 40 more. */
function isNik(id: string): boolean {
  const province = twoDigits(id, 0);
  return (
    province >= 11 && province <= 97 && isMonthDay(twoDigits(id, 8), twoDigits(id, 6) % 40) && id.slice(12) !== "0000"
  );
}

/** Place codes that are not in use. */
const noPlace = new Set([0, 17, 18, 19, 20, 69, 70, 73, 80, 81, 94, 95, 96, 97]);
const isMyKad = (id: string): boolean => isYearFirst(id) && !noPlace.has(twoDigits(id, 6));

const isThai = (id: string): boolean =>
  (11 - (weighted(id, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitOf(id, 12) && !isRepeated(id);

export const southEastAsia: readonly IdKind[] = [
  {
    kind: "sg-nric",
    words: ["nric", "fin", "singapore", "identity card", "uinfin"],
    alone: [/[STFGM]\d{7}[A-Z]/],
    prove: checked(isNric),
  },
  {
    kind: "my-nric",
    words: ["mykad", "nric", "kad pengenalan", "no kp", "ic no", "ic number", "ic", "identity card"],
    alone: ["999999-99-9999"],
    near: ["999999999999"],
    prove: formed(isMyKad),
  },
  {
    kind: "th-id",
    words: [
      "\u0e1a\u0e31\u0e15\u0e23\u0e1b\u0e23\u0e30\u0e0a\u0e32\u0e0a\u0e19",
      "\u0e40\u0e25\u0e02\u0e1b\u0e23\u0e30\u0e08\u0e33\u0e15\u0e31\u0e27",
      "thai id",
      "national id",
      "citizen id",
      "id card",
    ],
    alone: ["9-9999-99999-99-9", "9 9999 99999 99 9"],
    near: [/[1-8]\d{12}/],
    prove: checked(isThai),
  },
  {
    kind: "id-nik",
    words: ["nik", "ktp", "kartu tanda penduduk", "nomor induk"],
    near: ["9999999999999999", "999999 999999 9999", "999999.999999.9999"],
    prove: formed(isNik),
  },
  {
    kind: "vn-cccd",
    words: ["cccd", "cmnd", "can cuoc", "cuoc cong dan", "chung minh"],
    near: [/0\d{2}[0-9]\d{8}/, "999999999"],
    prove: formed((id) => !isRepeated(id)),
  },
  {
    kind: "ph-id",
    words: ["philsys", "psn", "pcn", "philhealth", "pag ibig", "umid", "sss number", "sss no", "sss"],
    near: ["9999-9999-9999", "9999-9999-9999-9999", "99-9999999-9", "99-999999999-9", "999999999999"],
  },
];
