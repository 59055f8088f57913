// How many copies of a model there are: one for OpenVINO however many streams, one a stream for ONNX Runtime.
// The model has 64 MiB of weights. A worker of Node's costs too, so a stream is never free.

import assert from "node:assert/strict";
import test from "node:test";
import { batchOf, load, runtimes } from "./runtimes.ts";

const copyMiB = 64;
const more = 4;

async function residentMiB(open: (typeof runtimes)[number]["open"], streams: number): Promise<number> {
  const backend = await open();
  const model = await load(backend, "wide.onnx", { streams, threads: streams });
  await Promise.all(Array.from({ length: streams }, () => model.run(batchOf([[1, 2, 3]]))));
  const found = process.memoryUsage.rss() / 2 ** 20;
  await model.close();
  await backend.close();
  return found;
}

for (const { name, needs, open } of runtimes) {
  test(`${name}: copies of a model`, needs, async (t) => {
    const one = await residentMiB(open, 1);
    const each = ((await residentMiB(open, 1 + more)) - one) / more;
    t.diagnostic(`a stream more takes ${Math.round(each)} MiB`);
    if (name === "ONNX Runtime") assert.ok(each > copyMiB * 0.9, `${each} MiB: is there one copy after all?`);
    else assert.ok(each < copyMiB * 0.75, `${each} MiB a stream looks like a copy each`);
  });
}
