// The thread that compiles for OpenVINO, with a way to end it: a model of this name.

import { basename } from "node:path";
import { parentPort } from "node:worker_threads";

type Message = { readonly ask?: { readonly request?: { readonly model?: string } } };
parentPort?.on("message", ({ ask }: Message) => {
  if (basename(ask?.request?.model ?? "") === "ends.onnx") process.exit(3); // of a worker it ends the thread alone
});

await import("../../../src/inference/workers/keeper-thread.ts");
