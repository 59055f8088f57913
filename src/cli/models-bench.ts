/** `sallyport models bench`: how fast a model runs on this machine, and how. Prints; decides nothing. */
import { access, constants, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { Command } from "commander";
import { benchModel, type ModelBench } from "../app/models-bench/bench-models.ts";
import { settingsOf } from "../app/models-bench/cells.ts";
import { findFolder } from "../app/models/find-model.ts";
import { readConfig } from "../config/config.ts";
import { readEnvironment } from "../config/environment.ts";
import { type MeasuredSettings, withModelSettings } from "../config/write-models.ts";
import { exitStatus } from "./exit-status.ts";
import { benchLines } from "./models-bench-table.ts";
import { createProgress } from "./progress.ts";
import { listenForStop } from "./listen-for-stop.ts";

type Flags = { readonly json?: string; readonly write?: string; readonly seconds: string };

/** Into the command `models`, which may be there already. */
export function registerModelsBench(program: Command, exit: (status: number) => void): void {
  const models = program.commands.find((each) => each.name() === "models") ?? program.command("models");
  models
    .command("bench")
    .description("measure a model on this machine: backends, precisions, threads, batches and windows")
    .argument("<model>", "a model's folder, as exported; or its name, as models list prints it")
    .option("--json <file>", "write all figures there as one JSON document")
    .option("--write <config>", "write the best settings into a configuration; its comments stay")
    .option("--seconds <n>", "how long each figure is measured", "0.5")
    .addHelpText(
      "after",
      "\nQuantised copies beside the model (model_int8.onnx) are measured too.\nExit status: 0 measured, 1 nothing ran or a file cannot be read or written, 2 usage, 130 interrupted.\nExample: sallyport models bench models/attacks --write sallyport.yaml",
    )
    .action(async (dir: string, flags: Flags) => exit(await runBench(dir, flags)));
}

async function runBench(dir: string, flags: Flags): Promise<number> {
  const seconds = Number(flags.seconds);
  if (!(seconds > 0 && seconds <= 60)) return refuse("--seconds is a number above 0 and up to 60", exitStatus.usage);
  for (const file of [flags.json, flags.write]) {
    const why = file === undefined ? null : await whyNoPlace(file);
    if (why !== null) return refuse(why, exitStatus.bad);
  }
  const written = flags.write === undefined ? null : await readConfigFile(flags.write);
  if (typeof written === "string") return refuse(written, exitStatus.bad);
  const file = flags.write === undefined || written === null ? null : { path: flags.write, bytes: written };
  const config = readConfig({ file, env: readEnvironment(), flags: {} });
  if (!config.ok) {
    for (const { where, place, message } of config.error)
      console.error(`${where}${place === null ? "" : `:${place.line}:${place.column}`}: ${message}`);
    return exitStatus.bad;
  }
  const { openvinoFolder, device } = config.value.models;
  const found = await findFolder(config.value.models, dir);
  if (!found.ok) {
    for (const problem of found.error) console.error(`${problem.file}: ${problem.message}`);
    return exitStatus.bad;
  }
  const { folder } = found.value;
  const progress = createProgress("measuring");
  const onProgress = (done: number, of: number, doing: string): void => progress.show(done, of, doing);
  using listening = listenForStop();
  const input = { folder, openvinoFolder, device, cellMs: seconds * 1000, onProgress };
  const bench = await benchModel(listening.stop, input);
  progress.end();
  if (listening.stop.aborted) return refuse("interrupted: nothing is written", exitStatus.interrupted);
  if (!bench.ok) {
    for (const line of bench.error) console.error(line);
    return exitStatus.bad;
  }
  return tell(bench.value, flags, written);
}

/** Looked at first, so that it is told before minutes of measuring and not after them. */
async function whyNoPlace(file: string): Promise<string | null> {
  try {
    await access(dirname(resolve(file)), constants.W_OK);
    return null;
  } catch (error) {
    return `${file}: cannot be written (${String((error as NodeJS.ErrnoException).code)})`;
  }
}

/** The bytes; `null`: there is none yet; a text says why it cannot be read. */
async function readConfigFile(path: string): Promise<Uint8Array | null | string> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" ? null : `${path}: cannot be read (${code})`;
  }
}

async function tell(bench: ModelBench, { json, write }: Flags, config: Uint8Array | null): Promise<number> {
  const nameOf = (file: string): string => basename(file);
  for (const line of benchLines(bench, nameOf)) console.log(line);
  try {
    if (json !== undefined) await writeFile(json, `${JSON.stringify(withoutFolders(bench, nameOf), null, 1)}\n`);
    if (bench.best === null) return refuse("nothing ran that could be chosen", exitStatus.bad);
    if (write !== undefined) return await writeSettings(write, config, settingsOf(bench.best));
    return exitStatus.good;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "path" in error)) throw error;
    return refuse(`${String(error.path)}: cannot be written (${String(error.code)})`, exitStatus.bad);
  }
}

/** A folder of this machine has no place in a record. */
const withoutFolders = (bench: ModelBench, nameOf: (file: string) => string): object => ({
  ...bench,
  measured: bench.measured.map((each) => ({ ...each, file: nameOf(each.file) })),
  failed: bench.failed.map((each) => ({ ...each, file: nameOf(each.file) })),
  best:
    bench.best === null
      ? null
      : { ...bench.best, loading: { ...bench.best.loading, file: nameOf(bench.best.loading.file) } },
});

async function writeSettings(path: string, config: Uint8Array | null, settings: MeasuredSettings): Promise<number> {
  const text = withModelSettings(config, settings);
  if (!text.ok) {
    for (const { line, column, message } of text.error) console.error(`${path}:${line}:${column}: ${message}`);
    return exitStatus.bad;
  }
  // Whole or not at all: a server may read it at any time.
  const mode = config === null ? 0o644 : (await stat(path)).mode;
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text.value, { mode });
  await rename(beside, path);
  console.log(`written to ${path}`);
  return exitStatus.good;
}

function refuse(message: string, status: number): number {
  console.error(`sallyport models bench: ${message}`);
  return status;
}
