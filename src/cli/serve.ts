/** `sallyport serve`: runs the guard until a signal. Prints what is wrong with its settings; decides nothing. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { WriteOut } from "../app/audit/stdout-sink.ts";
import { checkBootstrap } from "../app/envoy-lint/check-bootstrap.ts";
import type { Acceptance } from "../app/envoy-lint/lint.ts";
import { problemLines } from "../app/reload/policy-problem.ts";
import { type Running, serve } from "../app/serve.ts";
import { ServeError } from "../app/serve-error.ts";
import { readConfig } from "../config/config.ts";
import type { ConfigMistake } from "../config/written.ts";
import { readEnvironment } from "../config/environment.ts";
import { createLogOutput } from "../telemetry/log-output.ts";
import { createLogger, errorFields, type RootLogger } from "../telemetry/log.ts";
import { collectAcceptance } from "./envoy-lint.ts";
import { exitStatus } from "./exit-status.ts";
import { endWithSupervisor, tellServed } from "./serving-child.ts";
import { handOverOf } from "./supervise.ts";

type Flags = {
  readonly config?: string;
  readonly policy?: string;
  readonly listen?: string;
  readonly admin?: string;
  readonly logLevel?: string;
  readonly bootstrap?: string;
  readonly bootstrapAllow?: readonly Acceptance[];
};

export function registerServe(program: Command, exit: (status: number) => void): void {
  program
    .command("serve")
    .description("run the guard for Envoy's ext_proc filter, until Ctrl-C or SIGTERM")
    .option("--config <file>", "settings as a file (kind: Config); flags and SALLYPORT_* variables are stronger")
    .option("--policy <file>", "the policy; without it the built-in one")
    .option(
      "--listen <address>",
      "unix:PATH or HOST:PORT where Envoy connects (default: unix:/run/sallyport/ext-proc.sock)",
    )
    .option("--admin <host:port>", "metrics, health and readiness (default: 127.0.0.1:9464)")
    .option("--log-level <level>", "debug, info, warn, error or silent (default: info)")
    .option("--bootstrap <file>", "Envoy's bootstrap: do not start if it would let bytes pass unjudged (envoy lint)")
    .option("--bootstrap-allow <id[@place]>", "accept a finding in it knowingly", collectAcceptance)
    .option("--no-supervise", "one process, which does not come back after a crash (SALLYPORT_SUPERVISE=false)")
    .addHelpText("after", "\nExample: sallyport serve --policy policy.yaml --listen unix:/tmp/sallyport/ext-proc.sock")
    .action(async (flags: Flags) => exit(await runServe(flags)));
}

async function runServe({
  config: configFlag,
  bootstrap: bootstrapFlag,
  bootstrapAllow = [],
  ...flags
}: Flags): Promise<number> {
  const env = readEnvironment();
  const handOver = handOverOf(env);
  if (handOver !== null) endWithSupervisor();
  const path = configFlag ?? env["SALLYPORT_CONFIG"];
  const file =
    path === undefined || path === ""
      ? null
      : await readFile(path).then(
          (bytes) => ({ path, bytes }),
          () => undefined,
        );
  if (file === undefined) return refuse([`${path}: cannot be read`]);
  const config = readConfig({ file, env, flags });
  if (!config.ok) return refuse(config.error.map(lineOf));
  const lines = createLogOutput({
    write: (line) => process.stdout.write(line),
    get waiting() {
      return process.stdout.writableLength;
    },
  });
  const log = createLogger({ level: config.value.logLevel, write: lines.write });
  const bootstrap = bootstrapFlag ?? env["SALLYPORT_BOOTSTRAP"] ?? "";
  const checked = bootstrap === "" ? null : await checkBootstrap(bootstrap, bootstrapAllow);
  if (checked?.ok === false) return refuse(checked.error);
  for (const { id, what, place, at } of checked?.value ?? [])
    log.warn("Envoy's bootstrap", { file: bootstrap, rule: id, what, place, line: at?.line ?? null });
  let running: Running;
  try {
    const restarts = handOver?.history?.counts ?? {};
    running = await serve(config.value, { log, lines, restarts, writeOut });
  } catch (error) {
    return refuse(reasons(error, config.value.policyFile ?? "built-in policy"));
  }
  tellUncaught(log);
  // Before anybody is told that it serves: who knows may end it at once.
  const asked = new Promise<unknown>((resolve) => {
    // For good: after Ctrl-C one may come twice, from the terminal and passed on, and the second must not cut the draining short.
    for (const name of ["SIGINT", "SIGTERM"]) process.on(name, resolve);
  });
  const { host, port } = running.admin;
  log.info("serving", { address: running.address, admin: `${host}:${port}`, policy: running.policy });
  console.log(`sallyport: serving on ${running.address}, admin http://${host}:${port}, policy ${running.policy}`);
  tellServed(handOver, config.value.logLevel, log, Date.now());
  await asked;
  await running.stop();
  log.flush();
  log.info("stopped");
  return exitStatus.good;
}

/** Node would print the error's message, which may quote what it choked on. It ends the process all the same. */
function tellUncaught(log: RootLogger): void {
  process.on("uncaughtException", (error) => {
    log.error("ended by an error that nothing caught", errorFields(error));
    log.flush();
    process.exit(exitStatus.bad);
  });
}

const writeOut: WriteOut = (text, done) => void process.stdout.write(text, done);

const lineOf = ({ where, place, message }: ConfigMistake): string =>
  place === null ? `${where}: ${message}` : `${where}:${place.line}:${place.column}: ${message}`;

/** Lines for what is the operator's to mend; anything else is a bug and goes on. */
function reasons(error: unknown, policyFile: string): string[] {
  if (error instanceof ServeError && error.problem !== null) return problemLines(policyFile, error.problem);
  if (error instanceof Error && (error instanceof ServeError || error.name === "ListenError")) return [error.message];
  throw error;
}

function refuse(lines: readonly string[]): number {
  for (const line of lines) console.error(`sallyport serve: ${line}`);
  return exitStatus.bad;
}
