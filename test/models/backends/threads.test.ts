// A thread that ends in the middle of a batch: that batch is answered `died`, all others are answered, and the model is back.

import assert from "node:assert/strict";
import test from "node:test";
import { copyFile, rm } from "node:fs/promises";
import type { LoadedModel } from "../../../src/inference/backend.ts";
import { createOnnxRuntimeBackend } from "../../../src/inference/backends/onnx-runtime.ts";
import { openModelThreads } from "../../../src/inference/workers/model-threads.ts";
import { openTempDir } from "../../helpers/temp-dir.ts";
import { batchOf, fixture, mustBe, requestOf } from "./runtimes.ts";

const ways = [
  { how: "ends", id: 61, reason: /ended/ },
  { how: "throws", id: 62, reason: /^its thread ended by Error$/ },
  { how: "runs out of memory", id: 63, reason: /^its thread ended by ERR_WORKER_OUT_OF_MEMORY$/ },
] as const;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const mortalProgram = new URL("./mortal-thread.ts", import.meta.url);

async function mortal(streams: number, onDeath: (message: string) => void): Promise<LoadedModel> {
  const request = requestOf(fixture("sums.onnx"), { streams });
  const start = { engine: "onnxruntime", request } as const;
  return mustBe(await openModelThreads({ start, streams, onDeath, program: mortalProgram }));
}

for (const { how, id, reason } of ways) {
  test(`a thread ${how}: its batch died, the others ran, and another thread is started`, async () => {
    const deaths: string[] = [];
    const model = await mortal(2, (message) => deaths.push(message));
    const asked = [[1], [id], [2], [3], [4], [5], [6], [7]].map((row) => model.run(batchOf([row])));
    const kinds = (await Promise.all(asked)).map((answer) => (answer.ok ? "ran" : answer.error.kind));
    assert.deepEqual(kinds, ["ran", "died", "ran", "ran", "ran", "ran", "ran", "ran"]);
    while (model.streams < 2) await turn();
    assert.equal(deaths.length, 1);
    assert.match(deaths[0] ?? "", reason);
    assert.ok((await model.run(batchOf([[1]]))).ok);
    await model.close();
  });
}

test("when all threads end, everything that waits is answered, and the model is back", async () => {
  const model = await mortal(2, () => {});
  const asked = [[61], [61], [1], [2], [3]].map((row) => model.run(batchOf([row])));
  const kinds = (await Promise.all(asked)).map((answer) => (answer.ok ? "ran" : answer.error.kind));
  assert.deepEqual(kinds.slice(0, 2), ["died", "died"]);
  while (model.streams < 1) await turn();
  assert.ok((await model.run(batchOf([[1]]))).ok);
  await model.close();
});

test("without a thread a batch is answered at once", async () => {
  const model = await mortal(1, () => {});
  await model.run(batchOf([[61]]));
  while (model.streams > 0) await turn();
  const answer = await model.run(batchOf([[1]]));
  assert.equal(answer.ok ? "" : answer.error.kind, "died");
  await model.close();
});

test("a model that is closed while a thread is started anew starts no more", async () => {
  const deaths: string[] = [];
  const model = await mortal(1, (message) => deaths.push(message));
  await model.run(batchOf([[61]]));
  while (model.streams > 0) await turn();
  await model.close();
  assert.equal(model.streams, 0);
  assert.equal(deaths.length, 1);
});

test("a thread is not started anew on files that are others: that is told, and it is tried again", async () => {
  await using folder = await openTempDir();
  const file = folder.join("model.onnx");
  await copyFile(fixture("sums.onnx"), file);
  const told: string[] = [];
  const backend = createOnnxRuntimeBackend((message) => told.push(message), mortalProgram);
  const model = mustBe(await backend.load(requestOf(file, { streams: 1 })));
  await copyFile(fixture("wide.onnx"), file);
  await model.run(batchOf([[61]]));
  while (told.length < 3) await turn();
  assert.match(told[1] ?? "", /model\.onnx was changed since the model was loaded; activate the model again/);
  assert.equal(model.streams, 0);
  await rm(file);
  const before = told.length;
  while (told.length < before + 2) await turn();
  assert.match(told.at(-1) ?? "", /model\.onnx was changed/, "also where it is gone");
  await model.close();
  await backend.close();
});

test("files that are what they were, and new ones beside them, hinder nothing", async () => {
  await using folder = await openTempDir();
  const file = folder.join("model.onnx");
  await copyFile(fixture("sums.onnx"), file);
  const backend = createOnnxRuntimeBackend(() => undefined, mortalProgram);
  const model = mustBe(await backend.load(requestOf(file, { streams: 1 })));
  await copyFile(fixture("sums.onnx"), folder.join("model_int8.onnx"));
  await model.run(batchOf([[61]]));
  while (model.streams < 1) await turn();
  assert.ok((await model.run(batchOf([[1]]))).ok);
  await model.close();
  await backend.close();
});
