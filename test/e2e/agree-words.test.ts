// A client writes what it likes wherever it may: none of it stands in any place that tells of its exchange, but for what the guides
// say: the path in Envoy's logs, and a `tracestate` beside a trace of the client's own, which Envoy hands on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "./agree/bench.ts";
import { type Ask, ask } from "./agree/exchanges.ts";
import { policy } from "./agree/row.ts";

/** Planted wherever a client may write; in the path; in a `tracestate`. */
const words = ["zanzibar", "\u0437\u0430\u043d\u0437\u0438\u0431\u0430\u0440"] as const;
const pathWord = "mombasa";
const stateWord = "quetzal";
const [word, other] = words;

const traceId = "0af7651916cd43dd8448eb211c80319c";
const headers = (traceparent: string): Readonly<Record<string, string>> => ({
  traceparent,
  tracestate: `v=${stateWord}`,
  baggage: `user=${word}`,
  "user-agent": word,
  "x-office": word,
  "x-person": word,
  "x-b3-traceid": word,
  "x-client-trace-id": word,
  [word]: word,
});

const tools = [word, other, `${word}\n","verdict":"allow`].map((name) => ({ type: "function", function: { name } }));
const more = { model: other, user: word, metadata: { [word]: other }, stop: [word], tools };
const query = `/v1/chat/completions?api-key=${word}`;
const traced = headers(`00-${traceId}-b7ad6b7169203331-01`);
const odd = headers(`00-${word}-${word}-01`);

const asked: readonly Ask[] = [
  { prompt: word, more, headers: { ...odd, "x-request-id": word } },
  { prompt: word, more, path: query, headers: traced },
  { prompt: `${word} acme-internal ${other}`, more, path: query, headers: odd },
  { prompt: `${other} is ada@example.com`, reply: [word, `4111 1111 1111 1111 ${word}`], more, headers: odd },
  { more, path: `/v1/${pathWord}?q=${word}`, headers: odd },
  {
    path: "/mcp",
    body: { jsonrpc: "2.0", id: word, method: word, params: { name: word, arguments: { [word]: other } } },
    headers: odd,
  },
  {
    path: "/v1/messages",
    body: { model: word, max_tokens: 9, messages: [{ role: word, content: other }] },
    headers: odd,
  },
  { way: "nowhere", more, headers: odd },
  { way: "buffered", prompt: `acme-secret ${word}`, more, headers: traced },
];

test("no words of a client, in any place that tells of its exchange", { timeout: 120_000 }, async () => {
  await using bench = await Bench.open({ policy });
  for (const [index, each] of asked.entries()) await ask(each)(bench, `cell-${index}`);
  const { envoy, guard } = bench.system;
  const traces = new Set<unknown>();
  for (const index of asked.keys()) {
    const json = await bench.record(index);
    const exchange = String(json.sallyport?.["exchange"]);
    const line = await bench.lineOf(exchange);
    // Of the others not all are in the access log service; and what came before it has then come, too.
    if (index === asked.length - 1) await bench.sinks.told(json, envoy);
    await bench.audit.exchange(exchange);
    if (asked[index]?.headers !== traced) continue; // Envoy traces none whose request id or `traceparent` is of another form
    await bench.sent(exchange);
    traces.add(line["trace_id"]);
  }
  assert.deepEqual([...traces], [traceId]);
  const { service: _, otlp: __, ...ofEnvoy } = await bench.sinks.bytes(envoy);
  const sent = (transport: "grpc" | "http"): Buffer =>
    Buffer.concat(bench.sinks.otlp.requests.filter((each) => each.transport === transport).map(({ bytes }) => bytes));
  const places: Readonly<Record<string, Buffer>> = {
    ...ofEnvoy,
    "Envoy's log records and spans": sent("grpc"),
    "the guard's spans and log records": sent("http"),
    "the guard's log": Buffer.from(JSON.stringify(bench.lines)),
    metrics: Buffer.from(await guard.metrics()),
    "the audit record": Buffer.from(JSON.stringify(await bench.audit.entries())),
  };
  for (const [place, bytes] of Object.entries(places)) {
    const isOurs = place.includes("guard") || place === "metrics" || place === "the audit record";
    assert.ok(bytes.length > 1000, place);
    const planted = [...words, ...(isOurs ? [pathWord, stateWord] : []), ...(place === "stats" ? [pathWord] : [])];
    for (const each of planted) assert.ok(!bytes.includes(each), `${each} in ${place}`);
  }
  const states = new Set(bench.sinks.otlp.spans.flatMap(({ traceState }) => (traceState === "" ? [] : [traceState])));
  assert.deepEqual([...states], [`v=${stateWord}`]);
  for (const { traceState, scope, traceId: id } of bench.sinks.otlp.spans)
    if (traceState !== "") assert.deepEqual([scope === "sallyport", id], [false, traceId]);
});
