// `sallyport demo`: a model server, Sallyport and Envoy on this machine, a first screen of judged exchanges, then a line for each
// exchange until Ctrl-C. It prints and decides on nothing; the servers are app/demo's.

import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UnexpectedEnd } from "../app/demo/kept-process.ts";
import { RecordFeed } from "../app/demo/record-feed.ts";
import { addressLines, curlLines, exchangeLine, exchangeLines, oneLine, type Paint, type Style, titleLines } from "../app/demo/screen.ts";
import { type DemoSettings, parsePort, parseUpstream, settlePorts } from "../app/demo/settings.ts";
import { Stack } from "../app/demo/stack.ts";
import { tour, tries, visit } from "../app/demo/tour.ts";
import { formatListen, parseHostPort } from "../config/address.ts";
import type { Result } from "../stdx/result.ts";

const POLICY = fileURLToPath(new URL("../../examples/policy.yaml", import.meta.url));
/** One exchange of the first screen, and its access-log line. */
const VISIT_MS = 20_000;
const PARENT_LOOK_MS = 500;
const LAST_LINES = 8;
const LINE_COLUMNS = 400;

const styles = { good: "green", changed: "yellow", bad: "red", dim: "dim", strong: "bold" } as const satisfies Record<Style, string>;

type Flags = {
  readonly envoy: string;
  readonly proxyPort: number;
  readonly envoyAdminPort: number;
  readonly admin: DemoSettings["admin"];
  readonly policy: string;
  readonly upstream?: NonNullable<DemoSettings["upstream"]>;
};

/** Adds the subcommand. Its exit status: 0 when stopped by Ctrl-C or SIGTERM, 1 when a part failed. */
export function registerDemo(program: Command, exit: (status: number) => void): void {
  program
    .command("demo")
    .description("run Envoy, Sallyport and a stand-in model server on this machine, until Ctrl-C")
    .addOption(new Option("--envoy <program>", "Envoy's path, or its name on PATH").env("ENVOY_BIN").default("envoy"))
    .addOption(number("--proxy-port <port>", "where clients connect; 0: any free port", "SALLYPORT_PROXY_PORT", 10_000))
    .addOption(number("--envoy-admin-port <port>", "Envoy's admin page", "SALLYPORT_ENVOY_ADMIN_PORT", 9901))
    .addOption(
      new Option("--admin <host:port>", "Sallyport's metrics and health")
        .env("SALLYPORT_ADMIN")
        .argParser(argument(parseHostPort))
        .default({ kind: "tcp", host: "127.0.0.1", port: 9464 }, "127.0.0.1:9464"),
    )
    .addOption(new Option("--policy <file>", "the policy to serve").env("SALLYPORT_POLICY").default(POLICY, "examples/policy.yaml"))
    .addOption(
      new Option("--upstream <url>", "a real OpenAI-compatible model server; nothing is sent to it unasked")
        .env("UPSTREAM_URL")
        .argParser(argument(parseUpstream)),
    )
    .action(async ({ policy, upstream, ...flags }: Flags) => {
      exit(await runDemo({ ...flags, policyFile: policy, upstream: upstream ?? null }));
    });
}

/** Runs until a signal, the parent's end, or the end of a part. Resolves with the exit status. */
export async function runDemo(wanted: DemoSettings): Promise<number> {
  const settled = await settlePorts(wanted);
  if (!settled.ok) return fail(settled.error);
  if (!(await isReadable(settled.value.policyFile))) return fail(`cannot read the policy ${settled.value.policyFile}`);
  using stopping = listenForStop();
  try {
    await serve(settled.value, stopping.signal);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    if (error instanceof UnexpectedEnd) return fail(error.message, error.lastLines);
    if (error instanceof VisitFailed) return fail(error.message);
    throw error;
  }
}

class VisitFailed extends Error {
  override readonly name = "VisitFailed";
}

/** Never resolves: it rejects when stopped or broken, after all that it started has ended. */
async function serve(settings: DemoSettings, stop: AbortSignal): Promise<void> {
  const feed = new RecordFeed();
  print(titleLines(paint));
  await using stack = await Stack.open(settings, { onExchange: (record) => feed.push(record), onLog: showLog }, stop);
  const broken = stack.broken.then((end) => Promise.reject(end));
  const shown = showAll(settings, stack.modelUrl, feed, stop);
  await Promise.race([shown, broken]);
}

async function showAll(settings: DemoSettings, modelUrl: string | null, feed: RecordFeed, stop: AbortSignal): Promise<never> {
  const proxyUrl = `http://127.0.0.1:${settings.proxyPort}`;
  if (modelUrl === null) {
    print([" A real model server answers, so nothing was sent: requests may cost money. Try one:", ""]);
  } else {
    await showTour(proxyUrl, feed, stop);
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

async function showTour(proxyUrl: string, feed: RecordFeed, stop: AbortSignal): Promise<void> {
  for (const [index, request] of tour.entries()) {
    const limit = AbortSignal.any([stop, AbortSignal.timeout(VISIT_MS)]);
    try {
      const seen = await visit(request, proxyUrl, limit);
      const record = await feed.next(limit);
      print(exchangeLines({ stop: request, seen, record }, paint));
    } catch (error) {
      stop.throwIfAborted();
      throw new VisitFailed(`request ${index + 1} through Envoy had no answer: ${(error as Error).message}`);
    }
  }
}

/** Aborts on SIGINT, SIGTERM and SIGHUP, however often they come, when the parent is gone, and when nobody reads us. */
function listenForStop(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error("stopped"));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  process.stdout.on("error", stop);
  const parent = process.ppid;
  const look = setInterval(() => process.ppid !== parent && stop(), PARENT_LOOK_MS);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearInterval(look);
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

function number(flags: string, description: string, variable: string, value: number): Option {
  return new Option(flags, description).env(variable).argParser(argument(parsePort)).default(value);
}

function argument<T>(parse: (value: string) => Result<T, string>): (value: string) => T {
  return (value) => {
    const parsed = parse(value);
    if (!parsed.ok) throw new InvalidArgumentError(parsed.error);
    return parsed.value;
  };
}

const isReadable = (file: string): Promise<boolean> => readFile(file).then(
  () => true,
  () => false,
);

/** The stream's own checks rule: colours only on a terminal, `NO_COLOR` and `FORCE_COLOR` obeyed. */
const paint: Paint = (style, text) => styleText(styles[style], text, { stream: process.stdout });

function showLog(line: string): void {
  void line;
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function fail(message: string, lastLines: readonly string[] = []): 1 {
  process.stderr.write(`sallyport demo: ${message}\n`);
  for (const line of lastLines.slice(-LAST_LINES)) process.stderr.write(`  ${oneLine(line, LINE_COLUMNS)}\n`);
  return 1;
}
