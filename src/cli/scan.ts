/** `sallyport scan`: judges an exchange from files, without Envoy. Prints the verdict; decides nothing. */
import { readFile, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { Command } from "commander";
import { PolicyPlans } from "../app/policy-plans.ts";
import { type ScanOutcome, scan } from "../app/scan.ts";
import { scanHead, scanNames } from "../app/scan-heads.ts";
import { standardLimits } from "../config/limits.ts";
import type { Policy } from "../domain/policy.ts";
import { defaultPolicySource } from "../policy/default-policy.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";
import { exitStatus } from "./exit-status.ts";
import { modelsFlag, readModelSettings } from "./model-settings.ts";

type Flags = {
  readonly policy?: string;
  readonly dialect: string;
  readonly request?: string;
  readonly reply?: string;
  readonly out?: string;
  readonly models?: string;
  readonly json?: true;
};

export function registerScan(program: Command, exit: (status: number) => void): void {
  program
    .command("scan")
    .description("judge a request and its reply from files; - is stdin")
    .option("--policy <file>", "the policy to judge by (default: the built-in one)")
    .option("--dialect <id>", `${dialectNames([]).join(", ")}, or an operation such as openai/embeddings`, "openai")
    .option("--request <file>", "the request's body: JSON, or a form")
    .option("--reply <file>", "the reply's body; how it begins tells whether it is a stream, and of what form")
    .option("--out <file>", "write what would have been released; - is stdout")
    .option(...modelsFlag)
    .option("--json", "print the verdict as one line of JSON; with --out - the verdict goes to stderr")
    .addHelpText(
      "after",
      "\nExit status: 0 nothing acted on, 1 bad input, 2 usage, 3 redacted or blocked.\nExample: sallyport scan --request prompt.json --reply reply.json",
    )
    .action(async (flags: Flags) => exit(await runScan(flags)));
}

async function runScan(flags: Flags): Promise<number> {
  if (flags.request === undefined && flags.reply === undefined)
    return refuse("name a --request, a --reply, or both", exitStatus.usage);
  if (flags.request === "-" && flags.reply === "-")
    return refuse("only one of --request and --reply can be stdin", exitStatus.usage);
  const models = readModelSettings(flags.models);
  if (!models.ok) return refuse(models.error.join("; "), exitStatus.bad);
  const policyFile = flags.policy ?? "built-in policy";
  try {
    const source = flags.policy === undefined ? Buffer.from(defaultPolicySource) : await readNamed(flags.policy);
    await using plans = new PolicyPlans(models.value);
    const planned = await plans.plan({ path: policyFile, bytes: source }, "skip");
    if (!planned.ok) {
      for (const line of planned.error) console.error(line);
      return exitStatus.bad;
    }
    const { plan } = planned.value;
    const { dialects } = plan.policy;
    const head = scanHead(flags.dialect, dialects);
    if (head === null) return refuse(unknownDialect(flags.dialect, dialects), exitStatus.usage);
    const outcome = await scan({
      plan,
      limits: standardLimits,
      head,
      request: flags.request === undefined ? null : await read(flags.request),
      reply: flags.reply === undefined ? null : await read(flags.reply),
    });
    return await tell(outcome, flags);
  } catch (error) {
    if (!isFileError(error)) throw error;
    return refuse(`${error.path ?? "file"}: cannot be read or written (${error.code})`, exitStatus.bad);
  }
}

const dialectNames = (described: Policy["dialects"]): readonly string[] =>
  scanNames(described).filter((name) => !name.includes("/"));

/** Of a known dialect, its operations are named. */
function unknownDialect(name: string, described: Policy["dialects"]): string {
  const [dialect = ""] = name.split("/");
  const operations = scanNames(described).filter((one) => one.startsWith(`${dialect}/`));
  return operations.length > 0
    ? `unknown operation; take one of ${operations.join(", ")}`
    : `unknown dialect; take one of ${dialectNames(described).join(", ")}`;
}

const read = (file: string): Promise<Uint8Array> => (file === "-" ? buffer(process.stdin) : readNamed(file));

/** A folder opens like a file, and the error of reading it has no name. */
async function readNamed(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw isFileError(error) ? Object.assign(error, { path: file }) : error;
  }
}

async function tell({ report, request, reply }: ScanOutcome, { out, json }: Flags): Promise<number> {
  const record = verdictRecord(report);
  const verdict = out === "-" ? console.error : console.log;
  if (json === true) verdict(JSON.stringify(record));
  else for (const [key, value] of Object.entries(record)) verdict(`${key.padEnd(22)}${String(value)}`);
  const released = reply ?? request;
  if (out === "-") process.stdout.write(released ?? "");
  else if (out !== undefined) await writeFile(out, released ?? "");
  const acted = [report.prompt, report.reply].some((stage) => stage?.kind === "block" || stage?.kind === "redact");
  return acted ? exitStatus.acted : exitStatus.good;
}

function refuse(message: string, status: number): number {
  console.error(`sallyport scan: ${message}`);
  return status;
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && "syscall" in error;
