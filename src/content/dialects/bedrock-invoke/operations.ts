/** Bedrock's operations whose bodies are the models' own, as one table. */
import { type Operation } from "../../../domain/dialect.ts";
import { bytesEventStream } from "../../event-stream/format.ts";
import { countItems, readReply, type RequestTable } from "../../table/extraction.ts";
import { errorBody } from "../bedrock/answers.ts";
import { cells, operation, reply, shared } from "../bedrock/operations.ts";
import { errorReply } from "../bedrock/replies.ts";
import { refusal, refusalStream } from "./answers.ts";
import { declaredIn } from "./declared.ts";
import { invokeEvent, invokeReply } from "./replies.ts";
import { invokeRequest } from "./requests.ts";
import { openInvokeStream } from "./stream.ts";

const table = {
  spec: invokeRequest,
  count: (root) => Math.max(1, countItems(root, "messages") + countItems(root, "chat_history")),
  declared: declaredIn,
} as const satisfies RequestTable;

const answers = {
  ...shared,
  error: errorBody,
  readReply: (body, asked) => readReply(body, invokeReply, "assistant", asked),
  streams: { "aws-event-stream": bytesEventStream },
  streamFormat: bytesEventStream,
  openStream: openInvokeStream,
  refusal,
  refusalStream,
} as const satisfies Partial<Operation>;

export const invoke = operation(
  { ...table, stream: () => false },
  { ...answers, id: "bedrock/invoke", cells: cells("bedrock/invoke", invokeRequest, [reply(invokeReply)]) },
);

export const invokeStream = operation(
  { ...table, stream: () => true },
  {
    ...answers,
    id: "bedrock/invoke-stream",
    cells: cells("bedrock/invoke-stream", invokeRequest, [
      reply(errorReply),
      { mode: "reply-event-stream", spec: invokeEvent, role: "assistant" },
    ]),
  },
);
