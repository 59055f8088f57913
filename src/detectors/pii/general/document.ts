/** Numbers of passports and driving licences. Most have no check, so a word must announce them. */
import { isMonthDay, twoDigits } from "../checks/dates.ts";
import { formed, type IdKind } from "../scan/form.ts";

/** Surname, decade, month (women 50 more), day, year, initials, serial and letters. */
const isBritishLicence = (id: string): boolean => isMonthDay(twoDigits(id, 6) % 50, twoDigits(id, 8));

const britishLicence = /[A-Z9]{5}\d[0156]\d[0-3]\d\d[A-Z9]{2}\d[A-Z]{2}/;

const passportWords = [
  "passport",
  "reisepass",
  "passeport",
  "pasaporte",
  "passaporto",
  "paspoort",
  "passaporte",
  "paszport",
  "pasaport",
  "passnummer",
  "pass nr",
  "passnr",
  "\u043f\u0430\u0441\u043f\u043e\u0440\u0442",
  "\u62a4\u7167",
  "\u8b77\u7167",
  "\u30d1\u30b9\u30dd\u30fc\u30c8",
  "\u65c5\u5238",
  "\uc5ec\uad8c",
];
const licenceWords = [
  "driver s license",
  "drivers license",
  "driver license",
  "driver s licence",
  "drivers licence",
  "driver licence",
  "driving licence",
  "driving license",
  "dl no",
  "dl number",
  "dln",
  "license no",
  "licence no",
  "fuhrerschein",
  "permis de conduire",
  "numero de permis",
  "patente di guida",
  "patente n",
  "licencia de conducir",
  "permiso de conducir",
  "carnet de conducir",
  "rijbewijs",
  "carta de conducao",
  "cnh",
  "prawo jazdy",
  "korkort",
  "korekort",
  "forerkort",
  "ajokortti",
  "\u0432\u043e\u0434\u0438\u0442\u0435\u043b\u044c\u0441\u043a\u043e\u0435",
  "\u904b\u8ee2\u514d\u8a31",
  "\u9a7e\u9a76\u8bc1",
  "\uc6b4\uc804\uba74\ud5c8",
];
export const documents: readonly IdKind[] = [
  {
    kind: "passport",
    words: passportWords,
    near: [
      /\d{7,9}/, // United States, Britain, Sweden, Greece ...
      /[A-Z]\d{6,8}[A-Z]?/, // United States, India, Australia, China, Korea ...
      /[A-Z]{2}\d{6,7}/, // Japan, Italy, Canada, Poland ...
      /[A-Z]{3}\d{6,7}/, // Spain
      /\d\d[A-Z]{2}\d{5}/, // France
      /[A-Z]\d{3}[A-Z]\d{4}/, // Korea
      /[CFGHJK][CFGHJ-NPRTV-Z0-9]{7}\d/, // Germany
      /[A-Z]{2}[A-Z0-9]{6}\d/, // Netherlands
      /\d{4} ?\d{6}/, // Russia
      /\d\d \d\d \d{6}/,
      /[A-Z]{1,2} \d{6,8}/,
    ],
    prove: formed((id) => /\d{3}/.test(id) || /\d.*\d.*\d/.test(id)),
  },
  {
    kind: "driving-licence",
    words: licenceWords,
    alone: [britishLicence],
    near: [
      /[A-Z]{0,3}\d{5,14}[A-Z]{0,2}/,
      /[A-Z]\d{3}-\d{3}-\d\d-\d{3}-\d/, // Florida
      /[A-Z]\d{3}-\d{4}-\d{4}(?:-\d\d)?/, // Illinois, Wisconsin
      /[A-Z]\d{4}-\d{5}-\d{5}/, // Ontario, New Jersey
      /[A-Z]\d{4} \d{5} \d{5}/,
      /\d{3}[ -]\d{3}[ -]\d{3}/, // New York, Pennsylvania
      /\d\d-\d\d-\d{6}-\d\d/, // Korea
      /[A-Z]{2}-?\d\d ?(?:19|20)\d\d\d{7}/, // India
      /[A-Z0-9]\d{2}[A-Z0-9]{6}\d[A-Z0-9]/, // Germany
      /[A-Z]{2}\d{7}[A-Z]/, // Italy
      /[A-Z]{1,2} \d{5,8}/,
    ],
    prove: (id) => (britishLicence.test(id) && id.length === 16 ? (isBritishLicence(id) ? "checksum" : "no") : "form"),
    within: 40,
  },
];
