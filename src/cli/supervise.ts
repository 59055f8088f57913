/**
 * `sallyport serve` as people start it: a small process that runs the serving one and starts another when that crashes.
 *
 * Stdio is shared. SIGINT, SIGTERM and SIGHUP are passed on, and then nothing is started any more; a serving process may see
 * one twice after Ctrl-C (the terminal's and ours). If this process is killed, the channel to the serving one closes and that
 * one drains. What follows an end is decided in app/supervisor. Imports little: it stays in memory.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type HandOver, handOverVariable, isServed, readHandOver, writeHandOver } from "../app/supervisor/hand-over.ts";
import { type Ending, type Next, RestartPolicy } from "../app/supervisor/restart-policy.ts";
import { type Environment, readEnvironment } from "../config/environment.ts";
import type { LogLevel } from "../domain/log-level.ts";
import { type RestartHistory, restartsIn } from "../domain/restart.ts";
import { exitStatus } from "./exit-status.ts";

const variable = "SALLYPORT_SUPERVISE";
const flag = "--no-supervise";
const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Where the arguments are of a `serve` that is to be supervised: runs `program` with them until it is over, and gives the exit
 * status. Else null, and nothing was done.
 */
export async function superviseServe(program: string, args: readonly string[]): Promise<number | null> {
  const env = readEnvironment();
  const wanted = isWanted(args, env);
  if (wanted === true) return supervise(program, args, env);
  if (wanted === false) return null;
  write(STDERR, `sallyport serve: ${wanted}`);
  return exitStatus.bad;
}

/** A text says what is wrong with the setting. */
function isWanted([command, ...args]: readonly string[], env: Environment): boolean | string {
  const isPlain = args.some((arg) => [flag, "--help", "-h"].includes(arg));
  if (command !== "serve" || isPlain || handOverOf(env) !== null) return false;
  const said = env[variable] ?? "";
  if (said === "" || said === "true") return true;
  return said === "false" ? false : `${variable}: must be true or false`;
}

/** What the supervisor that started this process says; `null`: there is none. */
export const handOverOf = (env: Environment): HandOver | null =>
  process.send === undefined ? null : readHandOver(env[handOverVariable]);

/** Runs `program` with the arguments until it is over, and gives the exit status. */
async function supervise(program: string, args: readonly string[], env: Environment): Promise<number> {
  const policy = new RestartPolicy();
  const asked = new AbortController();
  let running: ChildProcess | null = null;
  const pass = (signal: NodeJS.Signals): void => {
    asked.abort();
    running?.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, pass);
  try {
    let history: RestartHistory | null = null;
    let logLevel = "info" as LogLevel; // until one serves and says otherwise
    for (;;) {
      running = start(program, args, { ...env, [handOverVariable]: writeHandOver({ history }) });
      running?.on("message", (message) => {
        if (!isServed(message)) return;
        policy.serves();
        logLevel = message.logLevel;
      });
      const how: Ending = running === null ? { kind: "not-started" } : await ending(running);
      const now = { nowMs: performance.now(), epochMs: Date.now() };
      const next = policy.ended(how, asked.signal.aborted, now);
      if (next.kind === "end") return next.status;
      if (next.kind === "give-up") return giveUp(next);
      history = next.history;
      if (logLevel !== "silent") logCrash(next, now.epochMs);
      await pause(next.delayMs, undefined, { signal: asked.signal }).catch(() => undefined);
      if (asked.signal.aborted) return exitStatus.good;
    }
  } finally {
    for (const signal of forwarded) process.off(signal, pass);
  }
}

/** `null`: the system gives no process now, as where memory is short; other reasons come as an event. */
function start(program: string, args: readonly string[], env: Environment): ChildProcess | null {
  const stdio = ["inherit", "inherit", "inherit", "ipc"] as const;
  try {
    return spawn(process.execPath, [...process.execArgv, program, ...args], { env, stdio: [...stdio] });
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return null;
    throw error;
  }
}

function ending(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("exit", (status, signal) =>
      resolve(signal === null ? { kind: "exit", status: status ?? 0 } : { kind: "signal", signal }),
    );
    child.on("error", () => {
      if (child.pid === undefined) resolve({ kind: "not-started" });
    });
  });
}

/** One line as the serving process writes its own; made here, so that no logger stays in memory for it. */
function logCrash({ history, delayMs }: Extract<Next, { kind: "again" }>, epochMs: number): void {
  const line = {
    level: "error",
    time: new Date(epochMs).toISOString(),
    reason: history.last,
    restarts: restartsIn(history),
    delayMs,
    msg: "the serving process crashed; another is started",
  };
  write(STDOUT, JSON.stringify(line));
}

function giveUp({ reason, starts }: Extract<Next, { kind: "give-up" }>): number {
  write(
    STDERR,
    `sallyport serve: crashed ${starts} times before it served, last by ${reason}; a model or a library may be at fault`,
  );
  return exitStatus.bad;
}

const STDOUT = 1;
const STDERR = 2;

/** Nobody may be reading any more; the serving process matters more than the words. */
function write(fd: number, line: string): void {
  try {
    writeSync(fd, `${line}\n`);
  } catch {
    // told to nobody
  }
}
