// The thread that runs models, with a way to end it: a batch that begins with one of these ids.

import { parentPort } from "node:worker_threads";

const kept: unknown[] = [];
const ends: Readonly<Record<string, () => void>> = {
  "61": () => process.exit(3), // of a worker it ends the thread alone
  "62": () => {
    throw new Error("seeded");
  },
  "63": () => {
    for (;;) kept.push({ more: kept.length });
  },
};

parentPort?.on("message", (ask: { readonly batch?: { readonly ids: BigInt64Array } }) => {
  ends[String(ask.batch?.ids[0])]?.();
});

await import("../../../src/inference/workers/model-thread.ts");
