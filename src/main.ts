/** The process entry: arguments in, exit status out. A supervisor, as `serve` has one, loads none of the program itself. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { superviseServe } from "./cli/supervise.ts";

const args = process.argv.slice(2);
process.exitCode = (await superviseServe(fileURLToPath(import.meta.url), args)) ?? (await runHere());

async function runHere(): Promise<number> {
  const { runProgram } = await import("./cli/program.ts");
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return runProgram(args, version);
}
