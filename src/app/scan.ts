/** Judges one exchange from files, through the same exchange that Envoy's traffic goes through. */
import type { RequestHead } from "../domain/dialect.ts";
import type { ExchangeFacts } from "../domain/facts.ts";
import type { Stage } from "../domain/segment.ts";
import type { ExchangeReport } from "../domain/verdict.ts";
import { Exchange } from "../exchange/exchange.ts";
import { type ExchangeLimits, noContext, type RequestContext } from "../exchange/parts.ts";
import type { Gate, GateOutput } from "../exchange/gate.ts";
import type { Plan } from "../guard/plan.ts";
import type { PlacedFinding } from "../guard/tally.ts";
import { replyContentType, requestContentType } from "./body-kinds.ts";
import { createSharedParts, type SharedParts } from "./exchange-parts.ts";
import { createHoldings, createReferences } from "./surroundings.ts";

export type ScanInput = {
  readonly plan: Plan;
  readonly limits: ExchangeLimits & { readonly heldBytesTotalMax: number };
  readonly head: Pick<RequestHead, "method" | "path">;
  readonly request: Uint8Array | null;
  readonly reply: Uint8Array | null;
  /** What Envoy would vouch for; nobody and nothing where left out. */
  readonly context?: RequestContext;
  /** How bodies arrive; in pieces of 16 KiB where left out. */
  readonly cut?: (body: Uint8Array) => readonly Uint8Array[];
  /** What differs from the running program: a clock, tails that repeat. */
  readonly parts?: Partial<SharedParts>;
};

export type ScanOutcome = {
  readonly report: ExchangeReport;
  /** What the model would have got; `null` where it would have got nothing. */
  readonly request: Uint8Array | null;
  /** What the client would have got: the reply as released, or the answer in its place. `null` without a reply or a block. */
  readonly reply: Uint8Array | null;
  /** Of the answer in place of the reply; `null` where the reply, or some of it, went out. */
  readonly status: number | null;
  readonly facts: ExchangeFacts | null;
  /** The first of many. */
  readonly findings: Readonly<Record<Stage, readonly PlacedFinding[]>>;
};

const pieceBytes = 16 * 1024;
function inPieces(body: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < body.length; from += pieceBytes) pieces.push(body.subarray(from, from + pieceBytes));
  return pieces;
}

const contentEncoding = null;

export async function scan(input: ScanInput): Promise<ScanOutcome> {
  const { plan, limits, context = noContext, cut = inPieces } = input;
  const shared = { ...createSharedParts(createHoldings(limits.heldBytesTotalMax)), ...input.parts };
  const exchange = new Exchange(createReferences()(), { ...shared, plan, limits });
  const ended = (request: Uint8Array | null, reply: Uint8Array | null, status: number | null): ScanOutcome => ({
    request,
    reply,
    status,
    facts: exchange.facts,
    findings: { prompt: exchange.findings("prompt"), reply: exchange.findings("reply") },
    report: exchange.close("complete"),
  });
  // Without a request the reply still is one of the operation named: an empty prompt opens it.
  const requested = input.request ?? new Uint8Array();
  const head = { ...input.head, query: "", contentType: requestContentType(requested), contentEncoding };
  const asked = await through(exchange.openRequest(head, context), cut(requested));
  if (asked.last.kind === "block") {
    const answer = exchange.answer("prompt", asked.last.cause);
    return ended(null, Buffer.from(answer.body), answer.status);
  }
  const request = input.request === null ? null : asked.bytes;
  if (input.reply === null) return ended(request, null, null);

  const contentType = replyContentType(input.reply);
  const { gate } = exchange.openReply({ status: 200, contentType, contentEncoding }, false);
  const { last, bytes } = await through(gate, cut(input.reply));
  if (last.kind === "clear") return ended(request, bytes, null);
  const begun = bytes.length > 0 && last.cut !== null;
  if (begun) return ended(request, Buffer.concat([bytes, last.cut.bytes]), null);
  const answer = exchange.answer("reply", last.cause);
  return ended(request, Buffer.concat([bytes, Buffer.from(answer.body)]), answer.status);
}

async function through(
  gate: Gate,
  pieces: readonly Uint8Array[],
): Promise<{ readonly last: GateOutput; readonly bytes: Buffer }> {
  const out: Uint8Array[] = [];
  for (const piece of pieces) {
    const output = await gate.push(piece);
    out.push(...(output.kind === "block" ? output.before : output.cleared).map(({ bytes }) => bytes));
    if (output.kind === "block") return { last: output, bytes: Buffer.concat(out) };
  }
  const last = await gate.end();
  out.push(...(last.kind === "block" ? last.before : last.cleared).map(({ bytes }) => bytes));
  return { last, bytes: Buffer.concat(out) };
}
