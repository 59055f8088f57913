/**
 * ONNX Runtime as a backend: each of a model's threads has a copy of it, since a run blocks its thread. A thread that is started in
 * place of one that died reads the files again: only those that the others have read.
 */
import { err } from "../../stdx/result.ts";
import type { Backend } from "../backend.ts";
import { type FileStands, fileStands, staleSince, unreadable } from "../file-stands.ts";
import { openModelThreads } from "../workers/model-threads.ts";

/** `onDeath` is told why a thread ended that nobody had ended; another is started. `program`: what threads run, in tests. */
export function createOnnxRuntimeBackend(onDeath: (message: string) => void, program?: URL): Backend {
  return {
    runtime: "onnxruntime",
    async load(request) {
      const { model, streams } = request;
      let stands: FileStands;
      try {
        stands = await fileStands(model);
      } catch (error) {
        return err({ kind: "bad-model", message: unreadable(model, error) });
      }
      return openModelThreads({
        start: { engine: "onnxruntime", request },
        streams,
        onDeath,
        isStale: () => staleSince(stands, model),
        ...(program === undefined ? {} : { program }),
      });
    },
    close: () => Promise.resolve(),
  };
}
