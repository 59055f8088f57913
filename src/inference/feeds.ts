/**
 * Gives a batch to a model's inputs by their names. What text models are exported with: token ids, a mask, and halves of a
 * pair. Positions are added where a model asks for them.
 */
import type { Description, TensorPort, TokenBatch } from "./backend.ts";

export type Feed =
  | { readonly name: string; readonly type: "i64"; readonly data: BigInt64Array<ArrayBuffer> }
  | { readonly name: string; readonly type: "i32"; readonly data: Int32Array<ArrayBuffer> };

const sources = {
  input_ids: ({ ids }) => ids,
  attention_mask: ({ mask }) => mask,
  token_type_ids: ({ types, ids }) => types ?? new BigInt64Array(ids.length),
  position_ids: ({ rows, columns }) => BigInt64Array.from({ length: rows * columns }, (_, at) => BigInt(at % columns)),
} as const satisfies Record<string, (batch: TokenBatch) => BigInt64Array<ArrayBuffer>>;

const isKnown = (name: string): name is keyof typeof sources => Object.hasOwn(sources, name);

/** Why a model is of no use here; `null`: it can be fed, and gives numbers. */
export function unfeedable({ inputs, outputs }: Pick<Description, "inputs" | "outputs">): string | null {
  if (!outputs.some(({ type }) => type === "f32" || type === "f16")) return "it has no output of f32 or f16";
  for (const { name, type, dims } of inputs) {
    if (!isKnown(name))
      return `its input "${name}" is none that a text model has; known are ${Object.keys(sources).join(", ")}`;
    if (type !== "i64" && type !== "i32") return `its input "${name}" does not take whole numbers`;
    if (dims.length !== 2)
      return `its input "${name}" has ${dims.length} dimensions; a text model's have two, batch and sequence`;
    if (dims[1] !== null)
      return `its input "${name}" takes exactly ${dims[1]} tokens; export it with a dynamic sequence axis`;
    if (dims[0] !== null)
      return `its input "${name}" takes exactly ${dims[0]} texts; export it with a dynamic batch axis`;
  }
  return inputs.some(({ name }) => name === "input_ids") ? null : `it has no input "input_ids"`;
}

/** The inputs can be fed: `unfeedable` gave `null`. */
export function feedsOf(inputs: readonly TensorPort[], batch: TokenBatch): readonly Feed[] {
  return inputs.map(({ name, type }) => {
    const data = sources[name as keyof typeof sources](batch);
    if (type === "i64") return { name, type, data };
    return { name, type: "i32", data: Int32Array.from(data, Number) };
  });
}
