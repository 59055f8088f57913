/** `sallyport eval`: how well a detector or a policy tells labelled texts apart. Prints; decides nothing. */
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { open, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { finished } from "node:stream/promises";
import type { Command } from "commander";
import { budgetFaults, type Budgets } from "../app/eval/budgets.ts";
import { evaluationText } from "../app/eval/document.ts";
import { evaluate, scoreLine } from "../app/eval/evaluate.ts";
import type { RowJudge } from "../app/eval/judge.ts";
import { detectorKind, type Opened, openDetectorJudge, openPolicyJudge } from "../app/eval/open-judge.ts";
import { kindWanted, openKindJudge } from "../app/eval/open-kind-judge.ts";
import { openModelJudge } from "../app/eval/open-model-judge.ts";
import { checkFiles, type FileRead } from "../app/eval/rows.ts";
import { systemClock } from "../app/surroundings.ts";
import { evaluationLines } from "./eval-table.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { modelsFlag, readModelSettings } from "./model-settings.ts";
import { listenForStop } from "./listen-for-stop.ts";
import { createProgress } from "./progress.ts";

type Flags = {
  readonly detector?: string;
  readonly policy?: string;
  readonly models?: string;
  readonly data: readonly string[];
  readonly json?: string;
  readonly scores?: string;
  readonly maxFpr?: string;
  readonly minRecall?: string;
};

export function registerEval(program: Command, exit: (status: number) => void): void {
  program
    .command("eval")
    .description("measure a detector or a policy on labelled texts")
    .option(
      "--detector <name>",
      "a kind of detector with its defaults, such as pii, injection or harm:toxicity; or a model: NAME, NAME@DIGEST or its folder",
    )
    .option("--policy <file>", "a policy, all of its rules together")
    .option(...modelsFlag)
    .requiredOption("--data <file...>", "JSON lines, plain or gzip: label, and text or prompt, context and reply")
    .option("--json <file>", "write all figures there as one JSON document")
    .option("--scores <file>", "write one JSON line for each row there")
    .option("--max-fpr <share>", "the most false positives that are fine, 0 to 1")
    .option("--min-recall <share>", "the least recall that is fine, 0 to 1")
    .addHelpText(
      "after",
      "\nPrints and writes no text of the data.\nExit status: 0 good, 1 bad input, 2 usage, 3 a budget is missed, 130 interrupted: the figures are of the first rows.\nExample: sallyport eval --detector secrets --data labelled.jsonl.gz --max-fpr 0.01",
    )
    .action(async (flags: Flags) => exit(await runEval(flags)));
}

async function runEval(flags: Flags): Promise<number> {
  const budgets = readBudgets(flags);
  if (budgets === null) return refuse("--max-fpr and --min-recall are shares from 0 to 1, such as 0.01");
  if ((flags.detector === undefined) === (flags.policy === undefined)) {
    return refuse("name either a --detector or a --policy");
  }
  const clash = await clashOf(flags);
  if (clash !== null) return refuse(clash);
  const judge = await openJudge(flags);
  if (!judge.ok) return bad(judge.error);
  try {
    const data = await checkData(flags.data);
    return data === null ? exitStatus.bad : await measure(flags, judge.value, data, budgets);
  } catch (error) {
    if (!isFileError(error)) throw error;
    return bad([`sallyport eval: ${error.path ?? "a file"}: cannot be written (${error.code})`]);
  } finally {
    await judge.value.close();
  }
}

/** What would be written over something else that was named. `null`: nothing. */
async function clashOf({ data, policy, json, scores }: Flags): Promise<string | null> {
  const inputs = await Promise.all([...data, ...(policy === undefined ? [] : [policy])].map(sameFile));
  const written = (["json", "scores"] as const).flatMap((flag) => {
    const file = { json, scores }[flag];
    return file === undefined ? [] : [{ flag, file }];
  });
  const outputs = await Promise.all(written.map(({ file }) => sameFile(file)));
  for (const [at, { flag, file }] of written.entries()) {
    const output = outputs[at] ?? "";
    if (inputs.includes(output)) return `--${flag} ${file} is what is read: name another file`;
    if (at > 0 && outputs[0] === output && !file.startsWith("/dev/"))
      return "--json and --scores are one file: name two";
  }
  return null;
}

/** Alike for two ways to write one file. */
async function sameFile(path: string): Promise<string> {
  const entry = await stat(path).catch(() => null);
  return entry === null ? resolve(path) : `${entry.dev} ${entry.ino}`;
}

async function openJudge({ detector = "", policy, models }: Flags): Promise<Opened> {
  const asked = policy === undefined ? kindWanted(detector) : null;
  const kind = policy === undefined ? detectorKind(detector) : null;
  if (kind !== null && asked === null) return openDetectorJudge(kind);
  const settings = readModelSettings(models);
  if (!settings.ok) return settings;
  if (asked !== null) return openKindJudge(asked, settings.value);
  return policy === undefined ? openModelJudge(detector, settings.value) : openPolicyJudge(policy, settings.value);
}

/** `null`: some rows are bad, and it was said which. */
async function checkData(paths: readonly string[]): Promise<readonly FileRead[] | null> {
  const progress = createProgress("reading");
  const { files, bad: lines, badCount } = await checkFiles(paths, (count) => progress.show(count, 0, "rows"));
  progress.end();
  for (const { file, line, message } of lines) console.error(`${file}${line === null ? "" : `:${line}`}: ${message}`);
  if (badCount > lines.length) console.error(`and ${badCount - lines.length} more`);
  return badCount > 0 ? null : files;
}

async function measure(
  flags: Flags,
  judge: RowJudge,
  data: readonly FileRead[],
  budgets: Budgets,
): Promise<ExitStatus> {
  const scores = flags.scores === undefined ? null : await openLines(flags.scores);
  if (flags.json !== undefined) await (await open(flags.json, "a")).close();
  const rows = data.reduce((sum, file) => sum + file.rows, 0);
  const progress = createProgress("judging");
  using listening = listenForStop();
  let done = 0;
  const evaluation = await evaluate({
    judge,
    files: flags.data,
    nowMs: () => systemClock.nowMs(),
    stop: listening.stop,
    async onRow(row, judgement) {
      progress.show((done += 1), rows);
      if (scores !== null && !scores.write(`${scoreLine(row, judgement)}\n`)) await once(scores, "drain");
    },
  });
  progress.end();
  if (scores !== null) await finished(scores.end());
  if (flags.json !== undefined) {
    await writeFile(flags.json, evaluationText({ subject: judge.subject, data, evaluation, budgets }));
  }
  for (const line of evaluationLines(evaluation)) console.log(line);
  const faults = budgetFaults(evaluation.all, budgets);
  for (const fault of faults) console.error(`sallyport eval: ${fault}`);
  if (evaluation.rows < rows) {
    console.error(`sallyport eval: interrupted: the figures are of the first ${evaluation.rows} of ${rows} rows`);
    return exitStatus.interrupted;
  }
  return faults.length > 0 ? exitStatus.missed : exitStatus.good;
}

/** Opened first, so that a folder that is not there is told before the work and not after it. */
async function openLines(file: string): Promise<WriteStream> {
  const handle = await open(file, "w");
  return createWriteStream(file, { fd: handle });
}

function readBudgets({ maxFpr, minRecall }: Flags): Budgets | null {
  const [most, least] = [maxFpr, minRecall].map((text) =>
    text === undefined ? null : Number(text === "" ? "?" : text),
  );
  const isShare = (value: number | null | undefined): boolean =>
    value === null || (value !== undefined && value >= 0 && value <= 1);
  return isShare(most) && isShare(least) ? { maxFpr: most ?? null, minRecall: least ?? null } : null;
}

function refuse(message: string): number {
  console.error(`sallyport eval: ${message}`);
  return exitStatus.usage;
}

function bad(lines: readonly string[]): number {
  for (const line of lines) console.error(line);
  return exitStatus.bad;
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && "syscall" in error;
