/**
 * The running guard: Envoy's door joined with the exchange. Owns admission and the reports of what happened.
 *
 * Each stream pins the plan that is current when it begins.
 */
import type { Holdings } from "../domain/ports.ts";
import type { Tracing } from "../domain/trace.ts";
import type { ScoreMemories } from "../domain/score-memory.ts";
import type { PlaceholderVault } from "../domain/vault.ts";
import { type ExchangeReport, idsOf } from "../domain/verdict.ts";
import { Exchange } from "../exchange/exchange.ts";
import { type ExchangeLimits } from "../exchange/parts.ts";
import { loadCodec } from "../extproc/codec.ts";
import type { GuardStream } from "../extproc/guard-stream.ts";
import { createReplies } from "../extproc/replies.ts";
import { type GuardServer, type GuardServerOptions, openServer } from "../extproc/server.ts";
import type { Identity } from "../extproc/identity.ts";
import { runSession } from "../extproc/session.ts";
import type { Listen } from "../extproc/listen.ts";
import type { TlsOptions } from "../extproc/tls.ts";
import type { Plan } from "../guard/plan.ts";
import { Permits } from "../stdx/permits.ts";
import type { StreamEnd } from "../telemetry/guard-metrics.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";
import { createSharedParts } from "./exchange-parts.ts";
import { createReferences } from "./surroundings.ts";

export type GuardLimits = ExchangeLimits & { readonly exchangesMax: number; readonly messageBytesMax: number };

export type GuardOptions = {
  readonly listen: Listen;
  readonly tls: TlsOptions | null;
  readonly limits: GuardLimits;
  readonly holdings: Holdings;
  readonly identity: Identity;
  /** `null`: placeholders are new in each exchange. */
  readonly vault: PlaceholderVault | null;
  /** `null`: each turn of a conversation is judged anew. */
  readonly scores: ScoreMemories | null;
  readonly tracing: Tracing;
  /** The plan for a stream that begins now. */
  readonly currentPlan: () => Plan;
  /** False: an exchange that would begin now is shed. */
  readonly admits: () => boolean;
  /** Once for each exchange, and then `onReport` once. */
  readonly onBegin: () => void;
  readonly onReport: (report: ExchangeReport) => void;
  /** How the stream of each exchange ended. */
  readonly onEnd?: (end: StreamEnd) => void;
  readonly onFault: GuardServerOptions["onFault"];
};

export type Guard = GuardServer & { readonly inFlight: number };

/** Throws ListenError when the address cannot be had. */
export async function openGuard(options: GuardOptions): Promise<Guard> {
  const { limits, holdings } = options;
  const permits = new Permits(limits.exchangesMax);
  const shared = createSharedParts(holdings, options);
  const nextReference = createReferences();
  const replies = createReplies(verdictRecord);
  const server = await openServer({
    codec: loadCodec(),
    listen: options.listen,
    ...(options.tls === null ? {} : { tls: options.tls }),
    maxMessageBytes: limits.messageBytesMax,
    onFault: options.onFault,
    onStream: async (stream) => {
      using permit = options.admits() ? permits.tryAcquire() : undefined;
      const parts = { ...shared, plan: options.currentPlan(), limits };
      const reference = nextReference();
      stream.ids = { exchange: reference };
      const exchange = new Exchange(reference, parts);
      options.onBegin();
      let report: ExchangeReport;
      try {
        report = await runSession(stream, {
          exchange,
          replies,
          shed: permit === undefined,
          identity: options.identity,
        });
      } catch (error) {
        options.onEnd?.("failed");
        report = exchange.close("failed");
        stream.ids = idsOf(report);
        options.onReport(report);
        throw error;
      }
      stream.ids = idsOf(report);
      options.onEnd?.(endOf(stream, report));
      options.onReport(report);
    },
  });
  return {
    address: server.address,
    setServing: (serving) => server.setServing(serving),
    drain: (budgetMs) => server.drain(budgetMs),
    close: () => server.close(),
    get inFlight() {
      return permits.held;
    },
  };
}

function endOf({ failed, closed }: GuardStream, { prompt, reply }: ExchangeReport): StreamEnd {
  if (failed) return "failed";
  if (closed) return "reset";
  return prompt?.kind === "aborted" || reply?.kind === "aborted" ? "undecided" : "half-closed";
}
