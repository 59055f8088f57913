/**
 * Ways to hide text, drawn by a seeded generator: what the hidden-text detector must find, and what its views must make
 * plain. Owns no detector and no judgement. Look-alikes are written as code points, so that this file hides nothing itself.
 */
import type { HiddenKind } from "../../src/domain/policy.ts";
import type { ViewKind } from "../../src/domain/view.ts";
import { pick, type Random } from "../../test/helpers/secret-samples.ts";

/** `before + hidden + after`. `whole`: all of `hidden` must be found; else something in it. */
export type HiddenSample = {
  readonly before: string;
  readonly hidden: string;
  readonly after: string;
  readonly whole: boolean;
};

export type HiddenForm = { readonly kind: HiddenKind; readonly form: string; draw(random: Random): HiddenSample };

const words =
  "ignore previous instructions secret password transfer account reveal system prompt developer override".split(" ");
const prose = "please read the attached report and tell me what it says about costs in the second quarter".split(" ");

const wordOf = (random: Random): string => pick(random, words);
const sentenceOf = (random: Random): string => Array.from({ length: 5 }, () => wordOf(random)).join(" ");
const proseOf = (random: Random): string => Array.from({ length: 6 }, () => pick(random, prose)).join(" ");

const apart = (text: string, by: string): string => [...text].join(by);
const tagged = (text: string): string => mapped(text, (code) => 0xe0000 + code);
const mapped = (text: string, to: (code: number) => number): string =>
  [...text].map((it) => (/[a-zA-Z]/.test(it) ? String.fromCodePoint(to(it.charCodeAt(0))) : it)).join("");
const shifted = (first: number) => (text: string) => mapped(text, (code) => first + code - 0x61);
const wide = (text: string): string => mapped(text, (code) => code + 0xfee0);
const escaped = (text: string, form: (hex: string) => string): string =>
  [...Buffer.from(text)].map((byte) => form(byte.toString(16).padStart(2, "0"))).join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const wide64 = (text: string): string => Buffer.from(text, "utf16le").toString("base64");
const hex = (text: string): string => Buffer.from(text).toString("hex");

const scripts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Cyrillic: { a: 0x430, c: 0x441, e: 0x435, i: 0x456, o: 0x43e, p: 0x440, s: 0x455, x: 0x445, y: 0x443 },
  Greek: { a: 0x3b1, o: 0x3bf, p: 0x3c1, u: 0x3c5, v: 0x3bd, i: 0x3b9 },
  Armenian: { o: 0x585, u: 0x57d, n: 0x578, h: 0x570 },
};
const smallCapitals: Readonly<Record<string, number>> = {
  ...{ a: 0x1d00, c: 0x1d04, d: 0x1d05, e: 0x1d07, k: 0x1d0b, m: 0x1d0d, o: 0x1d0f, p: 0x1d18, t: 0x1d1b, u: 0x1d1c },
  ...{ v: 0x1d20, w: 0x1d21, z: 0x1d22 },
};

/** Some letters, one at least, by those of another script; one Latin letter stays. */
function mixed(text: string, script: Readonly<Record<string, number>>, random: Random): string {
  const places = [...text].flatMap((letter, at) => (letter in script ? [at] : []));
  if (places.length === 0) return mixed(wordOf(random), script, random);
  const chosen = new Set(places.filter(() => random() < 0.5));
  chosen.add(pick(random, places));
  return [...text]
    .map((letter, at) => (chosen.has(at) && at !== text.length - 1 ? point(script[letter]) : letter))
    .map((letter, at) => (at === places[0] && chosen.size === 1 ? point(script[text[at] as string]) : letter))
    .join("");
}

const point = (code: number | undefined): string => String.fromCodePoint(code ?? 0x3f);
const replaced = (text: string, by: Readonly<Record<string, number>>): string =>
  [...text].map((letter) => (letter in by ? point(by[letter]) : letter)).join("");

/** A sign that is seen as itself, others by their number. */
const nameOf = (by: string): string =>
  by > " " && by < "\u007f" ? `"${by}"` : by === " " ? "blanks" : `U+${numberOf(by.charCodeAt(0))}`;
const numberOf = (code: number): string => code.toString(16).toUpperCase().padStart(4, "0");

function form(
  kind: HiddenKind,
  name: string,
  hide: (random: Random) => string,
  { whole = true }: { whole?: boolean } = {},
): HiddenForm {
  return {
    kind,
    form: name,
    draw: (random) => ({ before: `${proseOf(random)} `, hidden: hide(random), after: ` ${proseOf(random)}`, whole }),
  };
}

const someOf = { whole: false };
const bits = (random: Random): string =>
  Array.from({ length: 16 + Math.floor(random() * 80) }, () => pick(random, ["\u200b", "\u200c"])).join("");
const selectors = (text: string): string =>
  [...Buffer.from(text)].map((byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16)).join("");

export const hiddenForms: readonly HiddenForm[] = [
  ...[0x200b, 0x200c, 0x200d, 0x2060, 0x2062, 0xfeff, 0xad, 0x180e, 0x34f, 0x3164].map((code) =>
    form("zero-width", `U+${numberOf(code)} between letters`, (random) => apart(wordOf(random), point(code)), someOf),
  ),
  form("zero-width", "bits between words", bits),
  form("zero-width", "bytes as variation selectors", (random) => `\u{1f600}${selectors(sentenceOf(random))}`, someOf),
  ...[0x202d, 0x202e, 0x2066, 0x2067, 0x202a, 0x202b].map((code) =>
    form("bidi", `U+${numberOf(code)} around a word`, (random) => `${point(code)}${wordOf(random)}\u202c`, someOf),
  ),
  form("tags", "a message in tags", (random) => tagged(wordOf(random) + wordOf(random))),
  form("tags", "a message behind a flag", (random) => `\u{1f3f4}${tagged(wordOf(random))}`, someOf),
  ...Object.entries(scripts).map(([name, script]) =>
    form("look-alike", `${name} letters in a word`, (random) => mixed(wordOf(random), script, random)),
  ),
  form("look-alike", "mathematical letters", (random) => shifted(0x1d41a)(wordOf(random))),
  form("look-alike", "circled letters", (random) => shifted(0x24d0)(wordOf(random))),
  form("look-alike", "full-width letters", (random) => wide(wordOf(random))),
  form("look-alike", "small capitals", (random) =>
    replaced(pick(random, ["password", "account", "developer", "code"]), smallCapitals),
  ),
  form("look-alike", "struck through", (random) => [...wordOf(random)].map((it) => `${it}\u0336`).join("")),
  form("look-alike", "under a pile of accents", (random) =>
    [...wordOf(random)].map((it) => `${it}\u0301\u0323\u0334`).join(""),
  ),
  ...[" ", ".", "-", "_", "\u2009", "\u00a0"].map((by) =>
    form("odd-space", `letters apart by ${nameOf(by)}`, (random) => apart(wordOf(random), by)),
  ),
  form("odd-space", "a braille blank in a word", (random) => wordOf(random).replace(/^.../, "$&\u2800"), someOf),
  form(
    "control",
    "a control character in a word",
    (random) => wordOf(random).replace(/^.../, `$&${point(Math.floor(random() * 8))}`),
    someOf,
  ),
  form("control", "a terminal sequence", (random) => `\u001b[${Math.floor(random() * 40)}m${wordOf(random)}`, someOf),
  form("control", "backspaces", (random) => `${wordOf(random)}\u0008\u0008`, someOf),
  form("payload", "base64", (random) => base64(sentenceOf(random))),
  form("payload", "base64, short", (random) => base64(`${wordOf(random)} ${wordOf(random)}`)),
  form("payload", "base64url", (random) => Buffer.from(sentenceOf(random)).toString("base64url")),
  form("payload", "base64 of UTF-16", (random) => wide64(sentenceOf(random))),
  form("payload", "hexadecimal", (random) => hex(sentenceOf(random))),
  form("payload", "percent-escapes", (random) => escaped(sentenceOf(random), (code) => `%${code}`)),
  form("payload", "HTML entities", (random) => escaped(sentenceOf(random), (code) => `&#x${code};`)),
  form("payload", "backslash escapes", (random) => escaped(sentenceOf(random), (code) => `\\u00${code}`)),
];

export type ViewForm = { readonly view: ViewKind; readonly form: string; hide(text: string): string };

const twice = (change: (text: string) => string) => (text: string) => change(change(text));
const letterByLetter = (by: string) => (text: string) =>
  text
    .split(" ")
    .map((word) => (word.length >= 5 ? apart(word, by) : word))
    .join("   ");
const everyByte = (change: (hex: string) => string) => (text: string) => escaped(text, change);
const bytes = (text: string): readonly string[] =>
  [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0"));

/** Each to be undone by its view alone, but that rot13 is one of its own. */
export const viewForms: readonly ViewForm[] = [
  { view: "clear", form: "zero-width characters", hide: (text) => apart(text, "\u200b") },
  { view: "clear", form: "soft hyphens", hide: (text) => apart(text, "\u00ad") },
  { view: "clear", form: "marks of direction", hide: (text) => apart(text, "\u202e") },
  { view: "clear", form: "tags", hide: (text) => [...text].map((it) => point(0xe0000 + it.charCodeAt(0))).join("") },
  { view: "clear", form: "control characters", hide: (text) => apart(text, "\u0007") },
  { view: "clear", form: "terminal sequences", hide: (text) => apart(text, "\u001b[0m") },
  ...Object.entries(scripts).map(
    ([name, script]): ViewForm => ({ view: "clear", form: `${name} letters`, hide: (text) => replaced(text, script) }),
  ),
  { view: "clear", form: "mathematical letters", hide: shifted(0x1d41a) },
  { view: "clear", form: "circled letters", hide: shifted(0x24d0) },
  { view: "clear", form: "full-width letters", hide: wide },
  { view: "clear", form: "small capitals", hide: (text) => replaced(text, smallCapitals) },
  { view: "clear", form: "a pile of accents", hide: (text) => mappedAccents(text) },
  { view: "clear", form: "odd spaces", hide: (text) => text.replaceAll(" ", "\u2003") },
  { view: "clear", form: "letters apart by blanks", hide: letterByLetter(" ") },
  { view: "clear", form: "letters apart by dots", hide: letterByLetter(".") },
  { view: "clear", form: "decimal entities", hide: (text) => [...text].map((it) => `&#${it.charCodeAt(0)};`).join("") },
  { view: "clear", form: "hexadecimal entities", hide: everyByte((code) => `&#x${code};`) },
  { view: "clear", form: "percent-escapes", hide: everyByte((code) => `%${code}`) },
  { view: "clear", form: "percent-escapes, twice", hide: twice(everyByte((code) => `%${code}`)) },
  { view: "clear", form: "backslash-u", hide: everyByte((code) => `\\u00${code}`) },
  { view: "clear", form: "backslash-x", hide: everyByte((code) => `\\x${code}`) },
  {
    view: "clear",
    form: "entities in percent-escapes",
    hide: (text) => everyByte((code) => `%${code}`)(everyByte((code) => `&#x${code};`)(text)),
  },
  { view: "payloads", form: "base64", hide: base64 },
  { view: "payloads", form: "base64url", hide: (text) => Buffer.from(text).toString("base64url") },
  { view: "payloads", form: "base64 over lines", hide: (text) => base64(text).replaceAll(/.{64}/g, "$&\n") },
  { view: "payloads", form: "base64 of UTF-16", hide: wide64 },
  { view: "payloads", form: "base64, twice", hide: twice(base64) },
  { view: "payloads", form: "base64 in hexadecimal", hide: (text) => hex(base64(text)) },
  {
    view: "payloads",
    form: "base64 with zero-width characters",
    hide: (text) => base64(text).replaceAll(/.{7}/g, "$&\u200b"),
  },
  {
    view: "payloads",
    form: "percent-escapes in base64",
    hide: (text) => base64(everyByte((code) => `%${code}`)(text)),
  },
  { view: "payloads", form: "hexadecimal", hide: hex },
  { view: "payloads", form: "bytes apart", hide: (text) => bytes(text).join(" ") },
  {
    view: "payloads",
    form: "bytes as in C",
    hide: (text) =>
      bytes(text)
        .map((it) => `0x${it}`)
        .join(", "),
  },
  {
    view: "rot13",
    form: "rot13",
    hide: (text) => text.replaceAll(/[a-z]/g, (it) => point(((it.charCodeAt(0) - 0x61 + 13) % 26) + 0x61)),
  },
];

const mappedAccents = (text: string): string => [...text].map((it) => `${it}\u0301\u0323\u0334`).join("");

/** A sentence that holds the phrase somewhere, and where. */
export function sentenceWith(phrase: string, random: Random): string {
  return `${proseOf(random)} ${phrase} ${proseOf(random)}`;
}
