/**
 * Time to judge text with what users write themselves: keywords, expressions, allow-lists of links. Whole texts of 16 KiB, in
 * MB a second and in milliseconds a window, ordinary ones and hostile ones. `node bench/micro/user-rules.ts`; the best
 * of a few rounds, since other work disturbs.
 */
import { createDetector } from "../../src/detectors/index.ts";
import type { TextDetector } from "../../src/domain/detector.ts";
import { type DetectSpec, linkKinds } from "../../src/domain/policy.ts";
import { neverBreathes } from "../../test/helpers/pace.ts";

const rounds = 12;
const units = 16_384;
const signal = new AbortController().signal;
const sentence =
  "When the team met on 2024-11-21 at 10:30, it had 3 offers on the table: the first (about $1,250.00 a month) was too dear, " +
  "the second's support ended in 2026, and the third, well-known for its speed, needed version 2.14.1 or newer. ";
const filled = (part: string): string => part.repeat(Math.ceil(units / part.length)).slice(0, units);

const words = Array.from({ length: 20_000 }, (_, n) => `${n.toString(36)}word${(n * 7919).toString(36)}`);
const expressions = (list: readonly string[]): DetectSpec => ({
  kind: "patterns",
  list: list.map((pattern, n) => ({ id: `p${n}`, pattern, caseSensitive: false })),
  longest: 256,
});
const many = Array.from({ length: 50 }, (_, n) => [
  `\\bprj${n}-\\d+\\b`,
  `[a-z]+${n}@corp`,
  `code ${n}\\s+\\w{3,20}`,
  `x{${n + 1}}\\d`,
]).flat();

type Row = readonly [name: string, spec: DetectSpec, hostile: readonly string[]];
const rows: readonly Row[] = [
  [
    "keywords, 20,000 words",
    { kind: "keywords", list: words, caseSensitive: false, wholeWords: true },
    [words.slice(0, 2_000).join(" "), "a"],
  ],
  ["patterns, 1", expressions(["\\w+@corp\\.example"]), ["a", `${"a".repeat(200)}@corp.example `]],
  ["patterns, 200", expressions(many), ["a", "prj1-", "xxxxx"]],
  ["patterns, made to explode", expressions(["(a+)+b", "(?:a?){30}a{30}", "[ab]*a[ab]{60}c"]), ["a", "ab", "aabab"]],
  [
    "links, all kinds",
    { kind: "links", kinds: linkKinds, allowHosts: ["example.com"], allowSchemes: ["https"], allowTargets: [] },
    ["http://", "](", "![](", "<a b='<a b=\"", "[x]:", "mailto:", "https://evil.example/ "],
  ],
];

for (const [name, spec, hostile] of rows) {
  const begun = performance.now();
  const detector = createDetector(spec);
  if (detector.kind !== "text") throw new Error("a text detector was asked for");
  console.log(`${name}: built in ${(performance.now() - begun).toFixed(0)} ms`);
  report("prose", detector, filled(sentence));
  for (const part of hostile) report(JSON.stringify(part.slice(0, 16)), detector, filled(part));
}

function report(name: string, detector: TextDetector, text: string): void {
  let best = Number.POSITIVE_INFINITY;
  let answer = "";
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const detection = detector.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
    best = Math.min(best, performance.now() - begun);
    if (detection instanceof Promise) throw new Error("a synchronous answer was expected");
    answer = detection.kind === "scored" ? `${detection.findings.length} findings` : detection.cause;
  }
  console.log(`  ${name}: ${(text.length / 1_000 / best).toFixed(1)} MB/s, ${best.toFixed(2)} ms, ${answer}`);
}
