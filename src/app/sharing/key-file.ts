/**
 * The keys in force: those of the file as it was last good. Looks at the file every few seconds, so that a key is rotated without a
 * restart; a bad or missing file leaves the keys before in force and is told once.
 */
import { readFile } from "node:fs/promises";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type Keys, parseKeys } from "./keys.ts";

/** `error` completes "FILE: ...", and holds nothing of a key. */
export type KeyFileEvent = { readonly kind: "swapped" } | { readonly kind: "bad"; readonly error: string };

export type KeyFile = {
  current(): Keys;
  /** Reads the file anew, as happens by itself every few seconds. */
  lookAgain(): Promise<void>;
  close(): void;
};

const lookEveryMs = 5000;

/** The error completes "FILE: ...". */
export async function openKeyFile(
  path: string,
  onEvent: (event: KeyFileEvent) => void,
): Promise<Result<KeyFile, string>> {
  const first = await read(path);
  if (!first.ok) return first;
  let { text, keys } = first.value;
  let problem: string | null = null;
  const lookAgain = async (): Promise<void> => {
    const now = await read(path);
    if (!now.ok) {
      if (problem !== now.error) onEvent({ kind: "bad", error: now.error });
      problem = now.error;
      return;
    }
    problem = null;
    if (now.value.text === text) return;
    ({ text, keys } = now.value);
    onEvent({ kind: "swapped" });
  };
  const timer = setInterval(() => void lookAgain(), lookEveryMs).unref();
  return ok({ current: () => keys, lookAgain, close: () => clearInterval(timer) });
}

async function read(path: string): Promise<Result<{ readonly text: string; readonly keys: Keys }, string>> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return err("cannot be read");
  const keys = parseKeys(text);
  return keys.ok ? ok({ text, keys: keys.value }) : keys;
}
