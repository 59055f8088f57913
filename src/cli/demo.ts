// `sallyport demo`: a model server, Sallyport and Envoy on this machine, a first screen of judged exchanges, then a line for each
// exchange until Ctrl-C. It prints and decides on nothing; the servers are app/demo's.

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import type { Command } from "commander";
import { UnexpectedEnd } from "../app/demo/kept-process.ts";
import type { LogEntry } from "../app/demo/log-entry.ts";
import { RecordFeed } from "../app/demo/record-feed.ts";
import {
  addressLines,
  curlLines,
  entryLines,
  exchangeLine,
  exchangeLines,
  oneLine,
  type Paint,
  type Style,
  titleLines,
} from "../app/demo/screen.ts";
import { type DemoSettings, parsePort, parseUpstream, settlePorts } from "../app/demo/settings.ts";
import { Stack } from "../app/demo/stack.ts";
import { isAlive, listProcesses, startersOf } from "../app/demo/starters.ts";
import { tour, tries, visit } from "../app/demo/tour.ts";
import { formatListen, parseHostPort } from "../config/address.ts";
import { type Environment, readEnvironment } from "../config/environment.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";

const POLICY = fileURLToPath(new URL("../../docs/examples/policy.yaml", import.meta.url));
/** One exchange of the first screen, and its access-log line. */
const VISIT_MS = 20_000;
const STARTERS_LOOK_MS = 500;
const LAST_LINES = 8;
const LINE_COLUMNS = 400;

const styles = { good: "green", changed: "yellow", bad: "red", dim: "dim", strong: "bold" } as const satisfies Record<
  Style,
  string
>;

type Flags = {
  readonly envoy?: string;
  readonly proxyPort?: string;
  readonly envoyAdminPort?: string;
  readonly admin?: string;
  readonly policy?: string;
  readonly upstream?: string;
};

/** Adds the subcommand. Stopped by Ctrl-C or SIGTERM it is good, bad when a part failed. */
export function registerDemo(program: Command, exit: (status: number) => void): void {
  program
    .command("demo")
    .description("run a stand-in model server, Sallyport and Envoy on this machine, until Ctrl-C")
    .option("--envoy <program>", "Envoy's path, or its name on PATH (ENVOY_BIN; default: envoy)")
    .option("--proxy-port <port>", "where clients connect (SALLYPORT_PROXY_PORT; default: 10000)")
    .option("--envoy-admin-port <port>", "Envoy's admin page (SALLYPORT_ENVOY_ADMIN_PORT; default: 9901)")
    .option("--admin <host:port>", "Sallyport's metrics and health (SALLYPORT_ADMIN; default: 127.0.0.1:9464)")
    .option("--policy <file>", "the policy (SALLYPORT_POLICY; default: docs/examples/policy.yaml)")
    .option(
      "--upstream <url>",
      "a real model server; nothing is sent to it unasked (UPSTREAM_URL; default: the stand-in)",
    )
    .addHelpText("after", "\nPort 0 is any free one. Each flag can also be given as the variable in brackets.")
    .action(async (flags: Flags) => {
      const settings = readSettings(flags, readEnvironment());
      exit(settings.ok ? await runDemo(settings.value) : fail(settings.error, [], exitStatus.usage));
    });
}

/** Flags are stronger than variables, and an empty variable says nothing. */
function readSettings(flags: Flags, env: Environment): Result<DemoSettings, string> {
  const said = (flag: keyof Flags, variable: string): string | null => flags[flag] ?? (env[variable] || null);
  const proxyPort = parsePort(said("proxyPort", "SALLYPORT_PROXY_PORT") ?? "10000");
  const envoyAdminPort = parsePort(said("envoyAdminPort", "SALLYPORT_ENVOY_ADMIN_PORT") ?? "9901");
  const admin = parseHostPort(said("admin", "SALLYPORT_ADMIN") ?? "127.0.0.1:9464");
  const url = said("upstream", "UPSTREAM_URL");
  const upstream = url === null ? ok(null) : parseUpstream(url);
  if (!proxyPort.ok) return err(`--proxy-port (SALLYPORT_PROXY_PORT) must be ${proxyPort.error}`);
  if (!envoyAdminPort.ok) return err(`--envoy-admin-port (SALLYPORT_ENVOY_ADMIN_PORT) must be ${envoyAdminPort.error}`);
  if (!admin.ok) return err(`--admin (SALLYPORT_ADMIN) must be ${admin.error}`);
  if (!upstream.ok) return err(`--upstream (UPSTREAM_URL) must be ${upstream.error}`);
  return ok({
    envoy: said("envoy", "ENVOY_BIN") ?? "envoy",
    proxyPort: proxyPort.value,
    envoyAdminPort: envoyAdminPort.value,
    admin: admin.value,
    policyFile: said("policy", "SALLYPORT_POLICY") ?? POLICY,
    upstream: upstream.value,
  });
}

/** Runs until a signal, the parent's end, or the end of a part. Resolves with the exit status. */
async function runDemo(wanted: DemoSettings): Promise<ExitStatus> {
  const settled = await settlePorts(wanted);
  if (!settled.ok) return fail(settled.error);
  using stopping = listenForStop();
  try {
    await serve(settled.value, stopping.signal);
    return exitStatus.good;
  } catch (error) {
    if (stopping.signal.aborted) return exitStatus.good;
    if (error instanceof UnexpectedEnd) return fail(error.message, [...error.lastLines, ...hints(error)]);
    if (error instanceof VisitFailed) return fail(error.message);
    throw error;
  }
}

const hints = ({ message }: UnexpectedEnd): string[] =>
  message === "Envoy could not be started" ? ["`npm start` gets one, or name yours with --envoy (ENVOY_BIN)"] : [];

class VisitFailed extends Error {
  override readonly name = "VisitFailed";
}

/** Never resolves: it rejects when stopped or broken, after all that it started has ended. */
async function serve(settings: DemoSettings, stop: AbortSignal): Promise<void> {
  const feed = new RecordFeed();
  print(titleLines(paint));
  const onLog = (entry: LogEntry): void => print(entryLines(entry, paint));
  await using stack = await Stack.open(settings, { onExchange: (record) => feed.push(record), onLog }, stop);
  const broken = stack.broken.then((end) => Promise.reject(end));
  const shown = showAll(settings, stack, feed, stop);
  await Promise.race([shown, broken]);
}

async function showAll(
  settings: DemoSettings,
  { modelUrl, asked }: Pick<Stack, "modelUrl" | "asked">,
  feed: RecordFeed,
  stop: AbortSignal,
): Promise<never> {
  const proxyUrl = `http://127.0.0.1:${settings.proxyPort}`;
  if (modelUrl === null) {
    print([" A real model server answers, so nothing was sent: requests may cost money. Try one:", ""]);
  } else {
    await showTour(proxyUrl, feed, asked, stop);
  }
  const at = {
    proxyUrl,
    envoyAdminUrl: `http://127.0.0.1:${settings.envoyAdminPort}`,
    adminUrl: `http://${formatListen(settings.admin)}`,
    modelUrl: modelUrl ?? settings.upstream?.url ?? "",
    policyFile: relative(process.cwd(), settings.policyFile),
  };
  print([...addressLines(at, paint), "", ...curlLines(tries(modelUrl === null), proxyUrl, modelUrl === null)]);
  print(["sallyport: ready"]);
  for (;;) print([exchangeLine(await feed.next(stop), paint)]);
}

async function showTour(
  proxyUrl: string,
  feed: RecordFeed,
  asked: () => string | null,
  stop: AbortSignal,
): Promise<void> {
  for (const [index, request] of tour.entries()) {
    const limit = AbortSignal.any([stop, AbortSignal.timeout(VISIT_MS)]);
    try {
      const seen = await visit(request, proxyUrl, limit);
      const record = await feed.next(limit);
      print(exchangeLines({ stop: request, seen, record, asked: asked() }, paint));
    } catch (error) {
      stop.throwIfAborted();
      throw new VisitFailed(`request ${index + 1} through Envoy had no answer: ${reason(error)}`);
    }
  }
}

/** `fetch` puts the network's word in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** Aborts on SIGINT, SIGTERM and SIGHUP, however often they come, when a starter is gone, and when nobody reads us. */
function listenForStop(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error("stopped"));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  process.stdout.on("error", stop);
  const parent = process.ppid;
  const starters = startersOf(process.pid, listProcesses());
  const look = setInterval(() => {
    if (process.ppid !== parent || !starters.every(isAlive)) stop();
  }, STARTERS_LOOK_MS);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearInterval(look);
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

/** The stream's own checks rule: colours only on a terminal, `NO_COLOR` and `FORCE_COLOR` obeyed. */
const paint: Paint = (style, text) => styleText(styles[style], text, { stream: process.stdout });

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function fail(message: string, lastLines: readonly string[] = [], status: ExitStatus = exitStatus.bad): ExitStatus {
  console.error(`sallyport demo: ${message}`);
  const words = lastLines.filter((line) => line.trim() !== "");
  for (const line of words.slice(-LAST_LINES)) console.error(`  ${oneLine(line, LINE_COLUMNS)}`);
  return status;
}
