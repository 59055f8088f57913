// envoy/gateway.yaml on the real Envoy: what Envoy alone must do around the guard, which lets everything pass here.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { envoyPath } from "../../scripts/envoy.mjs";
import { renderEnvoyConfig, SYSTEM_CA_FILE } from "../../src/app/envoy-config.ts";
import type { ProcessingRequest } from "../../src/extproc/wire.ts";
import { verdictFields } from "../../src/telemetry/verdict-fields.ts";
import { openHttp1 } from "../helpers/client-http1.ts";
import { Envoy } from "../helpers/envoy.ts";
import { openPassGuard, type PassGuard } from "../helpers/pass-guard.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { Upstream } from "../helpers/upstream.ts";

const run = promisify(execFile);
/** The files of envoy/ to paste. */
const parts = ["access-log-text", "access-log-grpc", "access-log-otel", "tracing"];
const readPart = async (name: string): Promise<{ readonly yaml: string }> => ({
  yaml: await readFile(new URL(`../../envoy/${name}.yaml`, import.meta.url), "utf8"),
});
type Tag = {
  readonly tag: string;
  readonly value_type?: string;
  readonly metadata?: { readonly metadata_key: { readonly path: readonly { readonly key: string }[] } };
};
const placed = {
  proxyPort: 10000,
  adminPort: 9901,
  guard: { kind: "tcp", host: "127.0.0.1", port: 50051 },
  upstream: { host: "127.0.0.1", port: 8080 },
} as const;
const TEMPLATE = new URL("../../envoy/gateway.yaml", import.meta.url);

let guard: PassGuard;
let upstream: Upstream;
let envoy: Envoy;
/** What the guard says of the next request: headers to set, and the length to declare. */
let told: { readonly setHeader?: readonly [string, string]; readonly length?: string; readonly grow?: Buffer } = {};

before(async () => {
  upstream = await Upstream.open();
  guard = await openPassGuard((answer) => {
    if ("requestHeaders" in answer) {
      const [key, value] = told.setHeader ?? [];
      const set = key === undefined ? [] : [{ header: { key, rawValue: Buffer.from(value ?? "") } }];
      const fields = told.length === undefined ? {} : { content_length: { stringValue: told.length } };
      const dynamicMetadata = { fields: { sallyport: { structValue: { fields } } } };
      return { requestHeaders: { response: { headerMutation: { setHeaders: set } } }, dynamicMetadata };
    }
    if ("requestBody" in answer && told.grow !== undefined) {
      const body = told.grow;
      told = { ...told, grow: Buffer.alloc(0) };
      const mutation = answer.requestBody.response?.bodyMutation;
      const endOfStream =
        mutation !== undefined && "streamedResponse" in mutation && mutation.streamedResponse.endOfStream === true;
      return { requestBody: { response: { bodyMutation: { streamedResponse: { body, endOfStream } } } } };
    }
    return answer;
  });
  const program = await envoyPath();
  const shape = (yaml: string): string =>
    yaml.replace("request_id:", 'cell: "%REQ(X-CELL)%"\n                          request_id:');
  const at = { host: "127.0.0.1", port: upstream.port };
  envoy = await Envoy.open({ program, guard: { kind: "unix", path: guard.socket }, upstream: at, shape });
});

after(async () => {
  await envoy?.[Symbol.asyncDispose]();
  await guard?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});

type Ask = { readonly path?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** Sends one request; the upstream answers it with "ok". */
async function ask(cell: string, { path = "/v1/chat/completions", headers = {}, body = "ping" }: Ask = {}) {
  upstream.script(cell, async (exchange) => {
    if ((await exchange.body.ended) === "cut") return;
    exchange.respond(200, { "content-type": "text/plain" });
    exchange.end();
  });
  using client = openHttp1(envoy.proxyPort, {
    method: "POST",
    path,
    ends: "apart",
    headers: { "x-cell": cell, ...headers },
  });
  client.end(Buffer.from(body), {});
  const { status } = await client.head;
  await client.body.ended;
  const record = await envoy.record((entry) => entry["cell"] === cell);
  return { status, record, got: upstream.count(cell) > 0 ? await upstream.exchange(cell) : undefined };
}

function headersSeen(messages: readonly ProcessingRequest[]): string[] {
  const last = messages.findLast(({ request }) => request === "requestHeaders");
  return (last?.requestHeaders?.headers?.headers ?? []).map(({ key = "" }) => key);
}

async function validate(yaml: string): Promise<void> {
  await using dir = await openTempDir();
  await writeFile(dir.join("envoy.yaml"), yaml);
  await run(await envoyPath(), ["--mode", "validate", "-c", dir.join("envoy.yaml"), "-l", "error"]);
}

test("the file is valid as it is, and with a TLS upstream and a guard on TCP", async () => {
  const template = await readFile(TEMPLATE, "utf8");
  await validate(template);
  await validate(
    renderEnvoyConfig(template, {
      proxyPort: 10000,
      adminPort: 9901,
      guard: { kind: "tcp", host: "127.0.0.1", port: 50051 },
      upstream: { host: "api.example.com", port: 443, tls: { caFile: SYSTEM_CA_FILE } },
      accessLogPath: "/dev/null",
    }),
  );
});

test("Envoy takes each part of the telemetry, in any company", async () => {
  const template = await readFile(TEMPLATE, "utf8");
  const [text, grpc, otel, tracing] = await Promise.all(parts.map(readPart));
  assert.ok(text !== undefined && grpc !== undefined && otel !== undefined && tracing !== undefined);
  for (const telemetry of [
    { accessLogs: [text] },
    { accessLogs: ["json", grpc] },
    { accessLogs: ["json", text, grpc, otel], tracing },
    { accessLogs: [] },
  ] as const) {
    await validate(renderEnvoyConfig(template, { ...placed, telemetry }));
  }
});

test("each part names every field of the verdict record, and no other", async () => {
  const fields: Readonly<Record<string, { readonly type: string }>> = verdictFields;
  const [text, , otel, tracing] = await Promise.all(parts.map(readPart));
  for (const part of [text, otel]) {
    const named = [
      ...(part?.yaml ?? "").matchAll(/\b(\w+)(?:=|, value: \{ string_value: ")%DYNAMIC_METADATA\(sallyport:(\w+)\)%/g),
    ];
    for (const [, key, field] of named) assert.equal(key, field);
    assert.deepEqual(
      named.map(([, key]) => key),
      Object.keys(fields),
    );
  }
  const { custom_tags: tags } = (parse(tracing?.yaml ?? "") as { tracing: { custom_tags: readonly Tag[] } }).tracing;
  const told = tags.filter(({ metadata }) => metadata !== undefined);
  for (const { tag, metadata, value_type } of told) {
    const field = metadata?.metadata_key.path[0]?.key ?? "";
    assert.equal(tag, `sallyport.${field}`);
    const type = { string: undefined, number: "DOUBLE", integer: "INT", boolean: "BOOL" }[fields[field]?.type ?? ""];
    assert.equal(value_type, type, tag);
    assert.ok(field in fields, tag);
  }
  assert.ok(told.length > 20);
});

test("headers that only Envoy and the guard may use do not come from a client", async () => {
  const forged = {
    "x-sallyport-verdict": "allow",
    "X-Guard-Skip": "1",
    "x-envoy-max-retries": "9",
    "accept-encoding": "br",
    range: "bytes=0-1",
  };
  const { status, got } = await ask("forged", { headers: forged });
  assert.equal(status, 200);
  for (const name of Object.keys(forged)) assert.equal(got?.headers[name.toLowerCase()], undefined, name);
});

test("credentials reach the upstream and not the guard", async () => {
  const credentials = {
    authorization: "Bearer t",
    cookie: "a=b",
    "x-api-key": "k",
    "api-key": "k",
    "x-goog-api-key": "k",
    "proxy-authorization": "Basic x",
  };
  const { got } = await ask("credentials", { headers: credentials });
  const shown = headersSeen(guard.messages);
  assert.ok(shown.includes("content-type") || shown.includes(":path"));
  for (const name of Object.keys(credentials)) assert.ok(!shown.includes(name), name);
  assert.equal(got?.headers.authorization, "Bearer t");
  assert.equal(got?.headers["x-api-key"], "k");
});

test("one spelling of a path; escaped slashes are refused", async () => {
  const { got, record } = await ask("path", { path: "//v1/./x/../chat//completions?key=hidden" });
  assert.equal(got?.path, "/v1/chat/completions?key=hidden");
  assert.equal(record["path"], "/v1/chat/completions");
  assert.ok(!JSON.stringify(record).includes("hidden"));
  assert.equal((await ask("escaped", { path: "/v1%2Fchat" })).status, 400);
});

test("an exchange is pending until a verdict is written", async () => {
  const { record } = await ask("pending");
  assert.deepEqual([record.sallyport?.["verdict"], record.sallyport?.["stage"]], ["pending", "none"]);
});

test("a guard that changes other headers than a body's fails its exchange", async () => {
  told = { setHeader: ["authorization", "Bearer other"] };
  const { status, got } = await ask("mutation");
  told = {};
  assert.equal(status, 500);
  assert.equal(got, undefined);
});

test("the upstream gets the length that the guard names, and chunks without one", async () => {
  told = { length: "4" };
  const named = await ask("length", { body: "ping" });
  told = {};
  assert.equal(named.got?.headers["content-length"], "4");
  assert.equal(named.got?.headers["transfer-encoding"], undefined);
  const unnamed = await ask("chunks", { body: "ping" });
  assert.equal(unnamed.got?.headers["content-length"], undefined);
  assert.equal(unnamed.got?.headers["transfer-encoding"], "chunked");
});

test("a client's own length does not survive a body that the guard changed: no second request is smuggled", async () => {
  const smuggled = "POST /v1/smuggled HTTP/1.1\r\nhost: localhost\r\nx-cell: smuggled\r\ncontent-length: 0\r\n\r\n";
  told = { grow: Buffer.from(`ping${smuggled}`) };
  upstream.script("grown", async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, {});
    exchange.end();
  });
  using client = openHttp1(envoy.proxyPort, {
    method: "POST",
    path: "/v1/chat/completions",
    ends: "last-piece",
    headers: { "x-cell": "grown", "content-length": "4" },
  });
  client.end(Buffer.from("ping"), {});
  assert.equal((await client.head).status, 200);
  told = {};
  const got = await upstream.exchange("grown");
  assert.equal(got.body.text(), `ping${smuggled}`);
  await ask("after");
  assert.equal(upstream.count("smuggled"), 0);
});

test("content-length beside chunks: the connection is closed, and the request goes nowhere", async () => {
  const before = guard.messages.length;
  using client = openHttp1(envoy.proxyPort, {
    method: "POST",
    path: "/v1/chat/completions",
    ends: "apart",
    headers: { "x-cell": "both", "content-length": "4" },
  });
  client.end(Buffer.from("ping"), {});
  assert.equal(await client.body.ended, "cut");
  // The guard may see Envoy's own 400, and nothing of the request.
  for (const { request } of guard.messages.slice(before)) assert.match(request ?? "", /^response/);
  assert.equal(upstream.count("both"), 0);
});
