/** Which trace an exchange belongs to (W3C Trace Context). Of a caller's `tracestate` nothing is kept: a client may write into it. */

/** What a caller says: ids in lower-case hex, 32 and 16 digits. */
export type TraceParent = { readonly traceId: string; readonly parentId: string; readonly sampled: boolean };

/** `parentId`: the caller's span; `null`: the trace begins here. `spanId`: the exchange's own. */
export type Trace = {
  readonly traceId: string;
  readonly parentId: string | null;
  readonly spanId: string;
  readonly sampled: boolean;
};

/**
 * Gives an exchange its place in a trace; `null`: it has none. `fromEnvoy`: what Envoy says of its own span; `fromRequest`: what stands in
 * the request, which a client may have written.
 */
export type Tracing = {
  begin(fromEnvoy: TraceParent | null, fromRequest: TraceParent | null): Trace | null;
  /** Somebody wants to know more of sampled exchanges than their report. */
  readonly collects: boolean;
};

/** Spans are nobody's: records point to the caller's. */
export const followedTraces: Tracing = {
  begin(fromEnvoy, fromRequest) {
    const parent = fromEnvoy ?? fromRequest;
    return parent === null ? null : { ...parent, spanId: parent.parentId };
  },
  collects: false,
};

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Versions above 00 may have more behind what is known of them; ff is none. */
const noVersion = "ff";
const noTrace = "0".repeat(32);
const noSpan = "0".repeat(16);

/** A `traceparent` header; `null` where it is none, as W3C's Trace Context (2.2.2, 3.2) says. */
export function parseTraceparent(text: string): TraceParent | null {
  const found = form.exec(text);
  if (found === null) return null;
  const [, version = "", traceId = "", parentId = "", flags = "", more] = found;
  if (version === noVersion || (version === "00" && more !== undefined)) return null;
  if (traceId === noTrace || parentId === noSpan) return null;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
