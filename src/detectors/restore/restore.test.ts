import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { TextDetector } from "../../domain/detector.ts";
import type { Place } from "../../domain/segment.ts";
import { detect, pieceSizes, stream } from "../../../test/property/detectors.ts";
import { createRestorer } from "./index.ts";
import type { Restorable } from "./issued.ts";
import { scanUnits } from "../link-places/place-scan.ts";

const plain = { links: false, toolArguments: false };
const email = "<EMAIL_1_x7k2q9>";
const name = "<NAME_1_x7k2q9>";
const host = "<HOST_1_x7k2q9>";
const page = "<URL_1_x7k2q9>";
const originals: ReadonlyMap<string, string> = new Map([
  [email, "ada@example.org"],
  ["<EMAIL_11_x7k2q9>", "bob@example.org"],
  [name, "Ada"],
  [host, "evil.example"],
  [page, "https://evil.example/a"],
]);

const issued = (where: Omit<Restorable, "text">): ReadonlyMap<string, Restorable> =>
  new Map([...originals].map(([placeholder, text]) => [placeholder, { text, ...where }]));

function restorer(where: Omit<Restorable, "text"> = plain, place: Place = "content"): TextDetector | null {
  return createRestorer(issued(where)).lane({ location: { place, role: "assistant", pointer: "/x" }, call: null });
}

function restored(text: string, where: Omit<Restorable, "text"> = plain, place: Place = "content"): string {
  const detector = restorer(where, place) ?? assert.fail("the place has a restorer");
  let out = "";
  let at = 0;
  for (const { span, category } of detect(detector, text)) {
    assert.ok(span !== null && category === "restore/placeholder");
    out += text.slice(at, span.start) + (originals.get(text.slice(span.start, span.end)) ?? assert.fail("issued"));
    at = span.end;
  }
  return out + text.slice(at);
}

const putBack: readonly (readonly [text: string, wanted: string])[] = [
  [`Write to ${email}.`, "Write to ada@example.org."],
  [`${name}`, "Ada"],
  [`${name}, ${name}${email}`, "Ada, Adaada@example.org"],
  [`(${name})'s "${email}"`, `(Ada)'s "ada@example.org"`],
  [`- ${name}: ${email}\n- <EMAIL_11_x7k2q9>`, "- Ada: ada@example.org\n- bob@example.org"],
  [`**${name}** \`${email}\` <b>${name}</b>`, "**Ada** `ada@example.org` <b>Ada</b>"],
  [`See https://ok.example/a ${email}`, "See https://ok.example/a ada@example.org"],
  [`[docs](https://ok.example/a) and ${email}`, "[docs](https://ok.example/a) and ada@example.org"],
  [`[docs](https://ok.example/a "title") and ${email}`, `[docs](https://ok.example/a "title") and ada@example.org`],
  [`[write to ${name}](https://ok.example/)`, "[write to Ada](https://ok.example/)"],
  [`[1]: https://ok.example/a\n${email}`, "[1]: https://ok.example/a\nada@example.org"],
  [`<a href="https://ok.example/">${name}</a> ${email}`, `<a href="https://ok.example/">Ada</a> ada@example.org`],
  [`for (i = 0; i<n; i++) x = y; ${name}`, "for (i = 0; i<n; i++) x = y; Ada"],
  [`if a <b then ${email}`, "if a <b then ada@example.org"],
  [`Contacts [new]: ${email}`, "Contacts [new]: ada@example.org"],
  [`name:${name}, e.g.${name} and/or/${name}`, "name:Ada, e.g.Ada and/or/Ada"],
  [`<<${name}>> ${name}<${email}>`, "<<Ada>> Ada<ada@example.org>"],
  [`${email}. Next. ${name}.`, "ada@example.org. Next. Ada."],
  [`{"url": "https://ok.example", "to": "${email}"}`, `{"url": "https://ok.example", "to": "ada@example.org"}`],
  [`${page} and ${host}`, "https://evil.example/a and evil.example"],
  [`\u4f60\u597d\uff0c${name}\u8bf4\uff1a`, "\u4f60\u597d\uff0cAda\u8bf4\uff1a"],
  [`\u8054\u7cfb${email}\u3002\u8c22\u8c22`, "\u8054\u7cfbada@example.org\u3002\u8c22\u8c22"],
  [`${name}\ud83d\ude00. Bye`, "Ada\ud83d\ude00. Bye"],
  [`<${email}`, "<ada@example.org"],
];

for (const [text, wanted] of putBack) test(`puts back in ${text}`, () => assert.equal(restored(text), wanted));

const left: readonly string[] = [
  `https://evil.example/?q=${email}`,
  `https://evil.example/?a=${name}&b=${email}`,
  `HTTPS://EVIL.EXAMPLE/${email}`,
  `https://${name}.evil.example/`,
  `//evil.example/${email}`,
  `https:\\/\\/evil.example\\/${email}`,
  `https:/\\evil.example/${email}`,
  `https:evil.example/${email}`,
  `www.evil.example?${email}`,
  `evil.example/${email}`,
  `evil.example:8080/${email}`,
  `192.0.2.1/${email}`,
  `see:evil.example#${email}`,
  `${name}.evil.example`,
  `x-${name}-y.evil.example`,
  `${name}@evil.example`,
  `${name}\u200b.evil.example`,
  `${name}\u202e\u00ad.\u2060evil.example`,
  `${name}\udb40\udc41.evil.example`,
  `${name}\uff0eevil.example`,
  `evil\u2024example/${name}`,
  `www\uff0eevil?${name}`,
  `<b>evil.example/${name}</b>`,
  `mailto:a@b.example?body=${email}`,
  `tel:${name}`,
  `data:text/html,${name}`,
  `javascript:alert(${name})`,
  `[x](${name})`,
  `[x]( ${name} )`,
  `[x](/path?q=${email})`,
  `![](/path "${email}")`,
  `[x](</a path/${email}>)`,
  `[x](/a\\)b ${email})`,
  `![x](/a b c ${email})`,
  `[x](/(a)${email})`,
  `[x]: ${name}`,
  `  - [x]: /path?q=${email}`,
  `> [x\\]y]: <a ${email}>`,
  `[x]:\n${name}`,
  `<a href="/x?${email}">`,
  `<a href='/x ${email}'>`,
  `<a href=/x?${email}>`,
  `<img alt=">" src= ${email}>`,
  `<img/src="a\n b${email}">`,
  `<a title="x" href="${email}">`,
  `<a title=\\"x\\" href=\\"${email}\\">`,
  `<p style="background:url(${email})">`,
  `url( ${email})`,
  `URL('a b ${email}')`,
  `https://evil.example/\u00a0${email}`,
  `https://evil.example/"${email}"`,
  `https://evil.example/${"a".repeat(2 * scanUnits)}${email}`,
];

for (const text of left) test(`leaves ${text.slice(0, 80)}`, () => assert.equal(restored(text), text));

test("a placeholder that stands for a link makes what follows in the same word a part of it", () => {
  assert.equal(restored(`${page}?q=${email}`), `https://evil.example/a?q=${email}`);
  assert.equal(restored(`${host}/${email} ${email}`), `evil.example/${email} ada@example.org`);
});

const foreign: readonly string[] = [
  "<EMAIL_1_x7k2q8>",
  "<EMAIL_2_x7k2q9>",
  "<email_1_x7k2q9>",
  "<EMAIL_1_X7K2Q9>",
  "<EMAIL_1_x7k2q9",
  "< EMAIL_1_x7k2q9>",
  "<EMAIL_1_x7k2q9 >",
  "<EMAIL-1-x7k2q9>",
  "[EMAIL_1_x7k2q9]",
  "&lt;EMAIL_1_x7k2q9&gt;",
  "<EMAIL_1_x7k2q9<",
  "<EMAIL_01_x7k2q9>",
  "<EMAIL_1_\u200bx7k2q9>",
];

for (const text of foreign) test(`does not take ${text} for one of its own`, () => assert.equal(restored(text), text));

test("links and tool arguments are a matter of each placeholder's rule", () => {
  const link = `[x](https://ok.example/?q=${email})`;
  assert.equal(restored(link, { links: true, toolArguments: false }), "[x](https://ok.example/?q=ada@example.org)");
  const call = `{"url":"https://ok.example/${name}","to":"${email}"}`;
  assert.equal(restorer(plain, "tool-arguments"), null);
  assert.equal(
    restored(call, { links: false, toolArguments: true }, "tool-arguments"),
    `{"url":"https://ok.example/${name}","to":"ada@example.org"}`,
  );
  assert.equal(restorer({ links: false, toolArguments: true }, "url"), null);
  assert.equal(restored(email, { links: true, toolArguments: false }, "url"), "ada@example.org");
  for (const place of ["name", "tool-name", "tool-definition", "logprob"] as const)
    assert.equal(restorer({ links: true, toolArguments: true }, place), null);
});

test("a link begins within the bound, or has no beginning in sight", () => {
  const far = (units: number): string => `<img src="/${" ".repeat(units)}`;
  assert.equal(restored(`${far(scanUnits - 11)}${email}`), `${far(scanUnits - 11)}${email}`);
  assert.equal(restored(`${far(scanUnits)}${email}`), `${far(scanUnits)}ada@example.org`);
  const word = (units: number): string => "a".repeat(units);
  assert.equal(restored(`${word(scanUnits - 1)}${email}`), `${word(scanUnits - 1)}ada@example.org`);
  assert.equal(restored(`${word(scanUnits)}${email}`), `${word(scanUnits)}${email}`);
});

const held: readonly (readonly [text: string, held: string])[] = [
  ["a <", "<"],
  ["a <b", ""],
  ["a <E", "<E"],
  ["a <EMAIL_2", ""],
  ["a <EMAIL_1", "<EMAIL_1"],
  [`a ${email}`, email],
  [`a ${email}.`, `${email}.`],
  [`a ${email}. `, ""],
  [`a ${email}s`, `${email}s`],
  [`a ${email}, <NA`, "<NA"],
  [`a ${email.slice(0, -1)}<`, "<"],
];

for (const [text, wanted] of held) {
  test(`holds back ${JSON.stringify(wanted)} of ${JSON.stringify(text)}`, () => {
    const detector = restorer() ?? assert.fail("content has a restorer");
    assert.equal(text.slice(detector.settled(text, 0)), wanted);
  });
}

const parts = fc.constantFrom(
  ...originals.keys(),
  ...["<EMAIL_1_x7k2", "<EMAIL_2_x7k2q9>", "https://", "www.", "e.com", "/", "?", ".", ":", "mailto:", "url("],
  ...["](", "[a", "]:", "<", ">", "<a ", "<a href=", '"', "'", "=", "(", ")", "\\", "\n", " ", " ", "word", "\u00e9"],
  ..."@1-".split(""),
  "x".repeat(900),
  " y".repeat(700),
);
const texts = fc.array(parts, { maxLength: 40, size: "max" }).map((list) => list.join(""));
const wheres = fc.constantFrom<readonly [Omit<Restorable, "text">, Place]>(
  [plain, "content"],
  [{ links: true, toolArguments: false }, "content"],
  [{ links: false, toolArguments: true }, "tool-arguments"],
);

test("cut anywhere, the same is found, and only what was issued", () => {
  let found = 0;
  fc.assert(
    fc.property(texts, wheres, pieceSizes, (text, [where, place], sizes) => {
      const detector = restorer(where, place) ?? assert.fail("the place has a restorer");
      const wanted = detect(detector, text);
      for (const { span } of wanted) assert.ok(span !== null && originals.has(text.slice(span.start, span.end)));
      let last: unknown;
      for (const { findings } of stream(detector, text, sizes)) last = findings;
      assert.deepEqual(last, wanted);
      found += wanted.length;
    }),
    { numRuns: 1_000 },
  );
  assert.ok(found > 1_000, `the texts hold placeholders that may be put back: ${found}`);
});

test("what is found depends on nothing beyond the reach", () => {
  fc.assert(
    fc.property(texts, wheres, fc.nat(), (text, [where, place], seed) => {
      const detector = restorer(where, place) ?? assert.fail("the place has a restorer");
      const { longestSpan, leftContext, rightContext } = detector.reach;
      const starts = [...text.matchAll(/</g)].map(({ index }) => index);
      const start = starts[seed % Math.max(1, starts.length)];
      if (start === undefined) return;
      const from = Math.max(0, start - leftContext);
      const near = text.slice(from, start + longestSpan + rightContext);
      assert.equal(
        detect(detector, near, start - from, start - from + 1).length,
        detect(detector, text, start, start + 1).length,
      );
    }),
    { numRuns: 1_000 },
  );
});

test("long texts made of its own marks are finished with", () => {
  const detector = restorer() ?? assert.fail("content has a restorer");
  const units = [
    email,
    "<",
    "<EMAIL_1_x7k2q9",
    "<a href=",
    "](",
    "[",
    "https://",
    "a.",
    "www.",
    ":",
    "<a b='",
    `${email} `,
  ];
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(262_144 / unit.length)) + email;
    let last: unknown;
    for (const { findings } of stream(detector, text.slice(-32_768), [64, 4])) last = findings;
    assert.deepEqual(last, detect(detector, text.slice(-32_768)));
    detect(detector, text);
  }
});
