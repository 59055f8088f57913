/**
 * The gRPC server that Envoy talks to: the one home of @grpc/grpc-js on the server's side. Binds the listener, the codec,
 * health and one OpenStream per call; drains and closes.
 *
 * Calls of Process are taken over at gRPC's interceptor layer, below its Duplex streams: reads are asked for one by one
 * (so back-pressure is exact), answers go out as encoded bytes, and a status is sent when and only when we say so.
 * Knows nothing of phases or verdicts.
 */
import type { Http2Server, ServerOptions as Http2ServerOptions } from "node:http2";
import type { Server as Listener, Socket } from "node:net";
import {
  type Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import type { ExchangeIds } from "../domain/verdict.ts";
import { InvariantError } from "../stdx/assert.ts";
import { type Codec, PROCESS_PATH } from "./codec.ts";
import type { GuardStream, OpenStream, StreamFault, Wire } from "./guard-stream.ts";
import { Health, type WatchCall } from "./health.ts";
import { createPlainListener, type Listen, ListenError, startListening } from "./listen.ts";
import { Streams } from "./streams.ts";
import { createTlsListener, type Refusal, type TlsOptions } from "./tls.ts";

/** Streams of one connection. Envoy opens another connection above its own limit, 1,024 by default. */
export const CONCURRENT_STREAMS_MAX = 2048;
/** What a message may have beyond its body: headers, attributes, metadata, framing. */
export const MESSAGE_OVERHEAD_BYTES_MAX = 64 * 1024;
/** Memory of one HTTP/2 connection, in MB: all its streams, each with a full window and full unsent answers. */
export const SESSION_MEMORY_MB_MAX = 1024;
/** TCP only: a peer that does not answer a ping is gone. A UNIX socket says so by itself. */
export const KEEPALIVE_MS = 30_000;
export const KEEPALIVE_TIMEOUT_MS = 20_000;
/**
 * Envoy ends each exchange with a reset, and Node takes more than 1,000 and 33 a second of those for an attack and closes
 * the connection. Unlimited (the most that Node's option holds) for peers that we know: the socket's and mutual TLS's.
 */
const UNLIMITED = 2 ** 32 - 1;

export type ServerFault =
  | StreamFault
  | { readonly kind: "peer-refused"; readonly why: Refusal | "too-many" }
  /** Node ended a whole connection for what came over it: too many resets, or frames that are none. */
  | { readonly kind: "connection-broken"; readonly error: unknown };

export type GuardServerOptions = {
  readonly codec: Codec;
  readonly listen: Listen;
  /** TCP only; required off loopback. */
  readonly tls?: TlsOptions;
  /** Bytes of the largest body in one message; larger messages fail their stream with RESOURCE_EXHAUSTED. */
  readonly maxMessageBytes: number;
  /** Must return a promise that settles when the exchange is over: leaving before Envoy did is a fault. */
  readonly onStream: (stream: GuardStream) => void | Promise<void>;
  /** `ids`: of the exchange whose stream it is; `null` where that is not known. */
  readonly onFault: (fault: ServerFault, ids: ExchangeIds | null) => void;
};

export interface GuardServer {
  /** `unix:PATH` or `HOST:PORT`. */
  readonly address: string;
  /** For grpc.health.v1. Begins as not serving; streams are served all the same. */
  setServing(serving: boolean): void;
  /** Not serving, new streams refused (UNAVAILABLE); those open may finish within `budgetMs`, then they fail. */
  drain(budgetMs: number): Promise<void>;
  /** Fails what is open, closes connections and listener, removes the socket. */
  close(): Promise<void>;
}

/** Opens the server. Throws ListenError when the address cannot be had or is not safe. */
export async function openServer(options: GuardServerOptions): Promise<GuardServer> {
  if (options.listen.kind === "unix" && options.tls !== undefined) {
    throw new ListenError("bad_tls", "TLS is for TCP: a UNIX socket is kept by its directory");
  }
  const streams = new Streams(options);
  const health = new Health();
  const grpc = createGrpc(options, streams, health);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  watchConnections(grpc, (error) => options.onFault({ kind: "connection-broken", error }, null));
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => injector.injectConnection(socket);
  const refused = (why: Refusal | "too-many"): void => options.onFault({ kind: "peer-refused", why }, null);
  const listener = options.tls ? createTlsListener(options.tls, accept, refused) : createPlainListener(accept);
  listener.on("drop", () => refused("too-many"));
  listener.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const address = await startListening(listener, options.listen, options.tls !== undefined);

  const drain = async (budgetMs: number): Promise<void> => {
    health.setServing(false);
    await streams.drain(budgetMs);
  };
  const close = async (): Promise<void> => {
    await drain(0);
    injector.destroy();
    grpc.forceShutdown();
    await closeListener(listener, sockets);
  };
  return { address, setServing: (serving) => health.setServing(serving && !streams.draining), drain, close };
}

/** One call of Process, between gRPC and its OpenStream. gRPC's own handler is never told of the call. */
class ProcessCall extends ServerInterceptingCall {
  readonly #call: ServerInterceptingCallInterface;
  readonly #streams: Streams;

  constructor(call: ServerInterceptingCallInterface, streams: Streams) {
    super(call);
    this.#call = call;
    this.#streams = streams;
  }

  override start(): void {
    let stream: OpenStream | undefined;
    this.#call.start({
      onReceiveMetadata: (metadata) => {
        stream = this.#streams.open(wireOf(this.#call, metadata));
        if (stream !== undefined) this.#streams.run(stream);
      },
      onReceiveMessage: (message) => stream?.receive(message),
      onReceiveHalfClose: () => stream?.receiveHalfClose(),
      onCancel: () => stream?.receiveCancel(),
    });
  }
}

function wireOf(call: ServerInterceptingCallInterface, metadata: Metadata): Wire {
  return {
    startRead: () => call.startRead(),
    sendMessage: (bytes, written) => call.sendMessage(bytes, written),
    sendStatus: (code, details) => call.sendStatus({ code, details }),
    metadata: (name) => {
      const [value, another] = metadata.get(name);
      // Said twice, it says nothing for certain.
      return another === undefined && typeof value === "string" ? value : undefined;
    },
  };
}

function createGrpc(options: GuardServerOptions, streams: Streams, health: Health): Server {
  const { codec, listen, tls, maxMessageBytes } = options;
  const server = new Server({
    "grpc.max_concurrent_streams": CONCURRENT_STREAMS_MAX,
    "grpc.max_receive_message_length": maxMessageBytes + MESSAGE_OVERHEAD_BYTES_MAX,
    "grpc.enable_channelz": 0,
    "grpc-node.max_session_memory": SESSION_MEMORY_MB_MAX,
    ...(listen.kind === "tcp" && {
      "grpc.keepalive_time_ms": KEEPALIVE_MS,
      "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
    }),
    interceptors: [
      (method, call) =>
        method.path === PROCESS_PATH ? new ProcessCall(call, streams) : new ServerInterceptingCall(call),
    ],
  });
  if (listen.kind === "unix" || tls !== undefined) liftResetLimits(server);
  const never: UntypedHandleCall = () => {
    throw new InvariantError("calls of Process are taken over before they reach gRPC's handler");
  };
  server.addService(codec.processor, { Process: never });
  server.addService(codec.health, { Check: health.check, Watch: (call: WatchCall) => health.watch(call) });
  return server;
}

/** grpc-js has no option for these: they go into its private options for Node. Throws ListenError if it has none. */
export function liftResetLimits(server: object): void {
  const { commonServerOptions } = server as { commonServerOptions?: Http2ServerOptions };
  if (typeof commonServerOptions !== "object" || commonServerOptions === null) {
    throw new ListenError(
      "unsupported_grpc",
      "this version of @grpc/grpc-js does not let the HTTP/2 reset limits be lifted",
    );
  }
  commonServerOptions.streamResetBurst = UNLIMITED;
  commonServerOptions.streamResetRate = UNLIMITED;
  commonServerOptions.maxSessionInvalidFrames = UNLIMITED;
}

/** grpc-js tells nobody. Throws ListenError where its private servers are not to be had: this must not go unseen. */
export function watchConnections(server: object, tell: (error: unknown) => void): void {
  const { http2Servers } = server as { http2Servers?: ReadonlyMap<Http2Server, unknown> };
  if (!(http2Servers instanceof Map) || http2Servers.size === 0) {
    throw new ListenError("unsupported_grpc", "this version of @grpc/grpc-js does not let its connections be watched");
  }
  for (const http2 of http2Servers.keys() as MapIterator<Http2Server>) {
    http2.on("sessionError", (error: Error) => {
      // A peer that is gone is none of it.
      if ("code" in error && String(error.code).startsWith("ERR_HTTP2_")) tell(error);
    });
  }
}

async function closeListener(listener: Listener, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
}
