/**
 * Where the lines of the log go: first to whoever started the program, then to those that follow. Nobody waits for a reader: where the
 * first has no room, lines are lost and counted, and a line says how many as soon as it has.
 */
type Take = (line: string) => void;

/** `waiting`: bytes that were written and not taken yet. */
export type LineSink = { write(line: string): unknown; readonly waiting: number };

/** Of a reader that is slow or has stopped, in bytes. */
export const waitingBytesMax = 8 * 2 ** 20;

export type LogOutput = {
  readonly write: Take;
  /** From now on. Returns what ends it. */
  follow(take: Take): () => void;
  /** Lines that were lost by now. */
  readonly lost: number;
};

export function createLogOutput(first: LineSink): LogOutput {
  const others = new Set<Take>();
  let lost = 0;
  let untold = 0;
  const tell = (line: string): void => {
    if (first.waiting > waitingBytesMax) {
      lost += 1;
      untold += 1;
      return;
    }
    if (untold > 0)
      first.write(`${JSON.stringify({ level: "warn", msg: "lines of the log were lost", lost: untold })}\n`);
    untold = 0;
    first.write(line);
  };
  return {
    write(line) {
      tell(line);
      for (const take of others) take(line);
    },
    follow(take) {
      others.add(take);
      return () => void others.delete(take);
    },
    get lost() {
      return lost;
    },
  };
}
