/**
 * The messages between Envoy and us, as the codec decodes and encodes them (proto/README.md says where they come from).
 *
 * Everything is optional exactly as on the wire: an absent number is 0, an absent flag false, an absent body empty.
 * Bytes are slices of the received message, not copies: copy what outlives it. Protobuf types stop at this folder's edge.
 */

export const HeaderSendMode = { DEFAULT: 0, SEND: 1, SKIP: 2 } as const;
export type HeaderSendMode = (typeof HeaderSendMode)[keyof typeof HeaderSendMode];

export const BodySendMode = {
  NONE: 0,
  STREAMED: 1,
  BUFFERED: 2,
  BUFFERED_PARTIAL: 3,
  FULL_DUPLEX_STREAMED: 4,
  GRPC: 5,
} as const;
export type BodySendMode = (typeof BodySendMode)[keyof typeof BodySendMode];

export const ResponseStatus = { CONTINUE: 0, CONTINUE_AND_REPLACE: 1 } as const;
export type ResponseStatus = (typeof ResponseStatus)[keyof typeof ResponseStatus];

/** The gRPC status codes that we end a stream with. */
export const GrpcCode = {
  OK: 0,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;
export type GrpcCode = (typeof GrpcCode)[keyof typeof GrpcCode];
/** A code that Envoy takes for a failure. OK is not among them: a clean end makes Envoy go on unguarded. */
export type GrpcFailure = Exclude<GrpcCode, typeof GrpcCode.OK>;

/** google.protobuf.Value. One member at a time; `kind` names it on what was decoded and is ignored when encoding. */
export type Value = {
  readonly kind?: string;
  readonly nullValue?: 0;
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: Struct;
  readonly listValue?: { readonly values?: readonly Value[] };
};
export type Struct = { readonly fields?: Readonly<Record<string, Value>> };
/** protobufjs's own Any: the one name with an underscore. */
export type Any = { readonly type_url?: string; readonly value?: Buffer };
export type Duration = { readonly seconds?: number; readonly nanos?: number };

export type Metadata = {
  readonly filterMetadata?: Readonly<Record<string, Struct>>;
  readonly typedFilterMetadata?: Readonly<Record<string, Any>>;
};

/** Envoy sends `rawValue`. To Envoy only `rawValue` counts: a `value` sets an empty header. */
export type HeaderValue = { readonly key?: string; readonly value?: string; readonly rawValue?: Buffer };
export type HeaderMap = { readonly headers?: readonly HeaderValue[] };
export type HeaderValueOption = {
  readonly header: { readonly key: string; readonly rawValue: Buffer };
  /** Absent: overwrite. */
  readonly append?: { readonly value: boolean };
  readonly keepEmptyValue?: boolean;
};
export type HeaderMutation = {
  readonly setHeaders?: readonly HeaderValueOption[];
  readonly removeHeaders?: readonly string[];
};

export type HttpHeaders = { readonly headers?: HeaderMap; readonly endOfStream?: boolean };
export type HttpBody = {
  readonly body?: Buffer;
  readonly endOfStream?: boolean;
  readonly endOfStreamWithoutMessage?: boolean;
  readonly grpcMessageCompressed?: boolean;
};
export type HttpTrailers = { readonly trailers?: HeaderMap };

export type ProtocolConfiguration = {
  readonly requestBodyMode?: BodySendMode;
  readonly responseBodyMode?: BodySendMode;
  readonly sendBodyWithoutWaitingForHeaderResponse?: boolean;
};

export const requestKinds = [
  "requestHeaders",
  "responseHeaders",
  "requestBody",
  "responseBody",
  "requestTrailers",
  "responseTrailers",
] as const;
export type RequestKind = (typeof requestKinds)[number];

/** What Envoy sends. `request` names the member that is set; absent for a kind that we do not know. */
export type ProcessingRequest = {
  readonly request?: RequestKind;
  readonly requestHeaders?: HttpHeaders;
  readonly responseHeaders?: HttpHeaders;
  readonly requestBody?: HttpBody;
  readonly responseBody?: HttpBody;
  readonly requestTrailers?: HttpTrailers;
  readonly responseTrailers?: HttpTrailers;
  readonly metadataContext?: Metadata;
  readonly attributes?: Readonly<Record<string, Struct>>;
  readonly observabilityMode?: boolean;
  readonly protocolConfig?: ProtocolConfiguration;
};

export type StreamedBodyResponse = HttpBody;
/** One member. */
export type BodyMutation =
  | { readonly body: Buffer }
  | { readonly clearBody: true }
  | { readonly streamedResponse: StreamedBodyResponse };

export type CommonResponse = {
  readonly status?: ResponseStatus;
  readonly headerMutation?: HeaderMutation;
  readonly bodyMutation?: BodyMutation;
  readonly clearRouteCache?: boolean;
};
export type HeadersResponse = { readonly response?: CommonResponse };
export type BodyResponse = { readonly response?: CommonResponse };
export type TrailersResponse = { readonly headerMutation?: HeaderMutation };

export type ImmediateResponse = {
  /** HTTP status. Without it Envoy would answer 200. */
  readonly status: { readonly code: number };
  readonly headers?: HeaderMutation;
  readonly body?: Buffer;
  readonly grpcStatus?: { readonly status: number };
  /** A fixed token: it shows in the access log. */
  readonly details: string;
};

/** One member. */
export type StreamedImmediateResponse =
  | { readonly headersResponse: HttpHeaders }
  | { readonly bodyResponse: StreamedBodyResponse }
  | { readonly trailersResponse: HeaderMap };

/** Both body modes are required: to Envoy an absent one is NONE. */
export type ModeOverride = {
  readonly requestHeaderMode?: HeaderSendMode;
  readonly responseHeaderMode?: HeaderSendMode;
  readonly requestBodyMode: BodySendMode;
  readonly responseBodyMode: BodySendMode;
  readonly requestTrailerMode?: HeaderSendMode;
  readonly responseTrailerMode?: HeaderSendMode;
};

/** What may go beside any answer. */
export type Beside = {
  /** Namespace to Struct: metadataFor makes one. A scalar as a namespace would be lost. */
  readonly dynamicMetadata?: Struct;
  readonly typedDynamicMetadata?: Readonly<Record<string, Any>>;
  readonly modeOverride?: ModeOverride;
  readonly overrideMessageTimeout?: Duration;
};

/** What we answer: one answer with what goes beside it, or (for an override that stands alone) none. */
export type ProcessingResponse = Beside &
  (
    | { readonly requestHeaders: HeadersResponse }
    | { readonly responseHeaders: HeadersResponse }
    | { readonly requestBody: BodyResponse }
    | { readonly responseBody: BodyResponse }
    | { readonly requestTrailers: TrailersResponse }
    | { readonly responseTrailers: TrailersResponse }
    | { readonly immediateResponse: ImmediateResponse }
    | { readonly streamedImmediateResponse: StreamedImmediateResponse }
    | { readonly modeOverride: ModeOverride }
    | { readonly overrideMessageTimeout: Duration }
  );

export type Scalar = string | number | boolean;

/** A flat Struct. Numbers must be finite: Envoy's log formats know no other. */
export function structFrom(record: Readonly<Record<string, Scalar>>): Struct {
  const fields: Record<string, Value> = {};
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (value !== undefined) fields[key] = valueFrom(value);
  }
  return { fields };
}

/** Dynamic metadata as Envoy wants it: the namespace as the one key, its record as a Struct below. */
export function metadataFor(namespace: string, record: Readonly<Record<string, Scalar>>): Struct {
  return { fields: { [namespace]: { structValue: structFrom(record) } } };
}

function valueFrom(value: Scalar): Value {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return { numberValue: value };
}
