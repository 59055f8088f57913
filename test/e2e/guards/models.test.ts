// Rules that ask a model, through a real Envoy, on each runtime. See model-cases.ts and facts-cases.ts.

import { describe } from "node:test";
import { factsBundle, openTestStore, slowBundle, wordsBundle } from "../../helpers/model-store.ts";
import { needsOpenVino, openVinoLibraries } from "../../helpers/openvino.ts";
import { factsCases } from "./facts-cases.ts";
import { modelCases } from "./model-cases.ts";
import { runCases } from "./run-cases.ts";

const runtimes = [
  { runtime: "ONNX Runtime", options: {}, chosen: () => ({ backend: "onnxruntime" }) },
  {
    runtime: "OpenVINO",
    options: needsOpenVino,
    chosen: () => ({ backend: "openvino", openvinoFolder: openVinoLibraries().folder }),
  },
];

for (const { runtime, options, chosen } of runtimes) {
  describe(runtime, options, () => {
    runCases([...modelCases, ...factsCases], async () => {
      const store = await openTestStore({ words: wordsBundle, facts: factsBundle, slow: slowBundle });
      // One row a batch and a short queue, so that one long text fills it.
      const queue = { threads: 1, streams: 1, batchTokensMax: 64, queueTokensMax: 1024 };
      const models = { folder: store.folder, ...queue, ...chosen() };
      return { config: { models }, limits: { promptBudgetMs: 20_000 }, done: () => store[Symbol.asyncDispose]() };
    });
  });
}
