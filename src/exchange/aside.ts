/**
 * Judges beside a stream what changes nothing in it: models asked by rules that only flag, or are in shadow. The stream goes
 * on meanwhile, and its end waits for what is left, so that the record has it.
 *
 * Each lane's texts are judged in order, one run after another; what comes during a run is judged together after it. Bounded:
 * a model too slow for the stream is left behind, and its rules do not know.
 */
import type { BlockCause } from "../domain/verdict.ts";
import type { StageJudge } from "../guard/judge.ts";
import type { Lane } from "../guard/lane.ts";
import type { MoreText } from "../guard/tier.ts";
import { wholeTextUnitsMax } from "../guard/word.ts";
import { openDeadline } from "../stdx/deadline.ts";

/** Text that waits, of all lanes of a stream, in UTF-16 code units. */
export const asideUnitsMax = wholeTextUnitsMax;

export type AsideParts = {
  readonly judge: StageJudge;
  /** Milliseconds for each run. */
  readonly budgetMs: number;
  readonly cancelled: AbortSignal;
};

type Entry = {
  readonly lane: Lane;
  waiting: MoreText[];
  running: Promise<void> | null;
  /** Some rule blocks where it does not know: the end of the text waits for it. */
  readonly mayStop: boolean;
};

export class Aside {
  readonly #parts: AsideParts;
  readonly #entries = new Map<Lane, Entry>();
  #units = 0;
  #cause: BlockCause | null = null;
  #isLeft = false;
  #fault: { readonly thrown: unknown } | null = null;

  constructor(parts: AsideParts) {
    this.#parts = parts;
  }

  /** What stops the stream by now: a rule that is closed on not knowing does not know. Throws what a detector threw. */
  get cause(): BlockCause | null {
    if (this.#fault !== null) throw this.#fault.thrown;
    return this.#cause;
  }

  /** Something is still being judged. */
  get isRunning(): boolean {
    return this.#running(false).length > 0;
  }

  add(lane: Lane, text: MoreText): void {
    this.#units += text.added.length;
    if (this.#isLeft || this.#units > asideUnitsMax) return this.#leave([this.#entryOf(lane)]);
    const entry = this.#entryOf(lane);
    entry.waiting.push(text);
    if (entry.running !== null) return;
    const run = this.#next(entry);
    if (run !== null) entry.running = this.#follow(entry, run);
  }

  /** Waits for what is being judged; `all` false: for what may stop the stream. Where the time is over the rules do not know. */
  async end(signal: AbortSignal, all: boolean): Promise<BlockCause | null> {
    const running = this.#running(!all);
    if (running.length > 0) {
      await Promise.race([Promise.all(running.flatMap((entry) => entry.running ?? [])), aborted(signal)]);
      const late = running.filter((entry) => entry.running !== null);
      if (late.length > 0) this.#leave(late);
    }
    return this.cause;
  }

  #running(stopping: boolean): readonly Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.running !== null && (entry.mayStop || !stopping));
  }

  #entryOf(lane: Lane): Entry {
    let entry = this.#entries.get(lane);
    if (entry === undefined) {
      entry = { lane, waiting: [], running: null, mayStop: lane.mayStop("aside") };
      this.#entries.set(lane, entry);
    }
    return entry;
  }

  /** Judges what waits. A promise where somebody else is asked; the rest follows then. */
  #next(entry: Entry): Promise<void> | null {
    while (entry.waiting.length > 0 && !this.#isLeft) {
      const text = joined(entry.waiting);
      entry.waiting = [];
      const { judge, cancelled, budgetMs } = this.#parts;
      const deadline = openDeadline(cancelled, budgetMs);
      const judged = judge.stepAside(deadline.signal, entry.lane, text);
      if (judged instanceof Promise)
        return judged.then((cause) => this.#judged(entry, text, cause)).finally(() => deadline[Symbol.dispose]());
      deadline[Symbol.dispose]();
      this.#judged(entry, text, judged);
    }
    return null;
  }

  async #follow(entry: Entry, first: Promise<void>): Promise<void> {
    try {
      for (let run: Promise<void> | null = first; run !== null; run = this.#next(entry)) await run;
    } catch (thrown) {
      this.#fault ??= { thrown };
    }
    entry.running = null;
  }

  #judged({ lane }: Entry, { added, ended }: MoreText, cause: BlockCause | null): void {
    this.#units -= added.length;
    if (!this.#isLeft) this.#cause ??= cause;
    if (ended) this.#entries.delete(lane);
  }

  #leave(entries: readonly Entry[]): void {
    this.#isLeft = true;
    for (const entry of new Set([...entries, ...this.#entries.values()])) {
      entry.waiting = [];
      this.#cause ??= this.#parts.judge.leaveAside(entry.lane);
    }
  }
}

function joined(texts: readonly MoreText[]): MoreText {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined) return only;
  return {
    added: texts.map(({ added }) => added).join(""),
    written: texts.map(({ written }) => written).join(""),
    ended: texts.at(-1)?.ended === true,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
