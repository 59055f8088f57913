// A model server for tests, HTTP/1.1 or cleartext HTTP/2: records every byte, trailer and end it got, and replies as the
// test's script says. A script is found by the request's `x-cell` header, so cells may run at once.

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  createServer as createServer2,
  type Http2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { plantBytes } from "./planted.ts";
import { Recording } from "./recording.ts";

export type Headers = Readonly<Record<string, string>>;
export type Script = (exchange: UpstreamExchange) => Promise<void> | void;

export interface UpstreamExchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The request's body as it came. */
  readonly body: Recording;
  /** Complete once `body` has ended. */
  trailers(): Headers;
  /** Resolves when the exchange is over on this side, however it ended. */
  readonly closed: Promise<void>;
  /** Without content-length the body is chunked (HTTP/1.1) or open (HTTP/2). */
  respond(status: number, headers: Headers): void;
  write(bytes: string | Uint8Array): void;
  end(trailers?: Headers): void;
  /** Ends without a proper end: closes (HTTP/1.1) or resets (HTTP/2). */
  cut(): void;
}

export class Upstream implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #open: Set<Socket | Http2Session>;
  readonly #scripts: Map<string, Script>;
  readonly #seen: Map<string, PromiseWithResolvers<UpstreamExchange>>;
  readonly #counts: Map<string, number>;

  private constructor(server: Server, state: State) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.#open = state.open;
    this.#scripts = state.scripts;
    this.#seen = state.seen;
    this.#counts = state.counts;
  }

  static async open(options: { readonly http2?: boolean } = {}): Promise<Upstream> {
    const state: State = { open: new Set(), scripts: new Map(), seen: new Map(), counts: new Map() };
    const server = options.http2 === true ? serve2(state) : serve1(state);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Upstream(server, state);
  }

  /** What to do with requests whose `x-cell` is `cell`. Others get 404. */
  script(cell: string, script: Script): void {
    this.#scripts.set(cell, script);
  }

  /** The first request of `cell`, now or when it comes. */
  exchange(cell: string): Promise<UpstreamExchange> {
    return seenOf(this.#seen, cell).promise;
  }

  /** How many requests of `cell` have come. */
  count(cell: string): number {
    return this.#counts.get(cell) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }
}

interface State {
  readonly open: Set<Socket | Http2Session>;
  readonly scripts: Map<string, Script>;
  readonly seen: Map<string, PromiseWithResolvers<UpstreamExchange>>;
  readonly counts: Map<string, number>;
}

function seenOf(seen: State["seen"], cell: string): PromiseWithResolvers<UpstreamExchange> {
  const known = seen.get(cell) ?? Promise.withResolvers<UpstreamExchange>();
  seen.set(cell, known);
  return known;
}

function take(state: State, exchange: UpstreamExchange): void {
  const cell = String(exchange.headers["x-cell"] ?? "");
  state.counts.set(cell, (state.counts.get(cell) ?? 0) + 1);
  seenOf(state.seen, cell).resolve(exchange);
  const script = state.scripts.get(cell);
  if (script === undefined) {
    exchange.respond(404, {});
    exchange.end();
    return;
  }
  // A script that loses its peer rejects; the cell sees that by what was recorded.
  void Promise.resolve(script(exchange)).catch(() => exchange.cut());
}

function serve1(state: State): Server {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    take(state, exchange1(request, response));
  });
  server.on("connection", (socket) => remember(state, socket));
  return server;
}

function remember(state: State, socket: Socket | Http2Session): void {
  state.open.add(socket);
  socket.once("close", () => state.open.delete(socket));
  socket.on("error", () => undefined);
}

function exchange1(request: IncomingMessage, response: ServerResponse): UpstreamExchange {
  const body = new Recording();
  request.on("data", (chunk: Buffer) => body.append(chunk));
  request.once("end", () => body.finish(request.complete ? "complete" : "cut"));
  request.once("close", () => body.finish(request.complete ? "complete" : "cut"));
  request.on("error", () => body.finish("cut"));
  response.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: request.headers,
    body,
    closed,
    trailers: () => request.trailers as Headers,
    respond: (status, headers) => {
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    write: (bytes) => void response.write(bytes),
    end: (trailers) => {
      if (trailers !== undefined) response.addTrailers(trailers);
      response.end();
    },
    cut: () => void request.socket.resetAndDestroy(),
  };
}

function serve2(state: State): Server {
  const server = createServer2();
  server.on("session", (session) => remember(state, session));
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    take(state, exchange2(stream, headers));
  });
  return server;
}

function exchange2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): UpstreamExchange {
  const body = new Recording();
  let got: Headers = {};
  let toSend: Headers = {};
  stream.on("data", (chunk: Buffer) => body.append(chunk));
  stream.on("trailers", (trailers) => {
    got = trailers as Headers;
  });
  stream.once("end", () => body.finish(stream.rstCode === 0 && !stream.aborted ? "complete" : "cut"));
  stream.once("close", () => body.finish("cut"));
  stream.on("error", () => undefined);
  stream.on("wantTrailers", () => stream.sendTrailers(toSend));
  const closed = new Promise<void>((resolve) => stream.once("close", resolve));
  return {
    method: String(headers[":method"]),
    path: String(headers[":path"]),
    headers,
    body,
    closed,
    trailers: () => got,
    respond: (status, more) => stream.respond({ ":status": status, ...more }, { waitForTrailers: true }),
    write: (bytes) => {
      plantBytes(bytes);
      stream.write(bytes);
    },
    end: (trailers) => {
      toSend = trailers ?? {};
      stream.end();
    },
    cut: () => stream.close(2),
  };
}
