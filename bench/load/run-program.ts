// Runs one of the programs beside this file to its end and reads the line of JSON that it prints.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Load, LoadResult, MarkedResult } from "./closed-loop.ts";

const run = promisify(execFile);
const outputBytesMax = 1024 * 1024;

export const programPath = (name: "upstream" | "pass-server" | "client" | "collector"): string =>
  fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));

/** The closed-loop client in a process of its own. */
export async function loadFrom(load: Load): Promise<LoadResult> {
  return (await client(["load", JSON.stringify(load)])) as LoadResult;
}

export async function markedFrom(port: number, streams: number): Promise<MarkedResult> {
  return (await client(["marked", String(port), String(streams)])) as MarkedResult;
}

async function client(args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, [programPath("client"), ...args], { maxBuffer: outputBytesMax });
  return JSON.parse(stdout);
}
