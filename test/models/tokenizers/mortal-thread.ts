// The thread that tokenises, with a way to end it: a text that begins so.

import { parentPort } from "node:worker_threads";

const ends: Readonly<Record<string, () => void>> = {
  "end!": () => process.exit(3), // of a worker it ends the thread alone
  "err!": () => {
    throw new Error("seeded");
  },
};

parentPort?.on("message", ({ text = "" }: { readonly text?: string }) => ends[text.slice(0, 4)]?.());

await import("../../../src/inference/tokens/tokenizer-thread.ts");
