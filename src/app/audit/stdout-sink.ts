/** The audit record on the standard output, between the lines of the log: what collects those gets it. */
import { failureOf, type AuditSink, withoutFiles } from "./sink.ts";

/** Writes whole lines; `done` when they are on their way, or could not go. */
export type WriteOut = (text: string, done: (error?: Error | null) => void) => void;

export function createStdoutSink(write: WriteOut): AuditSink {
  return {
    ...withoutFiles,
    append: (lines) =>
      new Promise((resolve) =>
        write(`${lines.join("\n")}\n`, (error) =>
          resolve(error == null ? { written: lines.length, why: null } : { written: 0, why: failureOf(error) }),
        ),
      ),
    close: () => Promise.resolve(),
  };
}
