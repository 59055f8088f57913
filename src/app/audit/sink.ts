/** Where an audit record goes: a file, the standard output, a stream of Redis. They take lines and know nothing of the chain. */

/** `written`: how many of the lines surely stand there now. `why`: a code, for people; `null`: all went well. */
export type Appended = { readonly written: number; readonly why: string | null };

export type AuditSink = {
  /** Appends lines, in order, each whole. Never throws; what was not written is given again, unchanged. */
  append(lines: readonly string[]): Promise<Appended>;
  /** What was written outlives the machine's end. Gives why not; `null`: it does. */
  sync(): Promise<string | null>;
  /** Another file is to be begun. */
  isDue(epochMs: number): boolean;
  /** Begins it. Gives why not. */
  rotate(firstSeq: number, epochMs: number): Promise<string | null>;
  close(): Promise<void>;
};

/** For sinks without files. */
export const withoutFiles = {
  sync: (): Promise<null> => Promise.resolve(null),
  isDue: (): boolean => false,
  rotate: (): Promise<null> => Promise.resolve(null),
};

/** A code of the system's, or a word of ours. Never a message. */
export function failureOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" && /^\w{1,64}$/.test(code) ? code : "unknown";
}
