/**
 * The thread that sends to a collector, so that neither the making of spans nor a slow collector takes time from a stream. A
 * program of its own: it takes facts, makes spans, records and metrics of them, and tells what became of each.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { OtelSignal } from "../../telemetry/otel-metrics.ts";
import { exchangeSpans, spanCount, type TracedExchange } from "../../telemetry/otel/exchange-spans.ts";
import { logFacts } from "../../telemetry/otel/log-facts.ts";
import { metricFacts } from "../../telemetry/otel/metric-facts.ts";
import { createEncoder, rejectedIn } from "./encode.ts";
import { createIds } from "./ids.ts";
import { createPost } from "./post.ts";
import type { Ask, Start, Told } from "./protocol.ts";
import { Sender, type SenderParts } from "./sender.ts";

const port = parentPort;
if (port === null) throw new Error("this program runs as a worker thread");

const start = workerData as Start;
const encoder = createEncoder(start);
const drawId = createIds();
const drawSpanId = (): string => drawId(8);
const say = (told: Told): void => port.postMessage(told);

/** Connections that are kept open hold the thread. */
const posts = new DisposableStack();

type Exchanges = { readonly originMs: number; readonly exchange: TracedExchange };
type Report = Ask & { readonly kind: "metrics" };

const traces = open<Exchanges>("traces", {
  sizeOf: ({ exchange }) => spanCount(exchange),
  encode: (items) =>
    encoder.spans(items.flatMap(({ exchange, originMs }) => exchangeSpans(exchange, { drawSpanId, originMs }))),
});
const logs = open<string>("logs", {
  sizeOf: () => 1,
  encode: (lines) => encoder.logs(lines.map(logFacts).filter((facts) => facts !== null)),
});
// Each report holds all that was counted so far: few need wait.
const metrics = open<Report>("metrics", {
  sizeOf: () => 1,
  encode: ([report]) => encoder.metrics(metricFacts(report?.metrics ?? []), report?.atMs ?? 0),
  limits: { queueMax: 2, batchMax: 1 },
});

port.on("message", (ask: Ask) => {
  if (ask.kind === "close") return void close(ask.withinMs);
  if (ask.kind === "exchanges") for (const exchange of ask.exchanges) traces?.add({ originMs: ask.originMs, exchange });
  else if (ask.kind === "lines") for (const line of ask.lines) logs?.add(line);
  else metrics?.add(ask);
  say({ kind: "took" });
});

async function close(withinMs: number): Promise<void> {
  const late = AbortSignal.timeout(withinMs);
  await Promise.all([traces?.close(late), logs?.close(late), metrics?.close(late)]);
  posts.dispose();
  port?.close();
}

/** `null`: this signal is not sent. */
function open<T>(signal: OtelSignal, own: Pick<SenderParts<T>, "sizeOf" | "encode" | "limits">): Sender<T> | null {
  const url = start.collector.urls[signal];
  if (url === null) return null;
  return new Sender<T>({
    ...own,
    post: posts.use(createPost(url, start.collector)),
    rejectedIn: rejectedIn[signal],
    wait: (ms, ended) => sleep(ms, undefined, { signal: ended }).catch(() => undefined),
    onSent: (count) => say({ kind: "sent", signal, count }),
    onDropped: (reason, count) => say({ kind: "dropped", signal, reason, count }),
    onArrives: (does, why) => say({ kind: "arrives", signal, does, why }),
  });
}
