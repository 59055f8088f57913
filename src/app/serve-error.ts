/** Why nothing could be served, for the operator. */
import type { Result } from "../stdx/result.ts";
import type { PolicyProblem } from "./reload/look.ts";

export class ServeError extends Error {
  override readonly name = "ServeError";
  readonly problem: PolicyProblem | null;
  constructor(message: string, problem: PolicyProblem | null = null) {
    super(message);
    this.problem = problem;
  }
}

/** Throws ServeError with what the operator is told. */
export function orEnd<T>(opened: Result<T, string>): T {
  if (!opened.ok) throw new ServeError(opened.error);
  return opened.value;
}
