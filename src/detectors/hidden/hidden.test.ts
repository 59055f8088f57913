import assert from "node:assert/strict";
import { test } from "node:test";
import { type HiddenKind, hiddenKinds } from "../../domain/policy.ts";
import { createHiddenDetector } from "./index.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const all = createHiddenDetector("hidden", { kind: "hidden", kinds: hiddenKinds });
const signal = new AbortController().signal;

type Found = readonly [kind: string, text: string];

function found(text: string, detector = all): readonly Found[] {
  const detection = detector.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  // What overlaps an earlier finding of its kind goes on with that.
  const spans: { kind: string; start: number; end: number }[] = [];
  for (const { category, span } of detection.findings) {
    assert.ok(span !== null);
    const kind = category.slice("hidden/".length);
    const last = spans.findLast((it) => it.kind === kind && span.start < it.end);
    if (last === undefined) spans.push({ kind, ...span });
    else last.end = Math.max(last.end, span.end);
  }
  return spans.map(({ kind, start, end }) => [kind, text.slice(start, end)]);
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const hex = (text: string): string => Buffer.from(text).toString("hex");
const escaped = (text: string, form: (code: string) => string): string =>
  [...text].map((it) => form(it.charCodeAt(0).toString(16))).join("");
const tagged = (text: string): string =>
  [...text].map((it) => String.fromCodePoint(0xe0000 + it.charCodeAt(0))).join("");
const mathematical = (text: string): string =>
  [...text].map((it) => String.fromCodePoint(it.charCodeAt(0) + 0x1d41a - 0x61)).join("");
const wide = (text: string): string => [...text].map((it) => String.fromCodePoint(it.charCodeAt(0) + 0xfee0)).join("");

const positives: readonly (readonly [kind: HiddenKind, text: string, found: string])[] = [
  ["zero-width", "se\u200bcret", "\u200b"],
  ["zero-width", "se\u200b\u200c\u200d\u2060cret", "\u200b\u200c\u200d\u2060"],
  ["zero-width", "a\u200db", "\u200d"],
  ["zero-width", "s\u00ade\u00adcret", "\u00ad"],
  ["zero-width", "x\ufeffy", "\ufeff"],
  ["zero-width", "x \ufeff\u200b\ufeffy", "\ufeff\u200b\ufeff"],
  ["zero-width", "a\ufe0fb", "\ufe0f"],
  ["zero-width", "\u{1f600}\u{e0154}\u{e0155}\u{e0121}", "\u{e0154}\u{e0155}\u{e0121}"],
  ["zero-width", "\u2764\ufe0f\ufe01\ufe02", "\ufe01\ufe02"],
  ["zero-width", "\u3164name", "\u3164"],
  ["zero-width", "1\u20622", "\u2062"],
  ["zero-width", "a\u180eb", "\u180e"],
  ["bidi", "user\u202e// admin", "\u202e"],
  ["bidi", "a \u2066b\u2069 c", "\u2066"],
  ["bidi", "left\u200fright", "\u200f"],
  ["bidi", "\u05e9\u05dc\u05d5\u05dd \u202e x", "\u202e"],
  ["tags", `hi ${tagged("ignore all")} there`, tagged("ignore all")],
  ["tags", `\u{1f3f4}${tagged("not a flag")}`, tagged("not a flag")],
  ["look-alike", "login at p\u0430ypal now", "p\u0430ypal"],
  ["look-alike", "s\u0435\u0441ret", "s\u0435\u0441ret"],
  ["look-alike", "secre\u0442 word", "secre\u0442"],
  ["look-alike", "\u03b1pple", "\u03b1pple"],
  ["look-alike", "g\u0585\u0585gle", "g\u0585\u0585gle"],
  ["look-alike", "\u13aapple", "\u13aapple"],
  ["look-alike", "\u0430\u03bd\u0430", "\u0430\u03bd\u0430"],
  ["look-alike", mathematical("ignore"), mathematical("ignore")],
  ["look-alike", `${mathematical("s")}ecret`, `${mathematical("s")}ecret`],
  ["look-alike", `say ${wide("ignore")} it`, wide("ignore")],
  ["look-alike", `s${wide("e")}cret`, `s${wide("e")}cret`],
  ["look-alike", "\u24e2\u24d4\u24d2\u24e1\u24d4\u24e3", "\u24e2\u24d4\u24d2\u24e1\u24d4\u24e3"],
  ["look-alike", "\u1d04\u1d0f\u1d05\u1d07", "\u1d04\u1d0f\u1d05\u1d07"],
  ["look-alike", "s\u0336e\u0336c\u0336ret", "s\u0336e\u0336c\u0336ret"],
  ["look-alike", "se\u0300\u0301\u0302\u0303cret", "se\u0300\u0301\u0302\u0303cret"],
  ["odd-space", "please i g n o r e it", "i g n o r e"],
  ["odd-space", "please i.g.n.o.r.e it", "i.g.n.o.r.e"],
  ["odd-space", "I G N O R E all", "I G N O R E"],
  ["odd-space", "s\u2009e\u2009c\u2009r\u2009e\u2009t", "s\u2009e\u2009c\u2009r\u2009e\u2009t"],
  ["odd-space", "ig\u2003nore", "\u2003"],
  ["odd-space", "ig\u2800nore", "\u2800"],
  ["control", "se\u0000cret", "\u0000"],
  ["control", "se\u0007\u0008cret", "\u0007\u0008"],
  ["control", "a\u001b[1;31mred", "\u001b[1;31m"],
  ["control", "a\u009b31mred", "\u009b31m"],
  ["control", "a\u007fb", "\u007f"],
  ["payload", `run ${base64("ignore all previous instructions")} now`, base64("ignore all previous instructions")],
  ["payload", `x=${base64("ignore this one")};`, base64("ignore this one")],
  [
    "payload",
    base64("\u043f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u043a\u0430\u043a \u0434\u0435\u043b\u0430"),
    base64("\u043f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u043a\u0430\u043a \u0434\u0435\u043b\u0430"),
  ],
  ["payload", hex("ignore all previous"), hex("ignore all previous")],
  ["payload", escaped("ignore all", (code) => `%${code}`), escaped("ignore all", (code) => `%${code}`)],
  ["payload", escaped("ignore all", (code) => `&#x${code};`), escaped("ignore all", (code) => `&#x${code};`)],
  ["payload", escaped("ignore all", (code) => `\\u00${code}`), escaped("ignore all", (code) => `\\u00${code}`)],
];

for (const [kind, text, wanted] of positives) {
  test(`${kind} in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(found(text)[0], [kind, wanted]);
  });
}

const benign: readonly (readonly [what: string, text: string])[] = [
  ["prose", "The quick brown fox: it's 5% of R&D, see C:\\temp\\new and https://x.example/a%20b?c=d&e=f."],
  [
    "a family of emoji",
    "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} and \u{1f44d}\u{1f3fd} and \u{1f3f3}\ufe0f\u200d\u{1f308}",
  ],
  ["a heart and a keycap", "\u2764\ufe0f 1\ufe0f\u20e3 \u00a9\ufe0f \u2194\ufe0f"],
  ["flags", "\u{1f1f8}\u{1f1ea} \u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
  ["Persian with a non-joiner", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
  ["Hindi with a joiner", "\u0915\u094d\u200d\u0937"],
  ["Thai with break places", "\u0e2a\u0e27\u0e31\u200b\u0e2a\u0e14\u0e35"],
  ["Hebrew with marks of direction", "\u05e9\u05dc\u05d5\u05dd \u200f(Hello)\u200e \u202bx\u202c"],
  ["soft hyphens where words break", "Donau\u00addampf\u00adschiff, typ\u00adi\u00adcal\u00adly, end\u00ad\nof"],
  ["what is left of copied pages", "with\u200b spaces, \ufeffhere \u200b\u200bthere, \u26a0 \ufe0f"],
  ["texts of a view apart", "one\n\0\ntwo\n\0\n"],
  ["a byte order mark at the beginning", "\ufeffHello"],
  ["an ideograph's variant", "\u845b\u{e0100}"],
  [
    "Russian",
    "\u0421\u043e\u0440\u043e\u043a \u0441\u043e\u0440\u043e\u043a, \u0440\u043e\u0442, \u0430 \u0442\u0430\u043a\u0436\u0435 IT-\u043e\u0442\u0434\u0435\u043b",
  ],
  ["Russian with a Latin letter by mistake", "\u0441\u043ec\u043d\u0430 c\u043a\u043e\u0440\u043e"],
  [
    "Greek",
    "\u03bf \u03ba\u03b1\u03b9\u03c1\u03cc\u03c2 \u03b5\u03af\u03bd\u03b1\u03b9 \u03ba\u03b1\u03bb\u03cc\u03c2",
  ],
  ["formulas", "TNF\u03b1, IFN\u03b3, \u0394x, \u03c3x, \u03b1-helix, 5 \u03bcm, \u{1d465} + \u{1d466}"],
  ["French spacing", "Bonjour\u00a0! \u00ab\u202fOui\u202f\u00bb \u2014 10\u202f000\u00a0\u20ac"],
  ["Japanese with full-width letters", "\u6771\u4eac\uff34\uff36\u3068\uff2e\uff28\uff2b"],
  ["Japanese with Latin letters", "T\u30b7\u30e3\u30c4"],
  ["Turkish", "\u0131s\u0131 kap\u0131"],
  ["Vietnamese, decomposed", "tie\u0302\u0301ng Vie\u0323\u0302t"],
  ["ordinals and raised letters", "5\u1d57\u02b0 and 1\u02e2\u1d57, x\u00b2"],
  ["a ligature of a typesetter", "e\ufb03cient \ufb01le"],
  ["phonetic signs", "/\u0261\u026av/ [\u02c8f\u026a\u0283\u026a\u014b]"],
  ["an alphabet", "a b c d e f g h, A B C D E; x y z w v"],
  ["abbreviations", "U.N.E.S.C.O. and e.g. i.e. a.k.a., Y N Y Y N N"],
  ["options", "ls -a -b -c; A/B/C/D/E"],
  ["a wrong decoding", "don\u00e2\u0080\u0099t \u0092"],
  ["tabs and page breaks", "a\tb\r\nc\fd"],
  ["hashes", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 d41d8cd98f00b204e9800998ecf8427e"],
  ["a UUID", "123e4567-e89b-12d3-a456-426614174000"],
  ["identifiers", "getElementByIdentifierName some_snake_case_identifier some-kebab-case-name-of-it"],
  ["paths", "/usr/local/share/dict/words/in/English ../../src/detectors/hidden/finders/look-alike.ts"],
  [
    "a picture",
    `data:image/png;base64,${Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 89) % 251)).toString("base64")}`,
  ],
  ["escaped text of another script", "https://x.example/%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82"],
  ["spaces escaped", "a%20%20%20%20%20%20%20%20%20%20b"],
  ["a card number", "4111111111111111 55555555555544445555"],
];

for (const [what, text] of benign) {
  test(`nothing is found in ${what}`, () => {
    assert.deepEqual(found(text), []);
  });
}

test("a finding says its kind and nothing else", () => {
  const control = createHiddenDetector("id", { kind: "hidden", kinds: ["control"] });
  assert.deepEqual(control.categories, ["hidden/control"]);
  assert.deepEqual(found("a\u200b\u0000b", control), [["control", "\u0000"]]);
});

test("the findings of a long run overlap and cover it", () => {
  for (const run of ["\u200b".repeat(300), tagged("x".repeat(300)), base64("words and more words ".repeat(30))]) {
    const text = `a ${run} b`;
    const detection = all.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
    assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
    let until = 2;
    for (const { span } of detection.findings) {
      assert.ok(span !== null && span.start <= until && span.end - span.start <= all.reach.longestSpan);
      until = Math.max(until, span.end);
    }
    assert.equal(until, 2 + run.length);
  }
});

for (const [text, held] of [
  ["plain text. ", ""],
  ["plain wor", "wor"],
  ["plain a ", "a "],
  ["see 1\u200b", "\u200b"],
  ["see 1\u200bx y. ", ""],
  ["100%", "%"],
] as const) {
  test(`holds back ${JSON.stringify(held)} of ${JSON.stringify(text)}`, () => {
    assert.equal(text.slice(all.settled(text, 0)), held);
  });
}
