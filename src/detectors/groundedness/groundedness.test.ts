import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fakeModel } from "../../../test/helpers/fake-model.ts";
import { neverBreathes, openedNow } from "../../../test/helpers/pace.ts";
import { detect, pieceSizes, stream } from "../../../test/property/detectors.ts";
import type { TextDetector } from "../../domain/detector.ts";
import { nothingDeclared } from "../../domain/dialect.ts";
import { defaultEvidenceKinds, type GroundednessSpec } from "../../domain/policy.ts";
import type { Place, Role, Segment } from "../../domain/segment.ts";
import { type ModelSource, noModels } from "../model/served.ts";
import { createGroundednessDetector } from "./index.ts";

const { signal } = new AbortController();
const said = (role: Role, text: string, place: Place = "content"): Segment => ({
  stage: "prompt",
  location: { place, role, pointer: "/x" },
  text,
});
const at = { location: { place: "content", role: "assistant", pointer: "/x" }, call: null } as const;

function opened(
  segments: readonly Segment[],
  spec: Partial<GroundednessSpec> = {},
  models: ModelSource = noModels,
  left = 0,
): TextDetector {
  const settings = { threshold: 0.5, evidence: defaultEvidenceKinds, model: null, ...spec };
  const detector = createGroundednessDetector("id", settings, models);
  return openedNow(detector, { segments, left, declared: nothingDeclared })?.lane(at) ?? assert.fail();
}

const report =
  "The harbour of Delmar was built in 1932 by the engineer Anna Verhoeven. It handled 1,187 ships in 2021, 12 percent more than " +
  "in the year before. The council did not approve the second pier. Ferries leave for Norum every Monday at 7:30 am.";
const inPrompt = [said("tool", report, "tool-result"), said("user", "What do you know of the harbour?")];
const found = (reply: string, lane = opened(inPrompt)): readonly string[] =>
  detect(lane, reply).map(({ span }) => reply.slice(span?.start, span?.end));

const borneOut: readonly string[] = [
  "The harbour of Delmar was built in 1932.",
  "It was built by Anna Verhoeven.",
  "It was built by Verhoeven.",
  "The harbour handled about 1,200 ships in 2021.",
  "The council did not approve the second pier.",
  "Ferries leave for Norum at 7:30 am every Monday.",
  "I can help you with that. Do you want to know more?",
];
for (const reply of borneOut) test(`borne out: ${reply}`, () => assert.deepEqual(found(reply), []));

const failing: readonly (readonly [reply: string, word: string])[] = [
  ["The harbour of Delmar was built in 1937.", "1937"],
  ["The harbour handled 1,287 ships in 2021.", "1,287"],
  ["The harbour of Delmar was built by the engineer Maria Lindqvist.", "Maria Lindqvist"],
  ["The council did approve the second pier.", "approve"],
  ["Ferries leave for Norum every Friday at 7:30 am.", "Friday"],
  ["Ferries leave for Norum every Monday at 9:30 am.", "9:30 am"],
];
for (const [reply, word] of failing)
  test(`not borne out: ${reply}`, () =>
    assert.ok(
      found(reply).some((words) => words.includes(word)),
      found(reply).join(" | "),
    ));

test("only the claim that fails is found", () => {
  const reply = "The harbour of Delmar was built in 1932. It handled 1,287 ships in 2021. Ferries leave for Norum.";
  assert.deepEqual(found(reply), ["1,287"]);
});

const causeOf = async (lane: TextDetector, text: string): Promise<string> => {
  const detection = await lane.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
  return detection.kind === "unknown" ? detection.cause : (detection.unseen?.cause ?? "known");
};

test("without evidence nothing is known", async () => {
  const claim = "Paris is the capital of France.";
  assert.equal(await causeOf(opened([said("user", "What is the capital of France?")]), claim), "no-evidence");
  assert.equal(await causeOf(opened([said("assistant", report)]), claim), "no-evidence");
  assert.equal(await causeOf(opened([said("user", report)], { evidence: ["tools"] }), claim), "no-evidence");
  assert.equal(await causeOf(opened(inPrompt, {}, noModels, 1), claim), "too-long");
  assert.equal(await causeOf(opened(inPrompt), claim), "known");
});

test("the question proves nothing, what it brings along does", () => {
  const premise = "Why did the harbour handle 1,287 ships in 2021?";
  const reply = "The harbour handled 1,287 ships in 2021.";
  assert.deepEqual(found(reply, opened([said("tool", report, "tool-result"), said("user", premise)])), ["1,287"]);
  assert.deepEqual(found(reply, opened([said("user", `${report} ${premise}`)])), ["1,287"]);
  assert.deepEqual(found("It was built in 1932.", opened([said("user", `${report} ${premise}`)])), []);
});

test("a model that judges pairs has its say, and is asked with the passages alone", async () => {
  const reply = "The harbour of Delmar was built in 1932.";
  const judge = async (numbers: readonly number[], head = {}): Promise<unknown> => {
    const pairs = { task: "pair", labels: [null, "unsupported"], ...head } as const;
    const { models } = fakeModel("m", { head: pairs, numbers: () => [numbers] });
    const lane = opened(inPrompt, { model: { name: "m", head: null } }, models);
    const detection = await lane.detect(signal, { text: reply, from: 0, to: reply.length, ended: true }, neverBreathes);
    if (detection.kind === "unknown") return detection.cause;
    return detection.unseen?.cause ?? detection.findings.length > 0;
  };
  assert.equal(await judge([0, 9]), true);
  assert.equal(await judge([9, 0]), false);
  assert.equal(await judge([0, 9], { task: "sequence" }), "backend");
});

const sentences = [
  ...borneOut,
  ...failing.map(([reply]) => reply),
  "```\ncode\n```",
  "- a list",
  "\n",
  "Dr. No",
  "x".repeat(700),
  "1. ",
];
test("a stream gives the findings of the whole", () => {
  const lane = opened(inPrompt);
  const texts = fc.array(fc.constantFrom(...sentences), { maxLength: 12 }).map((list) => list.join(" "));
  fc.assert(
    fc.property(texts, pieceSizes, (text, sizes) => {
      let last: unknown = [];
      for (const { findings } of stream(lane, text, sizes)) last = findings;
      assert.deepEqual(last, detect(lane, text));
    }),
    { numRuns: 60 },
  );
});
