// Both runtimes for tests, and batches for the models in fixtures/.

import { fileURLToPath } from "node:url";
import type { Backend, LoadedModel, LoadRequest, TokenBatch } from "../../../src/inference/backend.ts";
import { createOnnxRuntimeBackend } from "../../../src/inference/backends/onnx-runtime.ts";
import { openOpenVinoBackend } from "../../../src/inference/backends/openvino.ts";
import { openOpenVinoNodeBackend } from "../../../src/inference/backends/openvino-node.ts";
import type { Result } from "../../../src/stdx/result.ts";
import { needsOpenVino, openVinoLibraries } from "../../helpers/openvino.ts";

type Bound = {
  readonly name: string;
  readonly needs: { readonly skip: string | false };
  open(onDeath?: (message: string) => void): Promise<Backend>;
};

const unasked = (message: string): void => {
  throw new Error(`a thread died: ${message}`);
};

const nodePackage = openOpenVinoNodeBackend(() => 0);
/** Why OpenVINO's package for Node is not among them; `null`: it is. */
export const absent = nodePackage.ok ? null : nodePackage.error.message;

export const runtimes: readonly Bound[] = [
  {
    name: "ONNX Runtime",
    needs: { skip: false },
    open: async (onDeath = unasked) => createOnnxRuntimeBackend(onDeath),
  },
  {
    name: "OpenVINO",
    needs: needsOpenVino,
    open: async (onDeath = unasked) => mustBe(await openOpenVinoBackend(openVinoLibraries(), onDeath)),
  },
  ...(nodePackage.ok
    ? [
        {
          name: "OpenVINO's package for Node",
          needs: { skip: false } as const,
          open: async () => mustBe(openOpenVinoNodeBackend(() => performance.now())),
        },
      ]
    : []),
];

export function mustBe<T, E>(result: Result<T, E>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

export const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

export function requestOf(model: string, more: Partial<LoadRequest> = {}): LoadRequest {
  return { model, weights: null, device: "CPU", precision: "f32", threads: 2, streams: 2, ...more };
}

export const load = async (backend: Backend, name: string, more?: Partial<LoadRequest>): Promise<LoadedModel> =>
  mustBe(await backend.load(requestOf(fixture(name), more)));

/** Rows of equal length; 0 is padding. */
export function batchOf(rows: readonly (readonly number[])[], types = false): TokenBatch {
  const columns = rows[0]?.length ?? 0;
  const ids = BigInt64Array.from(rows.flat(), BigInt);
  return {
    rows: rows.length,
    columns,
    ids,
    mask: ids.map((id) => (id === 0n ? 0n : 1n)),
    types: types ? ids.map((_, at) => BigInt(at % 2)) : null,
  };
}

export async function run(model: LoadedModel, batch: TokenBatch): Promise<readonly number[]> {
  const { outputs } = mustBe(await model.run(batch));
  return Array.from(outputs[0]?.data ?? []);
}

/** A dozen batches of other shapes each. */
export const variedBatches = (types = false): readonly TokenBatch[] =>
  Array.from({ length: 12 }, (_, at) =>
    batchOf(
      Array.from({ length: 1 + (at % 4) }, (_, row) =>
        Array.from({ length: 3 + at }, (_, column) =>
          column > 2 + row * at ? 0 : 1 + ((at * 7 + row * 5 + column * 11) % 63),
        ),
      ),
      types,
    ),
  );

export function farthest(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, each, at) => Math.max(most, Math.abs(each - (b[at] ?? Number.NaN))), 0);
}
