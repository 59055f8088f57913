// Texts made to be expensive, for each kind of guard: long runs of what begins a match, near matches over and over, nesting,
// encodings in encodings. Each can be made of any length. Anything that looks like a secret is put together from pieces.

import type { DetectKind, DetectSpec } from "../../src/domain/policy.ts";
import { instructions, jsonText, type ReplyPlace } from "./traffic.ts";

/** `reading`: what no guard is asked about, before there is any text to judge. */
export type Target = DetectKind | "reading";

export type Hostile = {
  readonly target: Target;
  readonly name: string;
  /** A text of that length, or about it, in UTF-16 code units. */
  readonly text: (units: number) => string;
  /** `prompt` where only a reply cannot be judged; the stream is a reply always. */
  readonly place: "prompt" | ReplyPlace;
  /** The request asks for JSON. */
  readonly wantsJson?: true;
  /** All of it is held until its end: its streams are longer, so that more is held. */
  readonly held?: true;
  /** In place of the policy's own settings. */
  readonly spec?: DetectSpec;
};

const repeated =
  (unit: string) =>
  (units: number): string =>
    unit.repeat(Math.ceil(units / unit.length)).slice(0, units);
/** The same, each time with another number in it. */
const counted =
  (make: (n: number) => string) =>
  (units: number): string => {
    const parts: string[] = [];
    for (let length = 0, n = 0; length < units; n++) {
      const part = make(n);
      parts.push(part);
      length += part.length;
    }
    return parts.join("").slice(0, units);
  };
/** Between two texts that frame it once. */
const framed =
  (before: string, middle: (units: number) => string, after: string) =>
  (units: number): string =>
    before + middle(Math.max(0, units - before.length - after.length)) + after;

const inPrompt = (target: Target, texts: Readonly<Record<string, (units: number) => string>>): readonly Hostile[] =>
  Object.entries(texts).map(([name, text]) => ({ target, name, text, place: "prompt" }));
const inReply = (target: Target, texts: Readonly<Record<string, (units: number) => string>>): readonly Hostile[] =>
  Object.entries(texts).map(([name, text]) => ({ target, name, text, place: "content" }));
const inArguments = (target: Target, texts: Readonly<Record<string, (units: number) => string>>): readonly Hostile[] =>
  Object.entries(texts).map(([name, text]) => ({ target, name, text, place: "arguments" }));

const base64 = (text: string): string => Buffer.from(text).toString("base64");
/** Base64 of base64 of base64. */
const nested64 = (units: number): string =>
  base64(base64(base64(repeated("mail bo@example.com ")(Math.floor(units * 0.42)))));
const pseudoRandom = (n: number): string => ((n * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, "0");
const begin = "-----BEGIN ";

const pii = inPrompt("pii", {
  "a run of digits": repeated("1"),
  "digits and spaces": repeated("4 "),
  "cards without check digit": repeated("4111 1111 1111 1112 "),
  "valid cards": repeated("4111 1111 1111 1111 "),
  "a list of phone numbers": counted((n) => `+1 415 555 ${2000 + (n % 7999)}\n`),
  "beginnings of phone numbers": repeated("+1 2 3 4 5 6 7 "),
  "a run of letters": repeated("a"),
  "letters and at signs": repeated("a@"),
  "one address with dots": framed("a@", repeated("a."), ""),
  "letters before an at sign": framed("", repeated("a."), "@example.com"),
  "beginnings of accounts": repeated("de89 "),
  "words before numbers": repeated("passport no 12 "),
  "hex and colons": repeated("0a:"),
});

const secrets = inPrompt("secrets", {
  "beginnings of private keys": repeated(`${begin}PRIVATE KEY-----\n`),
  "one private key without end": framed(`${begin}PRIVATE KEY-----\n`, repeated("aB3+"), ""),
  "words before values": repeated("secret_key=a1B2c3"),
  "words alone": repeated("secret key="),
  "beginnings of tokens": repeated(`sk-T3Blbk${"FJ"}`),
  "parts of a token": repeated(`ey${"J"}hbGci.`),
  "connection strings": repeated("a://a:b@"),
  "random hexadecimal": counted(pseudoRandom),
  "letters and digits": repeated("aB3+"),
});

const words = inPrompt("keywords", {
  "beginnings of a phrase": repeated("project bluebir"),
  "a phrase again and again": repeated("project bluebird "),
  "beginnings of many words": counted((n) => `${(n % 20_000).toString(36)}z `),
});
const nestedWords: Hostile = {
  target: "keywords",
  name: "words within words",
  text: repeated("a"),
  place: "prompt",
  spec: {
    kind: "keywords",
    list: Array.from({ length: 50 }, (_, n) => "a".repeat(n + 1)),
    caseSensitive: false,
    wholeWords: false,
  },
};

const expression = (name: string, patterns: readonly string[], text: (units: number) => string): Hostile => ({
  target: "patterns",
  name,
  text,
  place: "prompt",
  spec: {
    kind: "patterns",
    list: patterns.map((pattern, n) => ({ id: `p${n}`, pattern, caseSensitive: true })),
    longest: 256,
  },
});
const expressions: readonly Hostile[] = [
  expression("(a+)+b on a run of a", ["(a+)+b"], repeated("a")),
  expression("(a|a)*b, (a|aa)+b", ["(a|a)*b", "(a|aa)+b"], repeated("a")),
  expression("(.*a){12}b on a run of a", ["(.*a){12}b"], repeated("a")),
  expression(
    "a state for each of 2^12 endings",
    ["(a|b)*a(a|b){12}c"],
    counted((n) => pseudoRandom(n).replace(/./g, (c) => ("02468ace".includes(c) ? "a" : "b"))),
  ),
  expression(
    "forty expressions at once",
    Array.from({ length: 40 }, (_, n) => `[a-z]{${n + 1},200}[0-9]x${n}`),
    repeated("abc"),
  ),
  expression("matches everywhere", ["[a-z]+"], repeated("ab ")),
];

const hidden = inPrompt("hidden", {
  "zero-width characters": repeated("\u200b"),
  "one between letters": repeated("a\u200b"),
  tags: repeated("\u{e0061}"),
  "bidirectional controls": repeated("\u202ea"),
  "look-alike letters": repeated("p\u0430ypal "),
  "combining marks": repeated("e\u0301\u0302"),
  "percent of percent": repeated("%25"),
  "percent-escapes": repeated("%61"),
  entities: repeated("&#x61;"),
  "entities of entities": repeated("&amp;"),
  "backslash escapes": repeated("\\u0061"),
  "one base64 run": (units) => base64(repeated("some quiet text ")(Math.floor(units * 0.75))),
  "many base64 runs": repeated(`${base64("some quiet text of 32 characters")} `),
  "base64 in base64": nested64,
  "one hexadecimal run": (units) => Buffer.from(repeated("some quiet text ")(Math.floor(units / 2))).toString("hex"),
  "runs that are nearly base64": repeated(`${"aB3".repeat(20)}_!`),
});
/** Hidden text costs most where it is made plain for another guard. */
const views = hidden.map((each): Hostile => ({ ...each, target: "pii", name: `${each.name}, made plain` }));

const links = inPrompt("links", {
  "opening brackets": repeated("["),
  "images that never end": repeated("![a]("),
  "brackets in brackets": (units) => "[".repeat(units / 2) + "]".repeat(units / 2),
  "beginnings of schemes": repeated("http:"),
  slashes: repeated("/"),
  "hosts without end": framed("https://", repeated("a."), ""),
  links: repeated("[a](https://x.example.com/) "),
  "tags that never end": repeated("<a href="),
  "quotes that never end": repeated('<img src="'),
  definitions: repeated("[a]: b\n"),
  "data URLs": repeated("data:text/html;base64,QQ== "),
});

const shape = [
  ...inPrompt("language", {
    "one long word": repeated("wort"),
    "words of another language": repeated("Die Kisten standen lange im Regen und niemand wusste warum. "),
    "mixed scripts": repeated("a\u0431\u4e00\u03b1 "),
    "no letters": repeated("1 . "),
  }),
  ...inPrompt("quality", {
    "one letter": repeated("a"),
    "a few words": repeated("yes no "),
    "random letters": counted((n) => pseudoRandom(n).replace(/[0-9]/g, (digit) => "ghijklmnop".charAt(Number(digit)))),
    "a long period": repeated(
      `${"The boxes were left in the rain by someone of the night shift, as it seems".repeat(5)}. `,
    ),
  }),
  ...inPrompt("size", { "text of many scripts": repeated("\u4e00\u{1f600}a ") }),
  ...inPrompt("canary", {
    "beginnings of a token": repeated("heron-lantern-5821"),
    "its letters far apart": repeated("h . e . r . o . n . "),
    "a token again and again": repeated("heron-lantern-58213 "),
  }),
];

const stateful = [
  ...inReply("prompt-leak", {
    "the system prompt again and again": repeated(instructions),
    "its beginning again and again": repeated(instructions.slice(0, 50)),
    "its letters far apart": (units) => repeated(`${instructions.split("").join(" - ")} `)(units),
  }),
  ...inReply("refusal", {
    "nearly a refusal": repeated("I'm sorry, but I can "),
    "a refusal again and again": repeated("I'm sorry, but I can't help with that. "),
  }).map((each): Hostile => ({ ...each, held: true })),
  ...inReply("data-flow", {
    "beginnings of an address": repeated("mia.holm@readers.exampl"),
    "links to it": repeated("[a](https://shelf.example.com/t/4471) "),
    "brackets that stay open": repeated("[a](mia.holm@readers.example.com "),
    "the address again and again": repeated("mia.holm@readers.example.com "),
  }),
  ...inReply("groundedness", {
    "a sentence without end": repeated("word "),
    "short claims": repeated("The box by the door is red. "),
    "the instructions as claims": repeated(instructions),
    numbers: counted((n) => `${n * 37},5 of `),
    names: repeated("Anna Berg and Dr. Holm "),
    dates: repeated("3 May 2021, 2021-05-03, May 3rd; "),
    denials: repeated("never not no "),
    "rows of a table": repeated("| box | 12 | red |\n"),
  }),
  ...inReply("reply-schema", {
    "rows that meet it": (units) => jsonText(repeated("some quiet text ")(Math.floor(units * 0.85))),
    "lists in lists": (units) => `{"rows":${"[".repeat(units / 2)}`,
    "many small rows": (units) => `{"rows":[${repeated("{},")(units - 12)}{}]}`,
  }).map((each): Hostile => ({ ...each, wantsJson: true, held: true })),
  ...inArguments("tool-calls", {
    "rows that meet it": (units) => jsonText(repeated("some quiet text ")(Math.floor(units * 0.85))),
    "many keys": (units) => `{"rows":[{${counted((n) => `"k${n}":1,`)(units - 30)}"z":1}]}`,
    escapes: (units) => `{"rows":[{"note":"${repeated("\\n\\u0061")(units - 24)}"}]}`,
  }).map((each): Hostile => ({ ...each, held: true })),
];

export const hostiles: readonly Hostile[] = [
  ...inPrompt("reading", {
    "escapes in JSON": repeated('"\\\n'),
    "half characters": repeated("\ud83d\ude00"),
  }),
  ...pii,
  ...views,
  ...secrets,
  ...words,
  nestedWords,
  ...expressions,
  ...hidden,
  ...links,
  ...shape,
  ...stateful,
];
