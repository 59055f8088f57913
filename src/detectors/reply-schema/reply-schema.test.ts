import assert from "node:assert/strict";
import { test } from "node:test";
import type { Detection, TextDetector } from "../../domain/detector.ts";
import { nothingDeclared } from "../../domain/dialect.ts";
import type { Place } from "../../domain/segment.ts";
import { createReplySchemaDetector } from "./index.ts";
import { neverBreathes, openedNow } from "../../../test/helpers/pace.ts";

const detector = createReplySchemaDetector("id");
const signal = new AbortController().signal;
const open = (replySchema: string | null) =>
  openedNow(detector, { segments: [], left: 0, declared: { ...nothingDeclared, replySchema } });

function lane(replySchema: string, place: Place = "content"): TextDetector | null {
  const location = { place, role: "assistant", pointer: "/choices/0/message/content" } as const;
  return open(replySchema)?.lane({ location, call: null }) ?? null;
}

function judge(replySchema: string, text: string): Detection | Promise<Detection> {
  const judged = lane(replySchema);
  assert.ok(judged);
  assert.equal(judged.settled(text, 0), 0);
  return judged.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
}

const schema =
  '{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}';
const found = (text: string) => ({
  kind: "scored",
  findings: [{ category: "reply-schema/invalid", score: 1, span: { start: 0, end: text.length } }],
});

for (const [what, asked, text] of [
  ["the asked form", schema, '{"city":"Oslo"}'],
  ["with white space", schema, ' {\n "city" : "Oslo" } '],
  ["with escapes", schema, '{"\\u0063ity":"\\"Oslo\\""}'],
  ["any JSON", "{}", "[1]"],
] as const) {
  test(`met: ${what}`, () => assert.deepEqual(judge(asked, text), { kind: "scored", findings: [] }));
}

for (const [what, asked, text] of [
  ["a text", schema, "The city is Oslo."],
  ["JSON in a fence", schema, '```json\n{"city":"Oslo"}\n```'],
  ["JSON with words before it", schema, 'Here: {"city":"Oslo"}'],
  ["JSON cut off", schema, '{"city":"Os'],
  ["another type", schema, '{"city":1}'],
  ["one property too many", schema, '{"city":"Oslo","note":"x"}'],
  ["none", schema, "{}"],
  ["no JSON where any will do", "{}", "yes"],
] as const) {
  test(`not met: ${what}`, () => assert.deepEqual(judge(asked, text), found(text)));
}

test("a schema that cannot be read is not known to be met", () => {
  for (const asked of ['{"type":"any"}', '{"$ref":"https://a.example/"}', '{"pattern":"(?!a)"}', "1"]) {
    assert.deepEqual(judge(asked, "{}"), { kind: "unknown", cause: "unreadable" });
  }
  assert.deepEqual(judge(`{"title":"${"x".repeat(200_000)}"}`, "{}"), { kind: "unknown", cause: "too-long" });
  assert.deepEqual(judge("{}", `"${"x".repeat(300_000)}"`), { kind: "unknown", cause: "too-long" });
  assert.deepEqual(judge('{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}', "1"), { kind: "unknown", cause: "too-long" });
});

test("judges the texts of an answer only, and only where a form was asked for", () => {
  assert.equal(open(null), null);
  for (const place of ["refusal", "reasoning", "tool-arguments", "tool-name", "other"] as const) {
    assert.equal(lane("{}", place), null);
  }
});
