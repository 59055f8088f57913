/**
 * Time to judge text: prose as a whole, in microseconds a KiB, and as a stream of four-character pieces, in
 * microseconds a piece. `node bench/micro/detectors.ts`; the best of a few rounds, since other work disturbs.
 */
import { piiKinds } from "../../src/domain/pii-kinds.ts";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import type { TextDetector } from "../../src/domain/detector.ts";
import { createDetector } from "../../src/detectors/index.ts";
import { neverBreathes } from "../../test/helpers/pace.ts";

const rounds = 7;
const signal = new AbortController().signal;
const sentence =
  "When the team met on 2024-11-21 at 10:30, it had 3 offers on the table: the first (about $1,250.00 a month) was too dear, " +
  "the second's support ended in 2026, and the third, well-known for its speed, needed version 2.14.1 or newer. ";
const prose = sentence.repeat(80).slice(0, 16 * 1024);
const wordList = Array.from({ length: 20_000 }, (_, n) => `${n.toString(36)}word${(n * 7919).toString(36)}`);

const detectors: readonly (readonly [string, readonly TextDetector[]])[] = [
  ["pii", [text({ kind: "pii", kinds: [...piiKinds], region: "US" })]],
  ["secrets", [text({ kind: "secrets", kinds: [...secretKinds], allow: [] })]],
  ["keywords, 20,000 words", [text({ kind: "keywords", list: wordList, caseSensitive: false, wholeWords: true })]],
];

report("pii + secrets", [...(detectors[0]?.[1] ?? []), ...(detectors[1]?.[1] ?? [])]);
for (const [name, list] of detectors) report(name, list);

function text(spec: Parameters<typeof createDetector>[0]): TextDetector {
  const detector = createDetector(spec);
  if (detector.kind !== "text") throw new Error("a text detector was asked for");
  return detector;
}

function report(name: string, list: readonly TextDetector[]): void {
  const whole = best(() => {
    for (const detector of list)
      void detector.detect(signal, { text: prose, from: 0, to: prose.length, ended: true }, neverBreathes);
  });
  const pieces = prose.length / 4;
  const streamed = best(() => {
    for (const detector of list) stream(detector);
  });
  console.log(
    `${name}: ${((whole * 1000) / (prose.length / 1024)).toFixed(1)} us/KiB whole, ${((streamed * 1000) / pieces).toFixed(2)} us/piece streamed`,
  );
}

function stream(detector: TextDetector): void {
  let held = "";
  let done = 0;
  for (let at = 0; at < prose.length; at += 4) {
    held += prose.slice(at, at + 4);
    const to = detector.settled(held, done);
    if (to > done) void detector.detect(signal, { text: held, from: done, to, ended: false }, neverBreathes);
    const cut = Math.max(0, to - detector.reach.leftContext);
    held = held.slice(cut);
    done = to - cut;
  }
}

/** In milliseconds. */
function best(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}
