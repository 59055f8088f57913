import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compilePattern, type Pattern, reviewed } from "./pattern.ts";
import type { RefusalCode } from "./measure.ts";

const refused: readonly (readonly [source: string, flags: string, code: RefusalCode])[] = [
  ["a+", "", "unbounded"],
  ["ab*", "", "unbounded"],
  ["a(?:b{2,})?", "", "unbounded"],
  ["(a)\\1", "", "backreference"],
  ["(?<x>a)\\k<x>", "", "backreference"],
  ["a(?=bc)", "", "lookaround"],
  ["a(?!b?)", "", "lookaround"],
  ["a(?=(?=b))", "", "lookaround"],
  [`(?<=${"x".repeat(65)})a`, "", "lookaround"],
  ["(?<=x(?!y))a", "", "lookaround"],
  ["(?<=x{1,})a", "", "unbounded"],
  ["^a", "", "edge"],
  ["a$", "", "edge"],
  ["a?", "", "empty"],
  ["(?:)", "", "empty"],
  ["(?:a{1000}){1000}", "", "too-wide"],
  ["(?i:a)", "", "modifiers"],
  ["a(", "", "syntax"],
  ["a", "u", "flags"],
  ["a", "m", "flags"],
  ["a", "g", "flags"],
];

for (const [source, flags, code] of refused) {
  test(`refuses ${source.slice(0, 20)} with flags "${flags}": ${code}`, () => {
    const compiled = compilePattern(source, flags);
    assert.equal(compiled.ok ? "taken" : compiled.error.code, code);
  });
}

test("measures the longest match and both contexts", () => {
  const reach = (source: string): unknown => reviewed(source).reach;
  assert.deepEqual(reach("(?<!x[yz]?)a{2,5}(?:bc|d)?(?![0-9])"), { longestSpan: 7, leftContext: 2, rightContext: 1 });
  assert.deepEqual(reach("\\bab"), { longestSpan: 2, leftContext: 1, rightContext: 1 });
  assert.deepEqual(reach("[^x].\\d"), { longestSpan: 3, leftContext: 0, rightContext: 0 });
});

/** The first offset that is open, as a detector reads it. */
function settled(pattern: Pattern, text: string): number {
  for (let at = 0; at < text.length; at++) if (pattern.isOpenAt(text, at)) return at;
  return text.length;
}

const held: readonly (readonly [source: string, text: string, settled: number])[] = [
  ["abc", "xab", 1],
  ["abc", "xac", 3],
  ["abc", "xbc", 3],
  ["ab{2,3}(?!b)", "abbb", 0],
  ["ab{2,3}(?!b)", "abbbb", 5],
  ["(?<!x)ab", "xa", 2],
  ["(?<!x)ab", "ya", 1],
  ["a(?=b)c?", "a", 0],
  ["\\bab\\b", "ab", 0],
  ["\\bab\\b", "ab ", 3],
  ["(?:ab|acd)e", "zac", 1],
];

for (const [source, text, wanted] of held) {
  test(`${source} holds ${JSON.stringify(text)} from ${wanted}`, () =>
    assert.equal(settled(reviewed(source), text), wanted));
}

// Sources over a tiny alphabet, so that all ways to go on can be tried.
const atom = fc.constantFrom("a", "b", "c", "[ab]", "[^a]", ".");
const source = fc.letrec<{ sequence: string; part: string }>((tie) => ({
  sequence: fc.array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
  part: fc.oneof(
    { depthSize: "small" },
    atom,
    fc
      .tuple(atom, fc.nat(2), fc.nat(2), fc.constantFrom("", "?"))
      .map(([x, min, more, lazy]) => `${x}{${min},${min + more}}${lazy}`),
    fc.tuple(tie("sequence"), tie("sequence")).map(([x, y]) => `(?:${x}|${y})`),
    fc.tuple(tie("sequence"), fc.nat(1), fc.nat(2)).map(([x, min, more]) => `(?:${x}){${min},${min + more}}`),
    fc.constantFrom("(?<!a)", "(?<=[bc])", "(?!b)", "(?=[ab])", "\\b", "(?<!a[bc]?)"),
  ),
})).sequence;
const tinyText = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 7 });

test("before an open offset nothing changes, whatever follows", () => {
  let tried = 0;
  fc.assert(
    fc.property(
      source,
      fc.constantFrom("", "i"),
      tinyText,
      fc.array(tinyText, { minLength: 3, maxLength: 6 }),
      (expression, flags, text, others) => {
        const compiled = compilePattern(expression, flags);
        fc.pre(compiled.ok);
        const pattern = compiled.value;
        const all = [...others, ...["a", "b", "c", " "].flatMap((x) => [x, ...["a", "b", "c", " "].map((y) => x + y)])];
        for (let at = 0; at < text.length; at++) {
          if (pattern.isOpenAt(text, at)) continue;
          const match = pattern.matchAt(text, at);
          if (match !== null) tried++;
          for (const other of all)
            assert.equal(pattern.matchAt(text + other, at), match, `${at} then ${JSON.stringify(other)}`);
        }
      },
    ),
    { numRuns: 4_000 },
  );
  assert.ok(tried > 1_000, `some matched: ${tried}`);
});

test("a match begins with one of the literals told, and its units are as told", () => {
  let literal = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        source,
        fc
          .tuple(fc.constantFrom("abc", "(?:aab|bca)", "a[bc]a", "(?<!b)ab{2}", "(?<=[bc])ab", "(?<=c|ab)a"), source)
          .map((both) => both.join("")),
      ),
      fc.constantFrom("", "i"),
      fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "A", "abc", "aab", "bca"), minLength: 1, maxLength: 6 }),
      (expression, flags, text) => {
        const compiled = compilePattern(expression, flags);
        fc.pre(compiled.ok);
        const { beginnings, leading } = compiled.value;
        for (let at = 0; at < text.length; at++) {
          if (compiled.value.matchAt(text, at) === null) continue;
          if (beginnings !== null) {
            literal++;
            assert.ok(beginnings.some((beginning) => text.slice(at).toLowerCase().startsWith(beginning)));
          }
          for (const [place, atoms] of leading.places.entries()) {
            if (atoms !== null) assert.match(text.charAt(at + place), new RegExp(atoms, flags));
          }
          if (leading.onlyAfter !== null) assert.match(text.charAt(at - 1), new RegExp(leading.onlyAfter, flags));
          if (leading.notAfter !== null && at > 0)
            assert.doesNotMatch(text.charAt(at - 1), new RegExp(leading.notAfter, flags));
        }
      },
    ),
    { numRuns: 4_000 },
  );
  assert.ok(literal > 50, `some began with literals: ${literal}`);
});

const beginnings: readonly (readonly [source: string, flags: string, beginnings: readonly string[] | null])[] = [
  ["gh[po]_[a-z]{2}", "", ["ghp_", "gho_"]],
  ["(?:AK|AS)IA[0-9]", "", [...digitsAfter("akia"), ...digitsAfter("asia")]],
  ["(?<![a-z])a{3}[^x]", "", ["aaa"]],
  ["(?:ab)?cde", "", null],
  ["ab", "", null],
  ["a\\.", "", ["a."]],
  ["[a-z]bcd", "", null],
  ["(?:abcd|xy)z", "i", ["abcdz", "xyz"]],
];

function digitsAfter(text: string): readonly string[] {
  return [..."0123456789"].map((digit) => text + digit);
}

for (const [expression, flags, wanted] of beginnings) {
  test(`the literals that ${expression} begins with`, () =>
    assert.deepEqual(reviewed(expression, flags).beginnings, wanted));
}
