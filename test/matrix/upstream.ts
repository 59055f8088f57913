// The other end of every sample: an HTTP server that hears what got through and says what the sample says.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Reply } from "./wire.ts";

/** What came for one exchange, and what is to be said to it. */
export type Heard = { readonly path: string; readonly body: Buffer };
export type Speak = (heard: Heard) => Reply;

/** The header by which an exchange finds its reply. */
export const exchangeHeader = "x-matrix-exchange";

export class Upstream implements AsyncDisposable {
  readonly #server: Server;
  readonly #replies = new Map<string, Speak>();

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async open(): Promise<Upstream> {
    const upstream = new Upstream();
    upstream.#server.listen(0, "127.0.0.1");
    await once(upstream.#server, "listening");
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What an exchange of that id is answered, once. */
  expect(id: string, speak: Speak): void {
    this.#replies.set(id, speak);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const id = String(request.headers[exchangeHeader] ?? "");
    const speak = this.#replies.get(id);
    this.#replies.delete(id);
    if (speak === undefined) {
      response.writeHead(500).end();
      return;
    }
    const reply = answerOf(speak, { path: request.url ?? "", body: Buffer.concat(chunks) }, response);
    response.writeHead(reply.status, { "content-type": reply.contentType });
    for (const chunk of reply.chunks) response.write(chunk);
    response.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** One that throws is the test's failure. Its client is not left to wait. */
function answerOf(speak: Speak, heard: Heard, response: ServerResponse): Reply {
  try {
    return speak(heard);
  } catch (error) {
    response.writeHead(500).end();
    throw error;
  }
}
