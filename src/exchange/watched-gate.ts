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
  const step = async (go: () => Promise<GateOutput>, sinceMs: () => number): Promise<GateOutput> => {
    const output = await clock.run(() => opened(go));
    const goes = output.kind === "block" || output.whole || (streams && output.cleared.length > 0);
    if (goes) clock.waited(sinceMs());
    return seen(output);
  };
  return {
    push(bytes) {
      if (bytes.length > 0) clock.bytesCame();
      return step(
        () => gate.push(bytes),
        () => clock.firstByteMs,
      );
    },
    end() {
      const fromMs = clock.nowMs();
      return step(
        () => gate.end(),
        () => (streams ? Math.min(clock.firstByteMs, fromMs) : fromMs),
      );
    },
    close: () => undefined,
  };
}
