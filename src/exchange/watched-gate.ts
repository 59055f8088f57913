/** A gate whose every judgement is timed, and told when it is done. */
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import type { Gate, GateOutput } from "./gate.ts";
import type { StageClock } from "./stage-clock.ts";

export type Watching = {
  readonly clock: StageClock;
  /** Nothing is judged before it is done. */
  readonly opening: MaybeAsync<void>;
  /** Some of it may go before all has come: what is waited for is its beginning, else its end. */
  readonly streams: boolean;
  readonly seen: (output: GateOutput) => GateOutput;
};

/** Closing it is its owner's. */
export function watchedGate(gate: Gate, { clock, opening, streams, seen }: Watching): Gate {
  // What went wrong is told to whoever waits for it; there may be nobody.
  if (opening instanceof Promise) opening.catch(() => undefined);
  const opened = <T>(go: () => Promise<T>): Promise<T> => (opening instanceof Promise ? opening.then(go) : go());
  const step = async (bytes: Uint8Array | null): Promise<GateOutput> => {
    let output: GateOutput;
    clock.step();
    if (bytes !== null && bytes.length > 0) clock.bytesCame();
    try {
      output = await opened(() => (bytes === null ? gate.end() : gate.push(bytes)));
    } finally {
      clock.stepped();
    }
    const goes = output.kind === "block" || output.whole || (streams && output.cleared.length > 0);
    if (goes) clock.waited(streams || bytes !== null ? clock.firstByteMs : clock.stepMs);
    return seen(output);
  };
  return { push: step, end: () => step(null), close: () => undefined };
}
