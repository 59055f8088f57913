/** Bedrock's operations as one table: how each body is read and which answers it has. */
import type { Asked, Extraction, Operation } from "../../../domain/dialect.ts";
import type { Cell } from "../../../domain/coverage.ts";
import type { Unreadable } from "../../../domain/verdict.ts";
import type { Steps } from "../../../stdx/paced.ts";
import { ok, type Result } from "../../../stdx/result.ts";
import { cellsOf, type CoverageTable } from "../../coverage/cells.ts";
import { eventStream } from "../../event-stream/format.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { countItems, readReply, readRequest, type RequestTable } from "../../table/extraction.ts";
import type { Spec } from "../../table/spec.ts";
import { errorBody, errorHead, refusal, refusalStream } from "./answers.ts";
import { declaredIn } from "./declared.ts";
import { converseEvent, converseReply, countTokensReply, errorReply } from "./replies.ts";
import { converseRequest, countTokensRequest, namedByPath } from "./requests.ts";
import { openConverseStream } from "./stream.ts";

export const dialect = "bedrock";

/** An operation as it is for one model: paths name it. */
export type ForModel = {
  readonly known: Operation;
  readonly of: (model: string) => Operation;
};

const countMessages = (root: JsonNode): number => countItems(root, "messages");

/** What all operations have. */
export const shared = { dialect, error: errorBody, errorHead } as const;
const answers = { ...shared, streams: { "aws-event-stream": eventStream } } as const;

export const converse = operation(
  { spec: converseRequest, count: countMessages, declared: declaredIn, stream: () => false },
  {
    ...answers,
    id: "bedrock/converse",
    cells: cells("bedrock/converse", converseRequest, [reply(converseReply)]),
    readReply: (body, asked) => readReply(body, converseReply, "assistant", asked),
    streamFormat: eventStream,
    openStream: openConverseStream,
    refusal,
    refusalStream,
  },
);

export const converseStream = operation(
  { spec: converseRequest, count: countMessages, declared: declaredIn, stream: () => true },
  {
    ...answers,
    id: "bedrock/converse-stream",
    cells: cells("bedrock/converse-stream", converseRequest, [
      reply(errorReply),
      { mode: "reply-event-stream", spec: converseEvent, role: "assistant" },
    ]),
    readReply: (body, asked) => readReply(body, converseReply, "assistant", asked),
    streamFormat: eventStream,
    openStream: openConverseStream,
    refusal,
    refusalStream,
  },
);

export const countTokens = operation(
  {
    spec: countTokensRequest,
    count(root) {
      const input = lastMember(root, "input");
      const asConverse = input === null ? null : lastMember(input, "converse");
      return asConverse === null ? 1 : countMessages(asConverse);
    },
    stream: () => false,
  },
  {
    ...answers,
    id: "bedrock/count-tokens",
    cells: cellsOf("bedrock/count-tokens", [
      { mode: "prompt-json", spec: countTokensRequest, role: "none" },
      reply(countTokensReply),
    ]),
    readReply: (body, asked) => readReply(body, countTokensReply, "assistant", asked),
    streamFormat: eventStream,
    openStream: openConverseStream,
    refusal: () => null,
    refusalStream: () => null,
  },
);

export function reply(spec: Spec): CoverageTable {
  return { mode: "reply-json", spec, role: "assistant" };
}

export function cells(id: string, request: Spec, replies: readonly CoverageTable[]): readonly Cell[] {
  return cellsOf(id, [
    { mode: "prompt-json", spec: request, role: "none" },
    { mode: "prompt-json", spec: namedByPath, role: "none" },
    ...replies,
  ]);
}

export function operation(table: RequestTable, rest: Omit<Operation, "readRequest">): ForModel {
  const of = (model: string | null): Operation => ({
    ...rest,
    readRequest: (body, asked) => readFor(model, body, { ...table, model: shortened(model) }, asked),
  });
  return { known: of(null), of };
}

/** In UTF-16 code units; longer names are not told. */
const modelLongest = 256;
const shortened = (model: string | null): string | null =>
  model !== null && model.length <= modelLongest ? model : null;

/** ARNs of prompts that the provider keeps stand where models do. */
const storedPrompt = /^arn:[^/]*:prompt\//;

function* readFor(
  model: string | null,
  body: string,
  table: RequestTable,
  asked: Asked | undefined,
): Steps<Result<Extraction, Unreadable>> {
  const read = yield* readRequest(body, table, asked);
  if (!read.ok || model === null || !storedPrompt.test(model)) return read;
  return ok({ ...read.value, unjudged: { ...read.value.unjudged, "stored-prompt": 1 } });
}
