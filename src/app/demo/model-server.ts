// A small OpenAI-compatible model server for the demo and the tests: real HTTP, JSON and server-sent events, answers from a
// table (model-answers.ts). It owns its socket and nothing else; a client that leaves ends its reply at once.
// It is not a model, checks no keys, and listens on loopback.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type Answer, chooseAnswer } from "./model-answers.ts";
import { askedIn, inputsOf, parseChat, parseCompletion, parseEmbedding, wholePrompt } from "./model-request.ts";
import * as wire from "./model-wire.ts";

const LOOPBACK = "127.0.0.1";
const BODY_BYTES_MAX = 16 * 1024 * 1024;

export type ModelServerOptions = {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** Time between two events of a stream. 0, the default: as fast as the client reads. */
  readonly paceMs?: number;
  /** Called with each request once its body is read: what got as far as the model. The reply waits for its promise. */
  readonly onRequest?: (seen: SeenRequest) => void | Promise<void>;
};

export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};

type Reply =
  | { readonly kind: "json"; readonly status: number; readonly body: object }
  | { readonly kind: "stream"; readonly events: Iterable<object> };

const json = (body: object, status = 200): Reply => ({ kind: "json", status, body });

export class ModelServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #paceMs: number;
  readonly #onRequest: (seen: SeenRequest) => void | Promise<void>;
  #count = 0;

  private constructor(options: ModelServerOptions) {
    this.#paceMs = options.paceMs ?? 0;
    this.#onRequest = options.onRequest ?? (() => undefined);
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((cause: unknown) => {
        // A client that left is everyday life; any other error is a mistake of this file and must be seen.
        if (!response.destroyed && request.complete) throw cause;
      });
    });
  }

  /** Rejects with the system's error where the port is taken. */
  static async open(options: ModelServerOptions = {}): Promise<ModelServer> {
    const opened = new ModelServer(options);
    opened.#server.listen(options.port ?? 0, LOOPBACK);
    await once(opened.#server, "listening");
    return opened;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://${LOOPBACK}:${this.port}`;
  }

  /** Ends streams that are still being sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    const path = new URL(request.url ?? "/", "http://model").pathname;
    const body = await readBody(request);
    if (body === null) return sendJson(response, 413, wire.badRequest("The body is too large."));
    await this.#onRequest({ method, path, headers: request.headers, body });
    const reply = this.#answer(method, path, body);
    if (reply.kind === "json") return sendJson(response, reply.status, reply.body);
    await this.#sendStream(response, reply.events);
  }

  #answer(method: string, path: string, body: string): Reply {
    if (method === "GET") return answerGet(path);
    const answer = method === "POST" ? posts.get(path) : undefined;
    if (answer === undefined) return json(wire.badRequest(`There is no ${method} here.`), 404);
    this.#count += 1;
    const parsed = parseJson(body);
    if (parsed === undefined) return json(wire.badRequest("The body is not JSON."), 400);
    return answer(parsed, { number: this.#count, createdS: Math.floor(Date.now() / 1000) });
  }

  async #sendStream(response: ServerResponse, events: Iterable<object>): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    for (const event of events) {
      if (gone.signal.aborted) return;
      if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await once(response, "drain", { signal: gone.signal });
      if (this.#paceMs > 0) await pause(this.#paceMs, undefined, { signal: gone.signal });
    }
    response.end("data: [DONE]\n\n");
  }
}

type Stamp = { readonly number: number; readonly createdS: number };

const posts: ReadonlyMap<string, (body: unknown, stamp: Stamp) => Reply> = new Map([
  ["/v1/chat/completions", answerChat],
  ["/v1/completions", answerCompletion],
  ["/v1/embeddings", answerEmbedding],
]);

function answerGet(path: string): Reply {
  if (path === "/v1/models") return json(wire.modelList());
  const named = wire.models.find((model) => path === `/v1/models/${model}`);
  return named === undefined ? json(wire.badRequest("There is no such page."), 404) : json(wire.modelCard(named));
}

function answerChat(body: unknown, stamp: Stamp): Reply {
  const request = parseChat(body);
  if (!request.ok) return json(wire.badRequest(request.error), 400);
  const { model, n, stream, stream_options } = request.value;
  const answer = chooseAnswer(askedIn(request.value));
  if (answer.kind === "error") return json(wire.upstreamError(answer.status), answer.status);
  const facts = { id: `chatcmpl-${stamp.number}`, createdS: stamp.createdS, model };
  const choices = Array.from({ length: n ?? 1 }, (_, index) => choice(answer, index));
  const usage = usageOf(wholePrompt(request.value), choices.map(wire.spoken));
  if (stream !== true) return json(wire.chatCompletion(facts, choices, usage));
  return {
    kind: "stream",
    events: wire.chatEvents(facts, choices, stream_options?.include_usage === true ? usage : null),
  };
}

function answerCompletion(body: unknown, stamp: Stamp): Reply {
  const request = parseCompletion(body);
  if (!request.ok) return json(wire.badRequest(request.error), 400);
  const { model, prompt, n, stream, stream_options } = request.value;
  const prompts = typeof prompt === "string" ? [prompt] : prompt;
  const texts: string[] = [];
  for (const one of prompts) {
    const answer = chooseAnswer({ text: one, system: "", tools: [], toolResult: false });
    if (answer.kind === "error") return json(wire.upstreamError(answer.status), answer.status);
    for (let index = 0; index < (n ?? 1); index++) texts.push(wire.spoken(choice(answer, index)));
  }
  const facts = { id: `cmpl-${stamp.number}`, createdS: stamp.createdS, model };
  const usage = usageOf(prompts.join("\n"), texts);
  if (stream !== true) return json(wire.completion(facts, texts, usage));
  return {
    kind: "stream",
    events: wire.completionEvents(facts, texts, stream_options?.include_usage === true ? usage : null),
  };
}

function answerEmbedding(body: unknown): Reply {
  const request = parseEmbedding(body);
  if (!request.ok) return json(wire.badRequest(request.error), 400);
  return json(wire.embeddings(request.value.model, inputsOf(request.value), request.value.encoding_format ?? "float"));
}

/** Further choices say the same in other words, so that each can be told apart. */
function choice(answer: Exclude<Answer, { kind: "error" }>, index: number): Exclude<Answer, { kind: "error" }> {
  if (index === 0 || answer.kind !== "text") return answer;
  return { kind: "text", text: `Put in another way (${index + 1}): ${answer.text}` };
}

const usageOf = (prompt: string, said: readonly string[]): wire.Usage => ({
  promptTokens: wire.countTokens(prompt),
  completionTokens: said.reduce((sum, text) => sum + wire.countTokens(text), 0),
});

/** `null` where it is larger than the limit; the rest is then not read. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length });
  response.end(bytes);
}
