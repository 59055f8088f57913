// Whatever a client, a model or a token says in whichever field: log lines, record, metrics and told errors hold nothing of it,
// and a line stays one line. Below Envoy and sockets: the same core, with strings that no proper client would send.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ExchangeReport } from "../../src/domain/verdict.ts";
import type { Identity } from "../../src/extproc/identity.ts";
import { BodySendMode, type ProcessingRequest } from "../../src/extproc/wire.ts";
import { createLogger, errorFields, exchangeLog } from "../../src/telemetry/log.ts";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { verdictRecord } from "../../src/telemetry/verdict-record.ts";
import { planFrom } from "../helpers/exchange.ts";
import { findLeak } from "../helpers/leaks.ts";
import { headers, runMessages } from "../helpers/session.ts";

const plan = planFrom(`
kind: Policy
version: 1
report: { models: [gpt-4o], tools: [get_weather], paths: [/v1/chat/completions], users: [alice] }
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: private, stage: [prompt, reply], detect: { pii: {} }, action: redact }
  - { id: banned, stage: prompt, detect: { keywords: { list: [acme-internal] } }, action: block }
  - { id: sized, stage: prompt, detect: { size: { maxBytes: 100000 } }, action: flag }
`);
const identity: Identity = {
  tenant: { kind: "metadata", namespace: "jwt", path: ["payload", "org"] },
  principal: { kind: "metadata", namespace: "jwt", path: ["payload", "sub"] },
};

type Fields = Readonly<Record<string, unknown>>;
type Sent = {
  readonly head?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly reply?: string;
  readonly replyType?: string;
  readonly claims?: Readonly<Record<string, string>>;
};

function messagesOf({
  head = {},
  body,
  reply,
  replyType = "application/json",
  claims = {},
}: Sent): ProcessingRequest[] {
  const fields = Object.fromEntries(Object.entries(claims).map(([name, stringValue]) => [name, { stringValue }]));
  const duplex = BodySendMode.FULL_DUPLEX_STREAMED;
  const plain = { ":method": "POST", ":path": "/v1/chat/completions", "content-type": "application/json" };
  const request: ProcessingRequest[] = [
    {
      request: "requestHeaders",
      requestHeaders: headers({ ...plain, ...head }),
      protocolConfig: { requestBodyMode: duplex, responseBodyMode: duplex },
      metadataContext: { filterMetadata: { jwt: { fields: { payload: { structValue: { fields } } } } } },
    },
    { request: "requestBody", requestBody: { body: Buffer.from(body), endOfStream: true } },
  ];
  if (reply === undefined) return request;
  return [
    ...request,
    { request: "responseHeaders", responseHeaders: headers({ ":status": "200", "content-type": replyType }) },
    { request: "responseBody", responseBody: { body: Buffer.from(reply), endOfStream: true } },
  ];
}

/** Everything that is told of the exchange. */
async function told(
  sent: Sent,
): Promise<{ readonly lines: readonly string[]; readonly report: ExchangeReport | null }> {
  const lines: string[] = [];
  const log = createLogger({ level: "debug", write: (line) => lines.push(line) });
  const metrics = createMetrics({ heldBytes: () => 0, rememberedBytes: () => 0 });
  let report: ExchangeReport | null = null;
  try {
    ({ report } = await runMessages(messagesOf(sent), plan, { identity, onFail: () => undefined }));
    const record = verdictRecord(report);
    exchangeLog(log)(report, () => record);
    metrics.exchangeEnded(report);
    lines.push(JSON.stringify({ level: "", ...record }));
  } catch (error) {
    log.error("stream failed", errorFields(error));
  }
  return { lines: [...lines, ...(await metrics.page()).body.split("\n")], report };
}

const chat = (fields: Fields): string =>
  JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "good morning" }], ...fields });
const reply = (message: Fields): string => JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, message }] });
const tool = (name: string): Fields => ({ type: "function", function: { name, description: name, parameters: {} } });
const call = (name: string, text: string): Fields => ({
  id: name,
  type: "function",
  function: { name, arguments: JSON.stringify({ [text]: text }) },
});

/** One for each place where somebody else chooses a string. */
const places: Readonly<Record<string, (text: string) => Sent>> = {
  "a model": (text) => ({ body: chat({ model: text }) }),
  "a prompt": (text) => ({ body: chat({ messages: [{ role: "user", content: text, name: text }] }) }),
  "a role": (text) => ({ body: chat({ messages: [{ role: text, content: text }] }) }),
  "a banned prompt": (text) => ({ body: chat({ messages: [{ role: "user", content: `acme-internal ${text}` }] }) }),
  tools: (text) => ({
    body: chat({ tools: [tool(text)], tool_choice: { type: "function", function: { name: text } } }),
  }),
  "calls of tools": (text) => ({
    body: chat({ messages: [{ role: "assistant", tool_calls: [call(text, text)] }] }),
    reply: reply({ role: "assistant", tool_calls: [call(text, text)] }),
  }),
  "a user": (text) => ({ body: chat({ user: text, safety_identifier: text, metadata: { [text]: text } }) }),
  "keys that no API has": (text) => ({ body: chat({ [text]: { [text]: [text] } }) }),
  "a path": (text) => ({ head: { ":path": `/v1/${encodeURIComponent(text)}/x` }, body: chat({}) }),
  "a path as it is": (text) => ({ head: { ":path": `/v1/${text}` }, body: chat({}) }),
  "a query": (text) => ({ head: { ":path": `/v1/chat/completions?q=${text}` }, body: chat({}) }),
  "a method": (text) => ({ head: { ":method": text }, body: chat({}) }),
  headers: (text) => ({
    head: {
      "x-request-id": text,
      traceparent: text,
      tracestate: text,
      authorization: text,
      "user-agent": text,
      cookie: text,
    },
    body: chat({}),
  }),
  "a content type": (text) => ({ head: { "content-type": text }, body: chat({}) }),
  "a content coding": (text) => ({ head: { "content-encoding": text }, body: chat({}) }),
  "a body that is no JSON": (text) => ({ body: `{"messages": [${text}` }),
  "a reply": (text) => ({ body: chat({}), reply: reply({ role: text, content: text, [text]: text }) }),
  "a reply's model and id": (text) => ({
    body: chat({}),
    reply: JSON.stringify({ id: text, model: text, object: text }),
  }),
  "a reply that is no JSON": (text) => ({ body: chat({}), reply: `<html>${text}` }),
  "a reply's content type": (text) => ({ body: chat({}), reply: text, replyType: text }),
  "a stream": (text) => ({
    body: chat({ stream: true }),
    reply: `event: ${text}\ndata: ${reply({ content: text })}\n\ndata: ${text}\n\n`,
    replyType: "text/event-stream",
  }),
  "claims of a token": (text) => ({ body: chat({}), claims: { org: text, sub: text } }),
};

/** At least 16 characters, of which none can stand in a tenant's name. */
const hostile = fc
  .array(
    fc.constantFrom(
      "§",
      '"',
      "\\",
      "\n",
      "\r",
      "{",
      "}",
      "%",
      " ",
      "é",
      "💥",
      "\u2028",
      "\u0000",
      "x",
      "y9",
      '","level":"error","msg":"',
    ),
    {
      minLength: 15,
      maxLength: 40,
    },
  )
  .map((parts) => `§${parts.join("")}§`);

for (const [place, sent] of Object.entries(places)) {
  test(`nothing of it is told: ${place}`, async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const { lines } = await told(sent(text));
        const variants = [text, JSON.stringify(text), encodeURIComponent(text), text.replaceAll("\n", " ")];
        assert.equal(findLeak(place, lines, variants), null);
        for (const line of lines.filter((each) => each.startsWith("{"))) {
          assert.equal(line.trimEnd().includes("\n"), false);
          JSON.parse(line);
        }
      }),
      { numRuns: 30 },
    );
  });
}

test("what the policy lists is told by its name, anything else as other", async () => {
  const tools = [tool("get_weather"), tool("run_shell_commands")];
  const head = { ":path": "/v1/chat/completions" };
  const known = await told({ head, body: chat({ tools }), claims: { sub: "alice" } });
  assert.deepEqual(known.report?.named, {
    model: "gpt-4o",
    tools: ["get_weather", "other"],
    path: "/v1/chat/completions",
    user: "alice",
  });
  const other = await told({
    body: chat({ model: "gpt-4o-of-somebody", tools }),
    claims: { sub: "mallory-of-the-north" },
  });
  assert.deepEqual([other.report?.named.model, other.report?.named.user], ["other", "other"]);
  assert.equal(
    findLeak("all", other.lines, ["gpt-4o-of-somebody", "mallory-of-the-north", "run_shell_commands"]),
    null,
  );
});

test("an error that quotes what it choked on is told without it", async () => {
  const text = "the tower of the north is sold on friday";
  const lines: string[] = [];
  const log = createLogger({ level: "debug", write: (line) => lines.push(line) });
  class Odd extends Error {
    override readonly name = text;
  }
  const cause = new Error(text);
  const errors = [
    new SyntaxError(`Unexpected token in ${text}`, { cause }),
    new AggregateError([cause], text),
    Object.assign(new Error(text), { code: text, stack: `Error: ${text}\n    at ${text}` }),
    new Odd(text),
    text,
    { message: text },
    null,
  ];
  for (const error of errors) log.error("stream failed", errorFields(error));
  assert.equal(lines.length, errors.length);
  assert.equal(findLeak("the log", lines, [text]), null);
});
