// Runs one cell: the client sends, the upstream answers, and what is to break breaks in between. Records both sides.
// The only clock is the caller's limit: every step waits for what the step before has caused.

import type { ClientExchange, OpenExchange } from "../helpers/client.ts";
import { openHttp1 } from "../helpers/client-http1.ts";
import { openHttp2 } from "../helpers/client-http2.ts";
import type { AccessRecord, Envoy } from "../helpers/envoy.ts";
import { createGate, type Gate } from "../helpers/gate.ts";
import type { End } from "../helpers/recording.ts";
import type { Upstream, UpstreamExchange } from "../helpers/upstream.ts";
import type { Arrival } from "./barrier.ts";
import { OPENING, promptBody, replyPieces } from "./bodies.ts";
import type { Cell } from "./cells.ts";

export interface Site {
  readonly envoy: Envoy;
  readonly upstream: Upstream;
  /** Requests begun on this Envoy so far. */
  begun: number;
}

export interface Observed {
  /** Requests that the upstream got, and the body of the first. */
  readonly requests: number;
  readonly sent: Buffer;
  readonly sentEnd: End | undefined;
  /** The content-length that the upstream was told. */
  readonly sentLength: string | undefined;
  readonly sentTrailers: Readonly<Record<string, string>>;
  readonly status: number | null;
  readonly replyHeaders: Readonly<Record<string, string>>;
  readonly seen: Buffer;
  readonly seenEnd: End;
  readonly seenTrailers: Readonly<Record<string, string>>;
  readonly record: AccessRecord;
}

export const TRAILER = "x-checksum";
const open: Readonly<Record<Cell["http"], OpenExchange>> = { "1.1": openHttp1, "2": openHttp2 };

/** `fault` is the guard's, shared by all cells that wait for it. */
export async function drive(cell: Cell, site: Site, fault: Pick<Arrival, "happens">): Promise<Observed> {
  const goOn = createGate();
  const halfTold = createGate();
  site.upstream.script(cell.id, (exchange) => answer(cell, exchange, halfTold, goOn));
  site.begun += 1;
  using client = open[cell.http](site.envoy.proxyPort, requestHead(cell));
  await ask(cell, client, site, fault);
  if (isPaced(cell)) {
    await Promise.race([replyIsUnderWay(cell, client, halfTold), client.body.ended]);
    if (cell.fault === "client leaves replying") {
      client.abort();
      await recordOf(cell, site); // Envoy knows, before the upstream goes on
    }
    if (breaksReplying(cell) && cell.fault.startsWith("guard")) await fault.happens();
    goOn.open();
  }
  return await observe(cell, client, site); // awaited here: `client` closes with this function
}

const breaksReplying = ({ fault }: Cell): boolean => fault.endsWith(" replying");

/** The upstream waits in the middle until its beginning has come through, or as far as the shape lets it. */
const isPaced = (cell: Cell): boolean =>
  breaksReplying(cell) || (cell.fault === "none" && (cell.form === "sse" || cell.shape.response === "STREAMED"));

function requestHead(cell: Cell) {
  const body = promptBody(cell.prompt, cell.form);
  const ends = cell.requestEnds;
  const length = ends === "last-piece" || (ends === "head" && cell.http === "1.1");
  return {
    method: "POST",
    path: "/v1/chat/completions",
    ends,
    headers: {
      "x-cell": cell.id,
      "content-type": "application/json",
      ...(length ? { "content-length": String(body.length) } : {}),
    },
  } as const;
}

async function ask(cell: Cell, client: ClientExchange, site: Site, fault: Pick<Arrival, "happens">): Promise<void> {
  const body = promptBody(cell.prompt, cell.form);
  const half = Math.floor(body.length / 2);
  if (half > 0) client.write(body.subarray(0, half));
  if (cell.fault.endsWith(" asking")) {
    await isTaken(site);
    if (cell.fault === "client leaves asking") return client.abort();
    await fault.happens();
  }
  client.end(body.subarray(half), { [TRAILER]: "asked" });
}

/** Envoy has this request, and all that were begun before it. */
async function isTaken({ envoy, begun }: Site): Promise<void> {
  await envoy.statAtLeast("http.proxy.downstream_rq_total", begun);
}

async function answer(cell: Cell, exchange: UpstreamExchange, halfTold: Gate, goOn: Gate): Promise<void> {
  if ((await exchange.body.ended) === "cut") return;
  if (cell.fault === "upstream cuts unanswered") return exchange.cut();
  const pieces = replyPieces(cell.reply, cell.form);
  const trailers = cell.replyEnds === "trailers";
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  exchange.respond(200, {
    "content-type": cell.form === "sse" ? "text/event-stream" : "application/json",
    ...(trailers ? { trailer: TRAILER } : {}),
    ...(cell.replyEnds === "last-piece" || cell.replyEnds === "head" ? { "content-length": String(bytes) } : {}),
  });
  const [first = Buffer.alloc(0), ...rest] = pieces;
  exchange.write(first);
  halfTold.open();
  if (isPaced(cell)) await goOn.opened;
  if (cell.fault === "upstream cuts replying") return exchange.cut();
  for (const piece of rest) exchange.write(piece);
  exchange.end(trailers ? { [TRAILER]: "told" } : undefined);
}

/** The upstream has written half; where the shape lets a head or a beginning through, the client has it. */
async function replyIsUnderWay(cell: Cell, client: ClientExchange, halfTold: Gate): Promise<void> {
  await halfTold.opened;
  const { response, observe: observed } = cell.shape;
  const unseen = response === "NONE" || observed;
  if (unseen || ((response === "FULL_DUPLEX_STREAMED" || response === "STREAMED") && cell.form === "sse")) {
    await client.body.includes(OPENING.slice(0, 20));
  } else if (response === "STREAMED") {
    await client.head;
  }
}

const recordOf = (cell: Cell, { envoy }: Site): Promise<AccessRecord> =>
  envoy.record((entry) => entry["cell"] === cell.id);

async function observe(cell: Cell, client: ClientExchange, site: Site): Promise<Observed> {
  const seenEnd = await client.body.ended;
  const record = await recordOf(cell, site);
  const head = await client.head.catch(() => undefined);
  const { upstream } = site;
  const requests = upstream.count(cell.id);
  const got = requests > 0 ? await upstream.exchange(cell.id) : undefined;
  await got?.body.ended;
  return {
    requests,
    sent: got?.body.bytes() ?? Buffer.alloc(0),
    sentEnd: got?.body.end,
    sentLength: got?.headers["content-length"],
    sentTrailers: got?.trailers() ?? {},
    status: head?.status ?? null,
    replyHeaders: head?.headers ?? {},
    seen: client.body.bytes(),
    seenEnd,
    seenTrailers: client.trailers(),
    record,
  };
}
