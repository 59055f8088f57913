/** Numbers of persons and businesses from Mexico to Chile. */
import { score } from "../../../domain/score.ts";
import { isYearFirst, twoDigits } from "../checks/dates.ts";
import { digitOf, elevenLess, isRepeated, luhn, weighted } from "../checks/digits.ts";
import { checked, formed, type IdKind, type Proof } from "../scan/form.ts";

const isCpf = (id: string): boolean =>
  elevenLess(weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]), 0) === digitOf(id, 9) &&
  elevenLess(weighted(id, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]), 0) === digitOf(id, 10) &&
  !isRepeated(id);

const companyWeights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
/** Letters count by their code less 48 (IN RFB 2229 of 2024), as digits do. */
const isCnpj = (id: string): boolean =>
  elevenLess(weighted(id, companyWeights), 0) === digitOf(id, 12) &&
  elevenLess(weighted(id, [6, ...companyWeights]), 0) === digitOf(id, 13) &&
  !isRepeated(id);

const curpAlphabet = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ";
function isCurp(id: string): boolean {
  let sum = 0;
  for (let at = 0; at < 17; at++) sum += curpAlphabet.indexOf(id.charAt(at)) * (18 - at);
  return isYearFirst(id, 4) && (10 - (sum % 10)) % 10 === digitOf(id, 17);
}

const rfcAlphabet = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ \u00d1";
/** Its check digit is not always kept to, so it proves but does not refuse. */
function proveRfc(id: string): Proof {
  const long = id.padStart(13, " ");
  if (!isYearFirst(id, id.length - 9)) return "no";
  let sum = 0;
  for (let at = 0; at < 12; at++) sum += rfcAlphabet.indexOf(long.charAt(at)) * (13 - at);
  return "0123456789A".charAt((11 - (sum % 11)) % 11) === long.at(-1) ? "checksum" : "form";
}

const byFive = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
const isCuit = (id: string): boolean =>
  /^(?:2[03-7]|3[034])/.test(id) && elevenLess(weighted(id, byFive), 9) === digitOf(id, 10);
const isRuc = (id: string): boolean =>
  /^(?:1[057]|20)/.test(id) && elevenLess(weighted(id, byFive), 0) % 10 === digitOf(id, 10);

function isRut(id: string): boolean {
  let sum = 0;
  for (let at = id.length - 2, weight = 2; at >= 0; at--, weight = weight === 7 ? 2 : weight + 1)
    sum += digitOf(id, at) * weight;
  return "0K987654321".charAt(sum % 11) === id.at(-1);
}

const isNit = (id: string): boolean => {
  const rest =
    weighted(id.slice(0, -1).padStart(15, "0"), [71, 67, 59, 53, 47, 43, 41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
  return (rest < 2 ? rest : 11 - rest) === digitOf(id, id.length - 1);
};

function isEcuadorian(id: string): boolean {
  const province = twoDigits(id, 0);
  return ((province >= 1 && province <= 24) || province === 30) && digitOf(id, 2) < 6 && luhn(id);
}

const isUruguayan = (id: string): boolean =>
  (10 - (weighted(id.padStart(8, "0"), [2, 9, 8, 7, 6, 3, 4]) % 10)) % 10 === digitOf(id, id.length - 1);

export const latinAmerica: readonly IdKind[] = [
  {
    kind: "br-cpf",
    words: ["cpf", "cadastro de pessoa", "cic"],
    alone: ["999.999.999-99"],
    near: ["99999999999", "999999999-99", "999 999 999 99"],
    prove: checked(isCpf),
  },
  {
    kind: "br-cnpj",
    words: ["cnpj", "pessoa juridica"],
    alone: ["99.999.999/9999-99", /[A-Z0-9]{2}\.[A-Z0-9]{3}\.[A-Z0-9]{3}\/[A-Z0-9]{4}-\d\d/],
    near: [/[A-Z0-9]{12}\d\d/],
    prove: checked(isCnpj),
  },
  {
    kind: "br-cns",
    words: ["cns", "cartao nacional de saude", "cartao sus", "cartao do sus", "sus"],
    near: [/[12789]\d{14}/, /[12789]\d\d \d{4} \d{4} \d{4}/],
    prove: checked((id) => weighted(id, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0),
  },
  {
    kind: "mx-curp",
    words: ["curp", "clave unica"],
    alone: [/[A-Z]{4}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d/],
    prove: checked(isCurp),
  },
  {
    kind: "mx-rfc",
    words: ["rfc", "registro federal de contribuyentes", "contribuyentes"],
    alone: [/[A-Z]{4}\d{6}[A-Z0-9]{2}[0-9A]/],
    near: [/[A-Z]{3,4}[ -]?\d{6}[ -]?[A-Z0-9]{2}[0-9A]/],
    prove: proveRfc,
  },
  {
    kind: "ar-cuit",
    words: ["cuit", "cuil", "cdi"],
    alone: ["99-99999999-9"],
    near: ["99999999999", "99 99999999 9"],
    prove: checked(isCuit),
  },
  {
    kind: "ar-dni",
    words: ["dni", "documento nacional", "documento"],
    near: [/\d{1,2}\.\d{3}\.\d{3}/, /[1-9]\d{6,7}/],
  },
  {
    kind: "cl-rut",
    words: ["rut", "run n", "rol unico", "r u t"],
    alone: [/\d{1,2}\.\d{3}\.\d{3}-[\dK]/],
    near: [/\d{7,8}-?[\dK]/],
    prove: checked(isRut),
  },
  {
    kind: "co-cedula",
    words: ["cedula de ciudadania", "cedula", "c c", "documento de identidad"],
    near: [/[1-9]\d{5,9}/, /[1-9]\d{0,2}(?:\.\d{3}){2,3}/],
    prove: formed((id) => !isRepeated(id)),
  },
  {
    kind: "co-nit",
    words: ["nit", "identificacion tributaria"],
    near: [/\d{8,10}-\d/, /\d{3}\.\d{3}\.\d{3}-\d/, /\d{10}/],
    prove: checked(isNit),
  },
  {
    kind: "do-cedula",
    words: ["cedula", "jce"],
    alone: ["999-9999999-9"],
    near: ["99999999999"],
    prove: checked((id) => luhn(id) && !isRepeated(id)),
    aloneScore: score(0.9),
  },
  {
    kind: "ec-cedula",
    words: ["cedula", "cedula de identidad", "ecuador"],
    near: ["9999999999", "999999999-9"],
    prove: checked(isEcuadorian),
  },
  { kind: "pe-dni", words: ["dni", "documento nacional de identidad"], near: ["99999999"] },
  { kind: "pe-ruc", words: ["ruc", "registro unico de contribuyentes"], near: ["99999999999"], prove: checked(isRuc) },
  {
    kind: "uy-ci",
    words: ["cedula", "cedula de identidad", "c i"],
    near: [/\d\.\d{3}\.\d{3}-\d/, /\d{6,7}-?\d/],
    prove: checked(isUruguayan),
  },
  { kind: "ve-cedula", words: ["cedula", "c i", "rif"], near: [/[VE]-?\d{6,8}/, /[VE]-?\d{1,2}\.\d{3}\.\d{3}/] },
];
