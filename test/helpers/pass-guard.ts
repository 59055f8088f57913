// An ext_proc server that lets everything pass in full duplex, for tests of Envoy's own part. It is no guard.

import type { GuardStream } from "../../src/extproc/guard-stream.ts";
import type { ProcessingRequest, ProcessingResponse } from "../../src/extproc/wire.ts";
import { openServer } from "../../src/extproc/server.ts";
import { codec } from "./processor-client.ts";
import { openTempDir } from "./temp-dir.ts";

export interface PassGuard extends AsyncDisposable {
  readonly socket: string;
  /** Every message, in order of arrival. */
  readonly messages: readonly ProcessingRequest[];
}

const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** `edit` may change an answer. */
export async function openPassGuard(
  edit: (answer: ProcessingResponse, message: ProcessingRequest) => ProcessingResponse = (answer) => answer,
): Promise<PassGuard> {
  const dir = await openTempDir();
  const socket = dir.join("guard.sock");
  const messages: ProcessingRequest[] = [];
  const server = await openServer({
    codec,
    listen: { kind: "unix", path: socket },
    maxMessageBytes: MESSAGE_BYTES_MAX,
    onStream: async (stream: GuardStream) => {
      for await (const message of stream.messages) {
        messages.push(message);
        await stream.send(edit(answerTo(message), message));
      }
      if (stream.halfClosed) stream.end();
    },
    onFault: () => undefined,
  });
  return {
    socket,
    messages,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

function answerTo(message: ProcessingRequest): ProcessingResponse {
  const piece = (body: ProcessingRequest["requestBody"]) => ({
    response: {
      bodyMutation: {
        streamedResponse: { body: Buffer.from(body?.body ?? ""), endOfStream: body?.endOfStream === true },
      },
    },
  });
  switch (message.request) {
    case "requestHeaders":
      return { requestHeaders: {} };
    case "requestBody":
      return { requestBody: piece(message.requestBody) };
    case "requestTrailers":
      return { requestTrailers: {} };
    case "responseHeaders":
      return { responseHeaders: {} };
    case "responseBody":
      return { responseBody: piece(message.responseBody) };
    case "responseTrailers":
      return { responseTrailers: {} };
    default:
      throw new Error("Envoy sent a message of an unknown kind");
  }
}
