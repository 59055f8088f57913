import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { converse, converseStream, countTokens } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

function read(body: unknown, { known } = converse): Extraction {
  const extraction = runAtOnce(known.readReply(JSON.stringify(body)));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role }, text, call }) => `${place} ${role} ${text} ${call ?? "-"}`);

const output = (...content: object[]) => ({
  output: { message: { role: "assistant", content } },
  stopReason: "end_turn",
});

test("blocks of a reply; a call's name and its input belong together", () => {
  const toolUse = { toolUseId: "t1", name: "f", input: { a: 1 } };
  assert.deepEqual(told(read(output({ text: "a" }, { toolUse }, { toolUse }))), [
    "content assistant a -",
    "tool-name assistant f block/1",
    'tool-arguments assistant {"a":1} block/1',
    "tool-name assistant f block/2",
    'tool-arguments assistant {"a":1} block/2',
  ]);
});

test("a guardrail's trace tells texts again", () => {
  const guardrail = { modelOutput: ["a"], inputAssessment: { gr1: { match: "b" } }, actionReason: "c" };
  assert.deepEqual(told(read({ trace: { guardrail } })), [
    "content assistant a -",
    ...["gr1", "match", "b", "c"].map((text) => `annotation assistant ${text} -`),
  ]);
});

test("errors of each operation", () => {
  for (const operation of [converse, converseStream, countTokens])
    assert.deepEqual(told(read({ message: "a", __type: "ValidationException" }, operation)), ["error assistant a -"]);
});

const facts = answerFacts({ model: "m" });

test("a refusal is a reply in the API's form, whole and as a stream", () => {
  const sentence = "Not allowed. (reference ref1)";
  const body = converse.known.refusal(facts) ?? "";
  assert.deepEqual(told(read(JSON.parse(body))), [`content assistant ${sentence} -`]);
  assert.equal((JSON.parse(body) as { stopReason: string }).stopReason, "guardrail_intervened");
  const names = converseStream.known.refusalStream(facts)?.map(({ name }) => name);
  assert.deepEqual(names, ["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]);
  assert.equal(countTokens.known.refusal(facts), null);
});

test("an error's type goes by its status; none that clients try again stands for a reply", () => {
  const head = (status: number, code = "content_filter") => {
    const told = converse.known.errorHead?.({ ...facts, status, code });
    return `${told?.status} ${told?.headers["x-amzn-errortype"]}`;
  };
  assert.equal(
    converse.known.error(facts),
    '{"__type":"ValidationException","message":"Not allowed. (reference ref1)"}',
  );
  assert.deepEqual(
    [400, 403, 413, 429, 451, 500, 503].map((status) => head(status)),
    [
      "400 ValidationException",
      "403 AccessDeniedException",
      "413 ValidationException",
      "429 ThrottlingException",
      "451 ValidationException",
      "500 InternalServerException",
      "503 ServiceUnavailableException",
    ],
  );
  assert.equal(head(502, "content_unreadable"), "424 ModelErrorException");
  assert.equal(head(502), "502 InternalServerException");
});
