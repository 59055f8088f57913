/** Ways to write a text so that a person or a program can still read it. Owns no judgement of which must be found. */
import { codePointAt } from "../../src/stdx/code-points.ts";

const letters = (text: string, of: (letter: string) => string): string =>
  [...text].map((unit) => (/[a-z]/i.test(unit) ? of(unit) : unit)).join("");

const moved = (letter: string, by: number): string => {
  const base = letter < "a" ? 65 : 97;
  return String.fromCharCode(base + ((letter.charCodeAt(0) - base + by) % 26));
};

const bold = (letter: string): string =>
  String.fromCodePoint((letter < "a" ? 0x1d400 - 65 : 0x1d41a - 97) + letter.charCodeAt(0));

/** By name. */
export const disguises: Readonly<Record<string, (text: string) => string>> = {
  "as it stands": (text) => text,
  "upper case": (text) => text.toUpperCase(),
  "letter by letter": (text) => [...text].join(" "),
  "dots between letters": (text) => [...text].join("."),
  "a word a line": (text) => text.replaceAll(" ", "\n"),
  "a numbered list": (text) =>
    text
      .split(" ")
      .map((word, n) => `${n + 1}. ${word}`)
      .join("\n"),
  "a list in JSON": (text) => JSON.stringify(text.split(" ")),
  "a table": (text) =>
    text
      .split(" ")
      .map((word) => `| ${word} | - |`)
      .join("\n"),
  "invisible characters": (text) => [...text].join("\u200b"),
  "bold letters": (text) => letters(text, bold),
  "full width": (text) => letters(text, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  backwards: (text) => [...text].toReversed().join(""),
  base64: (text) => Buffer.from(text).toString("base64"),
  hex: (text) => Buffer.from(text).toString("hex"),
  "HTML entities": (text) => [...text].map((unit) => `&#${codePointAt(unit, 0)};`).join(""),
  "percent-escapes": (text) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  rot13: (text) => letters(text, (letter) => moved(letter, 13)),
};
