/** `sallyport check FILE...`: prints what is wrong in policies and configurations. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { checkFileWhole } from "../app/check-file.ts";
import { type ModelWords, modelWords } from "../app/models/policy-models.ts";
import { exitStatus } from "./exit-status.ts";
import { modelsFlag, readModelSettings } from "./model-settings.ts";

export function registerCheck(program: Command, exit: (status: number) => void): void {
  program
    .command("check")
    .description("say what is wrong with policies, configurations and cases")
    .argument("<file...>", "YAML files")
    .option(...modelsFlag)
    .addHelpText(
      "after",
      "\nPrints FILE:LINE:COLUMN: MESSAGE for each mistake.\nExit status: 0 all good, 1 mistakes or a file that cannot be read, 2 usage.",
    )
    .action(async (files: readonly string[], { models }: { readonly models?: string }) =>
      exit(await runCheck(files, models)),
    );
}

async function runCheck(files: readonly string[], folder: string | undefined): Promise<number> {
  const settings = readModelSettings(folder);
  if (!settings.ok) {
    for (const line of settings.error) console.error(`sallyport check: ${line}`);
    return exitStatus.bad;
  }
  const words = modelWords(settings.value);
  let status: number = exitStatus.good;
  for (const file of files) {
    const lines = await check(file, words);
    if (lines.length > 0) status = exitStatus.bad;
    for (const line of lines.length > 0 ? lines : [`${file}: ok`]) console.log(line);
  }
  return status;
}

async function check(file: string, words: ModelWords): Promise<readonly string[]> {
  let source: Uint8Array;
  try {
    source = await readFile(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return [`${file}: cannot be read (${String(error.code)})`];
  }
  const mistakes = await checkFileWhole(file, source, words);
  return mistakes.map((each) => `${each.file ?? file}:${each.line}:${each.column}: ${each.message}`);
}
