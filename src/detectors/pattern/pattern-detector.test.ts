/** Detectors of many matchers against the plainest way to do the same: each matcher at each offset. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Category, Finding } from "../../domain/detector.ts";
import { certain, score } from "../../domain/score.ts";
import { createPatternDetector, type Matcher } from "./pattern-detector.ts";
import { reviewed } from "./pattern.ts";
import { neverBreathes } from "../../../test/helpers/pace.ts";

const signal = new AbortController().signal;

function detect(matchers: readonly Matcher[], text: string, from = 0, to = text.length): readonly Finding[] {
  const detection = createPatternDetector("id", matchers).detect(
    signal,
    { text, from, to, ended: true },
    neverBreathes,
  );
  assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
  return detection.findings;
}

const spans = (findings: readonly Finding[]): readonly unknown[] =>
  findings.map(({ category, span }) => [category, span?.start, span?.end]);

const categories: readonly Category[] = Array.from({ length: 60 }, (_, n) => `x/${n}` as const);
const sources = [
  "abc",
  "ab[cd]{1,3}",
  "[ab]{2,4}c",
  "(?<![a-c])ab?",
  "(?<!b)cc(?!a)",
  "a.c",
  "d{3}",
  "(?:abcd|bcda)a{0,2}",
  "\u00e9[ab]",
  "[^a]bcd",
];
const matcher = fc.record({
  category: fc.constantFrom(...categories),
  pattern: fc
    .tuple(fc.constantFrom(...sources), fc.constantFrom("", "i"))
    .map(([source, flags]) => reviewed(source, flags)),
  context: fc.option(
    fc.record({
      words: fc.constantFrom(["da"], ["bb", "dad"], ["ca", "c "], ["aaaa"]),
      within: fc.nat(6),
      whole: fc.boolean(),
    }),
    { nil: undefined, freq: 1 },
  ),
  left: fc.constantFrom(null, null, " ", "b"),
  weak: fc.boolean(),
  score: fc.constantFrom(certain, score(0.5)),
});
type Drawn = typeof matcher extends fc.Arbitrary<infer T> ? T : never;

function matcherOf({ context, left, ...rest }: Drawn): Matcher {
  return {
    ...rest,
    ...(context === undefined ? {} : { context }),
    ...(left === null
      ? {}
      : { leftUnits: 3, accept: (matched: string, seen: string) => (seen.includes(left) ? matched.length : 0) }),
  };
}

const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "A", "C", " ", "\u00e9", "\u4e00"), maxLength: 40 });

/** Each matcher at each offset, as the words of Matcher say; of a category the longest at a start. None is weak. */
function plainly(matchers: readonly Matcher[], whole: string): readonly unknown[] {
  const longest = new Map<string, readonly [Category, number, number]>();
  for (const { pattern, category, context, accept, leftUnits = 0 } of matchers) {
    for (let at = 0; at < whole.length; at++) {
      const matched = pattern.matchAt(whole, at);
      if (matched === null || (context !== undefined && !hasContext(context, whole, at))) continue;
      const left = leftUnits === 0 ? "" : whole.slice(Math.max(0, at - leftUnits), at);
      const end = at + (accept === undefined ? matched.length : accept(matched, left));
      const other = longest.get(`${category} ${at}`)?.[2] ?? at;
      if (end > other) longest.set(`${category} ${at}`, [category, at, end]);
    }
  }
  return [...longest.values()];
}

function hasContext(
  { words, within, whole = false }: NonNullable<Matcher["context"]>,
  all: string,
  at: number,
): boolean {
  const low = all.toLowerCase();
  return words.some((word) => {
    for (let end = at; end >= Math.max(word.length, at - within); end--) {
      if (low.slice(end - word.length, end) !== word) continue;
      if (!whole || !(/[\p{L}\p{N}]/u.test(all.charAt(end - word.length - 1)) || /[\p{L}\p{N}]/u.test(all.charAt(end))))
        return true;
    }
    return false;
  });
}

test("many matchers find what each finds alone at each offset", () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(matcher, { minLength: 1, maxLength: 80, size: "max" }), text, (drawn, whole) => {
      // Weak ones depend on the others: they have a test of their own.
      const matchers = drawn.map((one) => matcherOf({ ...one, weak: false }));
      const findings = detect(matchers, whole);
      found += findings.length;
      const sorted = (rows: readonly unknown[]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(sorted(spans(findings)), sorted(plainly(matchers, whole)));
    }),
    { numRuns: 1_000 },
  );
  assert.ok(found > 1_000, `some found: ${found}`);
});

test("piece by piece is as the whole, with contexts and what is seen of the left", () => {
  fc.assert(
    fc.property(
      fc.array(matcher, { minLength: 1, maxLength: 40, size: "max" }),
      text,
      fc.integer({ min: 1, max: 9 }),
      (drawn, whole, size) => {
        const matchers = drawn.map(matcherOf);
        const detector = createPatternDetector("id", matchers);
        const findings: Finding[] = [];
        let base = 0;
        let done = 0;
        for (let arrived = size; ; arrived += size) {
          const ended = arrived >= whole.length;
          const held = whole.slice(base, arrived);
          const to = ended ? held.length : detector.settled(held, done - base);
          const detection = detector.detect(signal, { text: held, from: done - base, to, ended }, neverBreathes);
          assert.ok(!(detection instanceof Promise) && detection.kind === "scored");
          for (const { span, ...rest } of detection.findings)
            findings.push({ ...rest, span: span && { start: span.start + base, end: span.end + base } });
          done = base + to;
          base = Math.max(base, done - detector.reach.leftContext);
          if (ended) break;
        }
        assert.deepEqual(findings, detect(matchers, whole));
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a context: how near, which case, whole words", () => {
  const pattern = reviewed("(?<![0-9])[0-9]{3}(?![0-9])");
  const pin: Matcher = {
    category: "x/pin",
    pattern,
    context: { words: ["pin", "secret code"], within: 5, whole: true },
  };
  for (const near of ["pin 123", "PIN: 123", "pin     123", "(pin)123", "secret code 123", "Pin\n123"])
    assert.equal(detect([pin], near).length, 1, near);
  for (const far of ["pin      123", "123 pin", "spin 123", "pins 123", "pin-ned to 123", "\u00e9pin 123", "pi 123"])
    assert.equal(detect([pin], far).length, 0, far);
  const part: Matcher = { ...pin, context: { words: ["pin"], within: 5 } };
  for (const near of ["spin 123", "pins 123"]) assert.equal(detect([part], near).length, 1, near);
});

test("a weak finding gives way to another that begins with it and is no shorter", () => {
  const weak: Matcher = { category: "x/any", pattern: reviewed("[a-z]{4,8}"), weak: true, score: score(0.5) };
  const known: Matcher = { category: "x/key", pattern: reviewed("key[a-z]{2,5}") };
  const at = (text: string): readonly unknown[] => spans(detect([weak, known], text)).slice(0, 2);
  assert.deepEqual(at("keyab"), [
    ["x/key", 0, 5],
    ["x/any", 1, 5],
  ]);
  assert.deepEqual(at("keyabcdef"), [
    ["x/key", 0, 8],
    ["x/any", 1, 9],
  ]);
  assert.deepEqual(spans(detect([weak, { ...known, pattern: reviewed("key[a-z]{2}") }], "keyabcde")).slice(0, 2), [
    ["x/any", 0, 8],
    ["x/key", 0, 5],
  ]);
});

test("of two findings of a category at a start the surer counts", () => {
  const pattern = reviewed("abc");
  const [finding, more] = detect(
    [
      { category: "x/y", pattern, score: score(0.5) },
      { category: "x/y", pattern },
    ],
    "abc",
  );
  assert.equal(finding?.score, 1);
  assert.equal(more, undefined);
});

test("hundreds of matchers: each is found by its own", () => {
  const matchers = Array.from(
    { length: 400 },
    (_, n): Matcher => ({
      category: `x/${n}`,
      pattern: reviewed(n % 2 === 0 ? `k${n}_[a-z]{3}` : `[xy]${n}_[a-z]{3}`),
    }),
  );
  const detector = createPatternDetector("id", matchers);
  for (let n = 0; n < 400; n++) {
    const one = n % 2 === 0 ? `k${n}_abc` : `x${n}_abc`;
    assert.deepEqual(spans(detect(matchers.slice(n, n + 1), `-${one}-`)), [[`x/${n}`, 1, 1 + one.length]]);
    const whole = detector.detect(
      signal,
      { text: `-${one}-`, from: 0, to: one.length + 2, ended: true },
      neverBreathes,
    );
    assert.ok(!(whole instanceof Promise) && whole.kind === "scored");
    assert.deepEqual(spans(whole.findings), [[`x/${n}`, 1, 1 + one.length]]);
    assert.equal(detector.settled(`- ${one.slice(0, 5)}`, 0), 2);
    assert.equal(detector.settled(`- ${one} `, 0), one.length + 3);
  }
});
