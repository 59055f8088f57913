/** Vehicles: their identification numbers and their plates. */
import { isRepeated } from "../checks/digits.ts";
import { formed, type IdKind, type Proof } from "../scan/form.ts";

/** 49 CFR 565.15: the worth of letters, and weights; the ninth is the check. */
const vinWorth = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
const vinWeights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** Only North America and China ask for the check; elsewhere the ninth is free. */
function proveVin(id: string): Proof {
  let sum = 0;
  for (let at = 0; at < 17; at++) sum += (vinWorth.indexOf(id.charAt(at)) % 10) * (vinWeights[at] as number);
  if (!/[A-Z]/.test(id) || isRepeated(id)) return "no";
  return "0123456789X".charAt(sum % 11) === id[8] ? "checksum" : "form";
}

const plateWords = [
  "license plate",
  "licence plate",
  "number plate",
  "plate number",
  "plate no",
  "vehicle registration",
  "car registration",
  "registration number",
  "reg no",
  "vrm",
  "kennzeichen",
  "immatriculation",
  "matricula",
  "targa",
  "kenteken",
  "placa",
  "rejestracyjny",
  "\u8f66\u724c",
  "\u8eca\u724c",
  "\u30ca\u30f3\u30d0\u30fc\u30d7\u30ec\u30fc\u30c8",
  "\u0433\u043e\u0441\u043d\u043e\u043c\u0435\u0440",
];

export const vehicles: readonly IdKind[] = [
  {
    kind: "vin",
    words: [
      "vin",
      "chassis",
      "vehicle identification",
      "fahrgestellnummer",
      "fin nummer",
      "numero de chassis",
      "bastidor",
      "telaio",
    ],
    alone: [/[1-5JKLSTVWYZ][A-HJ-NPR-Z0-9]{7}[0-9X][A-HJ-NPR-Z0-9]{4}\d{4}/],
    near: [/[A-HJ-NPR-Z0-9]{13}\d{4}/],
    prove: proveVin,
  },
  {
    kind: "licence-plate",
    words: plateWords,
    near: [
      /[A-Z]{2}\d\d ?[A-Z]{3}/, // Britain
      /[A-Z]\d{1,3} ?[A-Z]{3}/,
      /[A-Z\u00c4\u00d6\u00dc]{1,3}[- :][A-Z]{1,2}[- ]?\d{1,4}[HE]?/, // Germany
      /[A-Z]{2}[ -]?\d{3}[ -]?[A-Z]{2}/, // France, Italy
      /\d{4}[ -]?[B-DF-HJ-NP-TV-Z]{3}/, // Spain
      /(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{2,3}|\d{2,3})-(?:[A-Z]{1,3}|\d{1,2})/, // Netherlands, Portugal
      /[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}/, // India
      /[A-Z]{3}[ -]?\d[A-Z0-9]\d\d/, // Brazil, United States
      /[A-Z]{2,3}[ -]?\d{3,5}[A-Z]{0,2}/, // Poland, Sweden, Australia
      /\d{1,3}[ -]?[A-Z]{2,3}[ -]?\d{0,4}/,
      /\d[A-Z]{3}\d{3}/, // California
      /[\u4eac\u6d25\u6caa\u6e1d\u5180\u8c6b\u4e91\u8fbd\u9ed1\u6e58\u7696\u9c81\u65b0\u82cf\u6d59\u8d63\u9102\u6842\u7518\u664b\u8499\u9655\u5409\u95fd\u8d35\u7ca4\u9752\u85cf\u5ddd\u5b81\u743c][A-Z][\u00b7 ]?[A-Z0-9]{5,6}/,
      /[\u0410-\u042fABEKMHOPCTYX]\d{3}[\u0410-\u042fABEKMHOPCTYX]{2} ?\d{2,3}/, // Russia
      /\d{2,3}[\uac00-\ud7a3] ?\d{4}/, // Korea
    ],
    prove: formed((_id, written) => /\d/.test(written) && /[^\d -]/.test(written)),
    within: 32,
  },
];
