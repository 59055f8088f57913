/** `sallyport audit`: verifies a record, finds a subject in it, reads it from Redis, makes its keys. Prints; decides nothing. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { exportStream } from "../app/audit/export-stream.ts";
import { makeKeys } from "../app/audit/make-keys.ts";
import { isSubject, readSubjectKey } from "../app/audit/subject.ts";
import { findRecords, findSubject, loadPublicKey, type Verified, verifyFiles } from "../app/audit/verify-files.ts";
import { readConfig } from "../config/config.ts";
import { readEnvironment } from "../config/environment.ts";
import { type Finding, weightOf } from "../telemetry/audit/findings.ts";
import { type KnownHead, readHead } from "../telemetry/audit/head-watch.ts";
import { exitStatus } from "./exit-status.ts";

export function registerAudit(program: Command, exit: (status: number) => void): void {
  const command = program.command("audit").description("the audit record: verify it, find a subject in it");
  command
    .command("verify")
    .description("say whether a record is whole, and where it is not")
    .argument("<path...>", "its files from the oldest on, or its folder; - is stdin")
    .option("--public-key <file>", "of the key that signs its checkpoints")
    .option(
      "--head <seq:hash>",
      "an entry that is known from elsewhere, as from a log; may be given again",
      collectHead,
    )
    .option("--mixed", "other lines, and those of other instances, stand between: a log, or what Redis held")
    .option("--running", "its guard still writes: an end without a stop is no failure")
    .option("--json", "one JSON document")
    .addHelpText(
      "after",
      "\nExit status: 0 whole, 1 not, or it cannot be read, 2 usage, 3 nothing is wrong but its end is open.\nExample: sallyport audit verify --public-key audit.pub.pem /var/lib/sallyport/audit",
    )
    .action(async (paths: readonly string[], flags: VerifyFlags) => exit(await runVerify(paths, flags)));
  command
    .command("find")
    .description("print the entries of one principal or tenant")
    .argument("<path...>", "files, or a folder; - is stdin")
    .requiredOption("--subject <name>", "the principal or tenant, or what stands in the record for it")
    .option("--subject-key-file <file>", "the configuration's audit.subjectKeyFile")
    .addHelpText(
      "after",
      "\nExit status: 0 read, 1 cannot be read, 2 usage.\nExample: sallyport audit find --subject-key-file audit.subject.key --subject alice audit/",
    )
    .action(async (paths: readonly string[], flags: FindFlags) => exit(await runFind(paths, flags)));
  command
    .command("export")
    .description("print a record that is in Redis, from its first entry")
    .requiredOption("--config <file>", "the guard's configuration")
    .addHelpText("after", "\nExample: sallyport audit export --config guard.yaml | sallyport audit verify --mixed -")
    .action(async ({ config }: { readonly config: string }) => exit(await runExport(config)));
  command
    .command("key")
    .description("make a pair of keys that signs checkpoints, and a key for subjects")
    .argument("<folder>", "where to")
    .action(async (folder: string) => exit(await runKey(folder)));
}

type VerifyFlags = {
  readonly publicKey?: string;
  readonly head?: readonly string[];
  readonly mixed?: true;
  readonly running?: true;
  readonly json?: true;
};

const collectHead = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** Of each kind; more are counted. */
const toldMax = 100;

async function runVerify(paths: readonly string[], flags: VerifyFlags): Promise<number> {
  const known: KnownHead[] = [];
  for (const text of flags.head ?? []) {
    const head = readHead(text);
    if (head === null) return refuse("verify", "--head is SEQ:HASH, the hash with 64 hex digits", exitStatus.usage);
    known.push({ ...head, from: "--head" });
  }
  const key = flags.publicKey === undefined ? null : await loadPublicKey(flags.publicKey);
  if (key?.ok === false) return refuse("verify", key.error);
  const records = await findRecords(paths);
  if (!records.ok) return refuse("verify", records.error);
  const { files, heads } = records.value;
  const options = { publicKey: key?.value ?? null, heads: [...heads, ...known], isMixed: flags.mixed === true };
  const told: Finding[] = [];
  const counts = new Map<string, number>();
  const tell = (finding: Finding): void => {
    const count = (counts.get(finding.kind) ?? 0) + 1;
    counts.set(finding.kind, count);
    if (count > toldMax) return;
    if (flags.json === true) told.push(finding);
    else console.log(findingLine(finding));
  };
  let verified: Verified;
  try {
    verified = await verifyFiles(files, process.stdin, options, tell);
  } catch (error) {
    return unreadable("verify", error);
  }
  const isRunning = flags.running === true;
  const result = resultOf(verified, isRunning);
  if (flags.json === true) {
    const findings = told.map((finding) => ({ ...finding, weight: weightOf(finding) }));
    console.log(JSON.stringify({ result, ...verified.summary, findings }, null, 1));
  } else for (const line of summaryLines(verified, result, options.publicKey !== null)) console.log(line);
  return { whole: exitStatus.good, broken: exitStatus.bad, open: exitStatus.open }[result];
}

type Word = "whole" | "broken" | "open";

function resultOf({ counts }: Verified, isRunning: boolean): Word {
  const weights = new Set([...counts.keys()].map((kind) => weightOf({ kind, place: null, text: "" })));
  if (weights.has("break")) return "broken";
  const isEmpty = counts.has("empty");
  return weights.has("open") && (!isRunning || isEmpty) ? "open" : "whole";
}

function findingLine(finding: Finding): string {
  const { kind, place, text } = finding;
  const where = place === null ? "" : `${place.file}:${place.line}: `;
  return `${where}${weightOf(finding)} (${kind}): ${text}`;
}

function summaryLines({ summary, counts }: Verified, result: Word, hasKey: boolean): readonly string[] {
  const { entries, exchanges, starts, lost, checkpoints, signed, first, head, fromMs, toMs } = summary;
  const rest = [...counts].filter(([, count]) => count > toldMax).map(([kind, count]) => `${kind}: ${count} in all`);
  const trust = hasKey
    ? `${signed} of ${checkpoints} checkpoints are signed with this key`
    : summary.isAnySigned
      ? "signatures were not checked: name the key with --public-key"
      : "no checkpoint is signed: whoever can write the record could have written all of it anew";
  const what = {
    whole: "whole: what stands here is what was written",
    broken: "broken: what stands here is not what was written",
    open: "open: nothing is wrong in what stands here, but more may have stood after it",
  }[result];
  if (entries === 0) return [...rest, what];
  const time = (ms: number): string => new Date(ms).toISOString();
  return [
    ...rest,
    `entries ${first} to ${head.seq}, ${time(fromMs)} to ${time(toMs)}: ${exchanges} exchanges, ${starts} starts, ${lost} lost`,
    trust,
    `head ${head.seq}:${head.hash}`,
    what,
  ];
}

type FindFlags = { readonly subject: string; readonly subjectKeyFile?: string };

async function runFind(paths: readonly string[], { subject, subjectKeyFile }: FindFlags): Promise<number> {
  let wanted = subject;
  if (subjectKeyFile !== undefined) {
    const content = await readFile(subjectKeyFile).catch(() => null);
    if (content === null) return refuse("find", `${subjectKeyFile}: cannot be read`);
    const names = readSubjectKey(content);
    if (!names.ok) return refuse("find", `${subjectKeyFile}: ${names.error}`);
    wanted = names.value(subject);
  } else if (!isSubject(subject))
    return refuse(
      "find",
      "name --subject-key-file, or give the 32 hex digits that stand in the record",
      exitStatus.usage,
    );
  const records = await findRecords(paths);
  if (!records.ok) return refuse("find", records.error);
  try {
    for await (const line of findSubject(records.value.files, process.stdin, wanted)) await print(line);
  } catch (error) {
    return unreadable("find", error);
  }
  return exitStatus.good;
}

async function runExport(path: string): Promise<number> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return refuse("export", `${path}: cannot be read`);
  const config = readConfig({ file: { path, bytes }, env: readEnvironment(), flags: {} });
  if (!config.ok) {
    for (const { where, message } of config.error) refuse("export", `${where}: ${message}`);
    return exitStatus.bad;
  }
  const exported = await exportStream(config.value, print);
  return exported.ok ? exitStatus.good : refuse("export", exported.error);
}

async function runKey(folder: string): Promise<number> {
  const made = await makeKeys(folder);
  if (!made.ok) return refuse("key", made.error);
  for (const path of made.value) console.log(path);
  return exitStatus.good;
}

/** Resolves when there is room for more. */
const print = (line: string): Promise<void> =>
  new Promise((resolve, reject) =>
    process.stdout.write(`${line}\n`, (error) => (error == null ? resolve() : reject(error))),
  );

/** What reading a file says; anything else is a bug and goes on. */
function unreadable(command: string, error: unknown): number {
  if (!(error instanceof Error && "syscall" in error)) throw error;
  const path = "path" in error ? String(error.path) : "a file";
  return refuse(command, `${path}: cannot be read`);
}

function refuse(command: string, message: string, status: number = exitStatus.bad): number {
  console.error(`sallyport audit ${command}: ${message}`);
  return status;
}
