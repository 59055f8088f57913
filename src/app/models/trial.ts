/**
 * A model run once before it serves: the shortest text and a whole window, with the largest id that its tokenizer gives. What
 * comes out must be what its bundle promises.
 */
import { isOfPairs } from "../../domain/policy.ts";
import type { LoadedModel } from "../../inference/backend.ts";
import { batchOf, outputsOfRow, type Row } from "../../inference/batching/rows.ts";
import type { Bundle } from "../../inference/bundle/bundle.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { misfits } from "../../inference/bundle/fit.ts";
import type { Tokenizer } from "../../inference/tokens/tokens.ts";
import { err, ok, type Result } from "../../stdx/result.ts";

export type TrialParts = {
  readonly bundle: Bundle;
  readonly tokenizer: Tokenizer;
  readonly loaded: LoadedModel;
  readonly largestId: number;
};

/** Milliseconds that the runtime took for the whole window, alone in its batch. */
export async function tryModel(parts: TrialParts): Promise<Result<number, readonly BundleProblem[]>> {
  const { bundle, tokenizer, loaded, largestId } = parts;
  const wrong = unfit(parts);
  if (wrong.length > 0) return err(wrong);
  const { before, after } = tokenizer.single;
  const filling = Math.max(1, bundle.window.tokens - before.length - after.length);
  const long = rowOf([...before, ...Array.from({ length: filling }, (_, at) => largestId - (at % 2)), ...after]);
  const short = rowOf([...before, ...after, ...(before.length + after.length === 0 ? [largestId] : [])]);
  const model = (message: string) => err([{ file: bundle.files.model, message }]);
  let runMs = 0;
  for (const rows of [[short, long], [long]]) {
    const batch = batchOf(rows, bundle.padId);
    const place = { rows: batch.rows, columns: batch.columns };
    const answer = await loaded.run(batch);
    if (!answer.ok) return model(`does not run: ${answer.error.message}`);
    const bad = misfits(bundle, answer.value.outputs);
    if (bad.length > 0) return model(bad.join("; "));
    for (const [at, row] of rows.entries()) {
      const outputs = outputsOfRow(answer.value.outputs, { ...place, at, length: row.ids.length });
      if (!outputs.ok) return model(`does not run: ${outputs.error.message}`);
    }
    runMs = answer.value.runMs;
  }
  return ok(runMs);
}

const rowOf = (ids: readonly number[]): Row => ({ ids, types: ids.map(() => 0) });

/** What can be told without a run. */
function unfit({ bundle, tokenizer, loaded, largestId }: TrialParts): readonly BundleProblem[] {
  const { files, heads, vocabularySize } = bundle;
  const problems = misfits(bundle, loaded.description.outputs).map((message) => ({ file: files.model, message }));
  if (vocabularySize !== null && largestId >= vocabularySize) {
    const message = `has tokens up to ${largestId}, and the model knows ${vocabularySize} (vocab_size in config.json): it is another model's`;
    problems.push({ file: files.tokenizer, message });
  }
  const ofPairs = heads.find(({ task }) => isOfPairs(task));
  if (tokenizer.pair === null && ofPairs !== undefined) {
    const message = `takes no pairs, and a head of the task ${ofPairs.task} needs them`;
    problems.push({ file: files.tokenizer, message });
  }
  return problems;
}
