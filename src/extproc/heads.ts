/** Reads what the core needs from the headers that Envoy shows, and nothing more. */
import type { ReplyHead, RequestHead } from "../domain/dialect.ts";
import { parseTraceparent, type TraceParent } from "../domain/trace.ts";
import type { HttpHeaders, ProcessingRequest } from "./wire.ts";

/** What we change of a message's headers when we answer them. */
export type SentHead = {
  readonly removeHeaders: readonly string[];
  /** The client brought a header that is ours to choose a route with: it is chosen anew without it. */
  readonly isForged: boolean;
};

/** Headers of ours that a client must not bring along. */
const ownPrefix = "x-sallyport-";
/** Envoy lets 100 headers in, unless it is told otherwise. */
const removedHeadersMax = 1024;
const extProcAttributes = "envoy.filters.http.ext_proc";

/** Envoy's own form. Anything else is a client's text and is not taken. */
const requestIdForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Wanted = "x-request-id" | "traceparent" | "content-type" | "content-encoding" | ":method" | ":path" | ":status";
type Found = {
  readonly values: Partial<Record<Wanted, string>>;
  readonly own: readonly string[];
  readonly asked: ReadonlyMap<string, string>;
};

/** Repeated headers are joined as HTTP does, so that a second content-encoding cannot hide behind the first. */
function find(headers: HttpHeaders | undefined, wanted: readonly string[] = [], ours: readonly string[] = []): Found {
  const values: Partial<Record<Wanted, string>> = {};
  const own: string[] = [];
  const asked = new Map<string, string>();
  for (const { key = "", value, rawValue } of headers?.headers?.headers ?? []) {
    if (wanted.length > 0 && wanted.includes(key)) {
      const text = rawValue === undefined ? (value ?? "") : rawValue.toString("latin1");
      const earlier = asked.get(key);
      asked.set(key, earlier === undefined ? text : `${earlier}, ${text}`);
    }
    switch (key) {
      case "x-request-id":
      case "traceparent":
      case "content-type":
      case "content-encoding":
      case ":method":
      case ":path":
      case ":status": {
        const text = rawValue === undefined ? (value ?? "") : rawValue.toString("latin1");
        const earlier = values[key];
        values[key] = earlier === undefined ? text : `${earlier}, ${text}`;
        break;
      }
      default:
        if (ours.includes(key)) own.unshift(key);
        else if (key.startsWith(ownPrefix) && own.length < removedHeadersMax) own.push(key);
    }
  }
  return { values, own, asked };
}

type ReadRequest = {
  readonly head: RequestHead;
  readonly sent: SentHead;
  readonly requestId: string | null;
  /** A client may have written it. */
  readonly traceparent: TraceParent | null;
  readonly headers: ReadonlyMap<string, string>;
};

/**
 * `wanted`: lower-case names of the headers to read. `ours`: those that only we may set; what a client brings goes.
 * `routing`: those of ours that choose a route.
 */
export function readRequestHead(
  message: ProcessingRequest,
  wanted: readonly string[] = [],
  ours: readonly string[] = [],
  routing: readonly string[] = [],
): ReadRequest {
  const { values, own, asked } = find(message.requestHeaders, wanted, ours);
  const target = values[":path"] ?? "";
  const end = target.search(/[?#]/);
  const head: RequestHead = {
    method: values[":method"] ?? "",
    path: end === -1 ? target : target.slice(0, end),
    query: end === -1 ? "" : target.slice(target[end] === "?" ? end + 1 : end),
    contentType: values["content-type"] ?? null,
    contentEncoding: values["content-encoding"] ?? null,
  };
  const requestId = values["x-request-id"] ?? "";
  return {
    head,
    sent: { removeHeaders: own, isForged: own.some((name) => routing.includes(name)) },
    requestId: requestIdForm.test(requestId) ? requestId : null,
    traceparent: parseTraceparent(values.traceparent ?? ""),
    headers: asked,
  };
}

export function readReplyHead(message: ProcessingRequest): ReplyHead {
  const { values } = find(message.responseHeaders);
  return {
    status: Number(values[":status"] ?? 0),
    contentType: values["content-type"] ?? null,
    contentEncoding: values["content-encoding"] ?? null,
  };
}

/** Envoy's own word, where its configuration sends `response.code_details`; `false` where it does not. */
export function isLocalReply(message: ProcessingRequest): boolean {
  const details = message.attributes?.[extProcAttributes]?.fields?.["response.code_details"]?.stringValue;
  return details !== undefined && details !== "" && details !== "via_upstream";
}
