// libuv's pool serves files, zlib and names: while every stream infers it must be as free as ever.

import assert from "node:assert/strict";
import { pbkdf2 } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { batchOf, fixture, load, runtimes } from "./runtimes.ts";

/** More than the pool has threads. */
const streams = 6;

/** How many of the jobs were over when the pool had done what was asked of it behind them. */
async function overBefore(jobs: readonly Promise<unknown>[]): Promise<number> {
  let over = 0;
  const counted = jobs.map((job) => job.then(() => (over += 1)));
  const asked = Array.from({ length: 20 }, () => [
    readFile(fixture("sums.onnx")),
    promisify(deflate)(Buffer.alloc(1000)),
    lookup("127.0.0.1"),
  ]);
  await Promise.all(asked.flat());
  const before = over;
  await Promise.all(counted);
  return before;
}

test("a pool that is kept busy shows", async () => {
  const derive = promisify(pbkdf2);
  assert.notEqual(await overBefore(Array.from({ length: streams }, () => derive("a", "b", 200_000, 64, "sha512"))), 0);
});

for (const { name, needs, open } of runtimes) {
  test(`${name}: files, zlib and names go on while all streams infer`, needs, async () => {
    const backend = await open();
    const model = await load(backend, "wide.onnx", { streams, threads: streams });
    await model.run(batchOf([[1]])); // what a runtime does only once is done
    const row = Array.from({ length: name === "ONNX Runtime" ? 600 : 160 }, () => 3);
    assert.equal(await overBefore(Array.from({ length: streams }, () => model.run(batchOf([row])))), 0);
    await model.close();
    await backend.close();
  });
}
