// The guard dies: nothing passes unjudged, and once it is back the next request is served.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openHttp1 } from "../helpers/client-http1.ts";
import { createGate } from "../helpers/gate.ts";
import { Upstream } from "../helpers/upstream.ts";
import { model, System, user } from "./system.ts";

test("with the guard killed, a request is refused and never gets to the model; with it back, it is served", async () => {
  await using system = await System.open();
  const ask = (): Promise<Response> => system.post("/v1/chat/completions", { model, messages: user("Hello") });
  assert.equal((await ask()).status, 200);
  await system.guard.kill();
  const refused = await ask();
  assert.equal(refused.status, 500);
  assert.equal(system.seen.length, 1);
  await system.guard.start();
  assert.equal((await ask()).status, 200);
  const verdicts = (await system.settled()).map(({ sallyport }) => sallyport?.["verdict"]);
  assert.deepEqual(verdicts, ["allow", "pending", "allow"]);
});

test("a stream is cut where the guard dies: what it held back never comes", async () => {
  await using upstream = await Upstream.open();
  await using system = await System.open({ upstreamPort: upstream.port });
  const dead = createGate();
  const event = (content: string): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
  upstream.script("cut", async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, { "content-type": "text/event-stream" });
    exchange.write(event("first words. ".repeat(200)));
    exchange.write(event("write to mara.lind@exa"));
    await dead.opened;
    exchange.write(event("mple.com"));
    exchange.end();
  });
  const body = Buffer.from(JSON.stringify({ model, stream: true, messages: user("Hello") }));
  const headers = { "x-cell": "cut", "content-type": "application/json", "content-length": String(body.length) };
  using exchange = openHttp1(system.envoy.proxyPort, {
    method: "POST",
    path: "/v1/chat/completions",
    headers,
    ends: "last-piece",
  });
  exchange.end(body, {});
  await exchange.body.includes("first words.");
  await system.guard.kill();
  dead.open();
  assert.equal(await exchange.body.ended, "cut");
  assert.doesNotMatch(exchange.body.text(), /mara/);
});
