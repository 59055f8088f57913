// The store that replicas share, on a real Redis: shared, expiring, bounded, and gone without harm.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { OpenStore } from "../../src/app/redis/redis-store.ts";
import { valueBytesMax } from "../../src/app/redis/redis-store.ts";
import { openSharedStore } from "../../src/app/redis/open-shared-store.ts";
import { readConfig } from "../../src/config/config.ts";
import { createLogger } from "../../src/telemetry/log.ts";
import type { RedisFault } from "../../src/telemetry/redis-metrics.ts";
import { RedisServer } from "../helpers/redis.ts";
import { skipUnless } from "../helpers/require.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

type Line = { readonly level: string; readonly msg: string; readonly why?: string };

type Opened = Disposable & {
  readonly store: OpenStore;
  readonly faults: readonly RedisFault[];
  readonly breaker: readonly boolean[];
  readonly lines: readonly Line[];
};

/** As `serve` opens it, from a configuration's text. */
async function openFrom(redis: object): Promise<Opened> {
  const text = JSON.stringify({ kind: "Config", version: 1, redis });
  const config = readConfig({ file: { path: "guard.yaml", bytes: Buffer.from(text) }, env: {}, flags: {} });
  assert.ok(config.ok, JSON.stringify(config));
  const faults: RedisFault[] = [];
  const breaker: boolean[] = [];
  const lines: Line[] = [];
  const metrics = { fault: (fault: RedisFault) => faults.push(fault), breaker: (open: boolean) => breaker.push(open) };
  const log = createLogger({ level: "info", write: (line) => lines.push(JSON.parse(line) as Line) });
  const opened = await openSharedStore(config.value.redis, metrics, log);
  assert.ok(opened.ok && opened.value !== null, JSON.stringify(opened));
  const { value: store } = opened;
  return { store, faults, breaker, lines, [Symbol.dispose]: () => store.close() };
}

const timeoutMs = 200;
const bytes = (text: string): Uint8Array => Buffer.from(text);
const textOf = (value: Uint8Array | null): string | null => (value === null ? null : Buffer.from(value).toString());

/** Asks until it holds; what is waited for may never come, and then the runner's own limit ends it. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await pause(5);
}
const isThere = ({ lines }: Opened) => lines.at(-1)?.msg === "redis is there";

test("two processes share what one has put, for as long as it was said", skipUnless("redis-server"), async () => {
  await using redis = await RedisServer.open();
  using one = await openFrom({ url: redis.url, timeoutMs });
  using two = await openFrom({ url: redis.url, timeoutMs });
  using other = await openFrom({ url: redis.url, timeoutMs, prefix: "other:" });
  await until(() => [one, two, other].every(isThere));
  assert.equal(await one.store.get("a"), null);
  one.store.put("a", bytes("first\0second"), 60);
  await until(async () => (await two.store.get("a")) !== null);
  assert.equal(textOf(await two.store.get("a")), "first\0second");
  assert.equal(await other.store.get("a"), null);
  await using seen = redis.client();
  assert.deepEqual(await seen.keys("*"), ["sallyport:a"]);
  const left = await seen.ttl("sallyport:a");
  assert.ok(left > 50 && left <= 60, `${left}`);
  const many = Array.from({ length: 500 }, (_, index) => `k${index}`);
  for (const key of many) one.store.put(key, bytes(key), 60);
  await until(async () => (await two.store.get("k499")) !== null);
  assert.deepEqual(await Promise.all(many.map(async (key) => textOf(await two.store.get(key)))), many);
  assert.deepEqual([one.faults, two.faults], [[], []]);
});

test(
  "values that nobody of ours has written: of another type, or beyond the bound",
  skipUnless("redis-server"),
  async () => {
    await using redis = await RedisServer.open();
    using opened = await openFrom({ url: redis.url, timeoutMs: 1000 });
    await until(() => isThere(opened));
    await using other = redis.client();
    await other.lpush("sallyport:list", "x");
    await other.setrange("sallyport:large", valueBytesMax, "x");
    await other.set("sallyport:whole", Buffer.alloc(valueBytesMax));
    for (let count = 0; count < 20; count += 1) assert.equal(await opened.store.get("list"), null);
    assert.equal(await opened.store.get("large"), null);
    assert.equal((await opened.store.get("whole"))?.length, valueBytesMax);
    opened.store.put("mine", Buffer.alloc(valueBytesMax + 1), 60);
    assert.equal(await opened.store.get("mine"), null);
    assert.deepEqual(new Set(opened.faults), new Set(["refused", "too-large"]));
    assert.deepEqual(opened.breaker, [], "nothing of it says that Redis fails");
  },
);

test(
  "a Redis that stalls: each call ends, the breaker opens, and closes when it answers again",
  skipUnless("redis-server"),
  async () => {
    await using redis = await RedisServer.open();
    using opened = await openFrom({ url: redis.url, timeoutMs: 100 });
    const { store, faults, breaker, lines } = opened;
    await until(() => isThere(opened));
    store.put("a", bytes("v"), 60);
    await until(async () => (await store.get("a")) !== null);
    const before = faults.length;
    redis.stall();
    for (let count = 0; count < 6; count += 1) assert.equal(await store.get("a"), null);
    assert.deepEqual(faults.slice(before), [...Array.from({ length: 5 }, () => "timeout"), "left-out"]);
    assert.deepEqual(breaker, [true]);
    redis.resume();
    await until(async () => (await store.get("a")) !== null);
    assert.deepEqual(breaker, [true, false]);
    assert.deepEqual(lines.map(({ msg, why }) => (why === undefined ? msg : `${msg}: ${why}`)).slice(1), [
      "calls to redis fail and are left out for a while: timeout",
      "calls to redis are made again",
    ]);
  },
);

test("a Redis that is not there at the start, comes, goes and comes again", skipUnless("redis-server"), async () => {
  await using redis = await RedisServer.open();
  await redis.kill();
  using opened = await openFrom({ url: redis.url, timeoutMs });
  const { store, lines } = opened;
  await until(() => lines.length > 0);
  assert.deepEqual([lines[0]?.level, lines[0]?.why], ["error", "ECONNREFUSED"]);
  store.put("a", bytes("v"), 60);
  assert.equal(await store.get("a"), null);
  for (let round = 0; round < 2; round += 1) {
    await redis.start();
    await until(() => isThere(opened));
    store.put("a", bytes("v"), 60);
    await until(async () => (await store.get("a")) !== null);
    await redis.kill();
    await until(() => !isThere(opened));
    assert.equal(await store.get("a"), null);
  }
  // Once for each change, however often it was tried.
  assert.deepEqual(
    lines.map(({ msg }) => msg === "redis is there"),
    [false, true, false, true, false],
  );
});

test(
  "least privilege: the rights that the guide names are enough, and a password is read again",
  skipUnless("redis-server"),
  async () => {
    await using dir = await openTempDir();
    const passwordFile = dir.join("password");
    await writeFile(passwordFile, "wrong\n");
    const rule = "resetkeys ~sallyport:* -@all +getrange +set";
    await using redis = await RedisServer.open({
      settings: [`user guard on >correct-horse ${rule}`, "user default off"],
    });
    using opened = await openFrom({ url: redis.url, username: "guard", passwordFile, timeoutMs });
    const { store, lines } = opened;
    await until(() => lines.length > 0);
    assert.deepEqual([lines[0]?.why, await store.get("a")], ["WRONGPASS", null]);
    await writeFile(passwordFile, "correct-horse\n");
    await until(() => isThere(opened));
    store.put("a", bytes("v"), 60);
    await until(async () => (await store.get("a")) !== null);
    assert.equal(JSON.stringify(lines).includes("horse"), false);
    using elsewhere = await openFrom({ url: redis.url, username: "guard", passwordFile, timeoutMs, prefix: "x:" });
    await until(() => isThere(elsewhere));
    for (let count = 0; count < 6; count += 1) assert.equal(await elsewhere.store.get("a"), null);
    assert.equal(elsewhere.lines.at(-1)?.why, "NOPERM");
  },
);

test("a file of its configuration that cannot be read is a mistake at the start", async () => {
  const text = JSON.stringify({
    kind: "Config",
    version: 1,
    redis: { url: "redis://127.0.0.1", passwordFile: "/no/such" },
  });
  const config = readConfig({ file: { path: "guard.yaml", bytes: Buffer.from(text) }, env: {}, flags: {} });
  assert.ok(config.ok);
  const metrics = { fault: () => undefined, breaker: () => undefined };
  const opened = await openSharedStore(
    config.value.redis,
    metrics,
    createLogger({ level: "silent", write: () => undefined }),
  );
  assert.deepEqual(opened, {
    ok: false,
    error: "/no/such: cannot be read, or is empty; it is named in redis.passwordFile",
  });
});
