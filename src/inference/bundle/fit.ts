/**
 * Whether a loaded model gives what its bundle promises: the outputs that the heads read, one number for each label. What a
 * description leaves open is seen when it runs: the same is asked of what it gave.
 */
import type { Task } from "./manifest.ts";
import type { Bundle, HeadSpec } from "./bundle.ts";

/** Of a description, or of an answer. `null`: any length. */
export type OutputShape = {
  readonly name: string;
  readonly type?: string;
  readonly dims: readonly (number | null)[];
};

/** What does not fit, in words; none: all does. */
export function misfits({ heads }: Pick<Bundle, "heads">, outputs: readonly OutputShape[]): readonly string[] {
  return heads.flatMap((head) => {
    const wrong = misfit(head, outputs);
    return wrong === null ? [] : [`heads.${head.name}: ${wrong}`];
  });
}

/** By name; of a head that names none the only one. `null`: there is none such. */
export function outputOf<T extends OutputShape>(head: Pick<HeadSpec, "output">, outputs: readonly T[]): T | null {
  const numbers = outputs.filter(({ type }) => type === undefined || type === "f32" || type === "f16");
  if (head.output !== null) return numbers.find(({ name }) => name === head.output) ?? null;
  return numbers.length === 1 ? (numbers[0] ?? null) : (numbers.find(({ name }) => usual.has(name)) ?? null);
}

/** What exporters call the output that counts, where a model has more than one. */
const usual: ReadonlySet<string> = new Set(["logits", "last_hidden_state", "token_embeddings"]);

/** Dimensions of an answer: batch and labels; tokens between them where each token is answered. A vector may be pooled already. */
const ranks = {
  sequence: [2],
  "multi-label": [2],
  pair: [2],
  token: [3],
  "pair-token": [3],
  embedding: [2, 3],
} as const satisfies Record<Task, readonly number[]>;

function misfit(head: HeadSpec, outputs: readonly OutputShape[]): string | null {
  const output = outputOf(head, outputs);
  const names = outputs.map(({ name }) => name).join(", ");
  if (output === null) {
    return head.output === null
      ? `the model has the outputs ${names}; write output: with the one that this head reads`
      : `the model has no output ${head.output} of floating-point numbers; it has ${names}`;
  }
  const { name, dims } = output;
  const wanted: readonly number[] = ranks[head.task];
  if (!wanted.includes(dims.length)) {
    return `the output ${name} has ${dims.length} dimensions; a head of the task ${head.task} reads ${wanted.join(" or ")}`;
  }
  const last = dims.at(-1) ?? null;
  if (head.task === "embedding" || last === null || last === head.labels.length) return null;
  return `the output ${name} has ${last} numbers for ${head.labels.length} labels; mend labels, or id2label of config.json`;
}
