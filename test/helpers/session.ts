// An ext_proc stream without gRPC: what a session answers to Envoy's messages.

import assert from "node:assert/strict";
import type { ExchangeReport } from "../../src/domain/verdict.ts";
import type { GuardStream } from "../../src/extproc/guard-stream.ts";
import { type Identity, noIdentity } from "../../src/extproc/identity.ts";
import { createReplies } from "../../src/extproc/replies.ts";
import { runSession } from "../../src/extproc/session.ts";
import type { ProcessingRequest, ProcessingResponse } from "../../src/extproc/wire.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { exchangeOf } from "./exchange.ts";

export const headers = (fields: Readonly<Record<string, string>>) => ({
  headers: { headers: Object.entries(fields).map(([key, value]) => ({ key, rawValue: Buffer.from(value) })) },
});

export type SessionOptions = {
  readonly identity?: Identity;
  readonly metadata?: (name: string) => string | undefined;
  /** Told of each answer as it is sent. */
  readonly onSend?: (message: ProcessingResponse) => void;
  /** What the stream fails with; a failure of the test where left out. */
  readonly onFail?: (why: string) => void;
};

export type SessionRun = { readonly sent: readonly ProcessingResponse[]; readonly report: ExchangeReport };

/** Runs the messages through a session; gives its answers. */
export async function runMessages(
  messages: readonly ProcessingRequest[],
  plan: Plan,
  { identity = noIdentity, metadata = () => undefined, onSend, onFail }: SessionOptions = {},
): Promise<SessionRun> {
  const sent: ProcessingResponse[] = [];
  const stream: GuardStream = {
    id: 1,
    messages: (async function* () {
      yield* messages;
    })(),
    cancelled: new AbortController().signal,
    halfClosed: false,
    closed: false,
    ids: null,
    failed: false,
    metadata,
    send(message) {
      sent.push(message as ProcessingResponse);
      onSend?.(message as ProcessingResponse);
      return undefined;
    },
    end: () => undefined,
    fail: (_code, why) => (onFail ?? (() => assert.fail(`the session failed: ${why}`)))(why),
  };
  const replies = createReplies(() => ({ verdict: "allow" }));
  const report = await runSession(stream, { exchange: exchangeOf({ plan }), replies, shed: false, identity });
  return { sent, report };
}
