/**
 * The guarantee for streams: what has gone out at any moment is the beginning of the masked whole text, however the
 * text was cut; and everything has gone out at its end.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createDetector } from "../../src/detectors/index.ts";
import { piiKinds } from "../../src/domain/pii-kinds.ts";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { Release } from "../helpers/release.ts";
import { flag, judgeOf, label, planWith, policyOf, ruleOf } from "../helpers/rules.ts";

const place = { call: null, location: { place: "content", role: "assistant", pointer: "" } } as const;
const never = new AbortController().signal;

const policy = policyOf([
  ruleOf("pii", { kind: "pii", kinds: piiKinds, region: "US" }, label),
  ruleOf("secrets", { kind: "secrets", kinds: secretKinds, allow: [] }, label),
  ruleOf(
    "words",
    { kind: "keywords", list: ["acme-internal", "project x"], caseSensitive: false, wholeWords: true },
    label,
  ),
  ruleOf("flags", { kind: "keywords", list: ["maybe"], caseSensitive: false, wholeWords: true }, flag),
]);
const plan = planWith(policy);

async function run(pieces: readonly string[], onStep: (out: string) => void, by: Plan = plan): Promise<string> {
  const judge = judgeOf("reply", by);
  const lane = judge.openLane(place);
  const release = new Release();
  for (const [index, piece] of [...pieces, ""].entries()) {
    const step = await judge.step(never, lane, piece, index === pieces.length);
    assert.equal(step.kind, "go");
    if (step.kind === "go") release.step(piece, step.settled, step.masks);
    onStep(release.out);
  }
  return release.out;
}

const key = ["AK", "IA", "IOSFODNN7", "EXAMPLE"].join("");
const morsel = fc.oneof(
  fc.constantFrom(
    "the total is ",
    "call me at ",
    "4111 1111 1111 1111",
    "4111",
    " 1111",
    "-",
    ".",
    "@",
    "ada",
    "ada@example.com",
    "example.com",
  ),
  fc.constantFrom(
    "(415) 555-2671",
    "+1 415 555 2671",
    "078-05-1120",
    "219-09-9999",
    "DE89 3704 0044 0532 0130 00",
    "DE89",
    key,
    key.slice(0, 9),
  ),
  fc.constantFrom(
    "acme-internal",
    "acme-",
    "project x",
    "maybe",
    "\n",
    " ",
    "é",
    "\u{1f600}",
    "-----BEGIN ",
    "eyJhbGciOiJIUzI1NiJ9",
    ".",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.stringMatching(/^[0-9 -]{1,8}$/),
);
const text = fc.array(morsel, { maxLength: 14 }).map((parts) => parts.join(""));

function cutAt(whole: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
  return [...at, whole.length].map((to, index) => whole.slice(index === 0 ? 0 : at[index - 1], to));
}

describe("a lane", () => {
  it("gives out only beginnings of the masked whole text, and all of it at the end", async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(), { maxLength: 12 }), async (whole, cuts) => {
        const masked = await run([whole], () => undefined);
        const streamed = await run(cutAt(whole, cuts), (out) => {
          assert.ok(masked.startsWith(out), JSON.stringify({ whole, cuts, masked, out }));
        });
        assert.equal(streamed, masked);
      }),
      { numRuns: 3000 },
    );
  });

  it("is the same cut at every place and character by character", async () => {
    for (const whole of [
      "write to ada@example.com or call (415) 555-2671 now",
      `pay 4111 1111 1111 1111 with ${key}, project x`,
    ]) {
      const masked = await run([whole], () => undefined);
      for (let at = 0; at <= whole.length; at += 1)
        assert.equal(await run(cutAt(whole, [at]), () => undefined), masked);
      assert.equal(await run([...whole], () => undefined), masked);
    }
  });

  it("would be caught if it held back nothing", async () => {
    const careless = planWith(policy, {
      create(spec) {
        const detector = createDetector(spec);
        return detector.kind === "text"
          ? { ...detector, settled: (text: string) => text.length, detect: detector.detect.bind(detector) }
          : detector;
      },
    });
    const whole = "write to ada@example.com";
    assert.notEqual(await run([...whole], () => undefined, careless), await run([whole], () => undefined, careless));
  });

  it("holds back no prose", async () => {
    const judge = judgeOf("reply", plan);
    const step = await judge.step(never, judge.openLane(place), "The answer is simple. ", false);
    assert.equal(step.kind === "go" && step.settled, "The answer is simple. ".length);
  });
});
