import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RE2JS } from "re2js";
import type { TextDetector } from "../../domain/detector.ts";
import { readPattern } from "./check.ts";
import { createPatternsDetector, windowStepsMax } from "./index.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const signal = new AbortController().signal;
type Span = readonly [start: number, end: number];

function detector(patterns: readonly string[], longest = 256, caseSensitive = true): TextDetector {
  const list = patterns.map((pattern, n) => ({ id: `p${n}`, pattern, caseSensitive }));
  return createPatternsDetector("id", { list, longest });
}

function detection(made: TextDetector, text: string, from = 0, to = text.length, ended = true) {
  const answer = made.detect(signal, { text, from, to, ended }, neverBreathes);
  assert.ok(!(answer instanceof Promise));
  return answer;
}

function spans(made: TextDetector, text: string, from = 0, to = text.length, ended = true): readonly Span[] {
  const answer = detection(made, text, from, to, ended);
  assert.ok(answer.kind === "scored");
  return answer.findings.map(({ span }) => {
    assert.ok(span !== null);
    return [span.start, span.end];
  });
}

const rows: readonly (readonly [pattern: string, text: string, ...found: string[]])[] = [
  ["ACME-\\d{4,8}", "ACME-123 ACME-1234, ACME-123456789 acme-1234", "ACME-1234", "ACME-12345678"],
  ["(?i)acme-\\d+", "Acme-1 aCME-22", "Acme-1", "aCME-22"],
  ["\\bEMP\\d+\\b", "EMP1 xEMP2 EMP3x EMP4", "EMP1", "EMP4"],
  ["\\d+", "a123b45", "123", "45"],
  ["(a+)+b", "aaab ab b", "aaab", "ab"],
  ["<s>.*?</s>", "<s>a</s> and <s>b</s>", "<s>a</s>", "<s>b</s>"],
  ["<s>.*</s>", "<s>a</s> and <s>b</s>", "<s>a</s> and <s>b</s>"],
  ["begin.*?end", "begin\nend begin end", "begin end"],
  ["(?s)begin.*?end", "begin\nend", "begin\nend"],
  ["(?m)^From: .+$", "From: a\nxFrom: b\nFrom: c", "From: a", "From: c"],
  ["\\p{Lu}\\p{Ll}+", "\u00c9t\u00e9 x \u041f\u043b\u0430\u043d", "\u00c9t\u00e9", "\u041f\u043b\u0430\u043d"],
  ["(?i)stra\u00dfe|k", "STRA\u1e9eE \u212a", "STRA\u1e9eE", "\u212a"],
  [".x", "\ud83d\ude00x \ud83dx", "\ud83d\ude00x", "\ud83dx"],
  ["[\ud83d\ude00-\ud83d\ude4f]+", "a\ud83d\ude00\ud83d\ude01b", "\ud83d\ude00\ud83d\ude01"],
  ["aba", "ababa", "aba", "aba"],
  ["a|ab|abc", "abc", "a"],
  ["abc|ab|a", "abcab", "abc", "ab"],
  ["\\Bb", "ab b", "b"],
  ["\\Q1.5$\\E", "1.5$ 125$", "1.5$"],
];

for (const [pattern, text, ...wanted] of rows) {
  test(`${pattern} in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(
      spans(detector([pattern]), text).map(([start, end]) => text.slice(start, end)),
      wanted,
    );
  });
}

test("the reach is that of the longest match", () => {
  const reach = (...patterns: string[]) => detector(patterns, 50).reach;
  assert.deepEqual(reach("ab{2,4}", "x\\b"), { longestSpan: 5, leftContext: 7, rightContext: 1 });
  assert.deepEqual(reach(".{3}"), { longestSpan: 6, leftContext: 8, rightContext: 1 });
  assert.deepEqual(reach("a+").longestSpan, 50);
  assert.deepEqual(reach("(?:ab|c){40}").longestSpan, 50);
});

test("repetition goes up to the longest match and begins anew behind each start", () => {
  assert.deepEqual(spans(detector(["a+"], 4), "aaaaa a"), [
    [0, 4],
    [1, 5],
    [6, 7],
  ]);
  assert.deepEqual(spans(detector(["a+b"], 4), "aaaaab"), [[2, 6]]);
  assert.deepEqual(spans(detector([".{3}"], 4), "\ud83d\ude00ab\ud83d\ude00"), [
    [0, 4],
    [2, 6],
  ]);
  assert.deepEqual(spans(detector([".{3}"], 4), "a\ud83d\ude00\ud83d\ude00"), []);
});

const held: readonly (readonly [pattern: string, text: string, held: string])[] = [
  ["abc", "xab", "ab"],
  ["abc", "xabc", ""],
  ["abc", "xbc", ""],
  ["abc\\b", "abc", "abc"],
  ["abc\\b", "abc.", ""],
  ["ab{2,3}", "abb", "abb"],
  ["ab{2,3}", "abbb", ""],
  ["\\d+", "a 12", "12"],
  ["\\d+", "a 1234", "234"],
  ["\\bab", "xa", ""],
  ["\\bab", "xa ", ""],
  ["a.*?b", "axb", ""],
  ["a.*b", "axb", "axb"],
  ["(?m)a$", "a", "a"],
  ["(?m)^ab", "xa\na", "a"],
  ["x", "a\ud83d", "\ud83d"],
  ["[\ud83d\ude00]x", "a\ud83d\ude00", "\ud83d\ude00"],
];

for (const [pattern, text, wanted] of held) {
  test(`${pattern} holds back ${JSON.stringify(wanted)} of ${JSON.stringify(text)}`, () => {
    assert.equal(text.slice(detector([pattern], 3).settled(text, 0)), wanted);
  });
}

// Expressions over a tiny alphabet whose syntax both engines share. What is repeated is never empty: there they differ.
const atom = fc.constantFrom("a", "b", "c", "[ab]", "[^a]", ".", "\\w", "\\b", "\\B");
const source = fc.letrec<{ sequence: string; part: string }>((tie) => ({
  sequence: fc.array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
  part: fc.oneof(
    { depthSize: "small" },
    atom,
    fc
      .tuple(
        fc.constantFrom("a", "b", "[ab]", ".", "\\w"),
        fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{2,}"),
        fc.constantFrom("", "?"),
      )
      .map((parts) => parts.join("")),
    fc.tuple(tie("sequence"), tie("sequence")).map(([x, y]) => `(?:${x}|${y})`),
    fc.tuple(tie("sequence"), fc.constantFrom("{0,2}", "{1,2}", "{2}", "?")).map(([x, many]) => `(?:${x}a)${many}`),
  ),
})).sequence;
const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "\n"), maxLength: 24 });
const longest = fc.integer({ min: 3, max: 9 });

/** By the JavaScript engine, at every start: the preferred match that is not too long; none within an earlier one. */
function expected(pattern: string, whole: string, most: number): readonly Span[] {
  const found: Span[] = [];
  let covered = 0;
  for (let start = 0; start < whole.length; start++) {
    const expression = new RegExp(`(?:${pattern})(?<=^[^]{1,${start + most}})`, "y");
    expression.lastIndex = start;
    const match = expression.exec(whole);
    if (match === null || start + match[0].length <= covered || match[0] === "") continue;
    covered = start + match[0].length;
    found.push([start, covered]);
  }
  return found;
}

test("finds at every start what another engine finds", () => {
  let found = 0;
  fc.assert(
    fc.property(source, text, longest, (pattern, whole, most) => {
      fc.pre(readPattern({ pattern, caseSensitive: true, longest: most }).ok);
      const wanted = expected(pattern, whole, most);
      found += wanted.length;
      assert.deepEqual(spans(detector([pattern], most), whole), wanted);
    }),
    { numRuns: 2_000 },
  );
  assert.ok(found > 1_000, `some matched: ${found}`);
});

test("finds where re2js finds", () => {
  const unit = fc.constantFrom(
    "a",
    "B",
    "\u00e9",
    "\u0130",
    "\u212a",
    "k",
    "\ud83d\ude00",
    "1",
    " ",
    "\n",
    "\u00df",
    "\u03c2",
    "\u03a3",
  );
  const patterns = [
    "(?i)k+",
    "\\pL\\d",
    "[[:alpha:]]+1",
    "(?s).\\b.",
    "(?i)[\u03c3\u00df]+",
    "\\P{L}[\ud83d\ude00-\ud83d\ude4f]?",
    "[^\\d\\s]{2,}",
    "(?U)k+",
    "\\x{1F600}a?",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...patterns), fc.string({ unit, maxLength: 30 }), (pattern, whole) => {
      const matcher = RE2JS.compile(pattern).matcher(whole);
      const wanted = matcher.find() ? [matcher.start(), matcher.end()] : undefined;
      assert.deepEqual(spans(detector([pattern]), whole)[0], wanted);
    }),
    { numRuns: 1_500 },
  );
});

test("many expressions are found as each alone, also where they fill several groups", () => {
  const words = Array.from({ length: 70 }, (_, n) => `${n}${"xyz".charAt(n % 3)}+`);
  const together = detector(words);
  const whole = "69xx 3x 41zz 12x 69x";
  assert.deepEqual(
    spans(together, whole),
    words.flatMap((word) => spans(detector([word]), whole)).sort(([a, x], [b, y]) => a - b || y - x),
  );
  assert.equal(together.categories.length, 70);
});

test("nothing settled changes, and a stream finds what the whole text does", () => {
  fc.assert(
    fc.property(
      fc.array(source, { minLength: 1, maxLength: 3 }),
      text,
      longest,
      fc.infiniteStream(fc.integer({ min: 1, max: 6 })),
      (patterns, whole, most, sizes) => {
        fc.pre(patterns.every((pattern) => readPattern({ pattern, caseSensitive: true, longest: most }).ok));
        const made = detector(patterns, most);
        const wanted = spans(made, whole);
        const got: Span[] = [];
        let base = 0;
        let done = 0;
        for (let arrived = 0; arrived < whole.length; ) {
          arrived = Math.min(whole.length, arrived + (sizes.next().value as number));
          const seen = whole.slice(base, arrived);
          const ended = arrived === whole.length;
          const to = ended ? seen.length : made.settled(seen, done - base);
          for (const [start, end] of spans(made, seen, done - base, to, ended)) got.push([start + base, end + base]);
          done = base + to;
          base = Math.max(base, done - made.reach.leftContext);
        }
        assert.deepEqual(got, wanted);
      },
    ),
    { numRuns: 1_500 },
  );
});

// Each would take a backtracking engine, or one that counts starts one by one, far longer than a test may last.
const hostile: readonly (readonly [pattern: string, unit: string])[] = [
  ["(a+)+b", "a"],
  ["(?:a?){30}a{30}", "a"],
  ["(a|aa)+b", "a"],
  ["\\w+x", "a"],
  ["\\w+@corp", "a"],
  ["(?:\\w+\\s?)*!", "word "],
  [".*.*.*=.*", "x"],
  ["[a-z]+(?:[a-z]+)*\\d", "abc"],
  ["\\w{3,50}\\d", "word "],
  ["(?:ab){0,100}c", "ab"],
  ["[ab]*a[ab]{8}c", "ab"],
];

test("hostile expressions and texts stay within the budget, found or not", () => {
  for (const [pattern, unit] of hostile) {
    for (const end of ["", "b", "x", "@corp", "!", "1", "c"]) {
      const whole = unit.repeat(4_096 / unit.length) + end;
      assert.equal(detection(detector([pattern], 4_096), whole).kind, "scored", `${pattern} ${end}`);
    }
  }
});

/** The same at each run. */
function noise(units: number): string {
  let state = 1;
  return Array.from({ length: units }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(state >>> 16);
  }).join("");
}

test("what would cost more is unknown, not guessed, and does not last", () => {
  const bits = noise(16_384).replace(/[^]/g, (unit) => (unit < "\u8000" ? "a" : "b"));
  const made = detector(["[ab]*a[ab]{60}[ab]{60}c"], 4_096);
  assert.deepEqual(detection(made, `${bits}c`), { kind: "unknown", cause: "too-long" });
  assert.ok(made.settled(bits, 0) >= bits.length - 4_096);
  assert.equal(spans(made, `${"a".repeat(121)}c`).length, 1);
  assert.ok(windowStepsMax >= 16_384 * 20);
});

test("an expression that was not checked is a bug", () => {
  assert.throws(() => detector(["a$"]), /not checked/);
  assert.throws(() => detector([]), /1 to 200/);
  assert.throws(() => detector(["a"], 5_000), /bound/);
});
