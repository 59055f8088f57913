// Ways out of HTTP's requests and replies, through the real Envoy: upgrades and CONNECT are refused and counted, interim replies
// carry nothing, and what Envoy sends again is what was judged.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import OpenAI, { APIError } from "openai";
import type { Script } from "../helpers/upstream.ts";
import { banned, chat, email, HttpSite, json, replied, said, verdictsOf } from "../helpers/http-site.ts";
import { model, System, user } from "./system.ts";

const bad = said(banned);
const good = said("hi");
const webSocket = [
  ...["upgrade: websocket", "sec-websocket-version: 13", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="],
  "connection: upgrade",
];

describe("upgrades", () => {
  let site: HttpSite;
  before(async () => {
    site = await HttpSite.open();
  });
  after(() => site[Symbol.asyncDispose]());

  for (const [start, lines, body] of [
    ["GET /v1/realtime?model=m", webSocket, ""],
    [`GET ${chat}`, webSocket, ""],
    [`POST ${chat}`, [...webSocket, ...json(bad)], bad],
    [`POST ${chat}`, ["upgrade: h2c, websocket", "connection: upgrade", ...json(bad)], bad],
    [`POST ${chat}`, ["upgrade: TLS/1.3", "connection: upgrade", ...json(bad)], bad],
  ] as const) {
    test(`${start}, ${lines[0]}: Envoy's 403, counted`, async () => {
      const seen = await site.ask({ start, lines, body });
      assert.deepEqual([seen.status, seen.record.details, seen.requests], [403, "upgrade_failed", 0]);
      assert.deepEqual(verdictsOf(seen), ["none", "not-inspected", "unreadable:not-inspected", "Envoy's"]);
    });
  }

  test("upgrade: h2c, or without the word in connection: no upgrade, and the body is judged", async () => {
    const h2c = ["connection: upgrade, http2-settings", "upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__"];
    for (const lines of [h2c, ["upgrade: websocket"]]) {
      const blocked = await site.ask({ start: `POST ${chat}`, lines: [...lines, ...json(bad)], body: bad });
      assert.deepEqual([blocked.status, verdictsOf(blocked)[2], blocked.requests], [400, "rule", 0]);
    }
    const { got } = await site.ask({ start: `POST ${chat}`, lines: [...h2c, ...json(good)], body: good });
    assert.deepEqual(
      [got?.body, got?.headers["upgrade"], got?.headers["http2-settings"]],
      [good, undefined, undefined],
    );
  });

  test("CONNECT: refused at its head, HTTP/1.1 and HTTP/2", async () => {
    const seen = await site.ask({ start: "CONNECT model:443" });
    assert.deepEqual([seen.status, verdictsOf(seen)[2], seen.requests], [400, "unreadable:unknown-path", 0]);
    await using session = await openSession(site.port);
    const known = site.system.envoy.records.length;
    const stream = session.request({ ":method": "CONNECT", ":authority": "model:443" });
    const [headers] = (await once(stream, "response")) as [{ ":status"?: number }];
    stream.close();
    const { record, requests } = await site.outcome("none", known);
    assert.deepEqual([headers[":status"], verdictsOf({ record })[2], requests], [400, "unreadable:unknown-path", 0]);
  });

  test("extended CONNECT (WebSocket over HTTP/2): not offered, and reset where it is tried", async () => {
    await using session = await openSession(site.port);
    assert.equal(session.remoteSettings.enableConnectProtocol, false);
    const known = site.system.envoy.records.length;
    const stream = session.request({
      ...{ ":method": "CONNECT", ":protocol": "websocket", ":scheme": "http" },
      ...{ ":authority": "model", ":path": "/v1/realtime" },
    });
    stream.on("error", () => undefined);
    await new Promise((resolve) => stream.once("close", resolve));
    const { record, requests } = await site.outcome("none", known);
    assert.deepEqual([record.details, requests], ["http2.invalid.header.field", 0]);
  });
});

async function openSession(port: number): Promise<ClientHttp2Session & AsyncDisposable> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on("error", () => undefined);
  const closed = new Promise((resolve) => session.once("close", resolve)); // by Envoy, or below
  await once(session, "remoteSettings");
  return Object.assign(session, {
    [Symbol.asyncDispose]: async () => {
      session.destroy();
      await closed;
    },
  });
}

describe("replies that no HTTP library would send", () => {
  const whole = replied(`Write to ${email}`);
  const ok = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n${whole}`;
  const judged = ["allow", "redact", "", ""];
  const rows: readonly (readonly [what: string, reply: string, status: number, verdicts: readonly string[]])[] = [
    ["100 with a header", `HTTP/1.1 100 Continue\r\nx-note: ${email}\r\n\r\n${ok}`, 200, judged],
    ["102", `HTTP/1.1 102 Processing\r\nx-note: ${email}\r\n\r\n${ok}`, 200, judged],
    ["103 with a link", `HTTP/1.1 103 Early Hints\r\nlink: <${email}>\r\n\r\n${ok}`, 200, judged],
    [
      "a 304 with a body",
      `HTTP/1.1 304 Not Modified\r\ncontent-length: 22\r\n\r\n${email}`,
      304,
      ["allow", "allow", "", ""],
    ],
    [
      "a 204 with a body",
      `HTTP/1.1 204 No Content\r\ncontent-length: 22\r\n\r\n${email}`,
      502,
      ["allow", "not-inspected", "unreadable:not-inspected", "Envoy's"],
    ],
    [
      "a length beside chunks",
      `HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\ncontent-length: 22\r\n\r\n16\r\n${email}\r\n0\r\n\r\n`,
      502,
      ["allow", "not-inspected", "unreadable:not-inspected", "Envoy's"],
    ],
    ["HTTP/1.0, until it closes", `HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\n${email}`, 200, judged],
  ];
  for (const [what, reply, status, verdicts] of rows) {
    test(`${what}: nothing of it goes by unjudged`, async () => {
      await using upstream = await openRaw(reply);
      await using site = await HttpSite.open({ upstreamPort: upstream.port });
      const seen = await site.ask({ start: `POST ${chat}`, lines: json(good), body: good });
      assert.doesNotMatch(seen.wire, /dora/);
      assert.deepEqual([seen.status, verdictsOf(seen)], [status, verdicts]);
    });
  }

  test("a 101 that nobody asked for: no byte after its head", async () => {
    await using upstream = await openRaw(`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n${email}`);
    await using site = await HttpSite.open({ upstreamPort: upstream.port });
    const seen = await site.ask({ start: `POST ${chat}`, lines: json(good), body: good });
    assert.doesNotMatch(seen.wire, /dora/);
    assert.equal(seen.record.status, 101);
  });
});

/** Answers what has a head and the clean prompt with these bytes, and closes. */
async function openRaw(reply: string): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let got = "";
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      got += bytes.toString("latin1");
      if (got.endsWith(good)) socket.end(reply);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

test("upgrades that an operator allows: a path that is not known is refused, a known one held, nothing goes on", async () => {
  const allowed = "upgrade_configs: [{ upgrade_type: websocket }]";
  const shape = (yaml: string): string =>
    yaml
      .replace("codec_type: AUTO", `codec_type: AUTO\n                ${allowed}`)
      .replace("request_timeout: 300s", "request_timeout: 1s");
  await using site = await HttpSite.open({ shape });
  const realtime = await site.ask({ start: "GET /v1/realtime", lines: webSocket });
  assert.deepEqual([realtime.status, verdictsOf(realtime)[2], realtime.requests], [400, "unreadable:unknown-path", 0]);
  const known = await site.ask({
    start: `POST ${chat}`,
    lines: ["content-type: application/json", ...webSocket],
    body: good,
  });
  assert.deepEqual([known.record.status, known.requests], [408, 0]);
});

test("allow_connect alone: an extended CONNECT gets Envoy's 403", async () => {
  const shape = (yaml: string): string =>
    yaml.replace("http2_protocol_options:\n", "http2_protocol_options:\n                  allow_connect: true\n");
  await using site = await HttpSite.open({ shape });
  await using session = await openSession(site.port);
  assert.equal(session.remoteSettings.enableConnectProtocol, true);
  const stream = session.request({
    ...{ ":method": "CONNECT", ":protocol": "websocket", ":scheme": "http" },
    ...{ ":authority": "model", ":path": chat },
  });
  const [headers] = (await once(stream, "response")) as [{ ":status"?: number }];
  stream.close();
  const { record, requests } = await site.outcome("none", 0);
  assert.deepEqual([headers[":status"], record.details, requests], [403, "upgrade_failed", 0]);
});

test("redirects that Envoy follows: each hop is judged anew, and only edited bytes are sent again", async () => {
  const redirects = "internal_redirect_policy: { max_internal_redirects: 2, redirect_response_codes: [307] }";
  const shape = (yaml: string): string =>
    yaml.replace("cluster: model\n", `cluster: model\n                            ${redirects}\n`);
  await using site = await HttpSite.open({ shape });
  const key = `AK${"IA"}IOSF${"ODNN7EXAMPLE"}`;
  const body = said(`my key is ${key}`);
  for (const [location, status, hops] of [
    [`${chat}?beta=true`, 200, 2],
    [`${chat}?q=tell%20me`, 400, 1],
    ["/v1/other", 400, 1],
  ] as const) {
    const sent: string[] = [];
    const script: Script = async (exchange) => {
      await exchange.body.ended;
      sent.push(exchange.body.text());
      const to = { location: `http://model${location}` };
      exchange.respond(sent.length === 1 ? 307 : 200, { ...to, "content-type": "application/json" });
      exchange.write(replied(`Write to ${email}`));
      exchange.end();
    };
    const known = (await site.system.settled()).length;
    const seen = await site.ask({ start: `POST ${chat}`, lines: json(body), body, script });
    const edited = body.replace(key, "[AWS-ACCESS-KEY]");
    assert.deepEqual([seen.status, sent], [status, Array.from({ length: hops }, () => edited)]);
    assert.doesNotMatch(seen.wire, /dora/);
    const details = (await site.system.settled()).slice(known).map((record) => record.details);
    assert.deepEqual(details, ["internal_redirect", hops === 2 ? "via_upstream" : "sallyport_unreadable"]);
  }
});

test("retries: the prompt is judged once, and each try is the edited bytes", async () => {
  const shape = (yaml: string): string =>
    yaml
      .replaceAll("max_retries: 0", "max_retries: 3")
      .replace(
        "cluster: model\n",
        "cluster: model\n                            retry_policy: { retry_on: 5xx, num_retries: 2 }\n",
      );
  await using site = await HttpSite.open({ shape });
  const key = `AK${"IA"}IOSF${"ODNN7EXAMPLE"}`;
  for (const long of ["", "long ".repeat(40_000)]) {
    const tries: string[] = [];
    const body = said(`${long} my key is ${key}`);
    const seen = await site.ask({
      ...{ start: `POST ${chat}`, lines: json(body), body },
      script: async (exchange) => {
        await exchange.body.ended;
        tries.push(exchange.body.text());
        const last = tries.length === 3;
        exchange.respond(last ? 200 : 503, { "content-type": "application/json" });
        exchange.write(last ? replied(`Write to ${email}`) : `{"error":{"message":"${email}"}}`);
        exchange.end();
      },
    });
    const edited = body.replace(key, "[AWS-ACCESS-KEY]");
    assert.ok(tries.length === 3 && tries.every((each) => each === edited));
    assert.deepEqual([seen.status, verdictsOf(seen)], [200, ["redact", "redact", "", ""]]);
    assert.doesNotMatch(seen.wire, /dora/);
  }
  assert.equal((await site.system.settled()).length, 2);
});

test("a 503 of ours is raised at once: the official client does not try again", async () => {
  const late = { id: "late", stage: "prompt", detect: { pii: {} }, action: "redact" };
  const defaults = { onUnknown: "closed", onUnreadable: "block" };
  const policy = JSON.stringify({ kind: "Policy", version: 1, defaults, rules: [late] });
  await using system = await System.open({ policy, limits: { promptBudgetMs: 1 } });
  const client = new OpenAI({ baseURL: `${system.url}/v1`, apiKey: "none", maxRetries: 2 });
  const messages = user("Who was on call at noon, and where is the ferry? ".repeat(40_000));
  await assert.rejects(client.chat.completions.create({ model, messages }), (error: unknown) => {
    assert.ok(error instanceof APIError);
    assert.deepEqual([error.status, error.code], [503, "guard_unavailable"]);
    assert.equal(error.headers?.get("x-should-retry"), "false");
    return true;
  });
  assert.equal((await system.settled()).length, 1);
});
