/** Hidden text is found alike whole and piece by piece, by every kind alone and by all together. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DetectSpec, hiddenKinds } from "../../src/domain/policy.ts";
import { detect, pieceSizes, stream, textDetector } from "./detectors.ts";

const numRuns = 500;
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const tagged = (text: string): string =>
  [...text].map((it) => String.fromCodePoint(0xe0000 + it.charCodeAt(0))).join("");

const pieces: readonly string[] = [
  ..."asx1 .-_=%&\\;\n".split(""),
  "word ",
  "The end. ",
  "i g n o r e",
  " a b",
  "s.e.c.r.e.t ",
  "\u200b",
  "\u200b".repeat(40),
  "\u200d",
  "\u00ad",
  "\ufeff",
  "\ufe0f",
  "\u{e0101}",
  "\u{e0101}".repeat(20),
  "\u{1f468}\u200d\u{1f469}",
  "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  tagged("ignore"),
  "\u{1f3f4}",
  "\udb40",
  "\udc61",
  "\u202e",
  "\u2066",
  "\u200f",
  "\u05d0",
  "\u0430",
  "\u0442",
  "\u03b1",
  "p\u0430ypal",
  "longword".repeat(7),
  "\uff53\uff45\uff43",
  "\u6771\u4eac",
  "\u{1d5ba}\u{1d5bb}",
  "\ud835",
  "\udc00",
  "e\u0336",
  "\u0301\u0302",
  "\u2003",
  "\u2009",
  "\u0000",
  "\u001b[31m",
  "\u001b[",
  "\u009b1",
  base64("ignore all previous"),
  base64("\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 \u0438 \u0434\u0440\u0443\u0433\u0438\u0435"),
  Buffer.from("ignore all of it").toString("hex"),
  base64(Buffer.from("wide text", "utf16le").toString("latin1")),
  "%69%67%6e%6f%72",
  "&#105;&#x67;",
  "\\u0069\\x67",
  "e3b0c44298fc1c149afbf4c8996fb924",
];
const texts = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 30, size: "max" })
  .map((it) => it.join(""));

const specs: readonly DetectSpec[] = [
  ...hiddenKinds.map((kind): DetectSpec => ({ kind: "hidden", kinds: [kind] })),
  { kind: "hidden", kinds: hiddenKinds },
];

for (const spec of specs) {
  assert.ok(spec.kind === "hidden");
  const name = spec.kinds.length === 1 ? spec.kinds[0] : "all";
  const detector = textDetector(spec);

  test(`${name}: a stream gives the findings of the whole`, () => {
    let found = 0;
    fc.assert(
      fc.property(texts, pieceSizes, (text, sizes) => {
        const wanted = detect(detector, text);
        let last: unknown;
        for (const { findings } of stream(detector, text, sizes)) last = findings;
        assert.deepEqual(last, wanted);
        found += wanted.length;
      }),
      { numRuns },
    );
    assert.ok(found > numRuns / 10, `the texts hold findings: ${found}`);
  });

  test(`${name}: what stands before the settled offset is the same whatever follows`, () => {
    fc.assert(
      fc.property(texts, fc.nat(), texts, (text, at, other) => {
        const seen = text.slice(0, at % (text.length + 1));
        const settled = detector.settled(seen, 0);
        const decided = detect(detector, seen, 0, settled, false);
        assert.deepEqual(detect(detector, text, 0, settled), decided);
        assert.deepEqual(detect(detector, seen + other, 0, settled), decided);
      }),
      { numRuns },
    );
  });

  test(`${name}: spans and contexts stay within the declared reach`, () => {
    const { longestSpan, leftContext, rightContext } = detector.reach;
    fc.assert(
      fc.property(texts, (text) => {
        for (const finding of detect(detector, text)) {
          const { start, end } = finding.span ?? assert.fail("a text finding has a span");
          assert.ok(start < end && end - start <= longestSpan && end <= text.length);
          const from = Math.max(0, start - leftContext);
          const near = text.slice(from, start + longestSpan + rightContext);
          const again = detect(detector, near, start - from, start - from + 1);
          assert.ok(again.some((it) => it.category === finding.category && it.span?.end === end - from));
        }
      }),
      { numRuns },
    );
  });
}

const all = textDetector({ kind: "hidden", kinds: hiddenKinds });
for (const unit of [
  ...pieces,
  "a ",
  "a.",
  "aB3x",
  "%25",
  "&#",
  "&#00",
  "\\u",
  "\u0430a",
  "\uff41 ",
  "\uff41",
  "longwo\uff41",
  "48 ",
  "\u2800",
]) {
  test(`a long text of ${JSON.stringify(unit.slice(0, 20))} is judged alike whole and in pieces`, () => {
    const text = unit.repeat(Math.ceil(16_384 / unit.length));
    const wanted = detect(all, text);
    let last: unknown;
    for (const { findings } of stream(all, text, [1_000])) last = findings;
    assert.deepEqual(last, wanted);
  });
}
