/** Ctrl-C and SIGTERM for commands that take long. */

/** The first signal ends the work in order, a second one at once. */
export function listenForStop(): Disposable & { readonly stop: AbortSignal } {
  const controller = new AbortController();
  const signals = ["SIGINT", "SIGTERM"] as const;
  const stop = (): void => {
    controller.abort();
    for (const signal of signals) process.off(signal, stop);
  };
  for (const signal of signals) process.on(signal, stop);
  return { stop: controller.signal, [Symbol.dispose]: () => signals.forEach((signal) => process.off(signal, stop)) };
}
