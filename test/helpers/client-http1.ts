// An HTTP/1.1 client on a raw socket: sends pieces when told to, records every byte that comes back, and unpacks the
// reply's framing itself, so that a reply that was cut is told from one that ended.

import { connect } from "node:net";
import type { ClientExchange, ReplyHead, RequestHead } from "./client.ts";
import { Recording } from "./recording.ts";

export interface Http1Exchange extends ClientExchange {
  /** Every byte of the connection, framing included. */
  readonly wire: Recording;
}

/** Chunked where the request ends apart or by trailers; else the head must carry the content-length. */
export function openHttp1(port: number, head: RequestHead): Http1Exchange {
  const chunked = head.ends === "apart" || head.ends === "trailers";
  const socket = connect(port, "127.0.0.1");
  const wire = new Recording();
  const body = new Recording();
  const reply = new ReplyReader(head.method, body);
  socket.on("data", (bytes) => {
    wire.append(bytes);
    reply.read(wire.bytes());
  });
  socket.on("error", () => undefined);
  socket.once("end", () => reply.closed(true));
  socket.once("close", () => {
    wire.finish("complete");
    reply.closed(false);
  });
  const write = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    if (chunked) socket.write(`${bytes.length.toString(16)}\r\n`);
    socket.write(bytes);
    if (chunked) socket.write("\r\n");
  };
  socket.write(headText(head, chunked));
  return {
    wire,
    body,
    head: reply.head.promise,
    trailers: () => reply.trailers,
    write,
    end: (last, trailers) => {
      write(last);
      if (chunked) socket.write(`0\r\n${lines(head.ends === "trailers" ? trailers : {})}\r\n`);
    },
    abort: () => void socket.resetAndDestroy(),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function headText({ method, path, headers }: RequestHead, chunked: boolean): string {
  const framing = chunked ? { "transfer-encoding": "chunked" } : {};
  return `${method} ${path} HTTP/1.1\r\n${lines({ host: "localhost", ...headers, ...framing })}\r\n`;
}

function lines(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
}

type Framing =
  | { readonly kind: "length"; left: number }
  | { readonly kind: "chunked"; left: number; state: "size" | "data" | "trailers" }
  | { readonly kind: "close" };

class ReplyReader {
  readonly head = Promise.withResolvers<ReplyHead>();
  trailers: Record<string, string> = {};
  readonly #method: string;
  readonly #body: Recording;
  #at = 0;
  #framing: Framing | undefined;

  constructor(method: string, body: Recording) {
    this.#method = method;
    this.#body = body;
    this.head.promise.catch(() => undefined);
  }

  /** Takes all bytes so far and goes on where it stopped. */
  read(wire: Buffer): void {
    while (this.#body.end === undefined && (this.#framing === undefined ? this.#readHead(wire) : this.#readBody(wire)));
  }

  closed(orderly: boolean): void {
    this.head.reject(new Error("closed before a reply came"));
    this.#body.finish(orderly && this.#framing?.kind === "close" ? "complete" : "cut");
  }

  #readHead(wire: Buffer): boolean {
    const end = wire.indexOf("\r\n\r\n", this.#at);
    if (end < 0) return false;
    const lines = wire.toString("latin1", this.#at, end).split("\r\n");
    const status = Number(lines[0]?.split(" ")[1]);
    const headers = fields(lines.slice(1));
    this.#at = end + 4;
    if (status < 200) return true;
    this.head.resolve({ status, headers });
    this.#framing = framingOf(this.#method, status, headers);
    if (this.#framing.kind === "length" && this.#framing.left === 0) this.#body.finish("complete");
    return true;
  }

  #readBody(wire: Buffer): boolean {
    const framing = this.#framing;
    if (framing === undefined || this.#at >= wire.length) return false;
    if (framing.kind === "chunked" && framing.state !== "data") return this.#readChunkLine(wire, framing);
    const left = framing.kind === "close" ? Number.POSITIVE_INFINITY : framing.left;
    const piece = wire.subarray(this.#at, this.#at + Math.min(left, wire.length));
    this.#at += piece.length;
    this.#body.append(piece);
    if (framing.kind === "close") return true;
    framing.left -= piece.length;
    if (framing.left === 0 && framing.kind === "length") this.#body.finish("complete");
    if (framing.left === 0 && framing.kind === "chunked") framing.state = "size";
    return true;
  }

  #readChunkLine(wire: Buffer, framing: Extract<Framing, { kind: "chunked" }>): boolean {
    const end = wire.indexOf("\r\n", this.#at);
    if (end < 0) return false;
    const line = wire.toString("latin1", this.#at, end);
    this.#at = end + 2;
    if (framing.state === "trailers") {
      if (line === "") this.#body.finish("complete");
      else Object.assign(this.trailers, fields([line]));
      return true;
    }
    if (line === "") return true; // the line end after a chunk's data
    framing.left = Number.parseInt(line, 16);
    framing.state = framing.left === 0 ? "trailers" : "data";
    return true;
  }
}

function framingOf(method: string, status: number, headers: Readonly<Record<string, string>>): Framing {
  if (method === "HEAD" || status === 204 || status === 304) return { kind: "length", left: 0 };
  if (headers["transfer-encoding"] === "chunked") return { kind: "chunked", left: 0, state: "size" };
  const length = headers["content-length"];
  return length === undefined ? { kind: "close" } : { kind: "length", left: Number(length) };
}

function fields(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
