/**
 * Effects of the phase machine as messages to Envoy. Every body byte that leaves is of type Cleared.
 *
 * The verdict's record goes as dynamic metadata with the messages after which Envoy may write its access log.
 */
import type { BlockCause, ExchangeReport } from "../domain/verdict.ts";
import type { Stage } from "../domain/segment.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Cleared } from "../guard/cleared.ts";
import type { Mark } from "../guard/word.ts";
import { assert, unreachable } from "../stdx/assert.ts";
import type { SentHead } from "./heads.ts";
import type { BodyMode, Effect, Side } from "./phase.ts";
import {
  type CommonResponse,
  type HeaderMutation,
  metadataFor,
  type ProcessingResponse,
  type Scalar,
  type Struct,
} from "./wire.ts";

/** The largest piece of a body in one message, in bytes. */
export const sentBytesMax = 64 * 1024;

export type Outbox = { readonly cleared: Cleared[]; changed: boolean; cut: Cleared | null };
export const createOutbox = (): Outbox => ({ cleared: [], changed: false, cut: null });

export type ReplyFacts = {
  readonly exchange: Exchange;
  readonly head: SentHead;
  readonly out: Outbox;
  readonly mode: BodyMode;
  /** The body's last message ended it: no trailers follow, and there was a body. */
  readonly endsInBody: boolean;
  /** Nothing more will be cleared on this side. */
  readonly done: boolean;
  readonly cause: BlockCause | null;
  readonly stage: Stage;
  /** An answer of the same step has brought Envoy the record. */
  readonly told: boolean;
};

type Sending = Exclude<Effect["do"], "open" | "feed" | "uninspected" | "fail">;
export type SendEffect = Extract<Effect, { do: Sending }>;
export type Replies = { of(effect: SendEffect, facts: ReplyFacts): readonly ProcessingResponse[] };

export const metadataNamespace = "sallyport";

/** The clients of OpenAI and Anthropic go by it: else they send a prompt again that got 409, 429 or 5xx. */
const doNotRetry = { key: "x-should-retry", rawValue: Buffer.from("false") };

/** `record` turns a report into the flat record of docs/verdict-schema.md. */
export function createReplies(record: (report: ExchangeReport) => Readonly<Record<string, Scalar>>): Replies {
  const metadata = (facts: ReplyFacts): Struct => metadataFor(metadataNamespace, record(facts.exchange.report()));
  return {
    of(effect, facts) {
      switch (effect.do) {
        case "answer-headers":
          return [
            answerHeaders(
              effect.side,
              facts,
              metadataFor(metadataNamespace, { ...record(facts.exchange.report()), ...lengthOf(effect.side, facts) }),
            ),
          ];
        case "send":
          return send(effect.side, effect.end, facts, effect.end && !facts.told ? metadata(facts) : null);
        case "answer-body":
          return [answerBody(effect.side, effect.with, facts, facts.done ? metadata(facts) : null)];
        case "answer-trailers":
          return [{ ...trailersReply(effect.side), ...(facts.told ? {} : { dynamicMetadata: metadata(facts) }) }];
        case "answer-immediately":
          return [answerImmediately(facts, metadata(facts))];
        case "cut":
          return cut(effect.side, effect.as, facts, metadata(facts));
        default:
          return unreachable(effect);
      }
    },
  };
}

/** The exact length of a prompt that leaves whole, for the filter that gives it a content-length; none where trailers follow. */
function lengthOf(side: Side, { out, mode, done, endsInBody }: ReplyFacts): Readonly<Record<string, Scalar>> {
  if (side !== "request" || mode !== "duplex" || !done || !endsInBody) return {};
  return { content_length: String(out.cleared.reduce((sum, { bytes }) => sum + bytes.length, 0)) };
}

function answerHeaders(side: Side, { head, exchange, stage }: ReplyFacts, dynamicMetadata: Struct): ProcessingResponse {
  const marked = withMarks({}, head.removeHeaders, exchange.marks(stage));
  const response = head.isForged ? { ...marked, clearRouteCache: true } : marked;
  return side === "request"
    ? { requestHeaders: { response }, dynamicMetadata }
    : { responseHeaders: { response }, dynamicMetadata };
}

/** What is changed of a head: what a client must not bring goes, what rules ask for comes. A route is chosen anew. */
function withMarks(response: CommonResponse, removeHeaders: readonly string[], marks: readonly Mark[]): CommonResponse {
  if (removeHeaders.length === 0 && marks.length === 0) return response;
  const before = response.headerMutation ?? {};
  const set = marks.map(({ name, value }) => ({ header: { key: name, rawValue: Buffer.from(value) } }));
  const setHeaders = [...(before.setHeaders ?? []), ...set];
  const headerMutation: HeaderMutation = {
    ...(setHeaders.length === 0 ? {} : { setHeaders }),
    removeHeaders: [...(before.removeHeaders ?? []), ...removeHeaders.filter((name) => !isSet(marks, name))],
  };
  return { ...response, headerMutation, ...(marks.some(({ route }) => route) ? { clearRouteCache: true } : {}) };
}

const isSet = (marks: readonly Mark[], name: string): boolean => marks.some((mark) => mark.name === name);

/** Duplex: all that was cleared, in pieces; the last carries the end of the stream and the metadata. */
function send(side: Side, end: boolean, { out }: ReplyFacts, dynamicMetadata: Struct | null): ProcessingResponse[] {
  const pieces = takePieces(out);
  if (pieces.length === 0) pieces.push(Buffer.alloc(0));
  return pieces.map((body, index) => {
    const last = index === pieces.length - 1;
    const reply = bodyReply(side, { bodyMutation: { streamedResponse: { body, endOfStream: last && end } } });
    return last && dynamicMetadata !== null ? { ...reply, dynamicMetadata } : reply;
  });
}

function answerBody(
  side: Side,
  what: "cleared" | "nothing",
  facts: ReplyFacts,
  metadata: Struct | null,
): ProcessingResponse {
  const { out, mode, exchange, stage } = facts;
  // Envoy still holds the head of a buffered message.
  const marks = mode === "buffered" ? exchange.marks(stage) : [];
  const beside = metadata === null ? {} : { dynamicMetadata: metadata };
  const streamed = mode === "streamed";
  // In the buffered modes Envoy holds the original: unchanged, it needs nothing from us.
  if (what === "cleared" && !streamed && !out.changed) {
    out.cleared.length = 0;
    return { ...bodyReply(side, withMarks({}, [], marks)), ...beside };
  }
  const body = what === "nothing" ? Buffer.alloc(0) : Buffer.concat(takePieces(out));
  const bodyMutation = body.length === 0 ? { clearBody: true as const } : { body };
  // A buffered body needs its own length, or none where trailers follow: HTTP/1.1 has no trailers after a length.
  const headerMutation: HeaderMutation = facts.endsInBody
    ? { setHeaders: [{ header: { key: "content-length", rawValue: Buffer.from(String(body.length)) } }] }
    : { removeHeaders: ["content-length"] };
  const response: CommonResponse = mode === "buffered" ? { bodyMutation, headerMutation } : { bodyMutation };
  return { ...bodyReply(side, withMarks(response, [], marks)), ...beside };
}

function answerImmediately({ exchange, stage, cause }: ReplyFacts, dynamicMetadata: Struct): ProcessingResponse {
  assert(cause !== null, "an immediate answer has a cause");
  const answer = exchange.answer(stage, cause);
  const setHeaders = [
    { header: { key: "content-type", rawValue: Buffer.from(answer.contentType) } },
    { header: doNotRetry },
    ...Object.entries(answer.headers).map(([key, value]) => ({ header: { key, rawValue: Buffer.from(value) } })),
  ];
  const body = Buffer.from(answer.body);
  return {
    immediateResponse: { status: { code: answer.status }, headers: { setHeaders }, body, details: answer.details },
    dynamicMetadata,
  };
}

/** A stream's end goes in as many pieces as it needs; a streamed piece has one answer only. */
function cut(side: Side, as: "stream" | "piece", facts: ReplyFacts, dynamicMetadata: Struct): ProcessingResponse[] {
  const { out } = facts;
  assert(out.cut !== null, "a cut has an end to send");
  out.cleared.push(out.cut);
  if (as === "stream") return send(side, true, facts, dynamicMetadata);
  return [{ ...bodyReply(side, { bodyMutation: { body: Buffer.concat(takePieces(out)) } }), dynamicMetadata }];
}

const bodyReply = (side: Side, response: CommonResponse): ProcessingResponse =>
  side === "request" ? { requestBody: { response } } : { responseBody: { response } };

const trailersReply = (side: Side): ProcessingResponse =>
  side === "request" ? { requestTrailers: {} } : { responseTrailers: {} };

/** Small neighbours joined, large ones cut: few messages, none over the limit. */
function takePieces(out: Outbox): Buffer[] {
  const [first, second] = out.cleared;
  const whole =
    first !== undefined && second === undefined
      ? toBuffer(first.bytes)
      : Buffer.concat(out.cleared.map(({ bytes }) => bytes));
  out.cleared.length = 0;
  const pieces: Buffer[] = [];
  for (let from = 0; from < whole.length; from += sentBytesMax) pieces.push(whole.subarray(from, from + sentBytesMax));
  return pieces;
}

const toBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
