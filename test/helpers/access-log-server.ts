// A server of Envoy's access log service (gRPC) for one test: keeps every HTTP entry, as far as tests read it, and all bytes.

import { fileURLToPath } from "node:url";
import { type handleClientStreamingCall, Server, ServerCredentials } from "@grpc/grpc-js";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";

export type AccessLogEntry = {
  readonly logName: string;
  /** As Envoy sends it: with the query. */
  readonly path: string;
  readonly userAgent: string;
  readonly requestId: string;
  /** 0: none was sent. */
  readonly status: number;
  readonly details: string;
  /** `common_properties.metadata.filter_metadata.sallyport`; `null` where there is none. */
  readonly sallyport: Readonly<Record<string, unknown>> | null;
};

/** protobufjs brings its own google.protobuf.Struct, whose fields are in camel case. */
type WireValue = {
  readonly kind: "nullValue" | "numberValue" | "stringValue" | "boolValue" | "structValue" | "listValue";
  readonly [field: string]: unknown;
};
type WireStruct = { readonly fields: Readonly<Record<string, WireValue>> };
type WireEntry = {
  readonly common_properties: {
    readonly metadata: { readonly filter_metadata: Readonly<Record<string, WireStruct>> } | null;
  } | null;
  readonly request: { readonly path: string; readonly user_agent: string; readonly request_id: string } | null;
  readonly response: {
    readonly response_code: { readonly value: number } | null;
    readonly response_code_details: string;
  } | null;
};
type WireMessage = {
  readonly identifier: { readonly log_name: string } | null;
  readonly http_logs: { readonly log_entry: readonly WireEntry[] } | null;
};

const loaded = loadSync(fileURLToPath(new URL("./proto/access-log.proto", import.meta.url)), {
  keepCase: true,
  defaults: true,
  oneofs: true,
});

function messageOf(name: string): MessageTypeDefinition<object, object> {
  const found = loaded[`access_log.${name}`];
  if (found === undefined || !("serialize" in found)) throw new Error(`no message ${name} in access-log.proto`);
  return found as MessageTypeDefinition<object, object>;
}

export class AccessLogServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #state: State;

  private constructor(server: Server, port: number, state: State) {
    this.#server = server;
    this.port = port;
    this.#state = state;
  }

  static async open(): Promise<AccessLogServer> {
    const state: State = { entries: [], bytes: [], next: Promise.withResolvers() };
    const response = messageOf("StreamAccessLogsResponse");
    const server = new Server();
    const method = {
      path: "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs",
      requestStream: true,
      responseStream: false,
      requestSerialize: (bytes: Buffer): Buffer => bytes,
      requestDeserialize: (bytes: Buffer): Buffer => bytes,
      responseSerialize: response.serialize,
      responseDeserialize: response.deserialize,
    } as const;
    server.addService({ StreamAccessLogs: method }, { StreamAccessLogs: takeStream(state) });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return new AccessLogServer(server, port, state);
  }

  get entries(): readonly AccessLogEntry[] {
    return this.#state.entries;
  }

  /** Everything that came, as it came. */
  get bytes(): Buffer {
    return Buffer.concat(this.#state.bytes);
  }

  /** The entry of one exchange, now or when it comes. */
  async entry(requestId: string): Promise<AccessLogEntry> {
    for (;;) {
      const found = this.entries.find((entry) => entry.requestId === requestId);
      if (found !== undefined) return found;
      await this.#state.next.promise;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

type State = { readonly entries: AccessLogEntry[]; readonly bytes: Buffer[]; next: PromiseWithResolvers<void> };

/** Only the first message of a stream says which log it is. */
function takeStream(state: State): handleClientStreamingCall<Buffer, object> {
  const { deserialize } = messageOf("StreamAccessLogsMessage");
  return (call, answer) => {
    let logName = "";
    call.on("data", (bytes: Buffer) => {
      const message = deserialize(bytes) as WireMessage;
      logName = message.identifier?.log_name ?? logName;
      state.bytes.push(bytes);
      for (const entry of message.http_logs?.log_entry ?? []) state.entries.push(entryOf(entry, logName));
      const { resolve } = state.next;
      state.next = Promise.withResolvers();
      resolve();
    });
    call.on("error", () => undefined);
    call.on("end", () => answer(null, {}));
  };
}

function entryOf({ common_properties, request, response }: WireEntry, logName: string): AccessLogEntry {
  const verdict = common_properties?.metadata?.filter_metadata["sallyport"];
  return {
    logName,
    path: request?.path ?? "",
    userAgent: request?.user_agent ?? "",
    requestId: request?.request_id ?? "",
    status: response?.response_code?.value ?? 0,
    details: response?.response_code_details ?? "",
    sallyport: verdict === undefined ? null : plain(verdict),
  };
}

/** Verdict records are flat. */
const plain = ({ fields }: WireStruct): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value[value.kind]]));
