// What a plain HTTP client sees, byte by byte: nothing is changed that need not be.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openHttp1 } from "../helpers/client-http1.ts";
import { Upstream } from "../helpers/upstream.ts";
import { System } from "./system.ts";

let upstream: Upstream;
let system: System;

/** Holds what did open, also where Envoy did not. */
const opened = new AsyncDisposableStack();

before(async () => {
  upstream = opened.use(await Upstream.open());
  system = opened.use(await System.open({ upstreamPort: upstream.port }));
});
after(() => opened.disposeAsync());

const chat = "/v1/chat/completions";
/** Odd spacing, escapes and an order of keys that no serializer would choose. */
const oddRequest =
  '{ "messages" :[{"content":"na\\u00efve \\/ caf\u00e9 \ud83d\udc22","role":"user"}],\r\n "n":1.0, "model":"m","x":[1e3,null]}';
const oddReply =
  '{"id":"c1" ,"object":"chat.completion","created":1,"model":"m","choices":[ {"index":0,"message":{"role":"assistant","content":"fine \\u2713"},"finish_reason":"stop"}],"usage":{"total_tokens":2.50}}\n';

function send(cell: string, body: string): ReturnType<typeof openHttp1> {
  const bytes = Buffer.from(body);
  const headers = { "x-cell": cell, "content-type": "application/json", "content-length": String(bytes.length) };
  const exchange = openHttp1(system.envoy.proxyPort, { method: "POST", path: chat, headers, ends: "last-piece" });
  exchange.end(bytes, {});
  return exchange;
}

test("bodies that need no change pass byte for byte, both ways", async () => {
  upstream.script("odd", async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, { "content-type": "application/json", "x-kept": "yes" });
    exchange.write(oddReply);
    exchange.end();
  });
  using exchange = send("odd", oddRequest);
  const head = await exchange.head;
  assert.equal(await exchange.body.ended, "complete");
  assert.equal(head.status, 200);
  assert.equal(head.headers["x-kept"], "yes");
  assert.equal(exchange.body.text(), oddReply);
  assert.equal((await upstream.exchange("odd")).body.text(), oddRequest);
});

test("a stream that needs no change passes byte for byte, comments and line ends included", async () => {
  const event = (content: string): string =>
    `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"${content}"}}]}`;
  const reply = `${event("one ")}\r\n\r\n:\n\nid: 7\n${event("two")}\n\ndata: [DONE]\n\n`;
  upstream.script("stream", async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, { "content-type": "text/event-stream" });
    for (let at = 0; at < reply.length; at += 7) exchange.write(reply.slice(at, at + 7));
    exchange.end();
  });
  using exchange = send("stream", '{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}');
  assert.equal(await exchange.body.ended, "complete");
  assert.equal(exchange.body.text(), reply);
});

test("a blocked prompt is answered in full, and nothing of it gets upstream", async () => {
  using exchange = send("never", '{"model":"m","messages":[{"role":"user","content":"about acme-internal"}]}');
  const head = await exchange.head;
  assert.equal(await exchange.body.ended, "complete");
  assert.equal(head.status, 400);
  assert.equal(head.headers["content-type"], "application/json");
  const { error } = JSON.parse(exchange.body.text()) as { error: Record<string, unknown> };
  assert.deepEqual(Object.keys(error), ["message", "type", "param", "code"]);
  assert.equal(error["code"], "content_filter");
  assert.doesNotMatch(exchange.wire.text(), /acme|banned-words|keyword/);
  assert.equal(upstream.count("never"), 0);
});
