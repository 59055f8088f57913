/** A gate whose every judgement is timed, and told when it is done. */
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import type { Gate, GateOutput } from "./gate.ts";
import type { StopWatch } from "./stop-watch.ts";

/** Nothing is judged before `opening` is done. Closing it is its owner's. */
export function watchedGate(
  gate: Gate,
  time: StopWatch,
  opening: MaybeAsync<void>,
  seen: (output: GateOutput) => GateOutput,
): Gate {
  // What went wrong is told to whoever waits for it; there may be nobody.
  if (opening instanceof Promise) opening.catch(() => undefined);
  const opened = <T>(go: () => Promise<T>): Promise<T> => (opening instanceof Promise ? opening.then(go) : go());
  return {
    push: async (bytes) => seen(await time.run(() => opened(() => gate.push(bytes)))),
    end: async () => seen(await time.run(() => opened(() => gate.end()))),
    close: () => undefined,
  };
}
