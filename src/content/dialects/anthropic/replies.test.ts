import assert from "node:assert/strict";
import { test } from "node:test";
import type { Extraction } from "../../../domain/dialect.ts";
import { runAtOnce } from "../../../stdx/paced.ts";
import { countTokens, messages } from "./operations.ts";

function read(body: unknown, operation = messages): Extraction {
  const extraction = runAtOnce(operation.readReply(JSON.stringify(body)));
  assert.ok(extraction.ok);
  return extraction.value;
}

/** Pieces as `lane place text`. */
const told = (extraction: Extraction): string[] =>
  extraction.pieces.map(({ lane, location: { place }, text }) => `${lane ?? "-"} ${place} ${text}`);

const head = { id: "msg_1", type: "message", role: "assistant", model: "m" };
const inBlocks = (...content: readonly unknown[]): Extraction => read({ ...head, content });

test("each block is a text of its own", () => {
  const blocks = [
    { type: "text", text: "a" },
    { type: "thinking", thinking: "b" },
    { type: "text", text: "c" },
  ];
  assert.deepEqual(told(inBlocks(...blocks)), [
    "block/0/text content a",
    "block/1/thinking reasoning b",
    "block/2/text content c",
  ]);
});

test("a call of the client's is one, with its name and its arguments; what the provider ran is none", () => {
  const use = (type: string): object => ({ type, id: "t", name: "f", input: {} });
  const { pieces, unjudged } = inBlocks(use("tool_use"), use("server_tool_use"), use("mcp_tool_use"));
  assert.deepEqual(
    pieces.map(({ call, text }) => [call, text]),
    [
      ["block/0", "f"],
      ["block/0", "{}"],
      ...[null, null].flatMap((call) => [
        [call, "f"],
        [call, "{}"],
      ]),
    ],
  );
  assert.deepEqual(unjudged, { "provider-tool": 2 });
});

test("what tools of the provider brought is theirs", () => {
  const { pieces, unjudged } = inBlocks(
    {
      type: "web_search_tool_result",
      content: [{ type: "web_search_result", url: "https://u", title: "t", encrypted_content: "AAAA" }],
    },
    { type: "code_execution_tool_result", content: { stdout: "o", stderr: "", content: [{ file_id: "file_1" }] } },
    { type: "mcp_tool_result", content: "r" },
  );
  assert.deepEqual(
    pieces.map(({ location: { place, role }, text }) => `${place} ${role} ${text}`),
    ["url tool https://u", "document tool t", "tool-result tool o", "tool-result tool ", "tool-result tool r"],
  );
  assert.deepEqual(unjudged, { encrypted: 1, file: 1 });
});

test("why it stopped is judged, and how much it took is not", () => {
  const extraction = read({
    ...head,
    content: [],
    stop_reason: "refusal",
    stop_sequence: "END",
    stop_details: { type: "refusal", category: null, explanation: "e" },
    usage: { input_tokens: 1, output_tokens: 2, service_tier: "standard" },
  });
  assert.deepEqual(told(extraction), ["- stop END", "- refusal e"]);
});

test("errors, and numbers of tokens", () => {
  const error = { type: "error", error: { type: "api_error", message: "e" }, request_id: "req_1" };
  for (const operation of [messages, countTokens]) assert.deepEqual(told(read(error, operation)), ["- error e"]);
  assert.deepEqual(told(read({ input_tokens: 5 }, countTokens)), []);
});

for (const [what, content, wanted] of [
  ["a text", "t", ["- other t"]],
  ["a text in a list", ["t"], ["block/0/other other t"]],
  ["a number as text", [{ type: "text", text: 4_111_111_111_111_111 }], ["- other 4111111111111111"]],
  ["texts as text", [{ type: "text", text: ["t"] }], ["block/0/other/0 other t"]],
  ["nothing", null, []],
] as const) {
  test(`content of another form: ${what}`, () => {
    assert.deepEqual(
      read({ ...head, content }).pieces.map(({ text }) => text),
      wanted.map((line) => line.split(" ")[2]),
    );
  });
}
