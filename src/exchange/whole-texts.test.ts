/** Streams under rules that judge a text as a whole: what is held, how it ends, what is given back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createHoldings } from "../app/surroundings.ts";
import { chatHead, exchangeOf, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import type { ExchangeLimits } from "./parts.ts";

const event = (content: string, index = 0): string =>
  `data: ${JSON.stringify({ choices: [{ index, delta: { content } }] })}\n\n`;
const done = "data: [DONE]\n\n";

async function opened(action: string, limits: Partial<ExchangeLimits> = {}) {
  const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: schema, stage: reply, detect: { reply-schema: {} }, action: ${action} }
`);
  const holdings = createHoldings(512 * 1024 * 1024);
  const exchange = exchangeOf({ plan, limits, holdings });
  const prompt = { model: "m", messages: [], response_format: { type: "json_object" } };
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(JSON.stringify(prompt))]);
  return { exchange, holdings, gate: exchange.openReply(streamHead, false).gate };
}

const contentsOf = (bytes: Buffer): string =>
  bytes
    .toString()
    .split("\n\n")
    .filter((each) => each.startsWith("data: {"))
    .map((each) => (JSON.parse(each.slice(6)) as { choices: { delta: { content: string } }[] }).choices)
    .map(([choice]) => choice?.delta.content ?? "")
    .join("");

describe("a text that is judged as a whole", () => {
  for (const [how, last] of [
    ["with a terminator", done],
    ["without one", ""],
    ["within an event", event("}").trimEnd()],
  ] as const) {
    it(`is held to its end, and judged there: a stream that ends ${how}`, async () => {
      const { gate, exchange, holdings } = await opened("redact");
      const seen: number[] = [];
      const { bytes, block } = await pushAll(
        gate,
        [event('{"a":'), event("x"), last].map((each) => Buffer.from(each)),
        (out) => seen.push(out.length),
      );
      assert.equal(block, null);
      assert.deepEqual(seen.slice(0, 2), [0, 0]);
      assert.equal(contentsOf(bytes), "[INVALID]");
      assert.equal(exchange.close("complete").reply?.kind, "redact");
      assert.equal(holdings.bytes, 0);
    });
  }

  it("goes out at once where the rule only flags", async () => {
    const { gate, exchange } = await opened("flag");
    const first = await gate.push(Buffer.from(event('{"a":')));
    assert.equal(first.kind === "clear" && first.cleared.length, 1);
    await pushAll(gate, [Buffer.from(event("x"))]);
    assert.deepEqual([exchange.close("complete").reply?.kind], ["flag"]);
  });

  it("of each of many choices is one of its own", async () => {
    const { gate, holdings, exchange } = await opened("redact");
    const events = Array.from({ length: 900 }, (_, index) => event(index % 2 === 0 ? "{}" : "{", index));
    const { bytes } = await pushAll(gate, [Buffer.from(events.join("") + done)]);
    assert.equal(contentsOf(bytes), "{}[INVALID]".repeat(450));
    exchange.close("complete");
    assert.equal(holdings.bytes, 0);
  });

  it("is held up to the limit of the stream, and then nothing of it goes out", async () => {
    const { gate, exchange, holdings } = await opened("redact", { heldBytesMax: 5_000 });
    const { bytes, block, cut } = await pushAll(
      gate,
      Array.from({ length: 200 }, () => Buffer.from(event("a long enough text"))),
    );
    assert.deepEqual([bytes.length, block], [0, { kind: "too-large", limitBytes: 5_000 }]);
    assert.ok(cut?.toString().endsWith(done));
    assert.equal(exchange.close("complete").reply?.kind, "block");
    assert.equal(holdings.bytes, 0);
  });

  it("is forgotten where nobody waits for its end", async () => {
    const { gate, exchange, holdings } = await opened("redact");
    await gate.push(Buffer.from(event('{"a":')));
    assert.ok(holdings.bytes > 0);
    assert.equal(exchange.close("aborted").reply?.kind, "aborted");
    assert.equal(holdings.bytes, 0);
  });
});
