/** The three things that clients do at a server's one path, as operations: how each body is read and which answers it has. */
import type { Operation } from "../../../domain/dialect.ts";
import { cellsOf } from "../../coverage/cells.ts";
import type { JsonNode } from "../../json/parse.ts";
import { sse } from "../../sse/format.ts";
import { readReply, readRequest } from "../../table/extraction.ts";
import { errorBody, errorHead, refusal, refusalStream } from "./answers.ts";
import { declared, echoOf } from "./declared.ts";
import { failedMessage, serverMessage } from "./replies.ts";
import { clientMessage } from "./requests.ts";
import { openMessages } from "./stream.ts";

export const dialect = "mcp";

const table = {
  spec: clientMessage,
  count: (root: JsonNode) => (root.kind === "list" ? root.items.length : 1),
  declared: () => declared,
  stream: () => false,
  model: null,
  echo: echoOf,
} as const;

const shared = {
  dialect,
  readRequest: (body, asked) => readRequest(body, table, asked),
  readReply: (body, asked) => readReply(body, serverMessage, "tool", asked),
  streams: { "event-stream": sse },
  streamFormat: sse,
  openStream: openMessages,
  error: errorBody,
  errorHead,
  refusal,
  refusalStream,
} as const satisfies Partial<Operation>;

/** A message to the server. Its answers come in the reply, whole or as a stream. */
export const send: Operation = {
  ...shared,
  id: "mcp/send",
  cells: cellsOf("mcp/send", [
    { mode: "prompt-json", spec: clientMessage, role: "none" },
    { mode: "reply-json", spec: serverMessage, role: "tool" },
    { mode: "reply-sse", spec: serverMessage, role: "tool" },
  ]),
};

/** Waits for what the server says unasked, or says again. */
export const listen: Operation = {
  ...shared,
  id: "mcp/listen",
  answersEarlier: true,
  readReply: (body, asked) => readReply(body, failedMessage, "tool", asked),
  cells: cellsOf("mcp/listen", [
    { mode: "reply-json", spec: failedMessage, role: "tool" },
    { mode: "reply-sse", spec: serverMessage, role: "tool" },
  ]),
};

/** Ends the session. */
export const leave: Operation = {
  ...shared,
  id: "mcp/leave",
  readReply: (body, asked) => readReply(body, failedMessage, "tool", asked),
  cells: cellsOf("mcp/leave", [{ mode: "reply-json", spec: failedMessage, role: "tool" }]),
};
