import assert from "node:assert/strict";
import { test } from "node:test";
import type { BreakGlassEntry, BreakGlassTarget } from "../domain/break-glass.ts";
import { ok } from "../stdx/result.ts";
import type { BreakGlassDoor } from "./break-glass.ts";
import { openAdmin } from "./server.ts";

const token = "a-token-of-a-test";
const order = { rule: "cards", minutes: 5, reason: "why", owner: "me" };

async function open(more: Partial<BreakGlassDoor> = {}) {
  const entries: BreakGlassEntry[] = [];
  const closed: BreakGlassTarget[] = [];
  const breakGlass: BreakGlassDoor = {
    token,
    entries: () => entries,
    open(wanted) {
      const entry = { ...wanted, endsS: 1_800_000_000 };
      entries.push(entry);
      return ok(entry);
    },
    close: (target) => closed.push(target) > 0,
    ...more,
  };
  const refusals: unknown[] = [];
  const server = await openAdmin({
    host: "127.0.0.1",
    port: 0,
    readiness: () => ({ ready: true, policy: null, stale: false, breakGlass: 0 }),
    metrics: () => Promise.resolve({ contentType: "text/plain", body: "" }),
    onError: (error) => assert.fail(String(error)),
    onRefused: (...told) => refusals.push(told),
    breakGlass,
    logLevel: {
      token: null,
      state: () => assert.fail(),
      set: () => assert.fail(),
      reset: () => assert.fail(),
    },
  });
  const ask = async (method: string, body: string | null, authorization = `Bearer ${token}`) => {
    const reply = await fetch(`http://127.0.0.1:${server.port}/break-glass`, {
      method,
      ...(body === null ? {} : { body }),
      headers: { authorization },
    });
    return { status: reply.status, said: (await reply.json()) as Record<string, unknown> };
  };
  return { ask, entries, closed, refusals, [Symbol.asyncDispose]: () => server.close() };
}

test("an order with the token is carried out and listed", async () => {
  await using door = await open();
  const { status, said } = await door.ask("POST", JSON.stringify(order));
  assert.deepEqual([status, said["rule"], said["ends"]], [200, "cards", "2027-01-15T08:00:00.000Z"]);
  assert.deepEqual(door.entries[0]?.target, { kind: "rule", name: "cards" });
  const list = await door.ask("GET", null, "");
  assert.equal((list.said["open"] as unknown[]).length, 1);
  assert.equal((await door.ask("DELETE", '{"route":"chat"}')).status, 200);
  assert.deepEqual(door.closed, [{ kind: "route", name: "chat" }]);
});

test("without the token nothing changes", async () => {
  await using door = await open();
  for (const bad of ["", "Bearer", `Bearer ${token}x`, `Basic ${token}`, token])
    assert.equal((await door.ask("POST", JSON.stringify(order), bad)).status, 401);
  await using shut = await open({ token: null });
  assert.equal((await shut.ask("POST", JSON.stringify(order))).status, 403);
  assert.deepEqual([door.entries, shut.entries], [[], []]);
  assert.deepEqual([door.refusals.length, door.refusals[0]], [5, ["/break-glass", "127.0.0.1", 401]]);
  assert.deepEqual(shut.refusals, [["/break-glass", "127.0.0.1", 403]]);
});

test("a bad order says how to write it", async () => {
  await using door = await open();
  const bad: readonly string[] = [
    "",
    "{",
    "null",
    "[]",
    JSON.stringify({ ...order, route: "chat" }),
    JSON.stringify({ ...order, rule: undefined }),
    JSON.stringify({ ...order, minutes: "5" }),
    JSON.stringify({ ...order, owner: " " }),
    JSON.stringify({ ...order, reason: "x".repeat(201) }),
  ];
  for (const body of bad) {
    const { status, said } = await door.ask("POST", body);
    assert.equal(status, 400, body);
    assert.match(String(said["error"]), /"minutes"/);
  }
  assert.equal((await door.ask("POST", "x".repeat(5000))).status, 413);
  assert.equal((await door.ask("PUT", JSON.stringify(order))).status, 405);
  assert.equal(door.entries.length, 0);
});
