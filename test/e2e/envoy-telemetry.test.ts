// One exchange of each kind, and what Envoy tells of it: the JSON and text lines, the access log service, OpenTelemetry log
// records, spans and statistics say the same words, with the shipped files of envoy/.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessRecord, Envoy } from "../helpers/envoy.ts";
import { openHttp1 } from "../helpers/client-http1.ts";
import { Upstream } from "../helpers/upstream.ts";
import { model, System, user } from "./system.ts";
import { TelemetrySinks, type Told, untraced, verdictKeys } from "./telemetry-sinks.ts";

const policy = JSON.stringify({
  kind: "Policy",
  version: 1,
  name: "told",
  defaults: { onUnknown: "closed", onUnreadable: "block" },
  rules: [
    { id: "flagged", stage: "prompt", detect: { keywords: { list: ["ferry"] } }, action: "flag" },
    { id: "shadowed", stage: "prompt", detect: { keywords: { list: ["harbour"] } }, action: "redact", shadow: true },
    { id: "masked", stage: "prompt", detect: { pii: { kinds: ["email"] } }, action: "redact" },
    { id: "banned", stage: "prompt", detect: { keywords: { list: ["acme-internal"] } }, action: { block: "error" } },
    { id: "no-cards", stage: "reply", detect: { pii: { kinds: ["card"] } }, action: { block: "refusal" } },
  ],
});

type Wanted = { readonly status: number } & Readonly<Record<string, string | number | boolean>>;
type Row = {
  readonly what: string;
  readonly act: (bench: Bench) => Promise<unknown>;
  readonly wanted: Wanted;
};
type Bench = { readonly system: System; readonly upstream: Upstream };

const card = "4111 1111 1111 1111";
const event = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** A prompt, and a JSON reply that says `said`. */
const whole =
  (prompt: string, said: string): Row["act"] =>
  async ({ system, upstream }) => {
    upstream.script("whole", async (exchange) => {
      await exchange.body.ended;
      exchange.respond(200, { "content-type": "application/json" });
      exchange.write(
        JSON.stringify({ id: "c", model, choices: [{ index: 0, message: { role: "assistant", content: said } }] }),
      );
      exchange.end();
    });
    await (await system.post("/v1/chat/completions", { model, messages: user(prompt) }, { "x-cell": "whole" })).text();
  };

/** A streamed reply that begins; then `then` happens, and `rest` is what the model would have gone on with. */
const streamed =
  (
    cell: string,
    rest: readonly string[],
    then: (client: ReturnType<typeof openHttp1>, bench: Bench) => Promise<unknown>,
  ): Row["act"] =>
  async (bench) => {
    const going = Promise.withResolvers<void>();
    bench.upstream.script(cell, async (exchange) => {
      await exchange.body.ended;
      exchange.respond(200, { "content-type": "text/event-stream" });
      exchange.write(event("first words. ".repeat(200)));
      await going.promise;
      for (const piece of rest) exchange.write(event(piece));
      exchange.write("data: [DONE]\n\n");
      exchange.end();
    });
    const body = Buffer.from(JSON.stringify({ model, stream: true, messages: user("Hello") }));
    const headers = { "x-cell": cell, "content-type": "application/json", "content-length": String(body.length) };
    using client = openHttp1(bench.system.envoy.proxyPort, {
      method: "POST",
      path: "/v1/chat/completions",
      headers,
      ends: "last-piece",
    });
    client.end(body, {});
    await client.body.includes("first words.");
    if (rest.length > 0) going.resolve();
    await then(client, bench);
    going.resolve();
  };

const none = { rule: "", action: "", cause: "" };
const rows: readonly Row[] = [
  {
    what: "allow",
    act: whole("Hello", "Good day."),
    wanted: { status: 200, verdict: "allow", stage: "reply", prompt_verdict: "allow", reply_verdict: "allow", ...none },
  },
  {
    what: "flag",
    act: whole("Where is the ferry?", "At sea."),
    wanted: { status: 200, verdict: "flag", stage: "prompt", rule: "flagged", action: "flag", cause: "" },
  },
  {
    what: "shadow",
    act: whole("Where is the harbour?", "At sea."),
    wanted: { status: 200, verdict: "allow", shadow: "shadowed", ...none },
  },
  {
    what: "redact",
    act: whole("I am ada@example.com", "Good day."),
    wanted: {
      status: 200,
      verdict: "redact",
      stage: "prompt",
      rule: "masked",
      action: "redact",
      categories: "pii/email",
      cause: "",
    },
  },
  {
    what: "block in the prompt",
    act: whole("acme-internal", "never"),
    wanted: {
      status: 400,
      verdict: "block",
      stage: "prompt",
      rule: "banned",
      action: "block",
      cause: "rule",
      reply_verdict: "none",
    },
  },
  {
    what: "block in a JSON reply",
    act: whole("Hello", `It is ${card}.`),
    wanted: { status: 200, verdict: "block", stage: "reply", rule: "no-cards", categories: "pii/card", cause: "rule" },
  },
  {
    what: "a stream that is cut",
    act: streamed("cut", [`The card is ${card}`, " and more. ".repeat(20)], (client) => client.body.ended),
    wanted: { status: 200, verdict: "block", stage: "reply", rule: "no-cards", cause: "rule", stream: true },
  },
  {
    what: "a client that leaves",
    act: streamed("left", [], (client) => Promise.resolve(client.abort())),
    wanted: {
      status: 200,
      verdict: "aborted",
      stage: "reply",
      prompt_verdict: "allow",
      reply_verdict: "aborted",
      ...none,
    },
  },
  {
    what: "a guard that dies in a stream",
    act: streamed("died", [], async (client, { system }) => {
      await system.guard.kill();
      await client.body.ended;
    }),
    wanted: { status: 200, verdict: "aborted", stage: "reply", prompt_verdict: "allow", ...none },
  },
  {
    what: "no guard",
    act: whole("Hello", "never"),
    wanted: { status: 500, verdict: "pending", stage: "none" },
  },
];

test("every sink of Envoy says the same of each exchange", async (t) => {
  await using sinks = await TelemetrySinks.open();
  await using upstream = await Upstream.open();
  await using system = await System.open({ policy, upstreamPort: upstream.port, ...(await sinks.options()) });
  for (const [index, { act }] of rows.entries()) {
    await act({ system, upstream });
    await nthRecord(system.envoy, index);
  }
  for (const [index, { what, wanted }] of rows.entries()) {
    await t.test(what, async () => {
      const json = await nthRecord(system.envoy, index);
      checkWanted(json, wanted);
      checkAgreement(await sinks.told(json, system.envoy));
    });
  }
  await t.test("the statistics count them", () => checkStats(system.envoy));
});

test("content that went on without a rule is degraded everywhere", async () => {
  const late = (id: string, detect: object): object => ({
    id,
    stage: "prompt",
    detect,
    action: "flag",
    onUnknown: "open",
  });
  await using sinks = await TelemetrySinks.open();
  await using system = await System.open({
    policy: JSON.stringify({
      kind: "Policy",
      version: 1,
      defaults: { onUnknown: "closed", onUnreadable: "block" },
      rules: [late("late", { pii: {} }), late("later", { quality: {} })],
    }),
    limits: { promptBudgetMs: 1 },
    ...(await sinks.options()),
  });
  const long = "Who was on call at noon, and where is the ferry? ".repeat(40_000);
  await (await system.post("/v1/chat/completions", { model, messages: user(long) })).text();
  const json = await nthRecord(system.envoy, 0);
  checkWanted(json, { status: 200, degraded: true, cause: "" });
  const told = await sinks.told(json, system.envoy);
  checkAgreement(told);
  assert.match(String(json.sallyport?.["unknown"]), /late:deadline/);
  assert.equal(await system.envoy.stat("sallyport.degraded"), 1);
});

async function nthRecord(envoy: Envoy, index: number): Promise<AccessRecord> {
  await envoy.record((record) => envoy.records.indexOf(record) === index);
  return envoy.records[index] as AccessRecord;
}

function checkWanted(json: AccessRecord, { status, ...words }: Wanted): void {
  assert.equal(json.status, status);
  for (const [key, value] of Object.entries(words)) assert.equal(json.sallyport?.[key], value, key);
}

/** Each field of the record, as the JSON lines have it, in all the others. */
function checkAgreement({ json, text, service, log, span }: Told): void {
  assert.equal(service.status, json.status);
  const record = json.sallyport ?? {};
  const isJudged = record["verdict"] !== "pending";
  assert.equal(Object.keys(record).filter((key) => key !== "content_length").length, isJudged ? verdictKeys.length : 2);
  for (const key of verdictKeys) {
    const value = record[key] as string | number | boolean | undefined;
    assert.equal(isJudged || key === "verdict" || key === "stage", value !== undefined, key);
    const written = new RegExp(`(?:^| )${key}=(\\S*)`).exec(text)?.[1];
    assert.equal(written, value === undefined ? "-" : String(value), `text: ${key}`);
    assert.equal(service.sallyport?.[key], value, `service: ${key}`);
    assert.equal(log.attributes[`sallyport.${key}`], value === undefined ? "-" : String(value), `log: ${key}`);
    const attribute = span.attributes[`sallyport.${key}`];
    assert.equal(attribute, untraced.has(key) ? undefined : value, `span: ${key}`);
  }
  assert.equal(log.body, record["verdict"]);
  assert.deepEqual([span.name, span.kind], ["ingress", "server"]);
  assert.ok(Object.keys(span.attributes).every((key) => !key.startsWith("grpc.")));
  assert.deepEqual([json["trace_id"], log.traceId, log.spanId], [span.traceId, span.traceId, span.spanId]);
}

async function checkStats(envoy: Envoy): Promise<void> {
  const wanted = {
    "sallyport.verdicts.verdict.allow.stage.reply": 2,
    "sallyport.verdicts.verdict.flag.stage.prompt": 1,
    "sallyport.verdicts.verdict.redact.stage.prompt": 1,
    "sallyport.verdicts.verdict.block.stage.prompt": 1,
    "sallyport.verdicts.verdict.block.stage.reply": 2,
    "sallyport.verdicts.verdict.aborted.stage.reply": 2,
    "sallyport.verdicts.verdict.pending.stage.none": 1,
    "sallyport.causes.cause.rule.stage.prompt": 1,
    "sallyport.causes.cause.rule.stage.reply": 2,
    "sallyport.rules.rule.flagged.action.flag.stage.prompt": 1,
    "sallyport.rules.rule.masked.action.redact.stage.prompt": 1,
    "sallyport.rules.rule.banned.action.block.stage.prompt": 1,
    "sallyport.rules.rule.no-cards.action.block.stage.reply": 2,
  };
  const reply = await fetch(`http://127.0.0.1:${envoy.adminPort}/stats?format=json&type=Counters&filter=^sallyport`);
  const { stats } = (await reply.json()) as { stats: readonly { name: string; value: number }[] };
  const counted = Object.fromEntries(stats.map(({ name, value }) => [name, value]));
  assert.deepEqual(counted, wanted);
}
