// What a plain HTTP client sees, byte by byte: nothing is changed that need not be, and a connection outlives a block.

import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { openHttp1 } from "../helpers/client-http1.ts";
import { Recording } from "../helpers/recording.ts";
import { Upstream } from "../helpers/upstream.ts";
import { System } from "./system.ts";

let upstream: Upstream;
let system: System;

before(async () => {
  upstream = await Upstream.open();
  system = await System.open({ upstreamPort: upstream.port });
});
after(async () => {
  await system[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const chat = "/v1/chat/completions";
/** Odd spacing, escapes and an order of keys that no serializer would choose. */
const oddRequest = '{ "messages" :[{"content":"na\\u00efve \\/ caf\u00e9 \ud83d\udc22","role":"user"}],\r\n "n":1.0, "model":"m","x":[1e3,null]}';
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

test("after a blocked prompt the same connection serves the next request", async () => {
  upstream.script("next", async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, { "content-type": "application/json" });
    exchange.write(oddReply);
    exchange.end();
  });
  const socket = connect(system.envoy.proxyPort, "127.0.0.1");
  const request = (content: string): string => {
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content }] });
    return `POST ${chat} HTTP/1.1\r\nhost: x\r\nx-cell: next\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
  const wire = new Recording();
  socket.on("data", (bytes) => wire.append(bytes));
  socket.once("close", () => wire.finish("complete"));
  socket.write(request("about acme-internal"));
  await wire.includes('"content_filter"');
  socket.write(request("about the weather"));
  await wire.includes("fine ");
  assert.deepEqual(wire.text().match(/^HTTP\/1.1 \d+/gm), ["HTTP/1.1 400", "HTTP/1.1 200"]);
  assert.equal(upstream.count("next"), 1);
  socket.destroy();
});
