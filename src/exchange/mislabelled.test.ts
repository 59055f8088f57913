// A reply that streams in one form under the media type of another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventMessage } from "../../test/helpers/event-stream.ts";
import { chatHead, exchangeOf, planFrom, pushAll, type Released } from "../../test/helpers/exchange.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: banned, stage: reply, detect: { keywords: { list: [forbidden] } }, action: block }
`);
const wires: Readonly<Record<string, (payloads: readonly string[]) => Buffer>> = {
  "server-sent events": (payloads) => Buffer.from(payloads.map((each) => `data: ${each}\n\n`).join("")),
  "JSON lines": (payloads) => Buffer.from(payloads.map((each) => `${each}\n`).join("")),
  "a JSON list": (payloads) => Buffer.from(`[${payloads.join(",")}]`),
  "a JSON list over lines": (payloads) => Buffer.from(`[${payloads.join("\n,\r\n")}\n]`),
  "AWS frames": (payloads) => Buffer.concat(payloads.map((each) => eventMessage("chunk", each))),
};
const types = ["application/json", "text/event-stream", "application/x-ndjson", "application/vnd.amazon.eventstream"];
const paths = ["/v1/chat/completions", "/v1/messages", "/api/chat", "/model/m/converse-stream"];
const listStream = "/v1beta/models/m:streamGenerateContent";

async function reply(path: string, contentType: string, bytes: Uint8Array): Promise<Released> {
  const exchange = exchangeOf({ plan });
  await pushAll(exchange.openRequest({ ...chatHead, path }), [Buffer.from("{}")]);
  return pushAll(exchange.openReply({ status: 200, contentType, contentEncoding: null }, false).gate, [bytes]);
}

for (const [wire, write] of Object.entries(wires)) {
  test(`${wire} under any type: what one event holds is judged, or nothing goes`, async () => {
    for (const path of [...paths, listStream]) {
      for (const type of [...types, "text/plain"]) {
        const { bytes, block } = await reply(path, type, write([JSON.stringify({ text: "so forbidden" })]));
        assert.ok(block?.kind === "rule" || block?.kind === "unreadable", `${path} ${type}`);
        assert.equal(bytes.includes("forbidden"), false, `${path} ${type}`);
      }
    }
  });
}

test("server-sent events and AWS frames that are called JSON, or JSON lines, cannot be read", async () => {
  for (const wire of ["server-sent events", "AWS frames"] as const) {
    for (const type of ["application/json", "application/x-ndjson"]) {
      const bytes = wires[wire]?.([JSON.stringify({ text: "fine" })]) ?? assert.fail();
      assert.equal((await reply("/v1/chat/completions", type, bytes)).block?.kind, "unreadable", `${wire} ${type}`);
    }
  }
});
