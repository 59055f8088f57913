// Cases of guards through a real Envoy, with the official client, on JSON and on streams.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import OpenAI from "openai";
import { Upstream, type UpstreamExchange } from "../../helpers/upstream.ts";
import { System, type SystemOptions } from "../system.ts";
import type { Call, GuardCase } from "./case.ts";
import { caseHeader, policyOfCases } from "./policy.ts";

const model = "stand-in-small";
/** Of a stream's events, in UTF-16 code units: small, so that nothing is found within one. */
const eventUnits = 3;

type Ground = { readonly upstream: Upstream; readonly system: System; readonly parts: AsyncDisposableStack };

/** One system for all of them; `options` may be asked for when the tests begin. */
export function runCases(
  cases: readonly GuardCase[],
  options: () => Promise<SystemOptions & { readonly done?: () => PromiseLike<void> }>,
): void {
  let ground: Ground | null = null;
  before(async () => {
    await using parts = new AsyncDisposableStack();
    const { done = () => Promise.resolve(), ...rest } = await options();
    parts.defer(done);
    const upstream = parts.use(await Upstream.open());
    const policy = JSON.stringify(policyOfCases(cases));
    const system = parts.use(await System.open({ upstreamPort: upstream.port, policy, ...rest }));
    ground = { upstream, system, parts: parts.move() };
  });
  after(() => ground?.parts.disposeAsync());
  for (const streams of [false, true]) {
    describe(streams ? "on streams" : "on JSON", () => {
      for (const each of cases) {
        test(each.name, async () => {
          const cell = `${each.name}-${streams ? "stream" : "json"}`;
          const { system, upstream } = ground ?? assert.fail();
          play(upstream, cell, each, streams);
          const before = system.envoy.records.length;
          const seen = await ask(system, each, cell, streams);
          // Cases run one after another: the next record is this one's.
          const { sallyport: told = {} } = await system.envoy.record(
            (one) => system.envoy.records.indexOf(one) >= before,
          );
          await assertModel(upstream, each, cell);
          assertClient(each, seen, streams);
          for (const [key, value] of Object.entries(each.want.record ?? {}))
            assert.equal(String(told[key]), String(value), key);
        });
      }
    });
  }
}

const messagesOf = ({ prompt }: GuardCase) =>
  typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
const sentLast = (each: GuardCase): unknown => messagesOf(each).at(-1)?.["content"];
const callText = (calls: readonly Call[]): string => calls.map(({ name, args }) => `${name}(${args})`).join(" ");

/** Replies as a model would, with the placeholders that it got. */
function play(upstream: Upstream, cell: string, { reply }: GuardCase, streams: boolean): void {
  upstream.script(cell, async (exchange: UpstreamExchange) => {
    await exchange.body.ended;
    const got = [...new Set(exchange.body.text().match(/<[A-Z_]+_\d+_[a-z2-9]{6}>/g) ?? [])];
    const filled = (said: string): string => said.replaceAll(/\{(\d)\}/g, (_, n: string) => got[Number(n)] ?? "?");
    const text = typeof reply === "string" ? filled(reply) : "";
    const calls = typeof reply === "string" ? [] : reply.map(({ name, args }) => ({ name, args: filled(args) }));
    exchange.respond(200, { "content-type": streams ? "text/event-stream" : "application/json" });
    const write = streams ? eventsOf(text, calls) : [JSON.stringify(wholeOf(text, calls))];
    for (const bytes of write) exchange.write(bytes);
    exchange.end();
  });
}

const head = { id: "c1", created: 1, model };
const toolCalls = (calls: readonly Call[]) =>
  calls.map(({ name, args }, index) => ({
    index,
    id: `t${index}`,
    type: "function",
    function: { name, arguments: args },
  }));

function wholeOf(text: string, calls: readonly Call[]): object {
  const message =
    calls.length === 0
      ? { role: "assistant", content: text }
      : { role: "assistant", content: null, tool_calls: toolCalls(calls) };
  const finish_reason = calls.length === 0 ? "stop" : "tool_calls";
  return { ...head, object: "chat.completion", choices: [{ index: 0, message, finish_reason }] };
}

function eventsOf(text: string, calls: readonly Call[]): string[] {
  const event = (delta: object, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const pieces = (all: string): string[] => all.match(new RegExp(`[^]{1,${eventUnits}}`, "g")) ?? [];
  const said = pieces(text).map((content) => event({ content }));
  const called = calls.flatMap(({ name, args }, index) => [
    event({ tool_calls: [{ index, id: `t${index}`, type: "function", function: { name, arguments: "" } }] }),
    ...pieces(args).map((part) => event({ tool_calls: [{ index, function: { arguments: part } }] })),
  ]);
  const last = event({}, calls.length === 0 ? "stop" : "tool_calls");
  return [event({ role: "assistant" }), ...said, ...called, last, "data: [DONE]\n\n"];
}

type Seen = {
  readonly text: string;
  readonly refused: boolean;
  readonly error: { readonly status: number; readonly code: string } | null;
  readonly headers: Headers;
};

/** The client may leave at `[DONE]`, before the stream's end; then the record would be of a client that left. */
const readToEnd: typeof fetch = async (url, init) => {
  const reply = await fetch(url, { ...init, signal: null });
  if (reply.body === null) return reply;
  const [own, clients] = reply.body.tee();
  void new Response(own).arrayBuffer().catch(() => undefined); // a stream that breaks is the client's to tell
  return new Response(clients, { status: reply.status, headers: reply.headers });
};

async function ask(system: System, each: GuardCase, cell: string, streams: boolean): Promise<Seen> {
  const client = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: "none", maxRetries: 0, fetch: readToEnd });
  const body = { model, messages: messagesOf(each), ...each.more, stream: streams } as never;
  const options = { headers: { "x-cell": cell, [caseHeader]: each.name } };
  try {
    const { data, response } = await client.chat.completions.create(body, options).withResponse();
    const got = streams
      ? await readStream(data as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>)
      : readWhole(data);
    return { ...got, error: null, headers: response.headers };
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    const { status = 0, code, headers = new Headers() } = error as InstanceType<typeof OpenAI.APIError>;
    return { text: "", refused: false, error: { status: status, code: code ?? "" }, headers };
  }
}

function readWhole({ choices }: OpenAI.ChatCompletion): Pick<Seen, "text" | "refused"> {
  const [choice] = choices;
  const calls = (choice?.message.tool_calls ?? []) as { function: { name: string; arguments: string } }[];
  const text = choice?.message.content ?? "";
  const refused = choice?.finish_reason === "content_filter";
  return {
    text: refused ? "" : text + callText(calls.map(({ function: f }) => ({ name: f.name, args: f.arguments }))),
    refused,
  };
}

async function readStream(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<Pick<Seen, "text" | "refused">> {
  let text = "";
  let refused = false;
  const calls: { name: string; args: string }[] = [];
  for await (const { choices } of stream) {
    const [choice] = choices;
    refused ||= choice?.finish_reason === "content_filter";
    text += choice?.delta.content ?? "";
    for (const { index, function: f } of choice?.delta.tool_calls ?? []) {
      calls[index] ??= { name: "", args: "" };
      calls[index].name += f?.name ?? "";
      calls[index].args += f?.arguments ?? "";
    }
  }
  return { text: text + callText(calls), refused };
}

function assertText(actual: string, wanted: string | RegExp, what: string): void {
  if (typeof wanted === "string") assert.equal(actual, wanted, what);
  else assert.match(actual, wanted, what);
}

async function assertModel(upstream: Upstream, each: GuardCase, cell: string): Promise<void> {
  const { model: wanted, headers = {} } = each.want;
  if (wanted === null) return assert.equal(upstream.count(cell), 0, "nothing gets to the model");
  const exchange = await upstream.exchange(cell);
  const { messages } = JSON.parse(exchange.body.text()) as { messages: { content: string }[] };
  if (wanted === undefined) assert.deepEqual(messages.at(-1)?.content, sentLast(each));
  else assertText(String(messages.at(-1)?.content), wanted, "what the model got");
  for (const [name, value] of Object.entries(headers)) assert.equal(exchange.headers[name], value, name);
}

function assertClient(each: GuardCase, seen: Seen, streams: boolean): void {
  const { client, stream, replyHeaders = {} } = each.want;
  const wanted = (streams ? stream?.client : undefined) ?? client;
  if (typeof wanted === "object" && !(wanted instanceof RegExp)) {
    // A reply that streams was let go in part before: it ends with the word that it was filtered.
    const isClean = streams && each.want.stream !== undefined;
    if (isClean) assert.ok(typeof each.reply !== "string" || !seen.text.includes(each.reply.slice(0, eventUnits)));
    if ("refused" in wanted) assert.deepEqual([seen.refused, seen.error], [true, null]);
    else if (!isClean && streams && each.want.model !== null) assert.equal(seen.refused || seen.error !== null, true);
    else assert.deepEqual(seen.error, wanted);
    return;
  }
  assert.equal(seen.error, null);
  assertText(seen.text, wanted ?? (typeof each.reply === "string" ? each.reply : callText(each.reply)), "client");
  if (!streams) for (const [name, value] of Object.entries(replyHeaders)) assert.equal(seen.headers.get(name), value);
}
