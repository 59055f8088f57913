/** Why nothing could be served, for the operator. */
import type { PolicyProblem } from "./reload/look.ts";

export class ServeError extends Error {
  override readonly name = "ServeError";
  readonly problem: PolicyProblem | null;
  constructor(message: string, problem: PolicyProblem | null = null) {
    super(message);
    this.problem = problem;
  }
}
