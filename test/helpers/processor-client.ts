// A gRPC client of the guard, for tests that need no Envoy: opens streams and drives them as Envoy would.
// Replies and the final status are awaited, never polled.

import {
  ChannelCredentials,
  credentials,
  type ClientDuplexStream,
  makeClientConstructor,
  Metadata,
  type StatusObject,
} from "@grpc/grpc-js";
import { type Codec, type Encoded, type HealthResponse, loadCodec } from "../../src/extproc/codec.ts";
import type { ProcessingRequest, ProcessingResponse } from "../../src/extproc/wire.ts";
import { plantBytes } from "./planted.ts";

export const codec: Codec = loadCodec();

type Duplex = ClientDuplexStream<ProcessingRequest, ProcessingResponse>;
type Processor = { Process(metadata: Metadata): Duplex; close(): void };
type HealthClient = {
  Check(request: { service?: string }, answer: (error: StatusObject | null, value?: HealthResponse) => void): void;
  Watch(request: { service?: string }): Duplex;
  close(): void;
};

const options = { "grpc.max_receive_message_length": -1, "grpc.use_local_subchannel_pool": 1 };

export class ProcessorClient implements Disposable {
  readonly #processor: Processor;
  readonly #health: HealthClient;

  constructor(
    address: string,
    secret: ChannelCredentials = credentials.createInsecure(),
    extra: Record<string, string> = {},
  ) {
    const Process = makeClientConstructor({ Process: codec.processor.Process }, "processor");
    const Health = makeClientConstructor({ ...codec.health }, "health");
    this.#processor = new Process(address, secret, { ...options, ...extra }) as unknown as Processor;
    this.#health = new Health(address, secret, { ...options, ...extra }) as unknown as HealthClient;
  }

  open(metadata: Readonly<Record<string, string>> = {}): ProcessorCall {
    return new ProcessorCall(this.#processor.Process(Metadata.fromHttp2Headers(metadata)));
  }

  /** The serving status, or the gRPC code of the refusal as a negative number. */
  check(service = ""): Promise<number> {
    return new Promise((resolve) => {
      this.#health.Check({ service }, (error, value) => resolve(error === null ? (value?.status ?? 0) : -error.code));
    });
  }

  watch(service = ""): Replies<HealthResponse> {
    return new Replies(this.#health.Watch({ service }) as unknown as ClientDuplexStream<never, HealthResponse>);
  }

  [Symbol.dispose](): void {
    this.#processor.close();
    this.#health.close();
  }
}

/** What comes from the server: messages one by one, then a status. */
export class Replies<Message> {
  readonly status: Promise<{ readonly code: number; readonly details: string }>;
  readonly #arrived: Message[] = [];
  readonly #waiting: ((message: Message | undefined) => void)[] = [];
  readonly #call: ClientDuplexStream<never, Message>;
  #over = false;

  constructor(call: ClientDuplexStream<never, Message>) {
    this.#call = call;
    this.status = new Promise((resolve) =>
      call.once("status", ({ code, details }: StatusObject) => resolve({ code, details })),
    );
    call.on("error", () => undefined);
    call.on("data", (message: Message) => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#arrived.push(message);
      else waiting(message);
    });
    call.once("status", () => {
      this.#over = true;
      for (const waiting of this.#waiting) waiting(undefined);
    });
  }

  /** The next message; undefined once the stream is over. */
  next(): Promise<Message | undefined> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift());
    if (this.#over) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What arrived and was not taken yet. */
  get arrived(): readonly Message[] {
    return this.#arrived;
  }

  cancel(): void {
    this.#call.cancel();
  }

  /** Stops taking bytes from the connection for this stream, so that HTTP/2's window fills. */
  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }
}

export class ProcessorCall extends Replies<ProcessingResponse> {
  readonly #duplex: Duplex;

  constructor(duplex: Duplex) {
    super(duplex);
    this.#duplex = duplex;
  }

  /** Sends one message. `written` is called when the transport has taken it. */
  send(message: ProcessingRequest, written?: () => void): void {
    plantBytes(message.requestBody?.body);
    plantBytes(message.responseBody?.body);
    this.#duplex.write(message, written);
  }

  halfClose(): void {
    this.#duplex.end();
  }
}

/** A request whose body says who sent it and when. */
export function requestBody(text: string): ProcessingRequest {
  return { requestBody: { body: Buffer.from(text) } };
}

/** The answer that carries `body` back. */
export function echo(body: Buffer | undefined): ProcessingResponse {
  return { requestBody: { response: { bodyMutation: { body: body ?? Buffer.alloc(0) } } } };
}

export function bodyOf(message: ProcessingResponse | undefined): string {
  if (message === undefined || !("requestBody" in message)) return "";
  const mutation = message.requestBody.response?.bodyMutation;
  return mutation !== undefined && "body" in mutation ? mutation.body.toString() : "";
}

/** The bytes of one gRPC frame. */
export function framed(message: Encoded | Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
