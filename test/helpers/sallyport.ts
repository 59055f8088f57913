// The command `sallyport` as a process of its own, run to its end.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  readonly cwd: string;
  readonly stdin?: string;
  /** Beside this process's own, of which nothing that names a setting of Sallyport is handed on. */
  readonly env?: NodeJS.ProcessEnv;
  /** Its entry; this checkout's where left out. */
  readonly main?: string;
};

/** Resolves when it has ended by itself. */
export const sallyport = (args: readonly string[], options: RunOptions): Promise<Outcome> =>
  startSallyport(args, options).outcome;

/** While it runs its output can be listened to, and signals sent. */
export function startSallyport(
  args: readonly string[],
  { cwd, stdin = "", env = {}, main = MAIN }: RunOptions,
): { readonly child: ChildProcessWithoutNullStreams; readonly outcome: Promise<Outcome> } {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("SALLYPORT_"));
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...Object.fromEntries(own), ...env } });
  child.stdin.on("error", () => undefined); // it need not read what it is not asked to
  child.stdin.end(stdin);
  return { child, outcome: outcomeOf(child) };
}

async function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: code as number | null, stdout, stderr };
}
