// A model server that always says the same, on bare TCP: as little work an exchange as Node allows, so that it is no
// bottleneck of a measurement. It reads HTTP/1.1 just well enough for Envoy and answers only what bodies.ts knows.

import { createServer, type Server, type Socket } from "node:net";
import { barrierHeader, jsonReply, markedReply, markerHeader, replyHeader, streamReply } from "./bodies.ts";

const jsonHead = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${jsonReply.length}\r\n\r\n`;
const streamHead = Buffer.from(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n",
);
const wholeJson = Buffer.concat([Buffer.from(jsonHead), jsonReply]);
const badRequest = Buffer.from("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
const lastChunk = Buffer.from("0\r\n\r\n");
const streamChunks = streamReply.map(chunkOf);
const headEnd = Buffer.from("\r\n\r\n");

/** Between two events of a paced stream: about 250 events a second, several times what most models write. */
const pauseMs = 4;

type Marked = { readonly socket: Socket; readonly chunks: readonly Buffer[] };

/** Streams write one event a turn, so that events go out as pieces of their own. */
export function createConstantUpstream(): Server {
  const waiting: Marked[] = [];
  const answer = (socket: Socket, head: string, body: Buffer): void => {
    switch (field(head, replyHeader)) {
      case "json":
        socket.write(wholeJson);
        return;
      case "stream":
        writeStreams([{ socket, chunks: streamChunks }]);
        return;
      case "paced":
        writeStreams([{ socket, chunks: streamChunks }], (step) => setTimeout(step, pauseMs));
        return;
      case "marked": {
        const marker = field(head, markerHeader) ?? "";
        if (marker === "" || !body.includes(marker)) {
          socket.write(badRequest);
          return;
        }
        waiting.push({ socket, chunks: markedReply(marker).map(chunkOf) });
        if (waiting.length >= Number(field(head, barrierHeader))) writeStreams(waiting.splice(0));
        return;
      }
      default:
        socket.write(badRequest);
    }
  };
  return createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    const reader = new RequestReader((head, body) => answer(socket, head, body));
    socket.on("data", (bytes) => {
      if (!reader.push(bytes)) socket.destroy();
    });
  });
}

function writeStreams(streams: readonly Marked[], next: (step: () => void) => void = setImmediate): void {
  for (const { socket } of streams) socket.write(streamHead);
  let at = 0;
  const step = (): void => {
    let more = false;
    for (const { socket, chunks } of streams) {
      const chunk = chunks[at];
      if (chunk === undefined || socket.destroyed) continue;
      more = true;
      socket.write(chunk);
      if (at === chunks.length - 1) socket.write(lastChunk);
    }
    at += 1;
    if (more) next(step);
  };
  step();
}

function chunkOf(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}

/** A header's value, of a head in Envoy's lower-case form. */
function field(head: string, name: string): string | undefined {
  const start = head.indexOf(`\r\n${name}: `);
  if (start === -1) return undefined;
  const from = start + name.length + 4;
  const end = head.indexOf("\r\n", from);
  return head.slice(from, end === -1 ? undefined : end);
}

/** Cuts a connection's bytes into requests. */
export class RequestReader {
  readonly #onRequest: (head: string, body: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onRequest: (head: string, body: Buffer) => void) {
    this.#onRequest = onRequest;
  }

  /** False when the bytes are no HTTP/1.1 that it reads. */
  push(bytes: Buffer): boolean {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length > 0) {
      const end = this.#rest.indexOf(headEnd);
      if (end === -1) return true;
      const head = this.#rest.toString("latin1", 0, end);
      const body = bodyIn(this.#rest, end + headEnd.length, head);
      if (body === "broken") return false;
      if (body === "partial") return true;
      this.#rest = this.#rest.subarray(body.end);
      this.#onRequest(head, body.bytes);
    }
    return true;
  }
}

type Body = { readonly bytes: Buffer; readonly end: number };

function bodyIn(bytes: Buffer, from: number, head: string): Body | "partial" | "broken" {
  if (field(head, "transfer-encoding") === "chunked") return chunkedBody(bytes, from);
  const length = Number(field(head, "content-length") ?? 0);
  if (!Number.isInteger(length) || length < 0) return "broken";
  const end = from + length;
  return bytes.length < end ? "partial" : { bytes: bytes.subarray(from, end), end };
}

function chunkedBody(bytes: Buffer, from: number): Body | "partial" | "broken" {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return "partial";
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (!(size >= 0)) return "broken";
    const start = lineEnd + 2;
    const end = start + size + 2;
    if (bytes.length < end) return "partial";
    if (size === 0) return { bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts), end };
    parts.push(bytes.subarray(start, start + size));
    at = end;
  }
}
