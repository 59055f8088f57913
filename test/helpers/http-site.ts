// The whole path with a recording model server, for requests that no proper client would send: heads line by line on a raw
// socket, one connection an exchange. Exchanges of a site run one after another: each waits for its line of the access log.

import { connect } from "node:net";
import { System, type SystemOptions } from "../e2e/system.ts";
import type { AccessRecord } from "./envoy.ts";
import { Upstream, type Headers, type Script } from "./upstream.ts";

export const chat = "/v1/chat/completions";
export const banned = "acme-internal";
export const email = "dora.meier@example.com";
export const said = (content: string): string => `{"model":"m", "messages":[{"role":"user","content":"${content}"}]}`;
export const replied = (content: string): string =>
  `{"id":"c", "object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"${content}"},"finish_reason":"stop"}]}`;

export type Asked = {
  /** `POST /path`. */
  readonly start: string;
  /** Beside host, `x-cell` and `connection: close`; as they are to stand on the wire. */
  readonly lines?: readonly string[];
  readonly body?: string;
  /** What the model server does; a reply with an e-mail address where left out. */
  readonly script?: Script;
};

export type Seen = {
  /** All that the client got, framing included. */
  readonly wire: string;
  /** Of the last head on the wire; `null` where the connection was reset before one could be read. */
  readonly status: number | null;
  readonly record: AccessRecord;
  /** Requests that got as far as the model server. */
  readonly requests: number;
  /** The first of them. */
  readonly got: { readonly path: string; readonly headers: Headers; readonly body: string } | null;
};

export const json = (body: string): readonly string[] => ["content-type: application/json", lengthOf(body)];
export const lengthOf = (body: string): string => `content-length: ${Buffer.byteLength(body)}`;
export const chunked = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** A script that answers so. */
export const answer =
  (status: number, headers: Headers, body = "", trailers?: Headers): Script =>
  async (exchange) => {
    await exchange.body.ended;
    exchange.respond(status, headers);
    if (body !== "") exchange.write(body);
    exchange.end(trailers);
  };
const withEmail = answer(200, { "content-type": "application/json" }, replied(`Write to ${email}`));

export class HttpSite implements AsyncDisposable {
  readonly system: System;
  readonly upstream: Upstream;
  #cells = 0;

  private constructor(system: System, upstream: Upstream) {
    this.system = system;
    this.upstream = upstream;
  }

  static async open(options: SystemOptions & { readonly http2?: boolean } = {}): Promise<HttpSite> {
    await using parts = new AsyncDisposableStack();
    const upstream = parts.use(await Upstream.open({ http2: options.http2 === true }));
    const system = await System.open({ ...options, upstreamPort: options.upstreamPort ?? upstream.port });
    parts.move();
    return new HttpSite(system, upstream);
  }

  get port(): number {
    return this.system.envoy.proxyPort;
  }

  /** A name that `script` and what is seen upstream go by. */
  cell(script: Script = withEmail): string {
    const cell = `site-${this.#cells++}`;
    this.upstream.script(cell, script);
    return cell;
  }

  /** Sends it, and gives what came of it once the connection is closed and the exchange is in the log. */
  async ask({ start, lines = [], body = "", script = withEmail }: Asked): Promise<Seen> {
    const cell = this.cell(script);
    const known = this.system.envoy.records.length;
    const head = [`${start} HTTP/1.1`, "host: model", `x-cell: ${cell}`, "connection: close", ...lines];
    const wire = await this.exchange(`${head.join("\r\n")}\r\n\r\n${body}`);
    return { ...(await this.outcome(cell, known)), wire, status: statusIn(wire) };
  }

  /** Bytes on a connection of their own; all that comes back until it is closed. */
  async exchange(text: string): Promise<string> {
    const socket = connect(this.port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (bytes) => chunks.push(bytes));
    socket.on("error", () => undefined); // Envoy resets where it does not read a body to its end
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(text);
    await closed;
    return Buffer.concat(chunks).toString("utf8");
  }

  /** What became of the exchange of `cell`, the first that is logged after `known` records. */
  async outcome(cell: string, known: number): Promise<Omit<Seen, "wire" | "status">> {
    const { records } = this.system.envoy;
    const record = await this.system.envoy.record((each) => records.indexOf(each) >= known);
    const requests = this.upstream.count(cell);
    if (requests === 0) return { record, requests, got: null };
    const { path, headers, body } = await this.upstream.exchange(cell);
    return { record, requests, got: { path, headers: headers as Headers, body: body.text() } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.system[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}

/** Interim replies come before the one that counts. */
function statusIn(wire: string): number | null {
  const last = [...wire.matchAll(/(?:^|\r\n\r\n)HTTP\/1\.1 (\d{3}) /g)].at(-1);
  return last === undefined ? null : Number(last[1]);
}

/** The verdicts on prompt and reply, the cause, and who made the reply. */
export const verdictsOf = ({ record: { sallyport } }: Pick<Seen, "record">): readonly unknown[] => [
  sallyport?.["prompt_verdict"],
  sallyport?.["reply_verdict"],
  sallyport?.["cause"],
  sallyport?.["local"] === true ? "Envoy's" : "",
];
