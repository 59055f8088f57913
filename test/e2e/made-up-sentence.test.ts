// A made-up sentence in the middle of a reply, through a real Envoy: marked, replaced, cut off, held or only reported. What
// stands before it has reached the client before the model said it; on a stream that is shown in lockstep.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { Upstream, type UpstreamExchange } from "../helpers/upstream.ts";
import { System } from "./system.ts";

const model = "stand-in-small";
const evidence =
  "The Harlow bridge opened in 1987. It is 412 metres long. The toll is 3 euros for a car. " +
  "The bridge was designed by Lena Brandt. It closes on 1 January.";
const good = ["The Harlow bridge opened in 1987. ", "It is 412 metres long. "];
const madeUp = "The toll is 9 euros for a car.";
const behind = " The bridge was designed by Lena Brandt.";
const whole = `${good.join("")}${madeUp}${behind}`;

const doubt = " [not in the documents]";
const instead = "[left out: the documents do not say so]";
const detect = { groundedness: { threshold: 0.5, evidence: ["tools"], span: "claim" } };

type Case = {
  readonly name: string;
  readonly rule: Readonly<Record<string, unknown>>;
  /** What the client reads; `null`: a refusal. */
  readonly json: string | null;
  readonly stream: string;
  /** Sentences that the client has while the made-up one is not yet said. */
  readonly lockstep: boolean;
  readonly isRefused?: true;
  readonly verdict: string;
};

const cases: readonly Case[] = [
  {
    name: "marked",
    rule: { action: { mark: doubt } },
    json: `${good.join("")}${madeUp}${doubt}${behind}`,
    stream: `${good.join("")}${madeUp}${doubt}${behind}`,
    lockstep: true,
    verdict: "redact",
  },
  {
    name: "replaced",
    rule: { action: { replace: instead } },
    json: `${good.join("")}${instead}${behind}`,
    stream: `${good.join("")}${instead}${behind}`,
    lockstep: true,
    verdict: "redact",
  },
  {
    name: "cut-off",
    rule: { action: { block: "refusal" } },
    json: null,
    stream: good.join("").trimEnd(),
    lockstep: true,
    isRefused: true,
    verdict: "block",
  },
  {
    name: "held",
    rule: { action: { block: "refusal" }, hold: "reply" },
    json: null,
    stream: "",
    lockstep: false,
    isRefused: true,
    verdict: "block",
  },
  { name: "flagged", rule: { action: "flag" }, json: whole, stream: whole, lockstep: true, verdict: "flag" },
  {
    name: "shadow-mark",
    rule: { action: { mark: doubt }, shadow: true },
    json: whole,
    stream: whole,
    lockstep: true,
    verdict: "allow",
  },
  {
    name: "shadow-hold",
    rule: { action: { block: "refusal" }, hold: "reply", shadow: true },
    json: whole,
    stream: whole,
    lockstep: true,
    verdict: "allow",
  },
];

const policy = JSON.stringify({
  kind: "Policy",
  version: 1,
  name: "made-up",
  defaults: { onUnknown: "closed", onUnreadable: "block" },
  rules: cases.map(({ name, rule }) => ({
    id: name,
    stage: "reply",
    when: { header: { "x-case": name } },
    detect,
    ...rule,
  })),
});

let upstream: Upstream;
let system: System;
/** Holds what did open, also where Envoy did not. */
const opened = new AsyncDisposableStack();

before(async () => {
  upstream = opened.use(await Upstream.open());
  system = opened.use(await System.open({ upstreamPort: upstream.port, policy }));
});
after(() => opened.disposeAsync());

const messages = [
  { role: "user", content: "Tell me about the bridge." },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "t1", type: "function", function: { name: "look_up", arguments: "{}" } }],
  },
  { role: "tool", tool_call_id: "t1", content: evidence },
];

const head = { id: "c1", created: 1, model };
const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
/** With the space before a word, as most models have it, or behind it. */
const tokensOf = {
  before: (text: string): readonly string[] => text.match(/\s?\S+/g) ?? [],
  behind: (text: string): readonly string[] => text.match(/\S+\s?/g) ?? [],
};
type Spaces = keyof typeof tokensOf;

/** The reply's text as the client has it by now, and whoever waits for some of it. */
class Reading {
  text = "";
  #waiting: { readonly until: string; readonly go: () => void }[] = [];

  add(text: string): void {
    this.text += text;
    for (const { until, go } of this.#waiting) if (this.text.includes(until)) go();
  }

  has(until: string): Promise<void> {
    if (this.text.includes(until)) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ until, go }));
  }
}

/** Says a sentence and the next token, then waits until the client has the sentence. */
async function sayInLockstep(
  exchange: UpstreamExchange,
  reading: Reading,
  spaces: Spaces,
  lockstep: boolean,
): Promise<void> {
  await exchange.body.ended;
  exchange.respond(200, { "content-type": "text/event-stream" });
  exchange.write(chunk({ role: "assistant", content: "" }));
  let said = "";
  for (const token of tokensOf[spaces](whole)) {
    exchange.write(chunk({ content: token }));
    said += token;
    const done = good.findLast((_, index) => said.startsWith(`${good.slice(0, index + 1).join("")}`.trimEnd() + " "));
    if (lockstep && done !== undefined) await reading.has(done.trim());
  }
  exchange.write(chunk({}, "stop"));
  exchange.write("data: [DONE]\n\n");
  exchange.end();
}

const requestOf = (stream: boolean) => ({ model, messages, stream }) as never;
/** Reads on after `[DONE]`, so that the record is of a stream that ended. */
const readToEnd: typeof fetch = async (url, init) => {
  const reply = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  if (reply.body === null) return reply;
  const [own, clients] = reply.body.tee();
  void new Response(own).arrayBuffer().catch(() => undefined);
  return new Response(clients, { status: reply.status, headers: reply.headers });
};
const client = () =>
  new OpenAI({ baseURL: `${system.url}/v1`, apiKey: "none", maxRetries: 0, fetch: readToEnd, timeout: 60_000 });
const headersOf = (name: string, kind: string) => ({ "x-case": name, "x-cell": `${name}-${kind}` });

for (const spaces of ["before", "behind"] as const)
  describe(`on a stream of words with the space ${spaces}`, () => {
    for (const { name, stream, lockstep, isRefused = false, verdict } of cases) {
      test(name, async () => {
        const reading = new Reading();
        upstream.script(`${name}-${spaces}`, (exchange) => sayInLockstep(exchange, reading, spaces, lockstep));
        const events = (await client().chat.completions.create(requestOf(true), {
          headers: headersOf(name, spaces),
        })) as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>;
        let reason: string | null = null;
        let refusal = "";
        for await (const { choices } of events) {
          const [choice] = choices;
          if (choice?.finish_reason === "content_filter" || reason === "content_filter") reason = "content_filter";
          else reason = choice?.finish_reason ?? reason;
          refusal += choice?.delta.refusal ?? "";
          reading.add(choice?.delta.content ?? "");
        }
        assert.equal(reason, isRefused ? "content_filter" : "stop");
        if (isRefused && !lockstep) assert.doesNotMatch(reading.text, /Harlow|412/, "nothing is delivered");
        else if (isRefused) assert.ok(reading.text.startsWith(stream), "what stands before it is delivered");
        else assert.equal(reading.text, stream);
        assert.equal(
          isRefused && /9 euros|Lena/.test(reading.text + refusal),
          false,
          "nothing of it, and nothing after it",
        );
        assert.equal((await system.settled()).at(-1)?.sallyport?.["verdict"], verdict);
      });
    }
  });

describe("on JSON", () => {
  for (const { name, json, verdict } of cases) {
    test(name, async () => {
      upstream.script(`${name}-json`, async (exchange) => {
        await exchange.body.ended;
        exchange.respond(200, { "content-type": "application/json" });
        const message = { role: "assistant", content: whole };
        const choices = [{ index: 0, message, finish_reason: "stop" }];
        exchange.write(JSON.stringify({ ...head, object: "chat.completion", choices }));
        exchange.end();
      });
      const reply = (await client().chat.completions.create(requestOf(false), {
        headers: headersOf(name, "json"),
      })) as OpenAI.ChatCompletion;
      const [choice] = reply.choices;
      if (json === null) {
        assert.equal(choice?.finish_reason, "content_filter");
        assert.doesNotMatch(JSON.stringify(reply), /euros|Harlow|Lena/);
      } else assert.deepEqual([choice?.message.content, choice?.finish_reason], [json, "stop"]);
      assert.equal((await system.settled()).at(-1)?.sallyport?.["verdict"], verdict);
    });
  }
});
