// What OpenVINO's threads leave behind when they end: it is freed, and not before their last native call is over; and what the
// thread that compiles had made stays good when that thread ends.

import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { Worker } from "node:worker_threads";
import type { LoadedModel } from "../../../src/inference/backend.ts";
import { openOpenVinoBackend, type Programs } from "../../../src/inference/backends/openvino.ts";
import { OpenVino } from "../../../src/inference/engines/openvino-c.ts";
import { bindOpenVino } from "../../../src/inference/engines/openvino-api.ts";
import { needsOpenVino, openVinoLibraries } from "../../helpers/openvino.ts";
import type { LongBatch } from "./long-batch-thread.ts";
import { batchOf, fixture, load, mustBe, requestOf, run } from "./runtimes.ts";

const mortal: Programs = {
  keeper: new URL("./mortal-keeper.ts", import.meta.url),
  model: new URL("./mortal-thread.ts", import.meta.url),
};
const longBatch = new URL("./long-batch-thread.ts", import.meta.url);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function openMortal(onDeath: (message: string) => void) {
  return mustBe(await openOpenVinoBackend(openVinoLibraries(), onDeath, mortal));
}

/** Ends its only thread, and waits until another is there. */
async function kill(model: LoadedModel): Promise<void> {
  const answer = await model.run(batchOf([[61]]));
  assert.equal(answer.ok ? "" : answer.error.kind, "died");
  while (model.streams > 0) await turn();
  while (model.streams < 1) await turn();
}

describe("a thread that runs a model", needsOpenVino, () => {
  test("ends: its request goes, and with it the model when that is closed", async (t) => {
    const backend = await openMortal(() => undefined);
    const [modelMiB, times] = [64, 6];
    const once = async (): Promise<number> => {
      const model = await load(backend, "wide.onnx", { streams: 1, threads: 1 });
      await kill(model);
      mustBe(await model.run(batchOf([[1, 2]])));
      await model.close();
      return process.memoryUsage.rss() / 2 ** 20;
    };
    const first = await once();
    let last = first;
    for (let at = 0; at < times; at += 1) last = await once();
    const each = (last - first) / times;
    t.diagnostic(`a death leaves ${Math.round(each)} MiB`);
    assert.ok(each < modelMiB / 2, `a death leaves ${each} MiB`);
    await backend.close();
  });

  test("is ended in the middle of a batch: it is over only when the batch is", async () => {
    const libraries = openVinoLibraries();
    const [openVino, api] = [new OpenVino(libraries), bindOpenVino(libraries)];
    const compiled = openVino.compileModel(requestOf(fixture("wide.onnx"), { streams: 1 }));
    for (let at = 0; at < 5; at += 1) {
      const told = new BigInt64Array(new SharedArrayBuffer(16));
      const workerData: LongBatch = { libraries, compiled, told, tokens: 160 };
      const thread = new Worker(longBatch, { workerData });
      await Atomics.waitAsync(told, 0, 0n).value;
      const ended = once(thread, "exit");
      await thread.terminate();
      await ended;
      assert.equal(Atomics.load(told, 0), 1n, "the batch was over before its thread was ended");
      // Of a request that runs the runtime answers that it is busy.
      assert.equal(api.outputTensor(told[1] as bigint, 0, [null]), 0);
      openVino.freeRequest(told[1] as bigint);
    }
    openVino.freeModel(compiled);
  });
});

describe("the thread that compiles", needsOpenVino, () => {
  test("ends: the model that it was asked for is refused, what serves goes on, the next one loads", async () => {
    const deaths: string[] = [];
    const backend = await openMortal((message) => deaths.push(message));
    const before = await load(backend, "sums.onnx", { streams: 1 });
    const wanted = await run(before, batchOf([[1, 2, 3]]));
    const failed = await backend.load(requestOf(fixture("ends.onnx")));
    assert.deepEqual(failed.ok ? null : failed.error, { kind: "died", message: "the thread that compiles has ended" });
    assert.deepEqual(deaths, ["the thread that compiles has ended"]);
    assert.deepEqual(await run(before, batchOf([[1, 2, 3]])), wanted);
    // With no thread left that has the libraries, what was compiled must still be there for the next one.
    await kill(before);
    assert.deepEqual(await run(before, batchOf([[1, 2, 3]])), wanted);
    const after = await load(backend, "sums.onnx", { streams: 2 });
    assert.deepEqual(await run(after, batchOf([[1, 2, 3]])), wanted);
    await kill(before);
    await before.close(); // compiled by the one, freed by the other
    assert.deepEqual(await run(after, batchOf([[1, 2, 3]])), wanted);
    await after.close();
    await backend.close();
  });

  test("ends while others wait for it: all are answered", async () => {
    const backend = await openMortal(() => undefined);
    const asked = ["sums.onnx", "ends.onnx", "sums.onnx"].map((name) =>
      backend.load(requestOf(fixture(name), { streams: 1 })),
    );
    const [first, second, third] = await Promise.all(asked);
    assert.deepEqual(
      [first, second, third].map((each) => (each?.ok === true ? "ran" : each?.error.kind)),
      ["ran", "died", "died"],
    );
    if (first?.ok === true) await first.value.close();
    const again = await load(backend, "sums.onnx", { streams: 1 });
    await again.close();
    await backend.close();
  });
});
