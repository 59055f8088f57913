// What a client wrote reaches no sink of Envoy: queries, headers, prompts and replies with planted words, by HTTP/1.1, HTTP/2
// and gRPC. The access log service is the exception that its file names: it carries fixed headers, and so no query.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { test } from "node:test";
import { model, System, user } from "./system.ts";
import { TelemetrySinks } from "./telemetry-sinks.ts";

/** Planted in what every sink must leave out, and in headers, which the access log service may have. */
const word = "zanzibar";
const headerWord = "quetzal";

const headers = {
  "x-request-id": headerWord,
  "user-agent": headerWord,
  referer: `http://${headerWord}.example/`,
  cookie: `a=${headerWord}`,
  authorization: `Bearer ${headerWord}`,
  "x-client-trace-id": headerWord,
  "x-envoy-downstream-service-cluster": headerWord,
  "x-envoy-original-path": `/${headerWord}`,
  "x-envoy-force-trace": headerWord,
  "x-b3-traceid": headerWord,
  "x-ot-span-context": headerWord,
  "x-datadog-trace-id": headerWord,
  baggage: `a=${headerWord}`,
  "x-forwarded-client-cert": `By=${headerWord}`,
};

/** `fetch` sends no method of its own making, and no gRPC. */
async function overHttp2(url: string, requests: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const session = connect(url);
  for (const request of requests) {
    const stream = session.request({ ...headers, ...request });
    stream.on("error", () => undefined);
    stream.resume().end();
    await once(stream, "close");
  }
  session.close();
  await once(session, "close");
}

test("no sink has a query, a header, a prompt or a reply", async () => {
  await using sinks = await TelemetrySinks.open();
  await using system = await System.open(await sinks.options());
  const say = (content: string, path: string): Promise<string> =>
    system.post(path, { model: word, user: word, messages: user(content) }, headers).then((reply) => reply.text());
  const path = "/v1/chat/completions";
  await say(`Repeat after me: ${word}`, `${path}?key=${word}`);
  await say(`Repeat after me: ${word}`, path);
  await say(`acme-internal ${word}`, `${path}?q=a+long+${word}`);
  await (await fetch(`${system.url}//x/../y%2f?q=${word}`, { headers })).text();
  await overHttp2(system.url, [
    {
      ":method": "POST",
      ":path": `/a.Service/Call?q=${word}`,
      "content-type": `application/grpc+${headerWord}`,
      te: "trailers",
    },
    { ":method": headerWord, ":path": `/v1/models?q=${word}`, ":authority": `${headerWord}.example` },
    {
      ":method": "POST",
      ":path": `/a.Service/Call?q=${word}`,
      "content-type": "application/grpc",
      "grpc-timeout": "9S",
    },
  ]);
  await say("Hello", path);
  const records = system.envoy.records;
  const last = await system.envoy.record((record) => records.indexOf(record) === 7);
  await sinks.told(last, system.envoy);
  const called = sinks.otlp.spans
    .filter(({ attributes }) => "grpc.path" in attributes)
    .map(({ attributes }) => attributes);
  assert.deepEqual(
    called.map((attributes) => [
      attributes["grpc.path"],
      attributes["grpc.authority"],
      attributes["grpc.content_type"],
    ]),
    [1, 2].map(() => ["/a.Service/Call", "-", "application/grpc"]),
  );
  const refused = system.envoy.records.find(({ details }) => details === "path_normalization_failed");
  assert.equal(refused?.["request_id"], "-");
  const { service, ...others } = await sinks.bytes(system.envoy);
  assert.ok(!service.includes(word), "access log service");
  for (const [sink, bytes] of Object.entries(others)) {
    assert.ok(bytes.length > 1000, sink);
    assert.ok(!bytes.includes(word), sink);
    assert.ok(!bytes.includes(headerWord), sink);
  }
});

test("a trace of the client goes on: its ids, and its tracestate as it came", async () => {
  await using sinks = await TelemetrySinks.open();
  await using system = await System.open(await sinks.options());
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const trace = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: "vendor=1" };
  await (await system.post("/v1/chat/completions", { model, messages: user("Hello") }, trace)).text();
  const json = await system.envoy.record(() => true);
  const { span } = await sinks.told(json, system.envoy);
  assert.deepEqual(
    [span.traceId, span.parentId, span.traceState, json["trace_id"]],
    [traceId, "b7ad6b7169203331", "vendor=1", traceId],
  );
});
