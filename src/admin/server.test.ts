import assert from "node:assert/strict";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import { type AdminParts, openAdmin } from "./server.ts";

async function open(more: Partial<AdminParts> = {}) {
  const errors: unknown[] = [];
  const server = await openAdmin({
    host: "127.0.0.1",
    port: 0,
    readiness: () => ({ ready: true, policy: "p@0123456789ab", stale: false, breakGlass: 0 }),
    breakGlass: { token: null, entries: () => [], open: () => assert.fail(), close: () => false },
    logLevel: {
      token: null,
      state: () => ({ level: "info", configured: "info", endsS: null }),
      set: () => assert.fail(),
      reset: () => false,
    },
    metrics: () => Promise.resolve({ contentType: "text/plain; version=0.0.4", body: "a 1\n" }),
    onError: (error) => errors.push(error),
    onRefused: () => assert.fail(),
    ...more,
  });
  const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return { server, get, errors, [Symbol.asyncDispose]: () => server.close() };
}

test("five pages and nothing else", async () => {
  await using admin = await open();
  const cases: readonly (readonly [string, string, number, string])[] = [
    ["GET", "/healthz", 200, "ok\n"],
    ["GET", "/metrics", 200, "a 1\n"],
    ["GET", "/metrics?x=1", 200, "a 1\n"],
    ["GET", "/readyz", 200, '{"ready":true,"policy":"p@0123456789ab","stale":false,"breakGlass":0}\n'],
    ["HEAD", "/metrics", 200, ""],
    ["POST", "/metrics", 405, "only GET and HEAD\n"],
    ["GET", "/break-glass", 200, '{"open":[]}\n'],
    ["GET", "/log-level", 200, '{"level":"info","configured":"info","ends":null}\n'],
    ["GET", "/", 404, "not found\n"],
    ["GET", "/metrics/", 404, "not found\n"],
    ["GET", "/toString", 404, "not found\n"],
  ];
  for (const [method, path, status, body] of cases) {
    const response = await admin.get(path, { method });
    assert.deepEqual([response.status, await response.text()], [status, body], `${method} ${path}`);
    assert.equal(response.headers.get("cache-control"), "no-store");
  }
  assert.equal((await admin.get("/metrics", { method: "HEAD" })).headers.get("content-length"), "4");
});

test("readiness follows the guard", async () => {
  let state = { ready: false, policy: null as string | null, stale: false, breakGlass: 0 };
  await using admin = await open({ readiness: () => state });
  assert.equal((await admin.get("/readyz")).status, 503);
  assert.equal((await admin.get("/healthz")).status, 200);
  state = { ready: true, policy: "p@0123456789ab", stale: true, breakGlass: 1 };
  const stale = await admin.get("/readyz");
  assert.deepEqual([stale.status, await stale.json()], [200, state]);
});

test("a page that fails ends its own connection and is told", async () => {
  const failure = new Error("no metrics");
  await using admin = await open({ metrics: () => Promise.reject(failure) });
  await assert.rejects(admin.get("/metrics"));
  assert.deepEqual(admin.errors, [failure]);
  assert.equal((await admin.get("/healthz")).status, 200);
});

test("an address in use is an error of opening", async () => {
  await using admin = await open();
  await assert.rejects(open({ port: admin.server.port }), { code: "EADDRINUSE" });
});

test("closing ends open connections", async () => {
  const admin = await open();
  const idle = connect(admin.server.port, "127.0.0.1");
  await once(idle, "connect");
  const ended = once(idle, "close");
  await admin.get("/healthz");
  await admin.server.close();
  await ended;
});
