// What the linter calls an error is one: on the real Envoy each seeded configuration lets a text pass that the policy
// blocks, and `sallyport envoy lint` on its admin page says by which rule. The good one blocks, and is clean.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { writeFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import { envoyPath } from "../../scripts/envoy.mjs";
import { openHttp1 } from "../helpers/client-http1.ts";
import { Envoy } from "../helpers/envoy.ts";
import { GuardProcess } from "../helpers/guard-process.ts";
import { Recording } from "../helpers/recording.ts";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../helpers/temp-dir.ts";
import { Upstream } from "../helpers/upstream.ts";

/** A loose view of a configuration, for seeds. */
type Loose = { [key: string]: Loose } & Loose[];

const TYPE = "type.googleapis.com/envoy";
const HTTP = `${TYPE}.extensions.filters.http`;
const word = "gooseberry";
const policy = `kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: pass }
rules:
  - { id: word, stage: [prompt, reply], detect: { keywords: { list: [${word}] } }, action: block }
`;
const prompt = JSON.stringify({ model: "m", messages: [{ role: "user", content: `a ${word}` }] });
const harmless = JSON.stringify({ model: "m", messages: [{ role: "user", content: "a plum" }] });
const replyOf = (content: string): string =>
  JSON.stringify({
    ...{ id: "c", object: "chat.completion", created: 1, model: "m" },
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
  });
const reply = replyOf(`a ${word}`);

let dir: TempDir;
let guard: GuardProcess;
let upstream: Upstream;

before(async () => {
  dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), policy);
  guard = await GuardProcess.open({ policy: dir.join("policy.yaml") });
  upstream = await Upstream.open();
});
after(async () => {
  await guard?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
  await dir?.[Symbol.asyncDispose]();
});

class Seed {
  readonly root: Loose;
  constructor(yaml: string) {
    this.root = parse(yaml) as Loose;
  }
  get listeners(): Loose[] {
    return this.root["static_resources"]?.["listeners"] as Loose[];
  }
  get manager(): Loose {
    return this.listeners[0]?.["filter_chains"]?.[0]?.["filters"]?.[0]?.["typed_config"] as Loose;
  }
  get route(): Loose {
    return this.manager["route_config"]?.["virtual_hosts"]?.[0]?.["routes"]?.[0] as Loose;
  }
  get guard(): Loose {
    const filters = this.manager["http_filters"] as Loose[];
    const found = filters.find(({ name }) => String(name) === "envoy.filters.http.ext_proc");
    return found?.["typed_config"] as Loose;
  }
  set(holder: Loose, fields: object): void {
    Object.assign(holder, fields);
  }
  perRoute(fields: object): void {
    const entry = { "@type": `${HTTP}.ext_proc.v3.ExtProcPerRoute`, ...fields };
    this.set(this.route, { typed_per_filter_config: { "envoy.filters.http.ext_proc": entry } });
  }
  /** Another listener with one network filter; `Envoy.proxyPort` is then its port. */
  addListener(filter: object): void {
    const address = { socket_address: { address: "127.0.0.1", port_value: 0 } };
    this.listeners.push({ name: "second", address, filter_chains: [{ filters: [filter] }] } as never);
  }
}

const router = { name: "router", typed_config: { "@type": `${HTTP}.router.v3.Router` } };

type Case = {
  readonly rule: string;
  readonly name: string;
  readonly plant: (seed: Seed) => void;
  /** What passes: the prompt that is blocked otherwise, or the reply to a harmless one. */
  readonly passes: "prompt" | "reply";
  readonly noGuard?: true;
};

const cases: readonly Case[] = [
  {
    ...{ rule: "route-disabled", name: "the filter is off on the route", passes: "prompt" },
    plant: (seed) => seed.perRoute({ disabled: true }),
  },
  {
    ...{ rule: "route-disabled", name: "the filter is off on one of two weighted clusters", passes: "prompt" },
    plant: (seed) => {
      const off = { "@type": `${TYPE}.config.route.v3.FilterConfig`, disabled: true };
      const clusters = [
        { name: "model", weight: 0 },
        { name: "model", weight: 1, typed_per_filter_config: { "envoy.filters.http.ext_proc": off } },
      ];
      const { cluster: _, ...forward } = seed.route["route"] as Loose;
      seed.set(seed.route, { route: { ...forward, weighted_clusters: { clusters } } });
    },
  },
  {
    ...{ rule: "body-none", name: "prompts are not shown", passes: "prompt" },
    plant: (seed) => seed.set(seed.guard["processing_mode"] as Loose, { request_body_mode: "NONE" }),
  },
  {
    ...{ rule: "body-none", name: "an override names one body mode and so switches the other off", passes: "reply" },
    plant: (seed) =>
      seed.perRoute({
        overrides: {
          processing_mode: { request_body_mode: "FULL_DUPLEX_STREAMED", request_trailer_mode: "SEND" },
        },
      }),
  },
  {
    ...{ rule: "fails-open", name: "there is no Sallyport, and no answer means yes", passes: "prompt", noGuard: true },
    // In full duplex Envoy answers 500 where a body came, and lets requests without one pass.
    plant: (seed) => {
      seed.set(seed.guard, { failure_mode_allow: true });
      seed.set(seed.guard["processing_mode"] as Loose, {
        request_body_mode: "BUFFERED",
        response_body_mode: "BUFFERED",
      });
    },
  },
  {
    ...{ rule: "tcp-proxy", name: "a listener hands on raw bytes", passes: "prompt" },
    plant: (seed) => {
      const type = `${TYPE}.extensions.filters.network.tcp_proxy.v3.TcpProxy`;
      seed.addListener({ name: "tcp", typed_config: { "@type": type, stat_prefix: "tcp", cluster: "model" } });
    },
  },
  {
    ...{ rule: "filter-missing", name: "a second listener has no filter", passes: "prompt" },
    plant: (seed) =>
      seed.addListener({
        name: "http",
        typed_config: { ...seed.manager, stat_prefix: "second", http_filters: [router] },
      }),
  },
  {
    ...{ rule: "observability-mode", name: "Envoy takes no answer", passes: "prompt" },
    plant: (seed) => {
      seed.set(seed.guard, { observability_mode: true });
      seed.set(seed.guard["processing_mode"] as Loose, { request_body_mode: "STREAMED", response_body_mode: "NONE" });
    },
  },
];

function openEnvoy(plant: (seed: Seed) => void, socket: string, port: number = upstream.port): Promise<Envoy> {
  const shape = (yaml: string): string => {
    const seed = new Seed(yaml);
    plant(seed);
    return stringify(seed.root);
  };
  const at = { host: "127.0.0.1", port };
  return envoyPath().then((program) =>
    Envoy.open({ program, guard: { kind: "unix", path: socket }, upstream: at, shape }),
  );
}

/** Sends the body, and gives what the client gets. The upstream answers a harmless prompt with the word. */
async function send(port: number, cell: string, body: string): Promise<{ status: number; text: string }> {
  upstream.script(cell, async (exchange) => {
    await exchange.body.ended;
    exchange.respond(200, { "content-type": "application/json" });
    exchange.write(body === harmless ? reply : replyOf("a pear"));
    exchange.end();
  });
  const headers = { "x-cell": cell, "content-type": "application/json", "content-length": String(body.length) };
  using client = openHttp1(port, { method: "POST", path: "/v1/chat/completions", headers, ends: "last-piece" });
  client.end(Buffer.from(body), {});
  const { status } = await client.head;
  await client.body.ended;
  return { status, text: client.body.text() };
}

/** A server that takes every upgrade, and keeps what comes after it. */
async function openUpgrading(): Promise<{ readonly port: number; readonly got: Recording } & AsyncDisposable> {
  const got = new Recording();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", (head) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
      got.append(head.subarray(head.indexOf("\r\n\r\n") + 4));
      socket.on("data", (bytes: Buffer) => got.append(bytes));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    got,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

type Told = { readonly findings: readonly { readonly id: string; readonly severity: string }[] };

async function lintLive(envoy: Envoy): Promise<{ readonly code: number | null; readonly ids: readonly string[] }> {
  const where = `http://127.0.0.1:${envoy.adminPort}`;
  const { code, stdout, stderr } = await sallyport(["envoy", "lint", where, "--json"], { cwd: dir.path });
  assert.equal(stderr, "");
  return { code, ids: (JSON.parse(stdout) as Told).findings.map(({ id }) => id) };
}

test("the good configuration blocks both ways, and is clean", async () => {
  await using envoy = await openEnvoy(() => undefined, guard.socket);
  assert.deepEqual([(await send(envoy.proxyPort, "good", prompt)).status, upstream.count("good")], [400, 0]);
  const blocked = await send(envoy.proxyPort, "good-reply", harmless);
  assert.equal(upstream.count("good-reply"), 1);
  assert.ok(blocked.status >= 400 && !blocked.text.includes(word), `${blocked.status}`);
  assert.deepEqual(await lintLive(envoy), { code: 0, ids: [] });
});

for (const [index, { rule, name, plant, passes, noGuard }] of cases.entries()) {
  test(`${rule}: ${name}, and the text passes`, async () => {
    await using envoy = await openEnvoy(plant, noGuard === true ? dir.join("none.sock") : guard.socket);
    const cell = `case-${index}`;
    const { status, text } = await send(envoy.proxyPort, cell, passes === "prompt" ? prompt : harmless);
    assert.equal(status, 200);
    if (passes === "reply") assert.equal(text, reply);
    else assert.equal((await upstream.exchange(cell)).body.text(), prompt);
    const { code, ids } = await lintLive(envoy);
    assert.equal(code, 1);
    assert.ok(ids.includes(rule), ids.join());
  });
}

test("upgrade-unguarded: a client upgrades, and the text passes", async () => {
  await using model = await openUpgrading();
  const plant = (seed: Seed): void =>
    seed.set(seed.manager, { upgrade_configs: [{ upgrade_type: "websocket", filters: [router] }] });
  await using envoy = await openEnvoy(plant, guard.socket, model.port);
  const socket = connect(envoy.proxyPort, "127.0.0.1").on("error", () => undefined);
  const back = new Recording();
  socket.on("data", (bytes) => back.append(bytes));
  socket.once("close", () => back.finish("cut"));
  socket.write(
    "GET /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n",
  );
  await back.includes("HTTP/1.1 101");
  socket.write(prompt);
  await model.got.includes(prompt);
  socket.destroy();
  assert.deepEqual(await lintLive(envoy), { code: 1, ids: ["upgrade-unguarded"] });
});
