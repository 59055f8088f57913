/**
 * Which runtime serves: OpenVINO where it is found and loads, else ONNX Runtime; or the one that is asked for. Says which it
 * took and why, since the choice decides how fast and in what precision models run.
 */
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Backend, BackendProblem, Runtime } from "../backend.ts";
import { findOpenVino } from "../openvino-libraries.ts";
import { createOnnxRuntimeBackend } from "./onnx-runtime.ts";
import { openOpenVinoBackend } from "./openvino.ts";
import { openOpenVinoNodeBackend } from "./openvino-node.ts";

export type BackendWish = {
  readonly runtime: Runtime | "auto";
  /** Where OpenVINO's libraries are looked for first, in this order. */
  readonly folders: readonly string[];
  /** Told why a thread ended that nobody had ended; another is started. */
  readonly onDeath: (message: string) => void;
  /** Monotonic. */
  readonly nowMs: () => number;
};

/** `why`: one sentence for the log. */
export type ChosenBackend = { readonly backend: Backend; readonly why: string };

export async function openBackend(wish: BackendWish): Promise<Result<ChosenBackend, BackendProblem>> {
  const { runtime, onDeath } = wish;
  if (runtime === "onnxruntime") {
    return ok({ backend: createOnnxRuntimeBackend(onDeath), why: "ONNX Runtime, as it is asked for" });
  }
  const openVino = await openOpenVino(wish);
  if (openVino.ok || runtime === "openvino") return openVino;
  const why = `ONNX Runtime, since there is no OpenVINO: ${openVino.error.message}`;
  return ok({ backend: createOnnxRuntimeBackend(onDeath), why });
}

async function openOpenVino({ folders, onDeath, nowMs }: BackendWish): Promise<Result<ChosenBackend, BackendProblem>> {
  const libraries = findOpenVino(folders);
  if (libraries !== null) {
    // Where they are of no use the package is not tried: two versions of OpenVINO in one process bring it down.
    const opened = await openOpenVinoBackend(libraries, onDeath);
    return opened.ok ? ok({ backend: opened.value, why: `OpenVINO, its libraries in ${libraries.folder}` }) : opened;
  }
  const packaged = openOpenVinoNodeBackend(nowMs);
  if (packaged.ok) return ok({ backend: packaged.value, why: "OpenVINO, by its package openvino-node" });
  const looked = [...folders, "the folders of system packages"].join(", ");
  return err({ kind: "no-runtime", message: `no libopenvino_c in ${looked}; ${packaged.error.message}` });
}
