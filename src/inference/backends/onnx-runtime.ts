/** ONNX Runtime as a backend: each of a model's threads has a copy of it, since a run blocks its thread. */
import type { Backend } from "../backend.ts";
import { openModelThreads } from "../workers/model-threads.ts";

/** `onDeath` is told why a thread ended that nobody had ended; another is started. */
export function createOnnxRuntimeBackend(onDeath: (message: string) => void): Backend {
  return {
    runtime: "onnxruntime",
    load: (request) =>
      openModelThreads({ start: { engine: "onnxruntime", request }, streams: request.streams, onDeath }),
    close: () => Promise.resolve(),
  };
}
