// Small tools of the scripts: notices on stderr, and running one child until it ends.
// stdout belongs to the program that is run, so nothing here writes to it.

import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { constants } from "node:os";
import { pathToFileURL } from "node:url";

/** A failure that the user can mend: printed without a stack. */
export class NoticeError extends Error {
  name = "NoticeError";
}

/** Prints one line on stderr. */
export function notice(text) {
  process.stderr.write(`sallyport: ${text}\n`);
}

/** Whether the module at `url` is the program that node was started with (a link to it counts). */
export function isMain(url) {
  const script = process.argv[1];
  return script !== undefined && url === pathToFileURL(realpathSync(script)).href;
}

/** Runs `main`; its number is the exit status. A NoticeError is printed and gives 1; any other error is a bug. */
export async function runAsMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof NoticeError)) throw error;
    notice(error.message);
    process.exitCode = 1;
  }
}

/**
 * Runs a command with this process's stdio and resolves with its exit status (128 + number after a signal).
 * SIGINT, SIGTERM and SIGHUP are passed on and do not end this process: the child decides when it is done. After
 * Ctrl-C a child can see SIGINT more than once (the terminal's and the one passed on), so it must not count them.
 */
export function runChild(command, args, options = {}) {
  const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    const pass = (signal) => child.kill(signal);
    for (const signal of forwarded) process.on(signal, pass);
    const release = () => {
      for (const signal of forwarded) process.off(signal, pass);
    };
    child.on("error", (error) => {
      release();
      reject(new NoticeError(`${command} could not be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      release();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
