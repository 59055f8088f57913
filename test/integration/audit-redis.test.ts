// The audit record in a stream of a real Redis: of two guards, read back, and while Redis hangs or is gone.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { blocked, canary, entriesIn, Served } from "../helpers/audited.ts";
import { RedisServer } from "../helpers/redis.ts";
import { skipUnless } from "../helpers/require.ts";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const key = "sallyport:audit";
const isThere = "the audit record is written again";
const isGone = "the audit record cannot be written";

const open = (redis: RedisServer, audit: object = {}): Promise<Served> =>
  Served.open({ to: "redis", ...audit }, { redis: { url: redis.url } });

async function exported(served: Served): Promise<string> {
  const { code, stdout, stderr } = await sallyport(["audit", "export", "--config", "guard.yaml"], {
    cwd: served.dir.path,
  });
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

async function verify(record: string, cwd: string): Promise<readonly [code: number | null, stdout: string]> {
  const { code, stdout } = await sallyport(["audit", "verify", "--mixed", "-"], { cwd, stdin: record });
  return [code, stdout];
}
const say = (served: Served, message: string) =>
  served.until(() => served.lines.some((line) => line.includes(message)));

test("two guards write to one stream; it is read back and verified", skipUnless("redis-server"), async () => {
  await using redis = await RedisServer.open();
  await using one = await open(redis, { folder: "head" });
  await using two = await open(redis);
  for (let count = 0; count < 20; count += 1)
    assert.deepEqual([await one.ask(blocked), await two.ask(blocked)], [400, 400]);
  await one.restart("terminate");
  assert.equal(await one.ask(blocked), 400);
  await Promise.all([one.guard.terminate(), two.guard.terminate()]);
  const record = await exported(one);
  assert.deepEqual(
    [entriesIn(record, "exchange"), entriesIn(record, "start"), record.includes(canary)],
    [41, 3, false],
  );
  const [code, stdout] = await verify(record, one.dir.path);
  assert.equal(code, 0, stdout);
  assert.ok(!stdout.includes("note"), stdout);
  const lines = record.split("\n");
  const [missing, told] = await verify(lines.toSpliced(7, 1).join("\n"), one.dir.path);
  assert.deepEqual([missing, /break \(gap\): 1 entry/.test(told)], [1, true], told);
});

test("Redis hangs: it is told once, and all of it stands there later", skipUnless("redis-server"), async () => {
  await using redis = await RedisServer.open();
  await using served = await open(redis);
  redis.stall();
  for (let count = 0; count < 10; count += 1) assert.equal(await served.ask(blocked), 400);
  await say(served, isGone);
  redis.resume();
  await say(served, isThere);
  await served.guard.terminate();
  const record = await exported(served);
  const [code, stdout] = await verify(record, served.dir.path);
  assert.equal(code, 0, stdout);
  assert.match(stdout, / 0 lost$/m);
  assert.equal(
    new Set(record.split("\n").filter((line) => line.includes('"exchange"'))).size,
    10,
    "each at least once",
  );
  assert.equal(served.lines.filter((line) => line.includes(isGone)).length, 1);
});

test(
  "Redis is gone and comes back empty: the guard serves on, and the record goes on where it was",
  skipUnless("redis-server"),
  async () => {
    await using redis = await RedisServer.open();
    await using served = await open(redis);
    assert.equal(await served.ask(blocked), 400);
    await redis.kill();
    for (let count = 0; count < 5; count += 1) assert.equal(await served.ask(blocked), 400);
    await say(served, isGone);
    assert.match(await served.guard.metrics(), /^sallyport_audit_working 0$/m);
    await redis.start();
    await say(served, isThere);
    await served.guard.terminate();
    const [code, stdout] = await verify(await exported(served), served.dir.path);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /note \(begins-late\): entries before \d+ are not here/);
  },
);

test("the least that its user needs, and a bound on its entries", skipUnless("redis-server"), async () => {
  const user = "user audit on >secret resetkeys ~sallyport:* -@all +xadd +multi +exec +xrange";
  await using redis = await RedisServer.open({ settings: [user] });
  await using dir = await openTempDir();
  await writeFile(dir.join("password"), "secret\n");
  const settings = { url: redis.url, username: "audit", passwordFile: dir.join("password") };
  await using served = await Served.open({ to: "redis", streamEntriesMax: 1000 }, { redis: settings });
  for (let round = 0; round < 30; round += 1) await Promise.all(Array.from({ length: 50 }, () => served.ask(blocked)));
  await served.guard.terminate();
  await using client = redis.client();
  const count = await client.xlen(key);
  assert.ok(count >= 1000 && count < 1300, `${count}`);
  const [code, stdout] = await verify(await exported(served), served.dir.path);
  assert.equal(code, 0, stdout);
});
