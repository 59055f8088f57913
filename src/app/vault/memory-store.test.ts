import assert from "node:assert/strict";
import { test } from "node:test";
import type { SharedStore } from "../../domain/ports.ts";
import { createMemoryStore, withFallback } from "./memory-store.ts";

const value = (fill: number, length = 100): Uint8Array => new Uint8Array(length).fill(fill);
const gone: SharedStore = { get: () => Promise.resolve(null), put: () => undefined };

test("what is put is there until its time is over", async () => {
  let now = 0;
  const store = createMemoryStore({ nowMs: () => now }, 10_000);
  store.put("a", value(1), 10);
  assert.deepEqual(await store.get("a"), value(1));
  assert.equal(await store.get("b"), null);
  now = 9_999;
  assert.deepEqual(await store.get("a"), value(1));
  now = 10_000;
  assert.equal(await store.get("a"), null);
});

test("the longest unused goes first, at the very bound", async () => {
  // A key of 1, a value of 100, and 200 for the entry itself.
  const store = createMemoryStore({ nowMs: () => 0 }, 2 * 301);
  store.put("a", value(1), 10);
  store.put("b", value(2), 10);
  assert.deepEqual(await store.get("a"), value(1));
  store.put("c", value(3), 10);
  assert.deepEqual(await Promise.all(["a", "b", "c"].map((key) => store.get(key))), [value(1), null, value(3)]);
  store.put("c", value(4, 101), 10);
  assert.deepEqual(await Promise.all(["a", "c"].map((key) => store.get(key))), [null, value(4, 101)]);
  store.put("d", value(5, 2 * 301 - 201), 10);
  assert.deepEqual((await store.get("d"))?.length, 401);
  store.put("d", value(5, 2 * 301 - 200), 10);
  assert.equal(await store.get("d"), null, "one byte too many, and what stood there is old");
});

test("where the shared store says nothing, the process knows what it put there itself", async () => {
  const own = createMemoryStore({ nowMs: () => 0 }, 10_000);
  const shared = createMemoryStore({ nowMs: () => 0 }, 10_000);
  withFallback(shared, own).put("a", value(1), 10);
  assert.deepEqual(await shared.get("a"), value(1));
  assert.deepEqual(await withFallback(gone, own).get("a"), value(1));
  shared.put("a", value(2), 10);
  assert.deepEqual(await withFallback(shared, own).get("a"), value(2), "another replica may know more");
});
