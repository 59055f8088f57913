/** OpenVINO's package for Node as a backend: its own threads run batches, one copy of a model for all of them. */
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Backend, BackendProblem } from "../backend.ts";
import { loadOpenVinoNode, openNodeModel } from "../engines/openvino-node.ts";
import { messageOf, NoRuntime } from "../workers/protocol.ts";

/** Loads the package's binary: the error says why it is of no use. `nowMs`: monotonic. */
export function openOpenVinoNodeBackend(nowMs: () => number): Result<Backend, BackendProblem> {
  try {
    const addon = loadOpenVinoNode();
    return ok({
      runtime: "openvino",
      load: (request) => openNodeModel(addon, request, nowMs),
      close: () => Promise.resolve(),
    });
  } catch (error) {
    if (!(error instanceof NoRuntime)) throw error;
    return err({ kind: "no-runtime", message: messageOf(error) });
  }
}
