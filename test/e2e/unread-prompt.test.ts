// A model server that answers before the prompt was sent to its end, through Envoy: what compares the reply with its prompt does not
// know, and the rule says what follows. Where Envoy shows the guard the prompt, no such server ever gets half a one.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request as openRequest } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { test } from "node:test";
import { Upstream } from "../helpers/upstream.ts";
import { model, System, user } from "./system.ts";

const policy = (onUnknown: string): string =>
  JSON.stringify({
    kind: "Policy",
    version: 1,
    defaults: { onUnknown, onUnreadable: "pass" },
    rules: [{ id: "grounded", stage: "reply", detect: { groundedness: {} }, action: { block: "error" } }],
  });
const unseenPrompt = (yaml: string): string =>
  yaml.replace("request_body_mode: FULL_DUPLEX_STREAMED", "request_body_mode: NONE");

const prompt = Buffer.from(
  JSON.stringify({
    model,
    messages: user(`The harbour of Delmar was built in 1932. ${"Much more. ".repeat(50)}When?`),
  }),
);
const answer = "The harbour of Delmar was built in 1937.";
const body = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: answer } }] });

/** Half of the prompt is sent; the other half when the reply has come, or never. */
async function asked(system: System): Promise<{ readonly status: number; readonly body: string }> {
  const request = openRequest(`${system.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": prompt.length, "x-cell": "early" },
  });
  request.on("error", () => undefined);
  request.write(prompt.subarray(0, prompt.length / 2));
  const [reply] = (await once(request, "response")) as [IncomingMessage];
  const answered = { status: reply.statusCode ?? 0, body: await textOf(reply) };
  request.destroy();
  return answered;
}

for (const [onUnknown, status, verdict] of [
  ["open", 200, "not-inspected"],
  ["closed", 503, "block"],
] as const)
  test(`a reply to a prompt that nobody was shown, ${onUnknown}`, async () => {
    await using upstream = await Upstream.open();
    upstream.script("early", (exchange) => {
      exchange.respond(200, { "content-type": "application/json" });
      exchange.write(body);
      exchange.end();
    });
    const wanted = { policy: policy(onUnknown), shape: unseenPrompt, upstreamPort: upstream.port };
    await using system = await System.open(wanted);
    const reply = await asked(system);
    const [record] = await system.settled();
    assert.equal(record?.sallyport?.["unknown"], "grounded:no-prompt");
    assert.deepEqual([reply.status, record?.sallyport?.["verdict"]], [status, verdict]);
    assert.equal(reply.body.includes(answer), onUnknown === "open");
  });

test("a prompt that the guard is shown goes on whole, whenever the model answers", async () => {
  await using upstream = await Upstream.open();
  upstream.script("early", (exchange) => {
    exchange.respond(200, { "content-type": "application/json" });
    exchange.write(body);
    exchange.end();
  });
  await using system = await System.open({ policy: policy("open"), upstreamPort: upstream.port });
  const request = openRequest(`${system.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": prompt.length, "x-cell": "early" },
  });
  request.write(prompt.subarray(0, prompt.length / 2));
  request.flushHeaders();
  await (await fetch(`${system.url}/elsewhere`)).text(); // in which the half that was sent has come
  assert.equal(upstream.count("early"), 0);
  request.end(prompt.subarray(prompt.length / 2));
  const [reply] = (await once(request, "response")) as [IncomingMessage];
  assert.match(await textOf(reply), /not allowed/);
  const records = await system.settled();
  const record = records.find(({ path }) => path === "/v1/chat/completions");
  assert.deepEqual([record?.sallyport?.["unknown"], record?.sallyport?.["rule"]], ["", "grounded"]);
});
