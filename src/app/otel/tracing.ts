/** Which exchanges have a trace, and which are told to a collector. Ids are random, so that they tell nothing. */
import type { Trace, Tracing } from "../../domain/trace.ts";
import { createIds } from "./ids.ts";

export type TracingParts = {
  /** The share of exchanges that begin a trace where their caller has begun none, 0 to 1. */
  readonly sampleRatio: number;
  /** What a client may have written counts where Envoy says nothing. */
  readonly trustsRequest: boolean;
  /** 0 to less than 1. */
  readonly random: () => number;
};

/** A caller's trace goes on, sampled or not as the caller says: whoever sees the whole decides what is kept of it. */
export function createTracing({ sampleRatio, trustsRequest, random }: TracingParts): Tracing {
  const drawId = createIds();
  return {
    collects: true,
    begin(fromEnvoy, fromRequest): Trace | null {
      const parent = fromEnvoy ?? (trustsRequest ? fromRequest : null);
      if (parent !== null) return { ...parent, spanId: drawId(8) };
      if (sampleRatio === 0 || random() >= sampleRatio) return null;
      return { traceId: drawId(16), parentId: null, spanId: drawId(8), sampled: true };
    },
  };
}
