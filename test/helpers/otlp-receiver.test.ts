import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { credentials, makeGenericClientConstructor, type ServiceError } from "@grpc/grpc-js";
import { messageType, type Signal } from "./otlp-messages.ts";
import { OtlpReceiver } from "./otlp-receiver.ts";

const resource = { attributes: [{ key: "service.name", value: { string_value: "sender" } }] };
const scope = { name: "tests" };
const trace_id = Buffer.alloc(16, 0xab);
const span_id = Buffer.alloc(8, 0xcd);
const attributes = [
  { key: "text", value: { string_value: "a" } },
  { key: "large", value: { int_value: "9007199254740993" } },
  { key: "list", value: { array_value: { values: [{ bool_value: true }, { double_value: 0.5 }, {}] } } },
  { key: "map", value: { kvlist_value: { values: [{ key: "bytes", value: { bytes_value: Buffer.from([255]) } }] } } },
];
const plain = { text: "a", large: 9007199254740993n, list: [true, 0.5, null], map: { bytes: "ff" } };

const encoded: Readonly<Record<Signal, Buffer>> = {
  traces: messageType("ExportTraceServiceRequest").serialize({
    resource_spans: [
      { resource, scope_spans: [{ scope, spans: [{ trace_id, span_id, name: "one", kind: 2, attributes }] }] },
    ],
  }),
  logs: messageType("ExportLogsServiceRequest").serialize({
    resource_logs: [{ scope_logs: [{ log_records: [{ time_unix_nano: "5", severity_number: 9, attributes }] }] }],
  }),
  metrics: messageType("ExportMetricsServiceRequest").serialize({
    resource_metrics: [
      {
        resource,
        scope_metrics: [
          {
            scope,
            metrics: [
              { name: "sum", sum: { data_points: [{ as_int: "3" }], aggregation_temporality: 2, is_monotonic: true } },
              {
                name: "times",
                unit: "ms",
                histogram: {
                  aggregation_temporality: 1,
                  data_points: [
                    {
                      ...{ count: "2", sum: 7, bucket_counts: ["1", "1"], explicit_bounds: [5] },
                      exemplars: [{ trace_id, span_id, as_double: 2 }],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  }),
};

const post = (port: number, path: string, body: Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", ...headers },
    body: new Uint8Array(body),
  });

/** The status code of one call; 0 is OK. */
function call(port: number, service: string, bytes: Buffer): Promise<number> {
  const Client = makeGenericClientConstructor({}, service);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const same = (value: Buffer): Buffer => value;
  return new Promise<number>((resolve) => {
    client.makeUnaryRequest(`/${service}/Export`, same, same, bytes, (error: ServiceError | null) =>
      resolve(error?.code ?? 0),
    );
  }).finally(() => client.close());
}

const service = (signal: Signal): string => {
  const name = { traces: "trace.v1.Trace", logs: "logs.v1.Logs", metrics: "metrics.v1.Metrics" }[signal];
  return `opentelemetry.proto.collector.${name}Service`;
};

test("takes all signals by HTTP and by gRPC, and tells them flat", async () => {
  await using receiver = await OtlpReceiver.open();
  for (const signal of ["traces", "logs", "metrics"] as const) {
    assert.equal((await post(receiver.httpPort, `/v1/${signal}`, encoded[signal])).status, 200);
    assert.equal(await call(receiver.grpcPort, service(signal), encoded[signal]), 0);
  }
  const zipped = await post(receiver.httpPort, "/v1/traces", gzipSync(encoded.traces), { "content-encoding": "gzip" });
  assert.equal(zipped.status, 200);
  assert.deepEqual([receiver.spans.length, receiver.logs.length, receiver.metrics.length], [3, 2, 4]);
  const [span] = receiver.spans;
  assert.deepEqual([span?.traceId, span?.spanId, span?.parentId], ["ab".repeat(16), "cd".repeat(8), null]);
  assert.deepEqual(
    [span?.name, span?.kind, span?.scope, span?.resource],
    ["one", "server", "tests", { "service.name": "sender" }],
  );
  assert.deepEqual(span?.attributes, plain);
  assert.deepEqual(
    [receiver.logs[0]?.severity, receiver.logs[0]?.timeNs, receiver.logs[0]?.attributes],
    [9, 5n, plain],
  );
  const [sum, times] = receiver.metrics;
  assert.deepEqual([sum?.kind, sum?.value, sum?.temporality, sum?.monotonic], ["sum", 3, "cumulative", true]);
  assert.deepEqual(
    [times?.kind, times?.value, times?.count, times?.bounds, times?.buckets, times?.unit],
    ["histogram", 7, 2, [5], [1, 1], "ms"],
  );
  assert.deepEqual(times?.exemplars, [{ traceId: "ab".repeat(16), spanId: "cd".repeat(8), value: 2 }]);
  assert.deepEqual(new Set(receiver.requests.map(({ transport }) => transport)), new Set(["http", "grpc"]));
});

test("waits until something has come", async () => {
  await using receiver = await OtlpReceiver.open();
  const two = receiver.waitFor(({ spans }) => spans.length === 2 && spans);
  for (const _ of "12") await post(receiver.httpPort, "/v1/traces", encoded.traces);
  assert.equal((await two).length, 2);
});

test("what is no export is refused, and does not count", async () => {
  await using receiver = await OtlpReceiver.open();
  const { httpPort, grpcPort } = receiver;
  const nonsense = Buffer.from([0x0a, 0xff]);
  assert.equal((await post(httpPort, "/v1/spans", encoded.traces)).status, 404);
  assert.equal((await post(httpPort, "/v1/traces", nonsense)).status, 400);
  assert.equal(
    (await post(httpPort, "/v1/traces", encoded.traces, { "content-type": "application/json" })).status,
    415,
  );
  assert.equal(await call(grpcPort, service("traces"), nonsense), 3);
  assert.equal(receiver.requests.length, 0);
});

test("refuses, hangs, and answers again", async () => {
  await using receiver = await OtlpReceiver.open();
  receiver.refuse();
  assert.equal((await post(receiver.httpPort, "/v1/traces", encoded.traces)).status, 503);
  assert.equal(await call(receiver.grpcPort, service("traces"), encoded.traces), 14);
  receiver.hang();
  const hanging = [
    post(receiver.httpPort, "/v1/traces", encoded.traces).then(
      () => "answered",
      () => "cut",
    ),
    call(receiver.grpcPort, service("traces"), encoded.traces).then((code) => (code === 0 ? "answered" : "cut")),
  ];
  await receiver.waitFor(({ requests }) => requests.length === 4);
  receiver.resume();
  assert.equal((await post(receiver.httpPort, "/v1/traces", encoded.traces)).status, 200);
  assert.equal(receiver.spans.length, 1);
  await receiver[Symbol.asyncDispose]();
  assert.deepEqual(await Promise.all(hanging), ["cut", "cut"]);
});
