// One HTTP/2 connection to the guard without a gRPC library: for what a proper client would not do or not show.

import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { connect as connectSocket } from "node:net";
import { PROCESS_PATH } from "../../src/extproc/codec.ts";

export class RawConnection implements AsyncDisposable {
  readonly session: ClientHttp2Session;
  /** GOAWAY codes received. */
  readonly goaways: number[] = [];
  #closed = false;

  /** `address` as the server gives it: `unix:PATH` or `HOST:PORT`. Rejects if the server closes at once. */
  static async open(address: string): Promise<RawConnection> {
    const path = address.startsWith("unix:") ? address.slice(5) : undefined;
    const port = Number(address.slice(address.lastIndexOf(":") + 1));
    const socket = path === undefined ? connectSocket({ host: "127.0.0.1", port }) : connectSocket({ path });
    await once(socket, "connect");
    const raw = new RawConnection(connect("http://guard", { createConnection: () => socket }));
    await new Promise<void>((resolve, reject) => {
      raw.session.once("remoteSettings", () => resolve());
      raw.session.once("close", () => reject(new Error("the server closed the connection")));
    });
    return raw;
  }

  private constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on("goaway", (code: number) => this.goaways.push(code));
    session.on("error", () => undefined);
    session.on("close", () => {
      this.#closed = true;
    });
  }

  get closed(): boolean {
    return this.#closed || this.session.destroyed;
  }

  /** A call of Process, or of another path, with no message yet. */
  open(path: string = PROCESS_PATH, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
    const stream = this.session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.on("error", () => undefined);
    return stream;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    const gone = new Promise((resolve) => this.session.once("close", resolve));
    this.session.destroy();
    await gone;
  }
}

/** gRPC's status, from the trailers or from a reply of trailers alone; and how the stream was closed. */
export async function statusOf(
  stream: ClientHttp2Stream,
): Promise<{ readonly status: string | undefined; readonly rstCode: number }> {
  let status: string | undefined;
  const note = (headers: IncomingHttpHeaders): void => {
    const value = headers["grpc-status"];
    if (typeof value === "string") status = value;
  };
  stream.on("response", note);
  stream.on("trailers", note);
  stream.resume();
  await once(stream, "end");
  return { status, rstCode: stream.rstCode ?? 0 };
}

/** Resets the stream as Envoy does at the end of each exchange; resolves when it is gone. */
export async function reset(stream: ClientHttp2Stream): Promise<void> {
  const gone = new Promise((resolve) => stream.once("close", resolve));
  stream.close(constants.NGHTTP2_CANCEL);
  if (!stream.destroyed) await gone;
}
