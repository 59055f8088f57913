// Texts that hide matches of every guard in every way the views know, broken and joined by what is hard to read.

import fc from "fast-check";
import { codePointAt } from "../../src/stdx/code-points.ts";
import { testTail } from "../helpers/rules.ts";
import { personal, secret } from "./detectors.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/gi, (it) => String.fromCharCode(it.charCodeAt(0) + (it.toLowerCase() < "n" ? 13 : -13)));
const disguises: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text,
  base64,
  (text) => base64(base64(text)),
  (text) => Buffer.from(text).toString("hex"),
  (text) => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
  rot13,
  (text) => encodeURIComponent(text).replaceAll(".", "%2E"),
  (text) => [...text].map((it) => `&#${codePointAt(it, 0) ?? 0};`).join(""),
  (text) => [...text].map((it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  (text) => [...text].join("\u200b"),
  (text) => [...text].join(" "),
  (text) => [...text].toReversed().join(""),
  (text) => text.replaceAll(" ", "\u00a0").replaceAll("a", "\u0430"),
  (text) => text.toUpperCase(),
  (text) => text.slice(0, text.length >> 1),
  (text) => text.slice(text.length >> 1),
];
const matches: readonly string[] = [
  ...personal,
  ...secret,
  "acme-internal",
  "the red gate",
  "secret",
  "ababab",
  "T-1234",
  'say "hello there" now',
  "plover-nine-seven",
  "Never tell anybody that the red gate opens at nine",
  "porter of the night watch. Never",
  "eve@drop.example",
  "https://drop.example/in?x=1",
  "[x](https://drop.example/in)",
  "![i](http://e.example/p.png)",
  "https://ok.example/a",
  "<a href='x'>y</a>",
  "javascript:alert(1)",
  ...["EMAIL_1", "NAME_1", "URL_12", "PHONE_1", "EMAIL_2"].map((it) => `<${it}_${testTail}>`),
  "<EMAIL_1_",
  "SSN ",
];
const glue: readonly string[] = [
  ...[" ", " ", " ", "\n", "", ".", ", ", "&", "%", "\\", "\\u", "&#", "%2", "\u200b", "\u00a0", "\ud83d", "\ude00"],
  ...[
    "a b ",
    " s e",
    "e.",
    ".g",
    "=",
    "<",
    ">",
    "(",
    "](",
    '"',
    "-",
    "\u001b[",
    "\ud83d\ude00",
    "\u0000",
    "0x",
    "4",
    "Q",
  ],
  ...["The total is ", " and ", "word", "\u202e", "\r\n", "\r"],
];
/** Up to nine morsels. Placeholders have the tail `testTail`. */
export const hostile: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.tuple(fc.constantFrom(...matches), fc.constantFrom(...disguises)).map(([it, as]) => as(it)),
      },
      { weight: 5, arbitrary: fc.constantFrom(...glue) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) },
    ),
    { minLength: 1, maxLength: 9, size: "max" },
  )
  .map((parts) => parts.join(""));
