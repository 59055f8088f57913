/** `sallyport models list | check | activate | rollback`: models of a store, and those that ship. Prints; decides nothing. */
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { styleText } from "node:util";
import type { Command } from "commander";
import { createProbe, type ProbeReport } from "../app/models/probe.ts";
import { shortDigest } from "../app/models/store.ts";
import { findFolder } from "../app/models/find-model.ts";
import { type BundleState, type ListedBundle, listModels } from "../app/models/list-models.ts";
import { activateModel, rollBackModel } from "../app/models/store-commands.ts";
import { readConfig } from "../config/config.ts";
import { readEnvironment } from "../config/environment.ts";
import type { ModelSettings } from "../config/models.ts";
import { exitStatus } from "./exit-status.ts";

type Flags = { readonly config?: string; readonly folder?: string; readonly json?: true; readonly shadow?: boolean };
type Problems = readonly { readonly file: string; readonly message: string }[];

export function registerModels(program: Command, exit: (status: number) => void): void {
  const models = program
    .command("models")
    .description("guard models: which there are, which serve, and which did before");
  const config = ["--config <file>", "the guard's configuration: its models.folder, backend and device count"] as const;
  const folder = ["--folder <dir>", "the models' folder (default: the configuration's, else models)"] as const;
  const statuses = "\nExit status: 0 done, 1 something is wrong with a model or the folder, 2 usage.";
  models
    .command("list")
    .description("the models of the folder, and those that come with Sallyport: name, digest, state")
    .option(...folder)
    .option(...config)
    .option("--json", "one JSON document")
    .addHelpText("after", `${statuses}\nExample: sallyport models list --folder models`)
    .action(async (flags: Flags) => exit(await withSettings(flags, (settings) => runList(settings, flags))));
  models
    .command("check")
    .description("read, load and run a model in a process of its own, and say what it is or what is wrong")
    .argument(
      "<model>",
      "a model's folder, as exported: model.onnx or model.xml, tokenizer.json, config.json; or its name, as list prints it",
    )
    .option(...config)
    .option("--json", "one JSON document")
    .addHelpText("after", `${statuses}\nExample: sallyport models check models/attacks`)
    .action(async (dir: string, flags: Flags) =>
      exit(await withSettings(flags, (settings) => runCheck(settings, dir, flags))),
    );
  models
    .command("activate")
    .description("try a model as check does, then let it serve; a running guard swaps it in")
    .argument(
      "<name@digest>",
      "as list prints it; the digest may be cut short, or left out where there is one model of the name",
    )
    .option("--shadow", "beside the active one: it is asked too, and only counted where they agree")
    .option(...folder)
    .option(...config)
    .addHelpText("after", `${statuses}\nExample: sallyport models activate attacks@1f3c9a --folder models`)
    .action(async (wanted: string, flags: Flags) =>
      exit(await withSettings(flags, (settings) => runActivate(settings, wanted, flags))),
    );
  models
    .command("rollback")
    .description("let the model serve again that served before")
    .argument("<name>", "the model's name")
    .option("--shadow", "only take away the one in shadow")
    .option(...folder)
    .option(...config)
    .addHelpText("after", `${statuses}\nExample: sallyport models rollback attacks --folder models`)
    .action(async (name: string, flags: Flags) =>
      exit(await withSettings(flags, (settings) => runRollback(settings, name, flags))),
    );
}

async function withSettings(flags: Flags, run: (settings: ModelSettings) => Promise<number>): Promise<number> {
  const env = readEnvironment();
  const path = flags.config ?? env["SALLYPORT_CONFIG"] ?? "";
  let file: { path: string; bytes: Uint8Array } | null = null;
  try {
    if (path !== "") file = { path, bytes: await readFile(path) };
  } catch {
    return refuse([{ file: path, message: "cannot be read" }]);
  }
  const config = readConfig({ file, env, flags: {} });
  if (!config.ok) {
    return refuse(
      config.error.map(({ where, place, message }) => ({
        file: place === null ? where : `${where}:${place.line}:${place.column}`,
        message,
      })),
    );
  }
  const { models } = config.value;
  return run({ ...models, folder: flags.folder ?? models.folder });
}

async function runList(settings: ModelSettings, { json }: Flags): Promise<number> {
  const { folder } = settings;
  const listed = await listModels(settings);
  if (!listed.ok) return refuse(listed.error);
  if (json === true) console.log(JSON.stringify(listed.value, null, 2));
  else for (const line of listLines(folder, listed.value)) console.log(line);
  return listed.value.some(({ state }) => state === "bad") ? exitStatus.bad : exitStatus.good;
}

const styles = {
  active: "green",
  shadow: "cyan",
  before: "dim",
  idle: "dim",
  shipped: "green",
  "shipped-unused": "dim",
  bad: "red",
} as const satisfies Record<BundleState, string>;

const wordOf = (state: BundleState): string => (state === "shipped-unused" ? "shipped, not used" : state);

function listLines(folder: string, listed: readonly ListedBundle[]): readonly string[] {
  if (listed.length === 0) return [`${folder} holds no models; put one there as ${folder}/NAME/model.onnx`];
  const idOf = ({ name, digest }: ListedBundle): string =>
    name === null || digest === null ? "-" : `${name}@${shortDigest(digest)}`;
  const width = Math.max(...listed.map((each) => idOf(each).length));
  const wide = Math.max("active".length, ...listed.map(({ state }) => wordOf(state).length));
  return listed.flatMap((each) => [
    `${paint(styles[each.state], wordOf(each.state).padEnd(wide))}  ${idOf(each).padEnd(width)}  ${here(each.folder)}  ${[...new Set(each.tasks)].join(", ")}`.trimEnd(),
    ...each.problems.map(({ file, message }) => `${" ".repeat(wide + 2)}${here(file)}: ${message}`),
  ]);
}

async function runCheck(settings: ModelSettings, dir: string, { json }: Flags): Promise<number> {
  const found = await findFolder(settings, dir);
  const report = found.ok ? await createProbe()({ ...found.value, settings }) : found;
  if (json === true) console.log(JSON.stringify(report.ok ? report.value : { problems: report.error }, null, 2));
  else if (report.ok) for (const line of reportLines(report.value)) console.log(line);
  if (report.ok) return exitStatus.good;
  return json === true ? exitStatus.bad : refuse(report.error);
}

function reportLines(report: ProbeReport): readonly string[] {
  const heads = report.heads.map(({ name, task, labels, threshold }) => {
    const said = [...new Set(labels.map((category) => category ?? "fine"))].join(", ");
    return `${name}: ${task}${said === "" ? "" : ` (${said}), a finding from ${threshold} on`}`;
  });
  const rows: readonly (readonly [string, string])[] = [
    ["model", `${report.name}@${shortDigest(report.digest)}`],
    ["digest", report.digest],
    ["licence", report.licence ?? "not said"],
    ...heads.map((line, at) => [at === 0 ? "answers" : "", line] as const),
    ["window", `${report.windowTokens} tokens, ${report.windowMs.toFixed(1)} ms on one thread`],
    ...(report.runsAlone ? [["", "each window alone: dynamic INT8 takes its scales from a batch"] as const] : []),
    ["runtime", `${report.runtime} ${report.runtimeVersion} on ${report.device}, precision ${report.precision}`],
    ["", report.why],
    [
      "loaded",
      `in ${report.loadMs.toFixed(0)} ms, ${(report.memoryBytes / 2 ** 20).toFixed(0)} MiB with the process around it`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(8)} ${value}`);
}

async function runActivate(settings: ModelSettings, wanted: string, { shadow = false }: Flags): Promise<number> {
  const done = await activateModel({ settings, probe: createProbe() }, wanted, shadow);
  if (!done.ok) return refuse(done.error);
  const { name, digest, isShipped, isAlready } = done.value;
  const state = shadow ? "stands in shadow" : isShipped ? "serves, as it comes with Sallyport" : "is active";
  console.log(`${name}@${shortDigest(digest)} ${state}${isAlready ? "; nothing was to be done" : ""}`);
  return exitStatus.good;
}

async function runRollback(settings: ModelSettings, name: string, { shadow = false }: Flags): Promise<number> {
  const done = await rollBackModel(settings, name, shadow);
  if (!done.ok) return refuse(done.error);
  console.log(
    done.value === null
      ? `${name}: nothing stands in shadow now`
      : `${name}@${shortDigest(done.value.digest)} ${done.value.isShipped ? "serves again, as it comes with Sallyport" : "is active again"}`,
  );
  return exitStatus.good;
}

const paint = (style: (typeof styles)[keyof typeof styles], text: string): string =>
  styleText(style, text, { stream: process.stdout });

/** As short as the reader can use it. */
function here(file: string): string {
  const near = relative(process.cwd(), file);
  return file.startsWith("/") && !near.startsWith("..") && near !== "" ? near : file;
}

function refuse(problems: Problems): number {
  for (const { file, message } of problems) console.error(`${here(file)}: ${message}`);
  return exitStatus.bad;
}
