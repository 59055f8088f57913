// Replies that Envoy makes itself, and requests of which the guard sees no body: they pass or are refused, and the record
// tells them from the model's.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { model, System, user } from "../e2e/system.ts";
import { Envoy } from "../helpers/envoy.ts";
import { GuardProcess } from "../helpers/guard-process.ts";

const chat = "/v1/chat/completions";

/** Sends text as it is; resolves with the status once the head of the reply is there. */
async function statusOf(port: number, text: string): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  socket.write(text);
  let reply = "";
  socket.on("data", (bytes) => {
    reply += bytes.toString("latin1");
    if (reply.includes("\r\n\r\n")) socket.destroy();
  });
  await once(socket, "close");
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(reply)?.[1]);
}

test("an upgrade, an escaped slash: Envoy refuses, and the guard has judged nothing", async () => {
  await using system = await System.open();
  const port = system.envoy.proxyPort;
  const key = "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
  const upgrade = `GET /v1/realtime HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n${key}\r\n\r\n`;
  assert.equal(await statusOf(port, upgrade), 403);
  assert.equal(await statusOf(port, "GET /v1%2Fmodels HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"), 400);
  const records = await system.settled();
  assert.deepEqual(
    records.map(({ details }) => details),
    ["upgrade_failed", "path_normalization_failed"],
  );
  for (const { sallyport } of records) {
    assert.deepEqual(
      [sallyport?.["local"], sallyport?.["prompt_verdict"], sallyport?.["verdict"]],
      [true, "none", "not-inspected"],
    );
  }
  assert.equal(system.seen.length, 0);
});

test("a model server that is not there: Envoy's 503 passes", async () => {
  await using system = await System.open({ upstreamPort: 1 });
  const reply = await system.post(chat, { model, messages: user("hi") });
  assert.equal(reply.status, 503);
  const { sallyport } = (await system.settled())[0] ?? {};
  assert.deepEqual(
    [sallyport?.["local"], sallyport?.["prompt_verdict"], sallyport?.["reply_verdict"]],
    [true, "allow", "not-inspected"],
  );
});

test("a prompt without an end is held until Envoy's request_timeout; a CONNECT is refused at its head", async () => {
  const policy = fileURLToPath(new URL("../e2e/policy.yaml", import.meta.url));
  await using guard = await GuardProcess.open({ policy });
  await using envoy = await Envoy.open({
    program: process.env["ENVOY_BIN"] ?? "envoy",
    guard: { kind: "unix", path: guard.socket },
    upstream: { host: "127.0.0.1", port: 1 },
    shape: (yaml) => yaml.replace("request_timeout: 300s", "request_timeout: 1s"),
  });
  const connecting = "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n";
  assert.equal(await statusOf(envoy.proxyPort, connecting), 400);
  const connect = await envoy.record(({ method }) => method === "CONNECT");
  assert.equal(connect.sallyport?.["cause"], "unreadable:unknown-path");

  const json = "content-type: application/json\r\ncontent-length: 100";
  const begun = `POST ${chat} HTTP/1.1\r\nhost: model\r\n${json}\r\n\r\n{"model":`;
  assert.equal(await statusOf(envoy.proxyPort, begun), 408);
  const { details, sallyport } = await envoy.record(({ method }) => method === "POST");
  assert.deepEqual(
    [details, sallyport?.["verdict"], sallyport?.["local"]],
    ["request_overall_timeout", "aborted", true],
  );
});

test("requests without a body on a path that is none of ours are refused", async () => {
  await using system = await System.open();
  for (const [method, path] of [
    ["GET", "/"],
    ["HEAD", "/v1/files"],
    ["OPTIONS", chat],
    ["DELETE", "/v1/files/1"],
  ] as const) {
    const reply = await fetch(system.url + path, { method });
    assert.equal(reply.status, 400, `${method} ${path}`);
  }
  const records = await system.settled();
  assert.deepEqual(new Set(records.map(({ sallyport }) => sallyport?.["cause"])), new Set(["unreadable:unknown-path"]));
  assert.equal(system.seen.length, 0);
});
