/** Broken invariants: our bug. The stream dies by its failure mode; nobody catches one to go on. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The end of an exhaustive switch. The value is not printed: it may hold user text. */
export function unreachable(_value: never): never {
  throw new InvariantError("unreachable case");
}
