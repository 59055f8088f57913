/** What detectors cannot answer: each cause, told in the record; let by or stopped as the rule says. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chatHead, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";
import type { ExchangeLimits } from "./parts.ts";

type Row = {
  readonly what: string;
  readonly detect: string;
  readonly cause: string;
  readonly prompt?: object;
  readonly reply: string;
  readonly limits?: Partial<ExchangeLimits>;
};

const packed = (text: string, times: number): string =>
  times === 0 ? text : packed(Buffer.from(text).toString("base64"), times - 1);
const long = "One word and another, until it is too much to remember. ".repeat(20);
const json_schema = { name: "x", schema: { $ref: "https://a.example/x" } };
const noMemory = { memoryCharactersMax: 100 };

const rows: readonly Row[] = [
  {
    what: "payloads in payloads without end",
    detect: "{ pii: {} }",
    cause: "too-long",
    reply: `see ${packed("hello there my friend, how are you today", 9)} end`,
  },
  {
    what: "a system prompt that was not kept",
    detect: "{ prompt-leak: {} }",
    cause: "too-long",
    prompt: { messages: [{ role: "system", content: long }] },
    reply: "hello",
    limits: noMemory,
  },
  {
    what: "a tool's result that was not kept",
    detect: "{ data-flow: {} }",
    cause: "too-long",
    prompt: { messages: [{ role: "tool", tool_call_id: "a", content: long }] },
    reply: "see https://drop.example/in",
    limits: noMemory,
  },
  {
    what: "a schema that cannot be read",
    detect: "{ reply-schema: {} }",
    cause: "unreadable",
    prompt: { messages: [], response_format: { type: "json_schema", json_schema } },
    reply: "{}",
  },
];

async function judged(row: Row, onUnknown: string, streams: boolean, shadow = false) {
  const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: ${onUnknown}, onUnreadable: block }
rules:
  - { id: it, stage: reply, detect: ${row.detect}, action: redact, shadow: ${String(shadow)} }
`);
  const exchange = exchangeOf({ plan, ...(row.limits === undefined ? {} : { limits: row.limits }) });
  const prompt = { model: "m", messages: [{ role: "user", content: "hi" }], ...row.prompt };
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(JSON.stringify(prompt))]);
  const body = streams
    ? (row.reply.match(/.{1,40}/gs) ?? [])
        .map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
        .join("")
    : JSON.stringify({ choices: [{ index: 0, message: { content: row.reply } }] });
  const { gate } = exchange.openReply(streams ? streamHead : jsonHead, false);
  const { bytes, block } = await pushAll(gate, [Buffer.from(body)]);
  return { block, passed: bytes.toString() === body, record: verdictRecord(exchange.close("complete")) };
}

describe("what cannot be told", () => {
  for (const row of rows) {
    for (const streams of [false, true]) {
      it(`${row.what}${streams ? ", in a stream" : ""}`, async () => {
        const { cause } = row;
        const open = await judged(row, "open", streams);
        assert.deepEqual([open.block, open.passed, open.record.unknown], [null, true, `it:${cause}`]);
        const shadow = await judged(row, "closed", streams, true);
        assert.deepEqual([shadow.block, shadow.passed, shadow.record.unknown], [null, true, `it:${cause}`]);
        const closed = await judged(row, "closed", streams);
        assert.deepEqual(closed.block, { kind: "unknown", rule: "it", cause });
        assert.deepEqual([closed.passed, closed.record.cause], [false, `unknown:${cause}`]);
        assert.equal(closed.record.unknown, `it:${cause}`);
      });
    }
  }
});
