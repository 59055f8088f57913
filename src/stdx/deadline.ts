/** One deadline per verdict, as an AbortSignal that also ends with its parent. The reason tells which it was. */
import { carriedBy, carry } from "./carried.ts";

const endsMs = Symbol("endsMs");

export type Deadline = Disposable & { readonly signal: AbortSignal };

/** Aborts with a TimeoutError after `budgetMs`, or as the parent does. Dispose of it when the work is done. */
export function openDeadline(parent: AbortSignal, budgetMs: number): Deadline {
  const controller = new AbortController();
  const signal = Object.assign(controller.signal, {
    [endsMs]: Math.min(performance.now() + budgetMs, deadlineOf(parent)),
  });
  carry(signal, carriedBy(parent));
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) {
    follow();
    return { signal, [Symbol.dispose]: () => undefined };
  }
  const timer = setTimeout(() => controller.abort(new DOMException("deadline", "TimeoutError")), budgetMs);
  parent.addEventListener("abort", follow, { once: true });
  const dispose = (): void => {
    clearTimeout(timer);
    parent.removeEventListener("abort", follow);
  };
  return { signal, [Symbol.dispose]: dispose };
}

/** When it ends, in monotonic milliseconds; Infinity for a signal without a deadline. */
export function deadlineOf(signal: AbortSignal): number {
  return (signal as { readonly [endsMs]?: number })[endsMs] ?? Number.POSITIVE_INFINITY;
}

/** True when time ran out; false when the work was called off. */
export function isDeadline(signal: AbortSignal): boolean {
  return signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
}
