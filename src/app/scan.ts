/** Judges one exchange from files, through the same exchange that Envoy's traffic goes through. */
import type { RequestHead } from "../domain/dialect.ts";
import type { ExchangeReport } from "../domain/verdict.ts";
import { Exchange, type ExchangeLimits, type ExchangeParts } from "../exchange/exchange.ts";
import type { Gate, GateOutput } from "../exchange/gate.ts";
import type { Plan } from "../guard/plan.ts";
import { createSharedParts } from "./exchange-parts.ts";
import { createHoldings, createReferences } from "./surroundings.ts";

export type ScanInput = {
  readonly plan: Plan;
  readonly limits: ExchangeLimits & { readonly heldBytesTotalMax: number };
  readonly head: Pick<RequestHead, "method" | "path">;
  readonly request: Uint8Array | null;
  readonly reply: Uint8Array | null;
};

export type ScanOutcome = {
  readonly report: ExchangeReport;
  /** What the model would have got; `null` where it would have got nothing. */
  readonly request: Uint8Array | null;
  /** What the client would have got: the reply as released, or the answer in its place. `null` without a reply or a block. */
  readonly reply: Uint8Array | null;
};

/** An event stream begins with a field or a comment; anything else is one JSON body. */
export function looksLikeStream(reply: Uint8Array): boolean {
  const start = new TextDecoder().decode(reply.subarray(0, 64)).replace(/^\ufeff?\s*/u, "");
  return /^(?:data|event|id|retry)?:/.test(start);
}

export async function scan(input: ScanInput): Promise<ScanOutcome> {
  const parts: ExchangeParts = {
    ...createSharedParts(createHoldings(input.limits.heldBytesTotalMax)),
    plan: input.plan,
    limits: input.limits,
  };
  const exchange = new Exchange(createReferences()(), parts);
  const contentEncoding = null;
  const json = "application/json";
  let request: Uint8Array | null = null;
  // Without a request the reply still is one of the operation named: an empty prompt opens it.
  const prompt = exchange.openRequest({ ...input.head, contentType: json, contentEncoding });
  const outcome = await through(prompt, input.request ?? new Uint8Array());
  if (outcome.last.kind === "block") {
    const answer = exchange.answer("prompt", outcome.last.cause);
    return { report: exchange.close("complete"), request: null, reply: Buffer.from(answer.body) };
  }
  if (input.request !== null) request = outcome.bytes;
  if (input.reply === null) return { report: exchange.close("complete"), request, reply: null };

  const contentType = looksLikeStream(input.reply) ? "text/event-stream" : json;
  const { gate } = exchange.openReply({ status: 200, contentType, contentEncoding }, false);
  const { last, bytes } = await through(gate, input.reply);
  if (last.kind === "clear") return { report: exchange.close("complete"), request, reply: bytes };
  const begun = bytes.length > 0 && last.cut !== null;
  const answer = begun ? last.cut.bytes : Buffer.from(exchange.answer("reply", last.cause).body);
  return { report: exchange.close("complete"), request, reply: Buffer.concat([bytes, answer]) };
}

/** Whole bodies come in one piece, but streams are judged event by event all the same. */
async function through(gate: Gate, body: Uint8Array): Promise<{ readonly last: GateOutput; readonly bytes: Buffer }> {
  const out: Uint8Array[] = [];
  const pieceBytes = 16 * 1024;
  for (let from = 0; from < body.length; from += pieceBytes) {
    const output = await gate.push(body.subarray(from, from + pieceBytes));
    out.push(...(output.kind === "block" ? output.before : output.cleared).map(({ bytes }) => bytes));
    if (output.kind === "block") return { last: output, bytes: Buffer.concat(out) };
  }
  const last = await gate.end();
  out.push(...(last.kind === "block" ? last.before : last.cleared).map(({ bytes }) => bytes));
  return { last, bytes: Buffer.concat(out) };
}
