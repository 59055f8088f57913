import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadSync } from "@grpc/proto-loader";
import { type Facts, factsOfFiles, factsOfSet } from "../../test/helpers/descriptors.ts";
import { openTempDir } from "../../test/helpers/temp-dir.ts";
import { isEncoded, loadCodec, MALFORMED, PROCESS_PATH, protoDir, protoFiles } from "./codec.ts";
import { ServingStatus } from "./health.ts";
import {
  BodySendMode,
  HeaderSendMode,
  metadataFor,
  type ProcessingResponse,
  ResponseStatus,
  structFrom,
} from "./wire.ts";

const envoy = factsOfSet(readFileSync(join(protoDir, "extproc-1.40.pbset")));

/** Facts of the .proto files under `dir`. */
function factsOf(dir: string): Facts {
  const loaded = loadSync([...protoFiles], { includeDirs: [dir], keepCase: true });
  const [message] = Object.values(loaded).filter((found) => "fileDescriptorProtos" in found);
  assert.ok(message !== undefined && "fileDescriptorProtos" in message);
  return factsOfFiles(message.fileDescriptorProtos as Buffer[]);
}

/** What of ours differs from Envoy's. The health protocol is not in Envoy's set. */
function differences(ours: Facts): readonly string[] {
  const held = [...ours].filter(([name]) => !name.startsWith("grpc.health.v1."));
  return held.flatMap(([name, fact]) =>
    envoy.get(name) === fact ? [] : [`${name}: ${fact}, Envoy: ${envoy.get(name)}`],
  );
}

function enumOf(facts: Facts, name: string): Record<string, number> {
  const values = [...facts].filter(([key]) => key.startsWith(`${name}.`));
  return Object.fromEntries(values.map(([key, number]) => [key.slice(name.length + 1), Number(number)]));
}

const codec = loadCodec();
const decodeResponse = (bytes: Buffer): ProcessingResponse => codec.processor.Process.responseDeserialize(bytes);

test("each field, type, label, oneof, enum value and method is Envoy's", () => {
  const ours = factsOf(protoDir);
  assert.ok(envoy.size > 500, `Envoy's set was read (${envoy.size} facts)`);
  assert.ok(ours.size > 100, `our files were read (${ours.size} facts)`);
  assert.deepEqual(differences(ours), []);
  assert.ok(ours.has(PROCESS_PATH.slice(1).replace("/", ".")));
});

const violations: readonly { what: string; from: string; to: string; found: RegExp }[] = [
  {
    what: "number",
    from: "bool end_of_stream = 3;",
    to: "bool end_of_stream = 4;",
    found: /HttpHeaders\.end_of_stream: type 8 = 4, Envoy: type 8 = 3/,
  },
  {
    what: "name",
    from: "string details = 5;",
    to: "string detail = 5;",
    found: /ImmediateResponse\.detail: type 9 = 5, Envoy: undefined/,
  },
  {
    what: "type",
    from: "bool clear_route_cache = 5;",
    to: "bytes clear_route_cache = 5;",
    found: /clear_route_cache: type 12/,
  },
  {
    what: "label",
    from: "repeated string remove_headers",
    to: "string remove_headers",
    found: /remove_headers: type 9 = 2, Envoy: repeated/,
  },
  {
    what: "map",
    from: "map<string, google.protobuf.Struct> attributes",
    to: "map<string, google.protobuf.Any> attributes",
    found: /attributes: map/,
  },
  { what: "oneof", from: "oneof mutation", to: "oneof change", found: /BodyMutation\.body: .* in change/ },
  {
    what: "enum value",
    from: "CONTINUE_AND_REPLACE = 1;",
    to: "CONTINUE_AND_REPLACE = 2;",
    found: /CONTINUE_AND_REPLACE: 2, Envoy: 1/,
  },
  {
    what: "method",
    from: "returns (stream ProcessingResponse)",
    to: "returns (ProcessingResponse)",
    found: /ExternalProcessor\.Process: /,
  },
];
for (const { what, from, to, found } of violations) {
  test(`a changed ${what} is found`, async () => {
    await using dir = await openTempDir();
    cpSync(protoDir, dir.path, { recursive: true });
    const file = dir.join(protoFiles[0]);
    const text = readFileSync(file, "utf8");
    assert.ok(text.includes(from));
    writeFileSync(file, text.replace(from, to));
    assert.match(differences(factsOf(dir.path)).join("\n"), found);
  });
}

test("the tables of wire.ts and health.ts are the enums of the contracts", () => {
  const mode = "envoy.extensions.filters.http.ext_proc.v3.ProcessingMode";
  assert.deepEqual({ ...BodySendMode }, enumOf(envoy, `${mode}.BodySendMode`));
  assert.deepEqual({ ...HeaderSendMode }, enumOf(envoy, `${mode}.HeaderSendMode`));
  assert.deepEqual({ ...ResponseStatus }, enumOf(envoy, "envoy.service.ext_proc.v3.CommonResponse.ResponseStatus"));
  const health = factsOf(protoDir);
  assert.deepEqual({ ...ServingStatus }, enumOf(health, "grpc.health.v1.HealthCheckResponse.ServingStatus"));
});

test("the health protocol has its published numbers", () => {
  const health = [...factsOf(protoDir)].filter(([name]) => name.startsWith("grpc.health.v1."));
  const status = "grpc.health.v1.HealthCheckResponse.ServingStatus";
  const [request, response] = ["grpc.health.v1.HealthCheckRequest", "grpc.health.v1.HealthCheckResponse"];
  assert.deepEqual(Object.fromEntries(health), {
    "grpc.health.v1.HealthCheckRequest.service": "type 9 = 1",
    "grpc.health.v1.HealthCheckResponse.status": `${status} = 1`,
    [`${status}.UNKNOWN`]: "0",
    [`${status}.SERVING`]: "1",
    [`${status}.NOT_SERVING`]: "2",
    [`${status}.SERVICE_UNKNOWN`]: "3",
    "grpc.health.v1.Health.Check": `${request} -> ${response}`,
    "grpc.health.v1.Health.Watch": `${request} -> stream ${response}`,
  });
});

test("every answer comes back as it was encoded", () => {
  const metadata = metadataFor("sallyport", { verdict: "allow", score: 0.5, shadow: false });
  const body = Buffer.from("caf\u00e9");
  const answers: readonly ProcessingResponse[] = [
    { requestHeaders: {} },
    { responseHeaders: { response: { status: ResponseStatus.CONTINUE_AND_REPLACE, bodyMutation: { body } } } },
    {
      requestHeaders: {
        response: {
          headerMutation: {
            setHeaders: [{ header: { key: "x-a", rawValue: body }, append: { value: true } }],
            removeHeaders: ["x-b"],
          },
        },
      },
      dynamicMetadata: metadata,
      modeOverride: { requestBodyMode: BodySendMode.FULL_DUPLEX_STREAMED, responseBodyMode: BodySendMode.BUFFERED },
    },
    { requestBody: { response: { bodyMutation: { streamedResponse: { body, endOfStream: true } } } } },
    { responseBody: { response: { bodyMutation: { clearBody: true } } } },
    { responseTrailers: { headerMutation: { removeHeaders: ["x-c"] } } },
    { immediateResponse: { status: { code: 400 }, body, details: "blocked", grpcStatus: { status: 3 } } },
    {
      streamedImmediateResponse: { bodyResponse: { body, endOfStream: true } },
      typedDynamicMetadata: { t: { type_url: "t/x", value: body } },
    },
    { overrideMessageTimeout: { seconds: 2, nanos: 5 } },
    { modeOverride: { requestBodyMode: BodySendMode.NONE, responseBodyMode: BodySendMode.STREAMED } },
  ];
  for (const answer of answers) {
    const encoded = codec.encode(answer);
    assert.ok(isEncoded(encoded));
    const back = decodeResponse(encoded);
    assert.deepEqual(codec.encode(back), encoded);
    assert.deepEqual(withoutOneofs(back), answer);
  }
});

test("a Struct keeps its values, and metadata its namespace", () => {
  const record = { verdict: "block", score: 0.25, tokens: 3, shadow: true };
  const { dynamicMetadata } = decodeResponse(
    codec.encode({ requestHeaders: {}, dynamicMetadata: metadataFor("sallyport", record) }),
  );
  assert.deepEqual(withoutOneofs(dynamicMetadata?.fields?.["sallyport"]?.structValue), structFrom(record));
});

test("a request says which member is set, and only what the wire had", () => {
  const { requestSerialize, requestDeserialize } = codec.processor.Process;
  const body = Buffer.alloc(100_000, 7);
  const bytes = requestSerialize({ requestBody: { body, endOfStream: true } });
  const request = requestDeserialize(bytes);
  assert.ok(request !== MALFORMED);
  assert.deepEqual(request, { request: "requestBody", requestBody: { body, endOfStream: true } });
  assert.equal(request.requestBody?.body?.buffer, bytes.buffer, "the body is a slice, not a copy");
  assert.deepEqual(requestDeserialize(Buffer.alloc(0)), {});
});

test("an unknown kind of request has no member, and garbage is malformed", () => {
  const { requestDeserialize } = codec.processor.Process;
  const windowUpdate = Buffer.from([13 * 8 + 2, 2, 8, 1]);
  assert.deepEqual(requestDeserialize(windowUpdate), {});
  assert.equal(requestDeserialize(Buffer.from([0x22, 0xff, 0xff])), MALFORMED);
});

test("what was encoded once passes the serialiser untouched", () => {
  const encoded = codec.encode({ requestHeaders: {} });
  assert.equal(codec.processor.Process.responseSerialize(encoded), encoded);
});

test("an answer that does not fit the contract is an error here", () => {
  assert.throws(() => codec.encode({ requestHeaders: 1 } as unknown as ProcessingResponse));
});

/** Without the names of oneof members, which decoding adds. */
function withoutOneofs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOneofs);
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !(oneofNames.has(key) && typeof inner === "string"));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutOneofs(inner)]));
}
const oneofNames: ReadonlySet<string> = new Set(["response", "mutation", "kind"]);
