/**
 * What models make of the texts of one exchange, each text run once: rules that ask other heads, categories or thresholds of a
 * model about the same text share its run, and so do texts that stand twice.
 *
 * Each caller is answered once, and by its own signal at the latest: one that leaves leaves alone. A run goes on while somebody
 * waits for it. What failed is not remembered. Knows no heads and no rules; ends with the exchange.
 */
import type { ExchangeMemory } from "../../domain/detector.ts";
import type { Stage } from "../../domain/segment.ts";
import type { JudgedPair, ModelProblem } from "../../inference/model.ts";
import { carriedBy, carry } from "../../stdx/carried.ts";
import { isDeadline } from "../../stdx/deadline.ts";
import { err, type Result } from "../../stdx/result.ts";
import { compactPair, compactText, numbersOfPair, numbersOfText } from "./judged-numbers.ts";
import type { Asked, ServedModel } from "./served.ts";

/** Of a prompt the first so many numbers that models gave are remembered until it is judged; 4 MiB. */
export const rememberedNumbersMax = 2 ** 20;
/** Of a reply, which has no end that is known, the last so many texts. */
export const rememberedTextsMax = 32;

type Judging = ServedModel["model"];

const opened = new WeakMap<ExchangeMemory, Passes>();

/** The same for all detectors that are opened with this memory, and gone when it is. */
export function passesOf(whole: ExchangeMemory, stage: Stage): Passes {
  const known = opened.get(whole);
  if (known !== undefined) return known;
  const made = new Passes(stage);
  opened.set(whole, made);
  return made;
}

export class Passes {
  readonly #memory: Memory;
  /** By the model itself: one may be swapped for another of its name. */
  readonly #shared = new WeakMap<Judging, Judging>();

  constructor(stage: Stage) {
    this.#memory = new Memory(stage);
  }

  /** The same question, to a model whose runs are shared. */
  over(asked: Asked): Asked {
    const { bundle, model } = asked.served;
    let shared = this.#shared.get(model);
    if (shared === undefined) {
      shared = sharing(model, this.#memory);
      this.#shared.set(model, shared);
    }
    return { ...asked, served: { bundle, model: shared } };
  }
}

function sharing(model: Judging, memory: Memory): Judging {
  const texts = new Runs(memory, { numbersOf: numbersOfText, compact: compactText });
  /** By their evidence. */
  const pairs = new Map<string, Runs<JudgedPair>>();
  return {
    judge: (signal, text, deadlineMs) =>
      signal.aborted
        ? gone(signal)
        : texts.ask(signal, text, deadlineMs, (running, urgentMs) => model.judge(running, text, urgentMs)),
    judgePair(signal, evidence, claim, deadlineMs) {
      if (signal.aborted) return gone(signal);
      let claims = pairs.get(evidence);
      if (claims === undefined) {
        const onEmpty = (): void => void pairs.delete(evidence);
        claims = new Runs(memory, { numbersOf: numbersOfPair, compact: compactPair, onEmpty });
        pairs.set(evidence, claims);
      }
      return claims.ask(signal, claim, deadlineMs, (running, urgentMs) =>
        model.judgePair(running, evidence, claim, urgentMs),
      );
    },
  };
}

type Answer<T> = Result<T, ModelProblem>;
type Start<T> = (signal: AbortSignal, deadlineMs: number) => Promise<Answer<T>>;

type RunsParts<T> = {
  readonly numbersOf: (judged: T) => number;
  /** The same, holding nothing of what else ran with it. */
  readonly compact: (judged: T) => T;
  readonly onEmpty?: () => void;
};

/** Runs of one model, by text. */
class Runs<T> {
  readonly #memory: Memory;
  readonly #parts: RunsParts<T>;
  readonly #runs = new Map<string, Run<T>>();

  constructor(memory: Memory, parts: RunsParts<T>) {
    this.#memory = memory;
    this.#parts = parts;
  }

  /** `signal`: not aborted yet. */
  ask(signal: AbortSignal, text: string, deadlineMs: number, start: Start<T>): Promise<Answer<T>> {
    let run = this.#runs.get(text);
    if (run === undefined) {
      const made: Run<T> = new Run(start, (answer) => this.#ended(text, made, answer));
      this.#runs.set(text, made);
      run = made;
    }
    return run.join(signal, deadlineMs);
  }

  /** `null`: everybody has left, or it broke. */
  #ended(text: string, run: Run<T>, answer: Answer<T> | null): void {
    const forget = (): void => {
      if (this.#runs.get(text) !== run) return;
      this.#runs.delete(text);
      if (this.#runs.size === 0) this.#parts.onEmpty?.();
    };
    if (answer?.ok !== true) return forget();
    const numbers = this.#parts.numbersOf(answer.value);
    if (this.#memory.keep(numbers, forget)) run.keep({ ...answer, value: this.#parts.compact(answer.value) });
    else forget();
  }
}

/** What is remembered of all models of an exchange. */
class Memory {
  readonly #stage: Stage;
  readonly #kept = new Set<() => void>();
  #numbers = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /**
   * False: there is no room. All rules go through a prompt from its beginning, so there what came first stays: if it made room
   * for what came last, each rule in turn would find nothing.
   */
  keep(numbers: number, forget: () => void): boolean {
    if (this.#stage === "prompt") {
      if (this.#numbers + numbers > rememberedNumbersMax) return false;
      this.#numbers += numbers;
      return true;
    }
    this.#kept.add(forget);
    const [oldest] = this.#kept;
    if (this.#kept.size > rememberedTextsMax && oldest !== undefined) {
      this.#kept.delete(oldest);
      oldest();
    }
    return true;
  }
}

type Caller<T> = {
  readonly signal: AbortSignal;
  readonly leave: () => void;
  readonly answer: (answer: Answer<T>) => void;
  readonly fail: (fault: unknown) => void;
};

/** One run, for all who ask before it is forgotten. */
class Run<T> {
  readonly #ended: (answer: Answer<T> | null) => void;
  readonly #controller = new AbortController();
  readonly #callers = new Set<Caller<T>>();
  #deadlineMs = Number.POSITIVE_INFINITY;
  #answer: Answer<T> | null = null;

  constructor(start: Start<T>, ended: (answer: Answer<T> | null) => void) {
    this.#ended = ended;
    // Begun when all who ask in the same turn have joined: the most urgent of them says how urgent it is.
    queueMicrotask(() => void this.#run(start));
  }

  join(signal: AbortSignal, deadlineMs: number): Promise<Answer<T>> {
    if (this.#answer !== null) return Promise.resolve(this.#answer);
    if (this.#callers.size === 0) carry(this.#controller.signal, carriedBy(signal));
    this.#deadlineMs = Math.min(this.#deadlineMs, deadlineMs);
    return new Promise((answer, fail) => {
      const caller: Caller<T> = { signal, leave: () => this.#left(caller), answer, fail };
      this.#callers.add(caller);
      signal.addEventListener("abort", caller.leave, { once: true });
    });
  }

  /** Whoever asks from now on gets this. */
  keep(answer: Answer<T>): void {
    this.#answer = answer;
  }

  #left(caller: Caller<T>): void {
    this.#callers.delete(caller);
    caller.answer(err(leftBy(caller.signal)));
    if (this.#callers.size > 0) return;
    this.#ended(null);
    this.#controller.abort(caller.signal.reason);
  }

  async #run(start: Start<T>): Promise<void> {
    const { signal } = this.#controller;
    if (signal.aborted) return;
    try {
      const answer = await start(signal, this.#deadlineMs);
      if (signal.aborted) return;
      this.#ended(answer);
      for (const caller of this.#takeCallers()) caller.answer(answer);
    } catch (fault) {
      if (signal.aborted) return;
      this.#ended(null);
      for (const caller of this.#takeCallers()) caller.fail(fault);
    }
  }

  #takeCallers(): readonly Caller<T>[] {
    const callers = [...this.#callers];
    this.#callers.clear();
    for (const { signal, leave } of callers) signal.removeEventListener("abort", leave);
    return callers;
  }
}

/** As a model tells it whose caller leaves. */
const leftBy = (signal: AbortSignal): ModelProblem =>
  isDeadline(signal) ? { cause: "deadline", message: "" } : { cause: "backend", message: "the exchange is over" };

const gone = (signal: AbortSignal): Promise<Result<never, ModelProblem>> => Promise.resolve(err(leftBy(signal)));
