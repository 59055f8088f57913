/**
 * `sallyport envoy print|run NAME`: the configurations under envoy/, as they are or with addresses put in. `envoy lint`
 * stands in envoy-lint.ts.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { constants } from "node:os";
import { basename, extname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type ModelUpstream, parsePort, parseUpstream } from "../app/demo/settings.ts";
import { renderEnvoyConfig, SYSTEM_CA_FILE } from "../app/envoy-config.ts";
import type { EnvoyPart } from "../app/envoy-telemetry.ts";
import { defaultListen, type Listen, parseHostPort, parseListen, type TcpAddress } from "../config/address.ts";
import { suggestion } from "../policy/nearest.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { registerEnvoyLint } from "./envoy-lint.ts";
import { exitStatus } from "./exit-status.ts";

const folder = new URL("../../envoy/", import.meta.url);
/** Prints the path of an Envoy: ENVOY_BIN, PATH, or the pinned one, fetched if need be. */
const finder = fileURLToPath(new URL("../../scripts/envoy.mjs", import.meta.url));

/** Nothing set: the file as it is. */
type Flags = {
  readonly proxyPort?: number;
  readonly envoyAdminPort?: number;
  readonly listen?: Listen;
  readonly upstream?: ModelUpstream;
  readonly upstreamCa?: string;
  readonly accessLog?: readonly WantedLog[];
  readonly tracing?: TcpAddress;
};

/** A form of the access log, and its server where one was named. */
type WantedLog = { readonly form: (typeof logForms)[number]; readonly server: TcpAddress | null };
const logForms = ["json", "text", "grpc", "otel"] as const;
const sendingForms: readonly string[] = ["grpc", "otel"];

export function registerEnvoy(program: Command, exit: (status: number) => void): void {
  const envoy = program
    .command("envoy")
    .description("the Envoy configurations that come with Sallyport, and a check of any other");
  withAddresses(envoy.command("print"))
    .description("print one; with options, with these addresses in it")
    .argument("<name>", "a file of envoy/, such as gateway")
    .action(async (name: string, flags: Flags) => exit(await runPrint(name, flags)));
  withAddresses(envoy.command("run"))
    .description("run one with Envoy until a signal")
    .argument("<name>", "a file of envoy/, such as gateway")
    .argument("[envoy-arguments...]", "after --, handed to Envoy")
    .addHelpText(
      "after",
      "\nEnvoy is ENVOY_BIN, else envoy on PATH, else the pinned version, fetched once.\nExample: sallyport envoy run gateway -- --log-level debug",
    )
    .action(async (name: string, args: readonly string[], flags: Flags) => exit(await runEnvoy(name, args, flags)));
  registerEnvoyLint(envoy, exit);
}

function withAddresses(command: Command): Command {
  return command
    .addOption(
      new Option("--proxy-port <port>", "where clients connect")
        .env("SALLYPORT_PROXY_PORT")
        .argParser(argument(parsePort)),
    )
    .addOption(
      new Option("--envoy-admin-port <port>", "Envoy's admin page")
        .env("SALLYPORT_ENVOY_ADMIN_PORT")
        .argParser(argument(parsePort)),
    )
    .addOption(
      new Option("--listen <address>", "where Sallyport listens: unix:PATH or HOST:PORT")
        .env("SALLYPORT_LISTEN")
        .argParser(argument(parseListen)),
    )
    .addOption(
      new Option("--upstream <url>", "the model server").env("UPSTREAM_URL").argParser(argument(parseUpstream)),
    )
    .option(
      "--upstream-ca <file>",
      `authorities that an https:// model server is checked against (default: ${SYSTEM_CA_FILE})`,
    )
    .option(
      "--access-log <form>",
      "json, text, grpc[=HOST:PORT] or otel[=HOST:PORT]; may be repeated (default: json)",
      collectLog,
    )
    .option(
      "--tracing <address>",
      "HOST:PORT of an OpenTelemetry collector (OTLP by gRPC): Envoy's spans with verdicts",
      argument(parseHostPort),
    );
}

function collectLog(written: string, before: readonly WantedLog[] = []): readonly WantedLog[] {
  const split = written.indexOf("=");
  const word = split === -1 ? written : written.slice(0, split);
  const form = logForms.find((each) => each === word);
  if (form === undefined) throw new InvalidArgumentError(`It must be ${logForms.join(", ")}.`);
  if (before.some((log) => log.form === form)) throw new InvalidArgumentError(`${form} stands there already.`);
  if (split === -1) return [...before, { form, server: null }];
  if (!sendingForms.includes(form)) throw new InvalidArgumentError(`${form} goes to no server.`);
  return [...before, { form, server: argument(parseHostPort)(written.slice(split + 1)) }];
}

async function runPrint(name: string, flags: Flags): Promise<number> {
  const template = await readTemplate(name);
  if (!template.ok) return refuse(template.error);
  if (Object.values(flags).every((flag) => flag === undefined)) {
    process.stdout.write(template.value);
    return exitStatus.good;
  }
  if (!isWhole(template.value))
    return refuse(`${name} is a part to paste and has no addresses; print it without options`);
  process.stdout.write(await render(template.value, flags));
  return exitStatus.good;
}

async function runEnvoy(name: string, args: readonly string[], flags: Flags): Promise<number> {
  const template = await readTemplate(name);
  if (!template.ok) return refuse(template.error);
  if (!isWhole(template.value)) return refuse(`${name} is a part to paste, not a configuration to run`);
  const envoy = await findEnvoy();
  if (envoy === null) return exitStatus.bad; // the finder has said why
  return runForeground(envoy, ["--config-yaml", await render(template.value, flags), ...args]);
}

async function readTemplate(name: string): Promise<Result<string, string>> {
  const files = (await readdir(folder)).filter((file) => extname(file) === ".yaml");
  const names = files.map((file) => basename(file, ".yaml"));
  const file = files[names.indexOf(basename(name, ".yaml"))];
  const isPlain = name === basename(name);
  if (file === undefined || !isPlain)
    return err(`no configuration "${name}"${suggestion(name, names)}; there are ${names.join(", ")}`);
  return ok(await readFile(new URL(file, folder), "utf8"));
}

const isWhole = (template: string): boolean => /^static_resources:/m.test(template);

async function render(template: string, flags: Flags): Promise<string> {
  const { accessLog, tracing } = flags;
  const accessLogs = accessLog && (await Promise.all(accessLog.map(readLog)));
  const { proxyPort = 10_000, envoyAdminPort = 9901, upstream = { host: "127.0.0.1", port: 8080, tls: false } } = flags;
  return renderEnvoyConfig(template, {
    proxyPort,
    adminPort: envoyAdminPort,
    guard: flags.listen ?? defaultListen,
    upstream: {
      host: upstream.host,
      port: upstream.port,
      ...(upstream.tls ? { tls: { caFile: flags.upstreamCa ?? SYSTEM_CA_FILE } } : {}),
    },
    telemetry: {
      ...(accessLogs === undefined ? {} : { accessLogs }),
      ...(tracing === undefined ? {} : { tracing: await readPart("tracing", tracing) }),
    },
  });
}

const readLog = async ({ form, server }: WantedLog): Promise<"json" | EnvoyPart> =>
  form === "json" ? form : readPart(`access-log-${form}`, server);

async function readPart(name: string, server: TcpAddress | null): Promise<EnvoyPart> {
  const yaml = await readFile(new URL(`${name}.yaml`, folder), "utf8");
  return server === null ? { yaml } : { yaml, server };
}

async function findEnvoy(): Promise<string | null> {
  const child = spawn(process.execPath, [finder], { stdio: ["ignore", "pipe", "inherit"] });
  const [path, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  return code === 0 ? path.trim() : null;
}

/** Signals go to Envoy, and it decides when it is done. Resolves with its status, 128 + N after signal N. */
async function runForeground(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit" });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } catch {
    return refuse(`${program} could not be started`);
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}

function argument<T>(parse: (value: string) => Result<T, string>): (value: string) => T {
  return (value) => {
    const parsed = parse(value);
    if (!parsed.ok) throw new InvalidArgumentError(parsed.error);
    return parsed.value;
  };
}

function refuse(message: string): number {
  console.error(`sallyport envoy: ${message}`);
  return exitStatus.bad;
}
