// A guard that its deadline left out, through Envoy: closed blocks, open and shadow let pass, and the record says who gave no answer. The
// budget is one millisecond and the text two million characters long, so that no machine is fast enough.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Upstream } from "../helpers/upstream.ts";
import { model, System, user } from "./system.ts";

const long = "Who was on call at noon, and where is the ferry? ".repeat(40_000);
const limits = { promptBudgetMs: 1, windowBudgetMs: 1, replyBytesMax: 10_485_760 };
const policy = (stage: string, more: object): string =>
  JSON.stringify({
    kind: "Policy",
    version: 1,
    defaults: { onUnknown: "closed", onUnreadable: "block" },
    rules: [
      { id: "late", stage, detect: { pii: {} }, action: "redact", ...more },
      { id: "later", stage, detect: { quality: {} }, action: "flag", onUnknown: "open" },
    ],
  });

const rows: readonly (readonly [what: string, more: object, passes: boolean])[] = [
  ["closed", {}, false],
  ["open", { onUnknown: "open" }, true],
  ["shadow", { shadow: true }, true],
];

for (const [what, more, passes] of rows) {
  test(`a prompt, ${what}`, async () => {
    await using system = await System.open({ policy: policy("prompt", more), limits });
    const reply = await system.post("/v1/chat/completions", { model, messages: user(long) });
    const body = await reply.text();
    const [record] = await system.settled();
    assert.match(String(record?.sallyport?.["unknown"]), /late:deadline/);
    assert.deepEqual([reply.status, system.seen.length], passes ? [200, 1] : [503, 0]);
    // `later` is open in all of them: what went on did so without it.
    assert.equal(record?.sallyport?.["degraded"], passes);
    if (passes) assert.equal(record?.sallyport?.["cause"], "");
    else {
      assert.match(body, /"guard_unavailable"/);
      assert.deepEqual([record?.sallyport?.["verdict"], record?.sallyport?.["cause"]], ["block", "unknown:deadline"]);
    }
  });

  for (const streams of [false, true]) {
    test(`a reply, ${streams ? "streamed" : "whole"}, ${what}`, async () => {
      await using upstream = await Upstream.open();
      await using system = await System.open({ policy: policy("reply", more), limits, upstreamPort: upstream.port });
      // Parts of a stream below the limit of one event.
      const parts = streams ? [long.slice(0, 900_000), long.slice(900_000, 1_800_000)] : [long];
      const choice = (content: string): object =>
        streams ? { index: 0, delta: { content } } : { index: 0, message: { role: "assistant", content } };
      const written = parts.map((part) => JSON.stringify({ id: "c", model, choices: [choice(part)] }));
      const said = streams ? [...written, "[DONE]"].map((data) => `data: ${data}\n\n`).join("") : written.join("");
      upstream.script("late", async (exchange) => {
        await exchange.body.ended;
        exchange.respond(200, { "content-type": streams ? "text/event-stream" : "application/json" });
        exchange.write(said);
        exchange.end();
      });
      const asked = { model, stream: streams, messages: user("hi") };
      const reply = await system.post("/v1/chat/completions", asked, { "x-cell": "late" });
      const body = await reply.text();
      const [record] = await system.settled();
      assert.match(String(record?.sallyport?.["unknown"]), /late:deadline/);
      assert.equal(record?.sallyport?.["degraded"], passes);
      if (passes) return assert.ok(body === said, "byte for byte");
      assert.equal(record?.sallyport?.["cause"], "unknown:deadline");
      assert.ok(body.length < 2000, "nothing that was not judged");
      return assert.match(body, /guard_unavailable|content_filter/);
    });
  }
}
