/** Cutting a body anywhere changes nothing: not what goes out, not the verdict, not the error. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { ReplyHead } from "../../src/domain/dialect.ts";
import { chatHead, cutAt, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../helpers/exchange.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: private, stage: [prompt, reply], detect: { pii: {} }, action: redact }
  - { id: keys, stage: [prompt, reply], detect: { secrets: {} }, action: redact }
  - { id: banned, stage: [prompt, reply], detect: { keywords: { list: [acme-internal] } }, action: { block: refusal } }
`);

const key = ["AK", "IA", "IOSFODNN7", "EXAMPLE"].join("");
const morsel = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "hello ",
      "call ",
      "(415) 555-",
      "2671",
      "ada@",
      "example.com",
      " 4111 1111",
      " 1111 1111 ",
      key,
      "ok. ",
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom("acme-", "internal") },
);

type Delta = { choice: number; field: "content" | "arguments" | "reasoning_content"; text: string };
const delta: fc.Arbitrary<Delta> = fc.record({
  choice: fc.integer({ min: 0, max: 1 }),
  field: fc.constantFrom("content", "content", "content", "arguments", "reasoning_content"),
  text: morsel,
});

function chunk({ choice, field, text }: Delta): string {
  const inner =
    field === "arguments" ? { tool_calls: [{ index: 0, function: { arguments: text } }] } : { [field]: text };
  return JSON.stringify({
    id: "c-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: choice, delta: inner }],
  });
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const stream = fc
  .record({
    deltas: fc.array(delta, { maxLength: 12 }),
    end: lineEnd,
    comment: fc.constantFrom("", "ping", "mail ada@example.com"),
    done: fc.boolean(),
  })
  .map(({ deltas, end, comment, done }) => {
    const events = deltas.map((each) => `data: ${chunk(each)}${end}${end}`);
    if (comment !== "") events.splice(events.length >> 1, 0, `: ${comment}${end}${end}`);
    return Buffer.from(events.join("") + (done ? `data: [DONE]${end}${end}` : ""));
  });

async function reply(body: Uint8Array, head: ReplyHead, cuts: readonly number[], onRelease?: (out: Buffer) => void) {
  const exchange = exchangeOf({ plan });
  exchange.openRequest(chatHead);
  const { gate } = exchange.openReply(head, false);
  const released = await pushAll(gate, cutAt(body, cuts), onRelease);
  const { prompt: _prompt, ...report } = exchange.close("complete");
  return { ...released, report };
}

describe("cutting a reply anywhere", () => {
  it("changes nothing of a stream", async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 16 }), async (body, cuts) => {
        const whole = await reply(body, streamHead, []);
        const parts = await reply(body, streamHead, cuts);
        assert.deepEqual(parts.block, whole.block);
        assert.deepEqual(parts.report.reply?.hits, whole.report.reply?.hits);
        assert.equal(parts.bytes.toString(), whole.bytes.toString());
        assert.equal(parts.cut?.toString(), whole.cut?.toString());
      }),
      { numRuns: 1500 },
    );
  });

  it("changes nothing of a stream that came compressed", async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 8 }), async (body, cuts) => {
        const plain = await reply(body, streamHead, []);
        const coded = await reply(gzipSync(body), { ...streamHead, contentEncoding: "gzip" }, cuts);
        assert.deepEqual(coded.block, plain.block);
        assert.equal(coded.bytes.toString(), plain.bytes.toString());
      }),
      { numRuns: 150 },
    );
  });

  it("changes nothing of a JSON body, well-formed or not", async () => {
    const json = fc.array(morsel, { maxLength: 8 }).map((parts) => {
      const message = { role: "assistant", content: parts.join(""), refusal: null };
      return JSON.stringify({
        id: "c-1",
        object: "chat.completion",
        choices: [{ index: 0, message, finish_reason: "stop" }],
      });
    });
    const body = fc.oneof(
      { weight: 4, arbitrary: json },
      { weight: 1, arbitrary: json.map((text) => text.slice(0, -3)) },
    );
    await fc.assert(
      fc.asyncProperty(body, fc.array(fc.nat(), { maxLength: 8 }), async (text, cuts) => {
        assert.deepEqual(await reply(Buffer.from(text), jsonHead, cuts), await reply(Buffer.from(text), jsonHead, []));
      }),
      { numRuns: 800 },
    );
  });

  it("leaves a stream in which nothing is found byte for byte as it came", async () => {
    const text = "Nothing to see here, honestly: 12 apples — naïve café \u{1f600}.";
    const events = [...text].map(
      (letter) => `id: 7\r\ndata:${chunk({ choice: 0, field: "content", text: letter })}\r\n\r\n`,
    );
    const body = Buffer.from(
      `: ping\n\n${events.join("")}data: {"choices":[],"usage":{"total_tokens":3}}\n\ndata: [DONE]\n\n`,
    );
    const out = await reply(body, streamHead, [1, 50, 51, 300]);
    assert.equal(out.bytes.toString(), body.toString());
    assert.equal(out.changed, false);
    assert.equal(out.report.reply?.kind, "allow");
  });

  it("lets a keep-alive overtake what is held, and nothing else", async () => {
    const held = `data: ${chunk({ choice: 0, field: "content", text: "call (415) 555-" })}\r\n\r\n`;
    const body = Buffer.from(`${held}: ping\r\n\r\n`);
    for (let cut = 0; cut <= body.length; cut += 1) {
      const seen: string[] = [];
      const out = await reply(body, streamHead, [cut], (bytes) => seen.push(bytes.toString()));
      assert.equal(seen.at(-2), ": ping\r\n\r\n");
      assert.equal(out.bytes.toString().replace(/\n+$/, "\n"), `: ping\r\n\r\n${held}`.replace(/\n+$/, "\n"));
    }
  });
});
