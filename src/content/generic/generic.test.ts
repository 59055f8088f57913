import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../domain/dialect.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import type { Result } from "../../stdx/result.ts";
import { applyEdits, replaceText } from "../json/splice.ts";
import { anyJson, anySse, plainText, readPlainText } from "./index.ts";
import { runAtOnce } from "../../stdx/paced.ts";
import { answerFacts } from "../../../test/helpers/answer-facts.ts";

const told = (read: Result<Extraction, Unreadable>): string[] | Unreadable =>
  read.ok ? read.value.pieces.map(({ text, lane }) => `${text} ${lane ?? "-"}`) : read.error;

test("plain text is one piece that is edited as it stands", () => {
  const body = 'say "hi" to bob\n';
  const [piece] = readPlainText(body).pieces;
  assert.ok(piece);
  assert.equal(piece.text, body);
  assert.equal(applyEdits(body, [replaceText(piece, body.replace("bob", "[X]"))]), 'say "hi" to [X]\n');
  assert.deepEqual(readPlainText("").pieces, []);
});

test("any JSON: each string and each key", () => {
  assert.deepEqual(told(runAtOnce(anyJson.readReply('{"a":["b",{"c":"d"},1,null]}'))), ["a -", "b -", "c -", "d -"]);
  assert.deepEqual(told(runAtOnce(anyJson.readRequest("a"))), "not-json");
});

test("any stream: JSON by its places, other data as one text", () => {
  const reader = anySse.openStream();
  assert.deepEqual(told(runAtOnce(reader.read("", '{"a":["b"]}'))), ["a -", "b data/a/0"]);
  assert.deepEqual(told(runAtOnce(reader.read("", "hello "))), ["hello  data"]);
  assert.deepEqual(told(runAtOnce(reader.read("", ""))), []);
  assert.deepEqual(told(runAtOnce(reader.read("", "[".repeat(200)))), "too-deep");
  assert.equal(reader.isOver, false);
});

test("answers say what the facts say", () => {
  const facts = answerFacts();
  const error = { error: { message: "Not allowed.", code: "content_filter", reference: "ref1" } };
  for (const operation of [plainText, anyJson, anySse]) {
    assert.deepEqual(JSON.parse(operation.error(facts)), error);
    assert.equal(operation.refusal(facts), null);
    assert.equal(operation.refusalStream(facts), null);
    const cut = operation.openStream().cut(facts, 0);
    assert.deepEqual(cut, [{ name: "error", data: JSON.stringify(error) }]);
    const bytes = operation.streamFormat.encode(cut, true);
    assert.equal(Buffer.from(bytes).toString(), `event: error\ndata: ${JSON.stringify(error)}\n\n`);
  }
});
