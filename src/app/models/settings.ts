/** How models are run, as the configuration says it, and what it means where it says nothing. */
import { availableParallelism } from "node:os";
import type { Precision } from "../../inference/backend.ts";

export const backendChoices = ["auto", "openvino", "onnxruntime"] as const;
export type BackendChoice = (typeof backendChoices)[number];

export type ModelSettings = {
  /** The store: see docs/models.md. */
  readonly folder: string;
  readonly backend: BackendChoice;
  /** Where OpenVINO's libraries are; `null`: looked for. */
  readonly openvinoFolder: string | null;
  readonly device: string;
  readonly precision: Precision;
  /** CPU threads of all batches of a model together. */
  readonly threads: number;
  /** Batches of a model that run at once. */
  readonly streams: number;
  readonly batchTokensMax: number;
  readonly queueTokensMax: number;
};

/** The CPUs that this process may use: a container's limit counts. */
export function standardModelSettings(): ModelSettings {
  const threads = availableParallelism();
  return {
    folder: "models",
    backend: "auto",
    openvinoFolder: null,
    device: "CPU",
    precision: "auto",
    threads,
    streams: threads,
    batchTokensMax: 4096,
    queueTokensMax: 262_144,
  };
}
