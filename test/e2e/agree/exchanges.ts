// What clients do in the tests of agreement: each act is one exchange through the real Envoy, told by its row's cell, so that
// the model server knows what to say to it.

import { openHttp1 } from "../../helpers/client-http1.ts";
import type { UpstreamExchange } from "../../helpers/upstream.ts";
import { model } from "../system.ts";
import type { Bench } from "./bench.ts";

/** Resolves when the client is done. Gives what the client read. */
export type Act = (bench: Bench, cell: string) => Promise<string>;

/** A route of its own in Envoy: bodies BUFFERED; replies not shown; a model server that is not there; who asks is known. */
export type Way = "buffered" | "unshown" | "nowhere" | "known";

/** What a piece of a stream says: in the first choice, or in the one that is named. */
type Piece = string | Readonly<Record<number, string>>;

export type Ask = {
  readonly prompt?: string | readonly object[];
  /** A JSON reply, which may take up what the model server got; as a list, the pieces of a streamed one. */
  readonly reply?: string | ((got: string) => string) | readonly Piece[];
  readonly way?: Way;
  readonly path?: string;
  /** In place of a chat's body. `null`: a GET. */
  readonly body?: object | null;
  /** Of the request's body. */
  readonly more?: object;
  readonly headers?: Readonly<Record<string, string>>;
};

const chat = "/v1/chat/completions";
const event = (piece: Piece): string => {
  const said = typeof piece === "string" ? { 0: piece } : piece;
  const choices = Object.entries(said).map(([index, content]) => ({ index: Number(index), delta: { content } }));
  return `data: ${JSON.stringify({ choices })}\n\n`;
};

const headersOf = (cell: string, { way, headers }: Ask): Readonly<Record<string, string>> => ({
  "content-type": "application/json",
  "x-cell": cell,
  ...(way === undefined ? {} : { "x-way": way }),
  ...headers,
});

const bodyOf = ({ prompt = "Hello", reply, body, more }: Ask): object =>
  body ?? {
    model,
    messages: [{ role: "user", content: prompt }],
    ...(typeof reply === "object" ? { stream: true } : {}),
    ...more,
  };

/** The whole exchange, read to its end. */
export const ask =
  (asked: Ask): Act =>
  async ({ system, upstream }, cell) => {
    const { reply = "Good day.", path = chat } = asked;
    upstream.script(cell, async (exchange) => {
      await exchange.body.ended;
      if (typeof reply === "function") return answer(exchange, reply(exchange.body.text()));
      if (typeof reply === "string") return answer(exchange, reply);
      exchange.respond(200, { "content-type": "text/event-stream" });
      for (const piece of reply) exchange.write(event(piece));
      exchange.write("data: [DONE]\n\n");
      exchange.end();
    });
    if (asked.body === null) return (await fetch(system.url + path, { headers: headersOf(cell, asked) })).text();
    return (await system.post(path, bodyOf(asked), headersOf(cell, asked))).text();
  };

function answer(exchange: UpstreamExchange, said: string): void {
  exchange.respond(200, { "content-type": "application/json" });
  const message = { role: "assistant", content: said };
  exchange.write(JSON.stringify({ id: "c", model, choices: [{ index: 0, message, finish_reason: "stop" }] }));
  exchange.end();
}

const firstWords = "first words. ";

/**
 * A streamed reply of which the client has read the beginning; then comes `then`, and the model server goes on with `rest` when that
 * lets it.
 */
export const midStream =
  (rest: readonly string[], then: (stream: MidStream) => Promise<void> | void, end: "done" | "cut" = "done"): Act =>
  async (bench, cell) => {
    const goOn = Promise.withResolvers<void>();
    bench.upstream.script(cell, async (exchange) => {
      await exchange.body.ended;
      exchange.respond(200, { "content-type": "text/event-stream" });
      exchange.write(event(firstWords.repeat(200)));
      await goOn.promise;
      if (end === "cut") return exchange.cut();
      for (const piece of rest) exchange.write(event(piece));
      exchange.write("data: [DONE]\n\n");
      exchange.end();
    });
    using client = open(bench, cell, { reply: [] });
    await client.body.includes("first words.");
    await then({ bench, leave: () => client.abort(), goOn: goOn.resolve });
    await client.body.ended;
    goOn.resolve();
    return client.body.text();
  };

type MidStream = { readonly bench: Bench; readonly leave: () => void; readonly goOn: () => void };

function open({ system }: Bench, cell: string, asked: Ask, missing = 0) {
  const body = Buffer.from(JSON.stringify(bodyOf(asked)));
  const headers = { ...headersOf(cell, asked), "content-length": String(body.length + missing) };
  const head = { method: "POST", path: chat, headers, ends: "last-piece" } as const;
  const client = openHttp1(system.envoy.proxyPort, head);
  client.end(body, {});
  return client;
}

/** The client leaves while the guard still has its prompt. */
export const leavePrompt: Act = async (bench, cell) => {
  using client = open(bench, cell, {}, 1);
  while (!/^sallyport_exchanges_in_flight 1$/m.test(await bench.system.guard.metrics()));
  client.abort();
  await client.body.ended;
  return client.body.text();
};
