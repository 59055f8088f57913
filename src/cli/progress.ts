/** One line on a terminal that says how far a long command is; nothing where the error output is no terminal. */

const width = 24;
/** Between two paintings, in milliseconds. */
const everyMs = 100;

export type Progress = {
  /** `of` 0: nobody knows how many. `note` stands behind the bar. */
  show(done: number, of: number, note?: string): void;
  /** Wipes the line. */
  end(): void;
};

export function createProgress(what: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show: () => undefined, end: () => undefined };
  let paintedAt = Number.NEGATIVE_INFINITY;
  return {
    show(done, of, note = "") {
      const now = performance.now();
      if (now - paintedAt < everyMs) return;
      paintedAt = now;
      const line = `${what} ${barOf(done, of)} ${note}`;
      stream.write(`\r\u001b[2K${line.slice(0, stream.columns - 1)}`);
    },
    end() {
      stream.write("\r\u001b[2K");
    },
  };
}

export function barOf(done: number, of: number): string {
  if (of <= 0) return `${done}`;
  const share = Math.min(1, done / of);
  const full = Math.round(share * width);
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${done}/${of} ${Math.floor(share * 100)} %`;
}
