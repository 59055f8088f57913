/** Where the lines of the log go: first to whoever started the program, then to those that follow. */
type Take = (line: string) => void;

export type LogOutput = {
  readonly write: Take;
  /** From now on. Returns what ends it. */
  follow(take: Take): () => void;
};

export function createLogOutput(first: Take): LogOutput {
  const others = new Set<Take>();
  return {
    write(line) {
      first(line);
      for (const take of others) take(line);
    },
    follow(take) {
      others.add(take);
      return () => void others.delete(take);
    },
  };
}
