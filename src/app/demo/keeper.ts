// Entry of a small process that runs one program and ends it when its own starter is gone: stdin is a pipe from the
// starter, and it closes however the starter ended, SIGKILL included. A program such as Envoy cannot watch that itself.
// Exit status is the program's; 128 + N where signal N ended it; 127 where it could not be started.

import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { constants } from "node:os";

const KILL_AFTER_MS = 5_000;
const NOT_STARTED = 127;
const STDIN = 0;
const STDERR = 2;

const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });

function stop(): void {
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
}

child.once("error", (error) => {
  writeSync(STDERR, `${error.message}\n`);
  process.exit(NOT_STARTED);
});
child.once("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
process.once("SIGTERM", stop);
new Socket({ fd: STDIN }).once("close", stop).resume();
