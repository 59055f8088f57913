/** `sallyport check FILE...`: prints what is wrong in policies and configurations. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { checkFileWhole } from "../app/check-file.ts";
import { exitStatus } from "./exit-status.ts";

export function registerCheck(program: Command, exit: (status: number) => void): void {
  program
    .command("check")
    .description("say what is wrong with policies, configurations and cases")
    .argument("<file...>", "YAML files")
    .addHelpText(
      "after",
      "\nPrints FILE:LINE:COLUMN: MESSAGE for each mistake.\nExit status: 0 all good, 1 mistakes or a file that cannot be read, 2 usage.",
    )
    .action(async (files: readonly string[]) => exit(await runCheck(files)));
}

async function runCheck(files: readonly string[]): Promise<number> {
  let status: number = exitStatus.good;
  for (const file of files) {
    const lines = await check(file);
    if (lines.length > 0) status = exitStatus.bad;
    for (const line of lines.length > 0 ? lines : [`${file}: ok`]) console.log(line);
  }
  return status;
}

async function check(file: string): Promise<readonly string[]> {
  let source: Uint8Array;
  try {
    source = await readFile(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return [`${file}: cannot be read (${String(error.code)})`];
  }
  const mistakes = await checkFileWhole(file, source);
  return mistakes.map((each) => `${each.file ?? file}:${each.line}:${each.column}: ${each.message}`);
}
