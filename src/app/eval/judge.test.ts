// Rows judged on the path of traffic: scores, actions, coverage and spans.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { DetectKind } from "../../domain/policy.ts";
import { score } from "../../domain/score.ts";
import { planOf } from "../plan.ts";
import { readPolicy } from "../read-policy.ts";
import { policyJudge, type RowJudge } from "./judge.ts";
import { detectorKind, openDetectorJudge } from "./open-judge.ts";
import { readRow, type Row } from "./rows.ts";

const row = (value: object): Row => {
  const read = readRow("f", 1, JSON.stringify({ label: 1, ...value }));
  assert.ok(read.ok);
  return read.value;
};
const detector = (name: DetectKind): RowJudge => {
  const judge = openDetectorJudge(name);
  assert.ok(judge.ok, judge.ok ? "" : judge.error.join());
  return judge.value;
};
const policy = (rules: string): RowJudge => {
  const head = "kind: Policy\nversion: 1\nname: p\ndefaults: { onUnknown: closed, onUnreadable: block }\nrules:\n";
  const read = readPolicy(Buffer.from(head + rules));
  assert.ok(read.ok);
  const subject = { kind: "policy", file: "p", sha256: "", models: [] } as const;
  return policyJudge(subject, planOf(read.value), () => Promise.resolve());
};

test("a detector: score, action, spans in code points", async () => {
  const pii = detector("pii");
  const found = await pii.judge(row({ text: "\u{1f600} write to ada@example.com" }));
  assert.equal(found.action, "flag");
  assert.equal(found.flagged, true);
  assert.equal(found.topic, "email");
  assert.equal(found.coverage, 1);
  assert.deepEqual(found.spans, [{ start: 11, end: 26, type: "email" }]);
  assert.ok(pii.categories.includes("pii/email"));
  const none = await pii.judge(row({ text: "nothing here" }));
  assert.deepEqual(none, {
    score: 0,
    cause: null,
    action: "allow",
    flagged: false,
    coverage: 1,
    topic: null,
    spans: [],
  });
});

test("of a row with a reply the reply is judged, not what stands before it", async () => {
  const pii = detector("pii");
  const before = await pii.judge(row({ context: "ada@example.com", prompt: "who?", reply: "Ada" }));
  assert.equal(before.action, "allow");
  const after = await pii.judge(row({ context: "x", prompt: "who?", reply: "ask ada@example.com" }));
  assert.deepEqual(after.spans, [{ start: 4, end: 19, type: "email" }]);
});

test("claims are judged as in an exchange, with the same scores and spans", async () => {
  const context = "The harbour of Delmar was built in 1932 by Anna Verhoeven. It handled 1,187 ships in 2021.";
  const rule = "  - { id: grounded, stage: reply, detect: { groundedness: {} }, action: flag }";
  for (const [reply, flagged, spans] of [
    ["The harbour of Delmar was built in 1937.", true, [{ start: 35, end: 39, type: "ungrounded" }]],
    ["The harbour of Delmar was built in 1932.", false, []],
  ] as const) {
    const judged = await detector("groundedness").judge(row({ context, prompt: "When?", reply }));
    const ruled = await policy(rule).judge(row({ context, prompt: "When?", reply }));
    assert.deepEqual([judged.flagged, judged.spans, judged.coverage], [flagged, spans, 1]);
    assert.deepEqual([ruled.flagged, ruled.spans, ruled.coverage], [flagged, spans, 1]);
    if (flagged) assert.equal(judged.score, ruled.score);
    else assert.ok(judged.score !== null && judged.score < 0.5 && judged.score > 0);
  }
  const hello = await detector("groundedness").judge(row({ prompt: "hi", reply: "Hello! What can I do?" }));
  assert.deepEqual([hello.score, hello.cause], [0, null]);
  const bare = await detector("groundedness").judge(row({ prompt: "When?", reply: "Delmar was built in 1937." }));
  assert.deepEqual([bare.score, bare.cause], [null, "no-evidence"]);
});

test("a detector of replies alone says of other rows that it does not know", async () => {
  const refusal = detector("refusal");
  const reply = await refusal.judge(row({ prompt: "do it", reply: "I'm sorry, but I can't help with that." }));
  assert.equal(reply.action, "flag");
  const text = await refusal.judge(row({ text: "I'm sorry, but I can't help with that." }));
  assert.deepEqual([text.score, text.cause, text.action, text.coverage], [null, "no-evidence", "unknown", 0]);
});

test("detectors that there are not, and some that need settings", () => {
  assert.equal(detectorKind("pii"), "pii");
  assert.equal(detectorKind("pi"), null);
  const bare = openDetectorJudge("keywords");
  assert.match(bare.ok ? "" : bare.error.join(), /^keywords needs settings; .*--policy: /);
});

test("a policy: what came of the exchange, the strictest of both stages", async () => {
  const judge = policy(
    [
      "  - { id: a, stage: prompt, detect: { pii: { kinds: [email] } }, action: redact }",
      "  - { id: b, stage: reply, detect: { keywords: { list: [secret] } }, action: block }",
      "  - { id: c, stage: prompt, detect: { keywords: { list: [shadow] } }, action: block, shadow: true }",
      "",
    ].join("\n"),
  );
  const action = async (value: object): Promise<readonly unknown[]> => {
    const { score: sure, action: done, flagged } = await judge.judge(row(value));
    return [sure, done, flagged];
  };
  assert.deepEqual(await action({ text: "plain" }), [0, "allow", false]);
  assert.deepEqual(await action({ text: "a shadow" }), [0, "allow", false]);
  assert.deepEqual(await action({ text: "ada@example.com" }), [score(1), "redact", true]);
  assert.deepEqual(await action({ prompt: "ada@example.com", reply: "a secret" }), [1, "block", true]);
});

test("a text of a tool's stands where rules of tool results look, and is judged by a detector all the same", async () => {
  const judge = policy(
    "  - { id: a, stage: prompt, when: { place: tool-result }, detect: { pii: {} }, action: block }\n",
  );
  const text = "\u{1f600} ada@example.com";
  const told = { prompt: "who wrote?", text, spans: [{ start: 2, end: 17, type: "email" }] };
  assert.equal((await judge.judge(row(told))).action, "allow");
  const found = await judge.judge(row({ ...told, place: "tool-result" }));
  assert.deepEqual([found.action, found.spans], ["block", [{ start: 2, end: 17, type: "email" }]]);
  assert.equal((await detector("pii").judge(row({ ...told, place: "tool-result" }))).action, "flag");
});

test("a text that is too long to be read is unknown, and the policy's word stands", async () => {
  const judge = policy("  - { id: a, stage: prompt, detect: { secrets: {} }, action: flag }\n");
  const long = await judge.judge(row({ text: "x".repeat(11 * 1024 * 1024) }));
  assert.deepEqual([long.score, long.cause, long.action, long.flagged], [null, "too-large", "block", true]);
});
