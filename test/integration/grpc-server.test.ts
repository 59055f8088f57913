// The server around the streams: health, drain, resets in quick succession, and what a peer may do wrong.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { Server } from "@grpc/grpc-js";
import { HEALTH_SERVICE, PROCESSOR_SERVICE } from "../../src/extproc/codec.ts";
import type { GuardStream } from "../../src/extproc/guard-stream.ts";
import { HEALTH_WATCHES_MAX, ServingStatus } from "../../src/extproc/health.ts";
import { CONNECTIONS_MAX } from "../../src/extproc/listen.ts";
import { CONCURRENT_STREAMS_MAX, liftResetLimits, watchConnections } from "../../src/extproc/server.ts";
import { createGate } from "../helpers/gate.ts";
import { openGuard, type Transport } from "../helpers/open-guard.ts";
import { bodyOf, codec, echo, framed, requestBody } from "../helpers/processor-client.ts";
import { RawConnection, reset, statusOf } from "../helpers/raw-http2.ts";

const OK = { code: 0, details: "" };
const DRAINING = { code: 14, details: "draining" };

async function echoAll(stream: GuardStream): Promise<void> {
  for await (const message of stream.messages) await stream.send(echo(message.requestBody?.body));
}

test("health: not serving until told, for the server and for ext_proc; others are unknown", async () => {
  await using guard = await openGuard(echoAll);
  for (const service of ["", PROCESSOR_SERVICE, HEALTH_SERVICE]) {
    guard.server.setServing(false);
    assert.equal(await guard.client.check(service), ServingStatus.NOT_SERVING);
    guard.server.setServing(true);
    assert.equal(await guard.client.check(service), ServingStatus.SERVING);
  }
  assert.equal(await guard.client.check("other"), -5);
});

test("health: a watch hears each change once", async () => {
  await using guard = await openGuard(echoAll);
  const watch = guard.client.watch(PROCESSOR_SERVICE);
  assert.deepEqual(await watch.next(), { status: ServingStatus.NOT_SERVING });
  guard.server.setServing(true);
  guard.server.setServing(true);
  assert.deepEqual(await watch.next(), { status: ServingStatus.SERVING });
  const drained = guard.server.drain(60_000);
  assert.deepEqual(await watch.next(), { status: ServingStatus.NOT_SERVING });
  await drained;
  const unknown = guard.client.watch("other");
  assert.deepEqual(await unknown.next(), { status: ServingStatus.SERVICE_UNKNOWN });
  watch.cancel();
  assert.equal((await watch.status).code, 1);
});

test("health: watches are bounded, and one that leaves makes room", async () => {
  await using guard = await openGuard(echoAll);
  const watches = Array.from({ length: HEALTH_WATCHES_MAX }, () => guard.client.watch());
  for (const watch of watches) assert.deepEqual(await watch.next(), { status: ServingStatus.NOT_SERVING });
  assert.deepEqual(await guard.client.watch().status, { code: 8, details: "too_many_watches" });
  watches[0]?.cancel();
  // The server notes the cancel a turn after it arrived: asked again until then.
  while ((await guard.client.watch().next()) === undefined);
});

test("drain: open streams finish, new ones are refused, then it resolves", async () => {
  await using guard = await openGuard(echoAll);
  guard.server.setServing(true);
  const open = guard.client.open();
  open.send(requestBody("before"));
  assert.equal(bodyOf(await open.next()), "before");
  const drained = guard.server.drain(600_000);
  assert.equal(await guard.client.check(), ServingStatus.NOT_SERVING);
  assert.deepEqual(await guard.client.open().status, DRAINING);
  guard.server.setServing(true);
  assert.equal(await guard.client.check(), ServingStatus.NOT_SERVING);
  open.send(requestBody("during"));
  assert.equal(bodyOf(await open.next()), "during");
  open.halfClose();
  assert.deepEqual(await open.status, OK);
  await drained;
  assert.deepEqual(guard.faults, []);
});

test("drain: what is open when the budget is spent fails", async () => {
  const stuck = createGate();
  await using guard = await openGuard(async (stream) => {
    await stream.send(echo(Buffer.from("held")));
    await stuck.opened;
  });
  const call = guard.client.open();
  assert.equal(bodyOf(await call.next()), "held");
  await guard.server.drain(1);
  assert.deepEqual(await call.status, DRAINING);
  stuck.open();
  assert.deepEqual(guard.faults, []);
});

test("close fails what is open, in trailers, and twice is once", async () => {
  await using guard = await openGuard(echoAll);
  const call = guard.client.open();
  call.send(requestBody("x"));
  assert.equal(bodyOf(await call.next()), "x");
  await Promise.all([guard.server.close(), guard.server.drain(1), guard.server.close()]);
  assert.deepEqual(await call.status, DRAINING);
});

type Seen = { readonly closed: boolean; readonly goaways: readonly number[]; readonly faults: readonly string[] };

async function resets(transport: Transport, count: number): Promise<Seen> {
  await using guard = await openGuard(echoAll, transport);
  await using raw = await RawConnection.open(guard.server.address);
  const message = framed(codec.processor.Process.requestSerialize(requestBody("x")));
  const width = 50;
  for (let n = 0; n < count && !raw.closed; n += width) {
    const streams = Array.from({ length: width }, () => {
      const stream = raw.open();
      stream.write(message);
      return stream;
    });
    const answered = streams.map(async (stream) => {
      await new Promise((resolve) => stream.once("data", resolve).once("close", resolve));
      await reset(stream);
    });
    await Promise.all(answered);
  }
  return { closed: raw.closed, goaways: raw.goaways, faults: guard.faults.map(({ kind }) => kind) };
}

test("5,000 exchanges that end with a reset do not close a UNIX socket's connection", async () => {
  assert.deepEqual(await resets("unix", 5_000), { closed: false, goaways: [], faults: [] });
});

test("on plain TCP the reset limits stay, and what they end is told", async () => {
  const { closed, goaways, faults } = await resets("tcp", 5_000);
  assert.ok(closed || goaways.length > 0, "Node closed the connection");
  assert.deepEqual(faults, ["connection-broken"]);
});

test("streams cancelled before their first message do not close the connection either", async () => {
  await using guard = await openGuard(echoAll);
  await using raw = await RawConnection.open(guard.server.address);
  for (let n = 0; n < 5_000; n += 100) await Promise.all(Array.from({ length: 100 }, () => reset(raw.open())));
  assert.deepEqual({ closed: raw.closed, goaways: raw.goaways }, { closed: false, goaways: [] });
});

test("a grpc-js without the private options is refused loudly", () => {
  assert.doesNotThrow(() => liftResetLimits(new Server()));
  assert.throws(() => liftResetLimits({}), { name: "ListenError", code: "unsupported_grpc" });
  for (const server of [{}, { http2Servers: new Map() }])
    assert.throws(() => watchConnections(server, () => undefined), { name: "ListenError", code: "unsupported_grpc" });
});

test("one connection above the limit is refused, and one that leaves makes room", async () => {
  await using guard = await openGuard(echoAll);
  const held = await Promise.all(
    Array.from({ length: CONNECTIONS_MAX }, () => RawConnection.open(guard.server.address)),
  );
  const extra = connect({ path: guard.server.address.slice("unix:".length) });
  await once(extra.resume(), "close");
  assert.deepEqual(guard.faults, [{ kind: "peer-refused", why: "too-many" }]);
  await held.pop()?.[Symbol.asyncDispose]();
  // The server notes the end of the connection a turn after it came: tried again until then.
  let next: RawConnection | undefined;
  while (next === undefined) next = await RawConnection.open(guard.server.address).catch(() => undefined);
  for (const raw of [...held, next]) await raw[Symbol.asyncDispose]();
});

test("the stream limit is announced", async () => {
  await using guard = await openGuard(echoAll);
  await using raw = await RawConnection.open(guard.server.address);
  assert.equal(raw.session.remoteSettings.maxConcurrentStreams, CONCURRENT_STREAMS_MAX);
});

test("a failure is told in trailers, not by a reset", async () => {
  await using guard = await openGuard(async (stream) => {
    if (stream.metadata("x-part") === "late") await stream.send(echo(undefined));
    throw new Error("bug");
  });
  await using raw = await RawConnection.open(guard.server.address);
  for (const part of ["early", "late"]) {
    assert.deepEqual(await statusOf(raw.open(undefined, { "x-part": part })), { status: "13", rstCode: 0 });
  }
});

const badPeers = [
  {
    what: "a message that is no ProcessingRequest",
    bytes: framed(Buffer.from([0x22, 0xff, 0xff])),
    status: "13",
    fault: ["malformed-request"],
  },
  { what: "a message that announces 4 GB", bytes: Buffer.from([0, 255, 255, 255, 255]), status: "8", fault: [] },
  {
    what: "a message of unknown compression",
    bytes: Buffer.from([1, 0, 0, 0, 1, 0]),
    headers: { "grpc-encoding": "x" },
    status: "12",
    fault: [],
  },
  {
    what: "a message that is not the gzip it says",
    bytes: Buffer.from([1, 0, 0, 0, 1, 0]),
    headers: { "grpc-encoding": "gzip" },
    status: "13",
    fault: [],
  },
] as const;
for (const { what, bytes, status, fault, ...rest } of badPeers) {
  test(`${what} fails its own stream only`, async () => {
    await using guard = await openGuard(echoAll);
    await using raw = await RawConnection.open(guard.server.address);
    const bad = raw.open(undefined, "headers" in rest ? rest.headers : {});
    bad.write(bytes);
    assert.equal((await statusOf(bad)).status, status);
    assert.deepEqual(
      guard.faults.map(({ kind }) => kind),
      fault,
    );
    const good = raw.open();
    good.end(framed(codec.processor.Process.requestSerialize(requestBody("x"))));
    assert.equal((await statusOf(good)).status, "0");
  });
}

test("another method or content type is refused without a stream", async () => {
  await using guard = await openGuard(echoAll);
  await using raw = await RawConnection.open(guard.server.address);
  assert.equal((await statusOf(raw.open("/other.Service/Method"))).status, "12");
  const [headers] = await once(raw.open(undefined, { "content-type": "text/plain" }), "response");
  assert.equal(headers[":status"], 415);
});
