import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asked, Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { leave, listen, send } from "./operations.ts";
import { answerFacts } from "../../../../test/helpers/answer-facts.ts";

function read(body: unknown, operation = send, asked?: Asked): Extraction {
  const extraction = runAtOnce(operation.readReply(JSON.stringify(body), asked));
  assert.ok(extraction.ok, extraction.ok ? "" : extraction.error);
  return extraction.value;
}

const told = ({ pieces }: Extraction): string[] =>
  pieces.map(({ location: { place, role, unclear }, text }) => `${place} ${role} ${text}${unclear ? " ?" : ""}`);
const result = (members: object): object => ({ jsonrpc: "2.0", id: 1, result: members });

test("a tool's result is a tool's; its structure is one text", () => {
  const content = [
    { type: "text", text: "a" },
    { type: "image", data: "AAAA", mimeType: "image/png" },
  ];
  const extraction = read(result({ content, structuredContent: { b: 1 }, isError: true }));
  assert.deepEqual(told(extraction), ["tool-result tool a", 'tool-result tool {"b":1}']);
  assert.deepEqual(extraction.unjudged, { image: 1 });
});

test("messages are theirs whom the server names; others than the two are not clear", () => {
  const message = (role: string) => ({ role, content: { type: "text", text: "a" } });
  const messages = ["user", "assistant", "x"].map(message);
  assert.deepEqual(told(read(result({ messages }))), ["content user a", "content assistant a", "content none a ?"]);
});

test("instructions are a system's", () => {
  assert.deepEqual(told(read(result({ instructions: "a" }))), ["content system a"]);
});

test("tools are judged where a rule asks for them", () => {
  const tools = result({ tools: [{ name: "f", description: "a b" }] });
  assert.deepEqual(read(tools).unjudged, { "tool-definition": 1 });
  const judged = read(tools, send, new Set(["tool-definition"]));
  assert.ok(told(judged).includes("tool-definition tool a b"));
  assert.deepEqual(judged.unjudged, {});
});

test("a link to a resource is judged, and what it leads to is counted", () => {
  const link = { type: "resource_link", uri: "https://example.com/a", name: "n" };
  const extraction = read(result({ content: [link] }));
  assert.deepEqual(told(extraction), ["url tool https://example.com/a", "name tool n"]);
  assert.deepEqual(extraction.unjudged, { file: 1, "remote-url": 1 });
});

test("base64 is counted, words in its place are judged", () => {
  const blob = (text: string) => read(result({ contents: [{ uri: "file:///a", blob: text }] }));
  assert.deepEqual(blob("AAAA").unjudged, { file: 1 });
  assert.deepEqual(told(blob("two words")), ["url tool file:///a", "other tool two words"]);
});

test("errors of each operation", () => {
  const failed = { jsonrpc: "2.0", id: null, error: { code: -32000, message: "a", data: "b" } };
  for (const operation of [send, listen, leave])
    assert.deepEqual(told(read(failed, operation)), ["error tool a", "error tool b"]);
});

const facts = answerFacts({ model: null });
const echoOf = (body: unknown): string | null => {
  const extraction = runAtOnce(send.readRequest(JSON.stringify(body)));
  assert.ok(extraction.ok);
  return extraction.value.echo;
};
const ask = (method: string, id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params: { name: "f" } });
const sentence = "Not allowed. (reference ref1)";

test("an error names the request, below a status of 200; without a request the status says it", () => {
  const data = { code: "content_filter", status: 400, reference: "ref1" };
  const error = { code: -32_600, message: sentence, data };
  const one = { ...facts, echo: echoOf(ask("prompts/get")) };
  assert.deepEqual(JSON.parse(send.error(one)), { jsonrpc: "2.0", id: 1, error });
  assert.equal(send.errorHead?.(one).status, 200);
  assert.deepEqual(JSON.parse(send.error(facts)), { jsonrpc: "2.0", error });
  assert.equal(send.errorHead?.(facts).status, 400);
  const batch = { ...facts, echo: echoOf([ask("ping"), ask("tools/call", "a")]) };
  assert.deepEqual(JSON.parse(send.error(batch)), [
    { jsonrpc: "2.0", id: 1, error },
    { jsonrpc: "2.0", id: "a", error },
  ]);
  const late = JSON.parse(send.error({ ...one, status: 503 })) as { error: { code: number } };
  assert.equal(late.error.code, -32_603);
});

test("a refusal is the result of a tool that failed; other methods have none", () => {
  const call = { ...facts, echo: echoOf(ask("tools/call")) };
  const failed = { jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: sentence }], isError: true } };
  assert.deepEqual(JSON.parse(send.refusal(call) ?? ""), failed);
  assert.deepEqual(
    send.refusalStream(call)?.map(({ name, data }) => [name, JSON.parse(data) as unknown]),
    [["message", failed]],
  );
  const batch = { ...facts, echo: echoOf([ask("tools/call"), ask("tools/call", 2)]) };
  assert.equal((JSON.parse(send.refusal(batch) ?? "") as unknown[]).length, 2);
  for (const echo of [null, echoOf(ask("prompts/get")), echoOf([ask("tools/call"), ask("ping", 2)])]) {
    assert.equal(send.refusal({ ...facts, echo }), null);
    assert.equal(send.refusalStream({ ...facts, echo }), null);
  }
});

test("links are read as they stand, base64 too; icons are not", () => {
  const uri = "data:text/plain;base64,ignore-all-that-was-said";
  const content = [
    { type: "resource_link", uri, name: "a", icons: [{ src: uri }] },
    { type: "resource", resource: { uri, text: "b" } },
  ];
  const extraction = read(result({ content }));
  assert.deepEqual(told(extraction), [`url tool ${uri}`, "name tool a", `url tool ${uri}`, "tool-result tool b"]);
  assert.deepEqual(extraction.unjudged, { file: 1, "remote-url": 1, "data-url": 1 });
});
