/** Why a policy file gives no policy, in lines for its owner. */
import type { PolicyProblem } from "./policy-store.ts";

/** One line a mistake, `FILE:LINE:COLUMN: what`. */
export function problemLines(file: string, problem: PolicyProblem): string[] {
  switch (problem.kind) {
    case "bad":
      return problem.mistakes.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    case "unreadable":
      return [`${file}: cannot be read (${problem.code})`];
    default:
      return [`${file}: no detector could be built for it; this is a fault of Sallyport, please report it`];
  }
}
