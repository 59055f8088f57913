/** Which exchanges stand in the audit record, and what of them. Pure. */
import type { ExchangeReport, StageVerdict } from "../../domain/verdict.ts";
import type { VerdictRecord } from "../verdict-record.ts";

/** Not plainly allowed: anything but an allow that all who were asked stand by, of content that all could read. */
export const isNotable = ({ prompt, reply }: Pick<ExchangeReport, "prompt" | "reply">): boolean =>
  prompt === null ? reply === null || !isPlain(reply) : !isPlain(prompt) || (reply !== null && !isPlain(reply));

/** No rule matched, none in shadow either; nobody had no answer; nothing was excepted, or of a kind that nobody reads. */
const isPlain = ({ kind, hits, unknowns, excepted, degraded, unread, coverage }: StageVerdict): boolean =>
  kind === "allow" &&
  !degraded &&
  unread === null &&
  hits.length + unknowns.length + excepted.length === 0 &&
  Object.values(coverage.unjudged).every((count) => count === 0);

export type ExchangeFields = {
  /** Keyed HMAC of whose exchange it is, 32 hex digits; `null`: nobody is known, or there is no key. */
  readonly subject: string | null;
  readonly traceId: string | null;
  readonly requestId: string | null;
  readonly record: VerdictRecord;
};

/** The fields of an `exchange` entry, in their order. */
export const exchangeFields = ({ subject, traceId, requestId, record }: ExchangeFields): object => ({
  ...(subject === null ? {} : { subject }),
  ...(traceId === null ? {} : { trace_id: traceId }),
  ...(requestId === null ? {} : { request_id: requestId }),
  record,
});
