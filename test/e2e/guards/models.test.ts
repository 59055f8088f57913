// Rules that ask a model, through a real Envoy. See model-cases.ts.

import { openTestStore, wordsBundle } from "../../helpers/model-store.ts";
import { modelCases } from "./model-cases.ts";
import { runCases } from "./run-cases.ts";

runCases(modelCases, async () => {
  const store = await openTestStore({ words: wordsBundle });
  // One row a batch and a short queue, so that a crowd finds it full.
  const models = { folder: store.folder, threads: 1, streams: 1, batchTokensMax: 64, queueTokensMax: 1024 };
  return { config: { models }, limits: { promptBudgetMs: 20_000 }, done: () => store[Symbol.asyncDispose]() };
});
