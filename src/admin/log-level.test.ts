import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLevelOrder, LogLevelState } from "../domain/log-level.ts";
import { err, ok } from "../stdx/result.ts";
import type { LogLevelDoor } from "./log-level.ts";
import { openAdmin } from "./server.ts";

const token = "a-token-for-this-test";
const plain: LogLevelState = { level: "info", configured: "info", endsS: null };

async function open(more: Partial<LogLevelDoor> = {}) {
  const orders: (LogLevelOrder & { readonly from: string })[] = [];
  let state = plain;
  let resets = 0;
  const refusals: unknown[] = [];
  const logLevel: LogLevelDoor = {
    token,
    state: () => state,
    set(order, from) {
      orders.push({ ...order, from });
      if (order.minutes > 240) return err("minutes must be less");
      state = { ...plain, level: order.level, endsS: 1_800_000_000 };
      return ok(state);
    },
    reset() {
      state = plain;
      resets += 1;
      return true;
    },
    ...more,
  };
  const server = await openAdmin({
    host: "127.0.0.1",
    port: 0,
    readiness: () => assert.fail(),
    metrics: () => assert.fail(),
    onError: (error) => assert.fail(String(error)),
    onRefused: (...told) => refusals.push(told),
    breakGlass: { token: null, entries: () => [], open: () => assert.fail(), close: () => assert.fail() },
    logLevel,
  });
  const ask = async (method: string, body: string | null, authorization = `Bearer ${token}`) => {
    const reply = await fetch(`http://127.0.0.1:${server.port}/log-level`, {
      method,
      ...(body === null ? {} : { body }),
      headers: { authorization },
    });
    return { status: reply.status, allow: reply.headers.get("allow"), said: await reply.json() };
  };
  return { ask, orders, refusals, resets: () => resets, [Symbol.asyncDispose]: () => server.close() };
}

test("an order with the token is carried out and shown; DELETE takes it back", async () => {
  await using door = await open();
  const set = await door.ask("PUT", '{"level":"debug","minutes":10,"owner":"on-call"}');
  const shown = { level: "debug", configured: "info", ends: "2027-01-15T08:00:00.000Z" };
  assert.deepEqual([set.status, set.said], [200, shown]);
  assert.deepEqual(door.orders, [{ level: "debug", minutes: 10, owner: "on-call", from: "127.0.0.1" }]);
  assert.deepEqual((await door.ask("GET", null, "")).said, shown, "whoever reaches it may read");
  const back = await door.ask("DELETE", null);
  assert.deepEqual(
    [back.status, back.said, door.resets()],
    [200, { level: "info", configured: "info", ends: null }, 1],
  );
});

test("without the token nothing changes", async () => {
  await using door = await open();
  for (const bad of ["", "Bearer", `Bearer ${token}x`, `Basic ${token}`, token]) {
    assert.equal((await door.ask("PUT", '{"level":"debug","minutes":10}', bad)).status, 401);
    assert.equal((await door.ask("DELETE", null, bad)).status, 401);
  }
  await using shut = await open({ token: null });
  assert.equal((await shut.ask("PUT", '{"level":"debug","minutes":10}')).status, 403);
  assert.deepEqual([door.orders, door.resets(), shut.orders], [[], 0, []]);
  assert.deepEqual([door.refusals.length, door.refusals[0]], [10, ["/log-level", "127.0.0.1", 401]]);
  assert.deepEqual(shut.refusals, [["/log-level", "127.0.0.1", 403]]);
});

test("a bad order says how to write it", async () => {
  await using door = await open();
  const bad = [
    "",
    "{",
    "null",
    "[]",
    '{"level":"loud","minutes":10}',
    '{"level":"silent","minutes":10}',
    '{"level":"debug"}',
    '{"level":"debug","minutes":"10"}',
    '{"level":"debug","minutes":10,"owner":" "}',
    '{"level":"debug","minutes":10,"owner":7}',
  ];
  for (const body of bad) {
    const { status, said } = await door.ask("PUT", body);
    assert.equal(status, 400, body);
    assert.match(JSON.stringify(said), /minutes/);
  }
  assert.deepEqual((await door.ask("PUT", '{"level":"debug","minutes":500}')).said, { error: "minutes must be less" });
  assert.equal((await door.ask("PUT", "x".repeat(5000))).status, 413);
  const post = await door.ask("POST", "{}");
  assert.deepEqual([post.status, post.allow], [405, "GET, PUT, DELETE"]);
});
