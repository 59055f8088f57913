// An OpenTelemetry collector's door for one test: OTLP by gRPC and by HTTP/protobuf, on free ports. What came is kept, decoded
// and flat, and as bytes. It can stop answering, refuse, or go away, as collectors do. Closing it leaves no connection.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { assertNoLeak } from "./leaks.ts";
import { messageType, readExport, type Received, type Signal, signals } from "./otlp-messages.ts";

const services = {
  traces: "opentelemetry.proto.collector.trace.v1.TraceService",
  logs: "opentelemetry.proto.collector.logs.v1.LogsService",
  metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService",
} as const satisfies Record<Signal, string>;

/** `refuse`: HTTP 503 and gRPC UNAVAILABLE, which senders may try again. `hang`: takes requests and says nothing. */
type Manner = "answer" | "refuse" | "hang";

export type ReceivedRequest = {
  readonly signal: Signal;
  readonly transport: "http" | "grpc";
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message, unpacked. */
  readonly bytes: Buffer;
};

export class OtlpReceiver implements AsyncDisposable {
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly #http: HttpServer;
  readonly #grpc: Server;
  readonly #state: State;

  private constructor(http: HttpServer, grpc: Server, grpcPort: number, state: State) {
    this.#http = http;
    this.#grpc = grpc;
    this.#state = state;
    this.httpPort = (http.address() as AddressInfo).port;
    this.grpcPort = grpcPort;
  }

  static async open(): Promise<OtlpReceiver> {
    const state = createState();
    const http = createServer((request, response) => void answerHttp(state, request, response)).listen(0, "127.0.0.1");
    await once(http, "listening");
    const grpc = new Server({ "grpc.max_receive_message_length": -1 });
    for (const signal of signals) {
      const path = `/${services[signal]}/Export`;
      grpc.addService({ Export: { path, ...unary } }, { Export: grpcAnswer(state, signal) });
    }
    const grpcPort = await bound(grpc);
    return new OtlpReceiver(http, grpc, grpcPort, state);
  }

  /** In the order of arrival, whichever way they came. Not those that were refused or left hanging. */
  get spans(): Received["spans"] {
    return this.#state.taken.flatMap(({ spans }) => spans);
  }

  get logs(): Received["logs"] {
    return this.#state.taken.flatMap(({ logs }) => logs);
  }

  get metrics(): Received["metrics"] {
    return this.#state.taken.flatMap(({ metrics }) => metrics);
  }

  /** Every request that came, refused and unanswered ones too. */
  get requests(): readonly ReceivedRequest[] {
    return this.#state.requests;
  }

  /** What `wanted` gives once it is neither null, undefined nor false. It is asked at once and after every request. */
  async waitFor<T>(wanted: (receiver: this) => T | null | undefined | false): Promise<T> {
    for (;;) {
      const found = wanted(this);
      if (found !== null && found !== undefined && found !== false) return found;
      await this.#state.next.promise;
    }
  }

  /** From now on no request gets an answer. */
  hang(): void {
    this.#state.manner = "hang";
  }

  refuse(): void {
    this.#state.manner = "refuse";
  }

  /** Answers new requests again; those that were left hanging stay so. */
  resume(): void {
    this.#state.manner = "answer";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#grpc.forceShutdown();
    const closed = once(this.#http, "close");
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
    assertNoLeak(
      "what the OTLP receiver got",
      this.#state.requests.map(({ bytes }) => bytes.toString("utf8")),
    );
  }
}

type State = {
  manner: Manner;
  readonly requests: ReceivedRequest[];
  readonly taken: Received[];
  next: PromiseWithResolvers<void>;
};

const createState = (): State => ({
  manner: "answer",
  requests: [],
  taken: [],
  next: Promise.withResolvers(),
});

/** Throws where the bytes are no export request. Returns how to answer. */
function take(state: State, request: ReceivedRequest): Manner {
  const read = readExport(request.signal, request.bytes);
  const { manner } = state;
  state.requests.push(request);
  if (manner === "answer") state.taken.push(read);
  const { resolve } = state.next;
  state.next = Promise.withResolvers();
  resolve();
  return manner;
}

async function answerHttp(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const signal = signals.find((each) => request.method === "POST" && request.url === `/v1/${each}`);
  const isProtobuf = request.headers["content-type"] === "application/x-protobuf";
  if (signal === undefined || !isProtobuf) {
    response.writeHead(signal === undefined ? 404 : 415).end();
    return;
  }
  try {
    const body = await buffer(request);
    const bytes = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    const headers = request.headers as Record<string, string>;
    const manner = take(state, { signal, transport: "http", headers, bytes });
    if (manner === "answer") response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    if (manner === "refuse") response.writeHead(503).end();
  } catch {
    response.writeHead(400).end();
  }
}

const response = messageType("ExportServiceResponse");
const unary = {
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes: Buffer): Buffer => bytes,
  requestDeserialize: (bytes: Buffer): Buffer => bytes,
  responseSerialize: response.serialize,
  responseDeserialize: response.deserialize,
} as const;

function grpcAnswer(state: State, signal: Signal) {
  return (call: ServerUnaryCall<Buffer, object>, answer: sendUnaryData<object>): void => {
    const headers = textsOf(call.metadata);
    try {
      const manner = take(state, { signal, transport: "grpc", headers, bytes: call.request });
      if (manner === "answer") answer(null, {});
      if (manner === "refuse") answer({ code: status.UNAVAILABLE, details: "refused" });
    } catch {
      answer({ code: status.INVALID_ARGUMENT, details: "no export request" });
    }
  };
}

const textsOf = (metadata: Metadata): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]));

function bound(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}
