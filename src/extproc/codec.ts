/**
 * Messages to bytes and back: loads the contracts in proto/ and gives the service definitions for the server and for
 * clients. Encoding happens here, before a byte is handed to gRPC, so that a reply that cannot be encoded fails its own
 * stream only; what gRPC gets is `Encoded` and passes untouched. Bodies are decoded without a copy.
 *
 * Does not know gRPC: the definitions are plain tables of paths and functions.
 */
import { fileURLToPath } from "node:url";
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from "@grpc/proto-loader";
import { assert } from "../stdx/assert.ts";
import type { Brand } from "../stdx/brand.ts";
import { createMetadataEncoder } from "./metadata-bytes.ts";
import type { ProcessingRequest, ProcessingResponse } from "./wire.ts";

/** One encoded ProcessingResponse, without gRPC's frame. May be sent on any number of streams; never write into it. */
export type Encoded = Brand<Buffer, "encoded response">;

/** A request that could not be decoded: a value, so that its stream can fail it and report it. */
export const MALFORMED = Symbol("malformed request");
export type Malformed = typeof MALFORMED;

export const PROCESSOR_SERVICE = "envoy.service.ext_proc.v3.ExternalProcessor";
export const HEALTH_SERVICE = "grpc.health.v1.Health";
export const PROCESS_PATH = `/${PROCESSOR_SERVICE}/Process`;

export type HealthRequest = { readonly service?: string };
export type HealthResponse = { readonly status: number };
/** What gRPC needs to know of a method, on either end. */
export type Method<Sent, Received, Answer, Answered> = {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: Sent) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Received;
  readonly responseSerialize: (value: Answer) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Answered;
};
type Unary<Request, Response> = Method<Request, Request, Response, Response>;
/** A server may receive Malformed and may answer Encoded. */
type ProcessMethod = Method<
  ProcessingRequest,
  ProcessingRequest | Malformed,
  ProcessingResponse | Encoded,
  ProcessingResponse
>;

export type Codec = {
  readonly processor: { readonly Process: ProcessMethod };
  readonly health: {
    readonly Check: Unary<HealthRequest, HealthResponse>;
    readonly Watch: Unary<HealthRequest, HealthResponse>;
  };
  /** For constant answers: encode once at start-up, send as it is from then on. Throws if it does not fit the contract. */
  encode(message: ProcessingResponse): Encoded;
};

/** Where the contracts are: beside `src/` and beside `dist/`. */
export const protoDir = fileURLToPath(new URL("../../proto/", import.meta.url));
export const protoFiles = [
  "envoy/service/ext_proc/v3/external_processor.proto",
  "grpc/health/v1/health.proto",
] as const;

/** Reads and compiles the contracts (tens of milliseconds): once per process. */
export function loadCodec(): Codec {
  const loaded = loadSync([...protoFiles], {
    includeDirs: [protoDir],
    keepCase: false,
    defaults: false,
    longs: Number,
    oneofs: true,
  });
  const { serialize } = messageOf(loaded, "envoy.service.ext_proc.v3.ProcessingResponse");
  const encodeMetadata = createMetadataEncoder();
  const encode = (message: ProcessingResponse): Encoded => {
    const { dynamicMetadata, ...rest } = message;
    const bytes = serialize(rest);
    return (dynamicMetadata === undefined ? bytes : Buffer.concat([bytes, encodeMetadata(dynamicMetadata)])) as Encoded;
  };
  const plain = serviceOf<{ Process: Unary<ProcessingRequest, ProcessingResponse> }>(loaded, PROCESSOR_SERVICE);
  const process: ProcessMethod = {
    ...plain.Process,
    requestDeserialize: (bytes) => decodeOr(plain.Process.requestDeserialize, bytes),
    responseSerialize: (response) => (isEncoded(response) ? response : encode(response)),
  };
  return { processor: { Process: process }, health: serviceOf<Codec["health"]>(loaded, HEALTH_SERVICE), encode };
}

/** True for what `encode` made: responses in the making are plain objects. */
export function isEncoded(message: ProcessingResponse | Encoded): message is Encoded {
  return Buffer.isBuffer(message);
}

function decodeOr(decode: (bytes: Buffer) => ProcessingRequest, bytes: Buffer): ProcessingRequest | Malformed {
  try {
    return decode(bytes);
  } catch {
    return MALFORMED;
  }
}

function messageOf(loaded: PackageDefinition, name: string): MessageTypeDefinition<object, object> {
  const found = loaded[name];
  assert(found !== undefined && "serialize" in found, `no message ${name} in proto/`);
  return found as MessageTypeDefinition<object, object>;
}

function serviceOf<Service extends object>(loaded: PackageDefinition, name: string): Service {
  const found = loaded[name];
  assert(found !== undefined && !("format" in found), `no service ${name} in proto/`);
  return found as unknown as Service;
}
