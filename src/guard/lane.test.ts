import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { viewSources } from "../detectors/index.ts";
import type { Detection, Finding, TextDetector } from "../domain/detector.ts";
import type { Action, Policy } from "../domain/policy.ts";
import { score } from "../domain/score.ts";
import { flag, judgeOf, label, planWith, policyOf, ruleOf } from "../../test/helpers/rules.ts";
import type { LaneStep } from "./lane.ts";
import { wholeTextUnitsMax } from "./word.ts";

const place = { call: null, location: { place: "content", role: "assistant", pointer: "" } } as const;
const never = new AbortController().signal;
const expired = AbortSignal.abort(new DOMException("deadline", "TimeoutError"));

/** Finds "4711", and is sure of it behind "PIN ". */
const pins: TextDetector = {
  kind: "text",
  id: "pins",
  categories: ["pii/pin"],
  reach: { longestSpan: 4, leftContext: 4, rightContext: 0 },
  settled: (text, from) => Math.max(from, text.length - 3),
  detect(_signal, { text, from, to }): Detection {
    const findings: Finding[] = [];
    for (let at = text.indexOf("4711", from); at >= 0 && at < to; at = text.indexOf("4711", at + 1)) {
      const sure = text.slice(0, at).endsWith("PIN ");
      findings.push({ category: "pii/pin", score: score(sure ? 0.9 : 0.4), span: { start: at, end: at + 4 } });
    }
    return { kind: "scored", findings };
  },
};

/** Settles nothing before the end, and finds a text that does not begin with "{". */
const whole: TextDetector = {
  kind: "text",
  id: "whole",
  categories: ["reply-schema/invalid"],
  reach: { longestSpan: Number.POSITIVE_INFINITY, leftContext: 0, rightContext: 0 },
  settled: (_text, from) => from,
  detect: (_signal, { text }) => ({
    kind: "scored",
    findings: text.startsWith("{")
      ? []
      : [{ category: "reply-schema/invalid", score: score(1), span: { start: 0, end: text.length } }],
  }),
};

const anyKeyword = { kind: "keywords", list: ["x"], caseSensitive: false, wholeWords: false } as const;

function judging(policy: Policy, detector: TextDetector) {
  const judge = judgeOf("reply", planWith(policy, { views: viewSources, create: () => detector }));
  const lane = judge.openLane(place);
  return {
    judge,
    step: async (added: string, ended = false, signal = never): Promise<LaneStep> =>
      judge.step(signal, lane, added, ended),
  };
}

describe("what a view is surer of", () => {
  const policy = policyOf([
    ruleOf("mask", anyKeyword, label, { views: ["clear"] }),
    ruleOf(
      "sure",
      anyKeyword,
      { kind: "block", form: "error", status: null, message: null },
      { views: ["clear"], minScore: score(0.8) },
    ),
  ]);

  it("counts where the text itself tells the same less surely", async () => {
    const { step } = judging(policy, pins);
    const step1 = await step("my P\u200bIN 4711", true);
    assert.equal(step1.kind === "block" && step1.cause.kind === "rule" && step1.cause.rule, "sure");
  });

  it("is told with the rule that acts, though it stands inside a weaker finding", async () => {
    const nested: TextDetector = {
      ...pins,
      reach: { longestSpan: 9, leftContext: 0, rightContext: 0 },
      settled: (_text, from) => from,
      detect: (_signal, { text }) => ({
        kind: "scored",
        findings: [
          { category: "pii/pin", score: score(0.4), span: { start: 0, end: text.length } },
          { category: "pii/pin", score: score(0.9), span: { start: 2, end: 4 } },
        ],
      }),
    };
    const { step, judge } = judging(
      policyOf([ruleOf("weak", anyKeyword, flag), ruleOf("sure", anyKeyword, label, { minScore: score(0.8) })]),
      nested,
    );
    await step("abcdef", true);
    assert.deepEqual(
      judge.verdict("complete").hits.map(({ rule, count, topScore }) => [rule, count, topScore]),
      [
        ["sure", 1, 0.9],
        ["weak", 1, 0.9],
      ],
    );
  });

  it("and what both are equally sure of is counted once", async () => {
    const { step, judge } = judging(policy, pins);
    await step("\u200b 4711 4711 and\u200b 4711", true);
    assert.deepEqual(
      judge.verdict("complete").hits.map(({ rule, count }) => [rule, count]),
      [["mask", 3]],
    );
  });
});

describe("a lane that let text by unjudged", () => {
  it("does not judge the rest of a text as if it were the whole", async () => {
    const { step, judge } = judging(policyOf([ruleOf("schema", anyKeyword, label, { onUnknown: "open" })]), whole);
    await step('{"a":');
    await step("1,", false, expired);
    const last = await step('"b":2}', true);
    assert.deepEqual(last.kind === "go" && last.masks, []);
    const { hits, unknowns } = judge.verdict("complete");
    assert.deepEqual(hits, []);
    assert.deepEqual(unknowns, [{ rule: "schema", cause: "deadline" }]);
  });

  it("judges what comes after it in each view from its first character", async () => {
    const rule = ruleOf("mask", anyKeyword, label, { onUnknown: "open", views: ["clear"] });
    for (const skipped of ["\u200b\u200b\u200b", "&#", "&amp;&amp;"]) {
      const { step } = judging(policyOf([rule]), pins);
      await step("so ");
      await step(skipped, false, expired);
      const last = await step("4\u200b711", true);
      const masks = last.kind === "go" ? last.masks.map(({ placeholder }) => placeholder) : [];
      assert.deepEqual(masks, skipped === "&#" ? [] : ["[PIN]"], skipped);
    }
  });
});

describe("a text that is judged as a whole", () => {
  const limit = wholeTextUnitsMax;
  const policy = (action: Action) => policyOf([ruleOf("schema", anyKeyword, action, { onUnknown: "open" })]);

  it("is kept to a bound, whether or not it is held; then nobody knows", async () => {
    for (const action of [flag, label]) {
      const { step, judge } = judging(policy(action), whole);
      const piece = "{".padEnd(limit / 16, "a");
      for (let sent = 0; sent < limit; sent += piece.length) assert.equal((await step(piece)).kind, "go");
      assert.deepEqual(judge.verdict("complete").unknowns, []);
      const over = await step("a");
      assert.deepEqual(judge.verdict("complete").unknowns, [{ rule: "schema", cause: "too-long" }]);
      assert.equal(over.kind === "go" && over.settled, limit + 1);
      await step("b", true);
      assert.deepEqual(judge.verdict("complete").hits, []);
    }
  });

  it("blocks where its rule is closed", async () => {
    const { step } = judging(policyOf([ruleOf("schema", anyKeyword, flag)]), whole);
    const piece = "{".padEnd(limit, "a");
    await step(piece);
    const over = await step("a");
    assert.deepEqual(over, { kind: "block", cause: { kind: "unknown", rule: "schema", cause: "too-long" } });
  });

  it("shares that bound with the other texts of its stage, and gives back what is judged", async () => {
    const plan = planWith(policy(flag), { views: viewSources, create: () => whole });
    const judge = judgeOf("reply", plan);
    for (let turn = 0; turn < 3; turn += 1) {
      const lane = judge.openLane(place);
      await judge.step(never, lane, "{".padEnd(limit * 0.75, "a"), false);
      await judge.step(never, lane, "}", true);
    }
    assert.deepEqual(judge.verdict("complete").unknowns, []);
    for (let turn = 0; turn < 2; turn += 1)
      await judge.step(never, judge.openLane(place), "{".padEnd(limit * 0.75, "a"), false);
    assert.deepEqual(judge.verdict("complete").unknowns, [{ rule: "schema", cause: "too-long" }]);
  });
});
