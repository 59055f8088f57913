/** `sallyport envoy lint FILE|URL`: prints what would let bytes pass Sallyport unjudged, or break it. */
import { type Command, InvalidArgumentError } from "commander";
import { type Acceptance, countOf, lintEnvoy, parseAcceptance } from "../app/envoy-lint/lint.ts";
import { usualCluster } from "../app/envoy-lint/read-model.ts";
import { reportJson, reportLines } from "../app/envoy-lint/report.ts";
import { loadSource } from "../app/envoy-lint/source.ts";
import { exitStatus } from "./exit-status.ts";

type Flags = {
  readonly cluster?: string;
  readonly json?: true;
  readonly strict?: true;
  readonly allow?: readonly Acceptance[];
};

export function registerEnvoyLint(envoy: Command, exit: (status: number) => void): void {
  envoy
    .command("lint")
    .description("check that an Envoy lets no bytes pass Sallyport unjudged")
    .argument(
      "<file-or-url>",
      "a bootstrap or a saved config dump, or http://HOST:PORT of a running Envoy's admin page",
    )
    .option(
      "--cluster <name>",
      `Sallyport's cluster (default: ${usualCluster}, else the one that every ext_proc filter asks)`,
    )
    .option("--allow <id[@place]>", "accept a finding knowingly, everywhere or at and below a place", collectAcceptance)
    .option("--strict", "warnings count as errors, and so does an --allow that meets nothing")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExit status: 0 no errors, 1 errors, 2 usage or an input that cannot be read.\nExample: sallyport envoy lint http://127.0.0.1:9901",
    )
    .action(async (where: string, flags: Flags) => exit(await runLint(where, flags)));
}

async function runLint(where: string, { cluster, json, strict, allow = [] }: Flags): Promise<number> {
  const source = await loadSource(where);
  const linted = source.ok ? lintEnvoy(source.value, { cluster: cluster ?? null, accept: allow }) : source;
  if (!linted.ok) {
    console.error(`sallyport envoy: ${linted.error}`);
    return exitStatus.usage;
  }
  const report = linted.value;
  process.stdout.write(json ? reportJson(report) : `${reportLines(report).join("\n")}\n`);
  const isStrictlyBad = strict === true && (countOf(report, "warning") > 0 || report.unused.length > 0);
  return countOf(report, "error") > 0 || isStrictlyBad ? exitStatus.bad : exitStatus.good;
}

/** For options that can be given more than once. */
export function collectAcceptance(written: string, before: readonly Acceptance[] = []): readonly Acceptance[] {
  const parsed = parseAcceptance(written);
  if (!parsed.ok) throw new InvalidArgumentError(`It ${parsed.error}`);
  return [...before, parsed.value];
}
