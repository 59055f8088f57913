/** Answers that are mostly there at once. A promise for each of them would cost more than most of them do. */
export type MaybeAsync<T> = T | Promise<T>;

/** `goOn` of the value: now where it is there, later where it is promised. */
export function after<T, R>(value: MaybeAsync<T>, goOn: (value: T) => MaybeAsync<R>): MaybeAsync<R> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}
