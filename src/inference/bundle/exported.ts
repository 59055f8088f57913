/** What exporters write beside a model: `config.json`, and what of it a guard needs. Unknown keys are theirs. */
import * as z from "zod";
import { err, ok, type Result } from "../../stdx/result.ts";

export const exportedSource = z.looseObject({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  id2label: z.record(z.string(), z.string()).optional(),
  problem_type: z.string().nullish(),
  vocab_size: z.int().positive().optional(),
  max_position_embeddings: z.int().positive().optional(),
  pad_token_id: z.int().min(0).nullish(),
});
export type Exported = z.output<typeof exportedSource>;

/** The error says what is wrong with it. */
export function readExported(text: string): Result<Exported, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err("is not JSON");
  }
  const checked = exportedSource.safeParse(value);
  if (checked.success) return ok(checked.data);
  const [issue] = checked.error.issues;
  return err(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}`);
}

/** Tokens that the model takes, special tokens counted; `null`: it does not say. */
export function longestInput({ model_type, max_position_embeddings, pad_token_id }: Exported): number | null {
  if (max_position_embeddings === undefined) return null;
  // RoBERTa and its kin number positions from behind the padding's id.
  const isShifted = /roberta|camembert|xlm-?r|bart|mpnet|longformer/i.test(model_type ?? "");
  return isShifted ? max_position_embeddings - (pad_token_id ?? 1) - 1 : max_position_embeddings;
}

/** By number. Without names: none. */
export function labelsOf({ id2label = {} }: Exported): readonly string[] {
  const labels: string[] = [];
  for (const [id, label] of Object.entries(id2label)) if (/^\d{1,4}$/.test(id)) labels[Number(id)] = label;
  return labels.length === Object.keys(id2label).length ? labels : [];
}
