/** Gemini's operations as one table: how each body is read and which answers it has. */
import type { Operation } from "../../../domain/dialect.ts";
import { ok } from "../../../stdx/result.ts";
import { atOnce } from "../../../stdx/paced.ts";
import { cellsOf } from "../../coverage/cells.ts";
import { anyJson } from "../../generic/any-json.ts";
import { jsonArray } from "../../json-array/format.ts";
import type { JsonNode } from "../../json/parse.ts";
import { sse } from "../../sse/format.ts";
import { nothing, readReply, readRequest } from "../../table/extraction.ts";
import { other, type Spec } from "../../table/spec.ts";
import { errorBody, errorList, refusal, refusalStream } from "./answers.ts";
import { declaredIn } from "./declared.ts";
import {
  cachedContentsReply,
  countTokensReply,
  embedReply,
  generateEvent,
  generateReply,
  predictReply,
} from "./replies.ts";
import {
  batchEmbedRequest,
  cachedContentsRequest,
  countAt,
  countOfCounting,
  countTokensRequest,
  embedRequest,
  generateRequest,
  predictRequest,
} from "./requests.ts";
import { CallNumbers, openStream } from "./stream.ts";

export const dialect = "gemini";

type Row = {
  readonly id: `gemini/${string}`;
  readonly request: Spec;
  readonly reply: Spec;
  readonly count: (root: JsonNode) => number;
  /** `whole` and `stream` speak: they can refuse in words. */
  readonly replies: "whole" | "stream" | "numbers";
};

const speaks = { request: generateRequest, reply: generateReply, count: countAt("contents") };

/** By the word after the colon. */
const rows = {
  generateContent: { ...speaks, id: "gemini/generate-content", replies: "whole" },
  streamGenerateContent: { ...speaks, id: "gemini/stream-generate-content", replies: "stream" },
  countTokens: {
    id: "gemini/count-tokens",
    request: countTokensRequest,
    reply: countTokensReply,
    count: countOfCounting,
    replies: "numbers",
  },
  embedContent: {
    id: "gemini/embed-content",
    request: embedRequest,
    reply: embedReply,
    count: countAt("content"),
    replies: "numbers",
  },
  batchEmbedContents: {
    id: "gemini/batch-embed-contents",
    request: batchEmbedRequest,
    reply: embedReply,
    count: countAt("requests"),
    replies: "numbers",
  },
  predict: {
    id: "gemini/predict",
    request: predictRequest,
    reply: predictReply,
    count: countAt("instances"),
    replies: "numbers",
  },
} as const satisfies Record<string, Row>;
export type Method = keyof typeof rows;

/** Content that later requests name. Its model stands in the body, with its kind before it: to rules it is not known. */
const cachedContentsRow: Row = {
  id: "gemini/cached-contents",
  request: cachedContentsRequest,
  reply: cachedContentsReply,
  count: countAt("contents"),
  replies: "numbers",
};
const allRows: readonly Row[] = [...Object.values(rows), cachedContentsRow];

export const isMethod = (name: string): name is Method => Object.hasOwn(rows, name);

/** What the path and the query say of a request. */
export type Asks = {
  readonly model: string | null;
  /** `list`: without `alt=sse` the events of a stream are items of a list. */
  readonly events: "sse" | "list";
};

/** Made once: operations are made for each request. */
const cells = new Map(allRows.map((row) => [row.id, cellsOfRow(row)]));

/** Lists of models: no prompt, and a reply that anyone may have written. */
export const models: Operation = {
  ...anyJson,
  id: "gemini/models",
  cells: cellsOf("gemini/models", [{ mode: "reply-json", spec: other, role: "assistant" }]),
  dialect,
  readRequest: (body) => (body === "" ? atOnce(ok(nothing)) : anyJson.readRequest(body)),
  error: errorBody,
};

const unasked: Asks = { model: null, events: "sse" };
export const operations: readonly Operation[] = [...allRows.map((row) => operation(row, unasked)), models];
export const cachedContents: Operation = operation(cachedContentsRow, unasked);

export const operationFor = (method: Method, asks: Asks): Operation => operation(rows[method], asks);

function operation(row: Row, { model, events }: Asks): Operation {
  const { id, request, reply, count, replies } = row;
  const streams = replies === "stream";
  const table = { spec: request, count, declared: declaredIn, model, stream: () => streams };
  const asList = streams && events === "list";
  return {
    id,
    dialect,
    cells: cells.get(id) ?? [],
    readRequest: (body, asked) => readRequest(body, table, asked),
    *readReply(body, asked) {
      return new CallNumbers().apart(yield* readReply(body, reply, "assistant", asked));
    },
    // Whether a list of events was asked for or not: an upstream may send one all the same.
    streams: streams ? { "event-stream": sse, json: jsonArray } : { "event-stream": sse },
    streamFormat: asList ? jsonArray : sse,
    openStream: (asked) => openStream(generateEvent, asked),
    error: asList ? errorList : errorBody,
    refusal: (facts) => (replies === "numbers" ? null : refusal(facts)),
    refusalStream: (facts) => (streams ? refusalStream(facts) : null),
  };
}

function cellsOfRow({ id, request, reply, replies }: Row): Operation["cells"] {
  return cellsOf(id, [
    { mode: "prompt-json", spec: request, role: "none" },
    ...(replies === "stream"
      ? ([
          { mode: "reply-sse", spec: generateEvent, role: "assistant" },
          { mode: "reply-json-array", spec: generateEvent, role: "assistant" },
        ] as const)
      : [{ mode: "reply-json", spec: reply, role: "assistant" } as const]),
  ]);
}
