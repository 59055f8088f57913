/** Why a policy file gives no policy, in lines for its owner. */
import type { Mistake } from "../../domain/policy.ts";
import type { PolicyProblem } from "./look.ts";

/** One line a mistake, `FILE:LINE:COLUMN: what`. */
export function problemLines(file: string, problem: PolicyProblem): string[] {
  switch (problem.kind) {
    case "bad":
      return problem.mistakes.map((mistake) => mistakeLine(file, mistake));
    case "unreadable":
      return [`${file}: cannot be read (${problem.code})`];
    default:
      return [`${file}: no detector could be built for it; this is a fault of Sallyport, please report it`];
  }
}

/** `main`: the file that was asked for; a mistake may stand in one that it includes. */
export const mistakeLine = (main: string, { file = main, line, column, message }: Mistake): string =>
  `${file}:${line}:${column}: ${message}`;
