/** The process entry: arguments in, exit status out. */
import { readFile } from "node:fs/promises";
import { runProgram } from "./cli/program.ts";

const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
process.exitCode = await runProgram(process.argv.slice(2), version);
