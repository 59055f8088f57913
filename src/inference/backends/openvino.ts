/**
 * OpenVINO's libraries as a backend: one copy of a model for all its threads, compiled by a thread of its own, which also frees
 * what the others leave.
 */
import { ok, type Result } from "../../stdx/result.ts";
import type { Backend, BackendProblem, LoadedModel } from "../backend.ts";
import type { OpenVinoLibraries } from "../openvino-libraries.ts";
import { Keeper } from "../workers/keeper.ts";
import { openModelThreads } from "../workers/model-threads.ts";

/** What the threads run; others only in tests. */
export type Programs = { readonly keeper?: URL; readonly model?: URL };

/** Loads the libraries: the error says why they are of no use. `onDeath` as `ModelThreadsParts` has it. */
export async function openOpenVinoBackend(
  libraries: OpenVinoLibraries,
  onDeath: (message: string) => void,
  programs: Programs = {},
): Promise<Result<Backend, BackendProblem>> {
  const keeper = new Keeper({ libraries, onDeath, program: programs.keeper });
  const ready = await keeper.open();
  if (!ready.ok) return ready;
  return ok({
    runtime: "openvino",
    close: () => keeper.close(),
    async load(request) {
      const compiled = await keeper.compile(request);
      if (!compiled.ok) return compiled;
      const opened = await openModelThreads({
        start: { engine: "openvino", libraries, compiled: compiled.value },
        streams: request.streams,
        onDeath,
        freeRequest: (left) => keeper.freeRequest(left),
        ...(programs.model === undefined ? {} : { program: programs.model }),
      });
      const free = (): Promise<void> => keeper.free(compiled.value);
      if (opened.ok) return ok(withFree(opened.value, free));
      await free();
      return opened;
    },
  });
}

function withFree(model: LoadedModel, free: () => Promise<void>): LoadedModel {
  let closing: Promise<void> | null = null;
  return {
    get description() {
      return model.description;
    },
    get streams() {
      return model.streams;
    },
    run: (batch) => model.run(batch),
    async close() {
      closing ??= model.close().then(free); // to free it twice would end the process
      await closing;
    },
  };
}
