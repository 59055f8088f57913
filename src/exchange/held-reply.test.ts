/** Replies that a rule holds to their end: what goes out when, and what does not. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { chatHead, cutAt, exchangeOf, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import type { ExchangeLimits } from "./parts.ts";

const said = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const ping = ": ping\r\n\r\n";
const done = "data: [DONE]\n\n";
const rules = (more: string): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: bad, stage: reply, ${more}, detect: { keywords: { list: [bad thing] } }, action: { block: error } }
  - { id: odd, stage: reply, detect: { keywords: { list: [odd thing] } }, action: { mark: " [odd]" } }
`;
const holding = planFrom(rules("hold: reply"));

async function opened(plan = holding, limits: Partial<ExchangeLimits> = {}, more: object = {}) {
  const exchange = exchangeOf({ plan, limits });
  const prompt = { model: "m", stream: true, messages: [{ role: "user", content: "go" }] };
  await pushAll(exchange.openRequest({ ...chatHead, ...more }), [Buffer.from(JSON.stringify(prompt))]);
  return { exchange, gate: exchange.openReply(streamHead, false).gate };
}

/** What has gone out after each piece. */
async function released(pieces: readonly string[], plan = holding, limits: Partial<ExchangeLimits> = {}) {
  const { exchange, gate } = await opened(plan, limits);
  const outs: string[] = [];
  const all = await pushAll(
    gate,
    pieces.map((piece) => Buffer.from(piece)),
    (out) => outs.push(out.toString()),
  );
  return { ...all, outs, exchange };
}

describe("a reply that is held", () => {
  const fine = [said("One. "), said("An odd"), said(" thing. "), said("Two."), done];

  it("goes at its end, as changed as without", async () => {
    const { outs, bytes } = await released(fine);
    assert.deepEqual(outs.slice(0, -1).join(""), "");
    const { bytes: unheld } = await released(fine, planFrom(rules("shadow: false")));
    assert.equal(bytes.toString(), unheld.toString());
    assert.match(bytes.toString(), /thing \[odd\]/);
  });

  it("is blocked with nothing of the model's text", async () => {
    const { bytes, block, cut, exchange } = await released([said("One. "), said("A bad"), said(" thing."), done]);
    assert.equal(bytes.length, 0);
    assert.equal(block?.kind, "rule");
    assert.doesNotMatch(String(cut), /One|bad|thing/);
    assert.equal(exchange.answer("reply", block ?? assert.fail()).status, 400);
  });

  it("lets keep-alives by, and ends behind them as a refusal", async () => {
    const { outs, bytes, cut } = await released([ping, said("One. "), ping, said("A bad thing."), done]);
    assert.deepEqual(outs, [ping, ping, ping + ping]);
    assert.equal(bytes.toString(), ping + ping);
    assert.match(String(cut), /"content":"This content is not allowed[^]*"finish_reason":"content_filter"[^]*\[DONE\]/);
    assert.doesNotMatch(String(cut), /One|bad/);
  });

  it("is the same however its bytes are cut", async () => {
    const whole = [ping, said("One. An odd thing."), ping, said(" Two. "), ping, done].join("");
    const wanted = (await released([whole])).bytes.toString();
    assert.ok(wanted.startsWith(ping + ping + ping + said("One. An odd thing [odd].")));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), async (cuts) => {
        const pieces = cutAt(Buffer.from(whole), cuts).map((piece) => piece.toString());
        assert.equal((await released(pieces)).bytes.toString(), wanted);
      }),
      { numRuns: 200 },
    );
  });

  it("is blocked where it is more than may be held, and what it held is given back", async () => {
    const { bytes, block, exchange } = await released([said("a".repeat(300)), said("b".repeat(300)), done], holding, {
      heldBytesMax: 512,
    });
    assert.equal(bytes.length, 0);
    assert.deepEqual(block, { kind: "too-large", limitBytes: 512 });
    assert.equal(exchange.answer("reply", block ?? assert.fail()).status, 502);
  });

  it("is held for its rule alone: not in shadow, and not where the rule does not apply", async () => {
    for (const more of ["hold: reply, shadow: true", "hold: reply, when: { path: /v1/other }"]) {
      const { outs } = await released(fine, planFrom(rules(more)));
      assert.notEqual(outs[0], "", more);
    }
  });
});
