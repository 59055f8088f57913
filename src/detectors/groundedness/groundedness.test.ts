import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fakeModel } from "../../../test/helpers/fake-model.ts";
import { neverBreathes, openedNow } from "../../../test/helpers/pace.ts";
import { detect, pieceSizes, stream } from "../../../test/property/detectors.ts";
import type { TextDetector } from "../../domain/detector.ts";
import { nothingDeclared } from "../../domain/dialect.ts";
import { defaultEvidence, type GroundednessSpec } from "../../domain/policy.ts";
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
  const settings = { threshold: 0.5, span: "words" as const, evidence: defaultEvidence, model: null, ...spec };
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

test("the whole claim is found where the rule says so", () => {
  const reply = "Facts:\n- The harbour of Delmar was built in 1937.\n- It handled 1,187 ships in 2021.\n";
  assert.deepEqual(found(reply, opened(inPrompt, { span: "claim" })), ["The harbour of Delmar was built in 1937."]);
  assert.deepEqual(found(reply), ["1937"]);
});

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
  assert.equal(
    await causeOf(opened([said("user", report)], { evidence: { ...defaultEvidence, kinds: ["tools"] } }), claim),
    "no-evidence",
  );
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

/** What a model finds of a reply that marks these words of its claims, by the reply's own text, and what it was asked. */
async function marking(reply: string, scores: Readonly<Record<string, number>>, head = {}) {
  const marks = { task: "pair-token", labels: [null, "hallucinated"], tags: [null, null], ...head } as const;
  const logit = (share: number): number => Math.log(share / (1 - share));
  const numbers = (_evidence: string, _claim: string | null, words: readonly string[]) =>
    words.map((word) => [0, logit(scores[word.replace(/[.,]$/, "")] ?? 0.02)]);
  const { models, asked } = fakeModel("m", { head: marks, numbers });
  const lane = opened(inPrompt, { model: { name: "m", head: null } }, models);
  const detection = await lane.detect(signal, { text: reply, from: 0, to: reply.length, ended: true }, neverBreathes);
  if (detection.kind === "unknown") return { marked: [detection.cause], asked, scores: [] };
  const { findings } = detection;
  const marked = findings.map(({ span }) => reply.slice(span?.start, span?.end));
  return { marked, asked, scores: findings.map(({ score }) => score) };
}

test("a model that labels words says which of a claim are not borne out", async () => {
  const reply = "The harbour of Delmar was built in 1932. Ferries leave for Norum every Monday at 7:30 am.";
  const { marked, asked, scores } = await marking(reply, { Monday: 0.999, at: 0.98, built: 0.3 });
  assert.deepEqual(marked, ["Monday at"]);
  assert.ok((scores[0] ?? 0) > 0.5);
  assert.equal(asked.length, 2);
  assert.ok(asked.every((each) => each.includes(" | ")));
  assert.deepEqual((await marking(reply, {})).marked, []);
});

test("it marks from its own threshold on, and a claim as a whole where no word reaches that", async () => {
  const reply = "The harbour of Delmar was built in 1932.";
  assert.deepEqual((await marking(reply, { built: 0.99999 }, { threshold: 0.9 })).marked, ["built"]);
  assert.deepEqual((await marking(reply, { built: 0.99999 }, { threshold: 1 })).marked, [reply]);
});

test("marks of what was compared stay beside a model's, and what settles a claim settles it", async () => {
  const reply = "The harbour of Delmar was built in 1937.";
  assert.deepEqual((await marking(reply, {})).marked, ["1937"]);
  assert.deepEqual((await marking(reply, { Delmar: 0.9 })).marked, ["Delmar", "1937"]);
  assert.deepEqual((await marking(reply, { "1937": 0.9, in: 0.8 })).marked, ["in 1937."]);
});

test("rules of one exchange share a model's runs", async () => {
  const reply = "The harbour of Delmar was built in 1932.";
  const head = { task: "pair", labels: [null, "unsupported"] } as const;
  const { models, asked } = fakeModel("m", { head, numbers: () => [[9, 0]] });
  const memory = { segments: inPrompt, left: 0, declared: nothingDeclared };
  for (const threshold of [0.5, 0.9]) {
    const spec = {
      threshold,
      span: "words" as const,
      evidence: defaultEvidence,
      model: { name: "m", head: null },
    };
    const lane = openedNow(createGroundednessDetector("id", spec, models), memory)?.lane(at) ?? assert.fail();
    await lane.detect(signal, { text: reply, from: 0, to: reply.length, ended: true }, neverBreathes);
  }
  assert.equal(asked.length, 1);
});

test("a claim of which a part was not held is unknown", async () => {
  const reply = "The harbour of Delmar was built in 1932.";
  const head = { task: "pair", labels: [null, "unsupported"] } as const;
  const { models } = fakeModel("m", { head, numbers: () => [[9, 0]] });
  const served = models.get("m") ?? assert.fail();
  const short: typeof served.model.judgePair = async (...question) => {
    const judged = await served.model.judgePair(...question);
    return judged.ok ? { ...judged, value: { ...judged.value, coveredUnits: 10 } } : judged;
  };
  const partly = { get: () => ({ ...served, model: { ...served.model, judgePair: short } }) };
  assert.equal(await causeOf(opened(inPrompt, { model: { name: "m", head: null } }, partly), reply), "too-long");
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
