/**
 * One frozen Config from flags, environment, file and defaults, in that order of strength. Pure: the caller reads the
 * file and the environment. Reports every mistake with where it was written.
 */
import { type LogLevel, logLevels } from "../domain/log-level.ts";
import type { Mistake } from "../domain/policy.ts";
import { readDocument, type SourceTree, sorted } from "../policy/document.ts";
import { checkValue } from "../policy/explain.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { isLoopback, type Listen, parseHostPort, parseListen, type TcpAddress } from "./address.ts";
import { type AuditSettings, readAudit } from "./audit.ts";
import type { Environment } from "./environment.ts";
import { type IdentityPlaces, identityPlaces } from "./identity.ts";
import {
  backendChoices,
  devicePattern,
  type ModelSettings,
  modelNumbers,
  precisionChoices,
  standardModelSettings,
} from "./models.ts";
import { fromNames, type LimitName, type Limits, limitTable } from "./limits.ts";
import { type OtelSettings, readOtel } from "./otel.ts";
import { type RedisSettings, readRedis } from "./redis.ts";
import { type ConfigSource, configSource, defaults, type TlsFiles, tlsFields } from "./source.ts";
import {
  besideFile,
  complain,
  type ConfigMistake,
  type Flags,
  oneOf,
  saidOf,
  take,
  wholeNumber,
  type Written,
} from "./written.ts";

export type Config = {
  readonly listen: Listen;
  readonly admin: TcpAddress;
  /** `null`: the built-in policy. */
  readonly policyFile: string | null;
  readonly logLevel: LogLevel;
  /** Set whenever `listen` is a host off loopback. Not used on a UNIX socket. */
  readonly tls: TlsFiles | null;
  /** Where Envoy vouches for who asks. */
  readonly identity: IdentityPlaces;
  /** `null`: the break-glass switch cannot be used. */
  readonly breakGlassTokenFile: string | null;
  /** How guard models are run, where there are any. */
  readonly models: ModelSettings;
  /** What replicas share; `null`: nothing. */
  readonly redis: RedisSettings | null;
  /** The record of exchanges that were not plainly allowed; `null`: none. */
  readonly audit: AuditSettings | null;
  /** Where spans, metrics and log lines go; `null`: nowhere. */
  readonly otel: OtelSettings | null;
  readonly limits: Limits;
};

export type ConfigInput = {
  readonly file: { readonly path: string; readonly bytes: Uint8Array } | null;
  readonly env: Environment;
  readonly flags: Flags;
};

/** The error lists every mistake. Paths written in the file are resolved beside it, others are kept as they are. */
export function readConfig({ file, env, flags }: ConfigInput): Result<Config, readonly ConfigMistake[]> {
  const path = file?.path ?? "";
  const located = ({ line, column, message }: Mistake): ConfigMistake => ({
    where: path,
    place: { line, column },
    message,
  });
  const document = file === null ? null : readDocument(file.bytes);
  const checked = document?.ok ? checkSource(document.value) : document;
  const written: Written = {
    tree: document?.ok ? document.value : null,
    source: checked?.ok ? checked.value : null,
    path,
    env,
    flags,
    mistakes: checked === null || checked.ok ? [] : checked.error.map(located),
  };
  const config = assemble(written);
  return written.mistakes.length > 0 ? err(written.mistakes) : ok(config);
}

/** All mistakes of a document already read, as if neither flags nor environment said anything. */
export function checkConfig(tree: SourceTree): readonly Mistake[] {
  const checked = checkSource(tree);
  if (!checked.ok) return checked.error;
  const written: Written = { tree, source: checked.value, path: "", env: {}, flags: {}, mistakes: [] };
  assemble(written);
  return sorted(written.mistakes.map(({ place, message }) => ({ line: 1, column: 1, ...place, message })));
}

function checkSource(tree: SourceTree): Result<ConfigSource, readonly Mistake[]> {
  if (tree.value === null) {
    return err([
      { line: 1, column: 1, message: "the file is empty; a configuration begins with kind: Config and version: 1" },
    ]);
  }
  const checked = checkValue(configSource, tree);
  return checked.ok ? checked : err(sorted(checked.error));
}

function assemble(written: Written): Config {
  const listen = take(written, ["listen"], "listen", defaults.listen, parseListen);
  const admin = take(written, ["admin"], "admin", defaults.admin, parseHostPort);
  const logLevel = take(written, ["log", "level"], "logLevel", defaults.logLevel, parseLogLevel);
  const policy = saidOf(written, ["policy"], "policy");
  const breakGlass = saidOf(written, ["breakGlassTokenFile"]);
  const tls = readTls(written);
  if (listen.kind === "tcp" && !isLoopback(listen.host) && tls === null) {
    const message = `${listen.host} is not loopback: write tls with ${tlsFields.join(", ")}, or listen on a UNIX socket`;
    complain(written, saidOf(written, ["listen"], "listen"), message);
  }
  const limits = fromNames((name) => readLimit(written, name));
  checkLimits(written, limits);
  const redis = readRedis(written);
  return Object.freeze({
    listen,
    admin,
    policyFile: policy === null ? null : besideFile(written, policy),
    logLevel,
    tls,
    breakGlassTokenFile: breakGlass === null ? null : besideFile(written, breakGlass),
    identity: identityPlaces(written.source?.identity),
    models: Object.freeze(readModels(written)),
    redis,
    audit: readAudit(written, redis),
    otel: readOtel(written),
    limits: Object.freeze(limits),
  });
}

const parseLogLevel = (text: string): Result<LogLevel, string> => oneOf(text, logLevels);

function readTls(written: Written): TlsFiles | null {
  const said = new Map(tlsFields.map((field) => [field, saidOf(written, ["tls", field])]));
  const missing = tlsFields.filter((field) => said.get(field) === null);
  if (missing.length === tlsFields.length) return null;
  if (missing.length > 0) {
    const first = [...said.values()].find((each) => each !== null) ?? null;
    complain(written, first, `tls also needs ${missing.join(", ")}`);
  }
  const text = (field: keyof TlsFiles): string => said.get(field)?.text ?? "";
  const file = (field: keyof TlsFiles): string => {
    const each = said.get(field);
    return each ? besideFile(written, each) : "";
  };
  return Object.freeze({
    certFile: file("certFile"),
    keyFile: file("keyFile"),
    clientCaFile: file("clientCaFile"),
    clientName: text("clientName"),
  });
}

function readModels(written: Written): ModelSettings {
  const standard = standardModelSettings();
  const text = <T>(name: "backend" | "device" | "precision", parse: (text: string) => Result<T, string>): T =>
    take(written, ["models", name], undefined, standard[name], parse);
  const count = (name: keyof typeof modelNumbers, unsaid: number): number => {
    const { min, max } = modelNumbers[name];
    return take(written, ["models", name], undefined, String(unsaid), (said) => wholeNumber(said, min, max));
  };
  const path = (name: "folder" | "openvinoFolder"): string | null => {
    const said = saidOf(written, ["models", name]);
    return said === null ? null : besideFile(written, said);
  };
  const shipped = take(written, ["models", "shipped"], undefined, "true", (said) => oneOf(said, ["true", "false"]));
  const threads = count("threads", standard.threads);
  const streams = count("streams", threads);
  if (streams > threads) {
    const said = saidOf(written, ["models", "streams"]) ?? saidOf(written, ["models", "threads"]);
    complain(written, said, `streams (${streams}) must be at most threads (${threads}): each needs one`);
  }
  return {
    folder: path("folder") ?? standard.folder,
    shippedFolder: shipped === "true" ? standard.shippedFolder : null,
    backend: text("backend", (said) => oneOf(said, backendChoices)),
    // Where the start scripts have put OpenVINO's libraries.
    openvinoFolder: path("openvinoFolder") ?? (written.env["OPENVINO_LIBS"] || null),
    device: text("device", (said) =>
      devicePattern.test(said) ? ok(said) : err("a device of OpenVINO, such as CPU or GPU"),
    ),
    precision: text("precision", (said) => oneOf(said, precisionChoices)),
    threads,
    streams,
    batchTokensMax: count("batchTokensMax", standard.batchTokensMax),
    queueTokensMax: count("queueTokensMax", standard.queueTokensMax),
  };
}

function readLimit(written: Written, name: LimitName): number {
  const { min, max, about, standard } = limitTable[name];
  return take(written, ["limits", name], undefined, String(standard), (text) => {
    const value = wholeNumber(text, min, max);
    return value.ok ? value : err(`${value.error} (${about})`);
  });
}

/** Limits that make no sense together. */
function checkLimits(written: Written, limits: Limits): void {
  const atLeast = (name: LimitName, other: LimitName): void => {
    if (limits[name] >= limits[other]) return;
    const said = saidOf(written, ["limits", name]) ?? saidOf(written, ["limits", other]);
    complain(written, said, `${name} (${limits[name]}) must be at least ${other} (${limits[other]})`);
  };
  atLeast("heldBytesMax", "requestBytesMax");
  atLeast("heldBytesMax", "replyBytesMax");
  atLeast("heldBytesMax", "eventBytesMax");
  atLeast("heldBytesTotalMax", "heldBytesMax");
}
