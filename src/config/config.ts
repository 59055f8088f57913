/**
 * One frozen Config from flags, environment, file and defaults, in that order of strength. Pure: the caller reads the
 * file and the environment. Reports every mistake with where it was written.
 */
import { posix } from "node:path";
import type { Mistake } from "../domain/policy.ts";
import { readDocument, type SourceTree, sorted } from "../policy/document.ts";
import { checkValue, valueAt } from "../policy/explain.ts";
import { suggestion } from "../policy/nearest.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import { isLoopback, type Listen, parseHostPort, parseListen, type TcpAddress } from "./address.ts";
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
import {
  type ConfigSource,
  configSource,
  defaults,
  type LogLevel,
  logLevels,
  type TlsFiles,
  tlsFields,
} from "./source.ts";

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
  readonly limits: Limits;
};

/** What the command line can say. */
export type Flags = { readonly [name in "listen" | "admin" | "policy" | "logLevel"]?: string | undefined };

type Place = { readonly line: number; readonly column: number };

/** `where` is the file, the variable or the flag; only a file has a `place`. */
export type ConfigMistake = { readonly where: string; readonly place: Place | null; readonly message: string };

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

type Written = {
  readonly tree: SourceTree | null;
  /** `null` also where the file has mistakes: the rest is checked all the same. */
  readonly source: ConfigSource | null;
  readonly path: string;
  readonly env: Environment;
  readonly flags: Flags;
  readonly mistakes: ConfigMistake[];
};

type Said = { readonly text: string; readonly where: string; readonly place: Place | null };

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
  return Object.freeze({
    listen,
    admin,
    policyFile: policy === null ? null : besideFile(written, policy),
    logLevel,
    tls,
    breakGlassTokenFile: breakGlass === null ? null : besideFile(written, breakGlass),
    identity: identityPlaces(written.source?.identity),
    models: Object.freeze(readModels(written)),
    limits: Object.freeze(limits),
  });
}

/** Who says it: the flag, else the variable (an empty one says nothing), else the file. */
function saidOf(
  { flags, env, source, tree, path: file }: Written,
  path: readonly string[],
  flag?: keyof Flags,
): Said | null {
  const flagged = flag === undefined ? undefined : flags[flag];
  if (flag !== undefined && flagged !== undefined) return { text: flagged, where: `--${kebab(flag)}`, place: null };
  const name = variableOf(path);
  const variable = env[name];
  if (variable !== undefined && variable !== "") return { text: variable, where: name, place: null };
  const value = valueAt(source, path);
  if (value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return { text, where: file, place: tree?.placeOf(path) ?? null };
}

/** `parse` fails with what completes "KEY must be ...". A mistake is kept, and the default returned to go on with. */
function take<T>(
  written: Written,
  path: readonly string[],
  flag: keyof Flags | undefined,
  standard: string,
  parse: (text: string) => Result<T, string>,
): T {
  const said = saidOf(written, path, flag);
  if (said !== null) {
    const value = parse(said.text);
    if (value.ok) return value.value;
    complain(written, said, `${path.at(-1) ?? ""} must be ${value.error}`);
  }
  const value = parse(standard);
  if (!value.ok) throw new Error(`the default of ${path.join(".")} is wrong`);
  return value.value;
}

function complain({ mistakes }: Written, said: Said | null, message: string): void {
  mistakes.push({ where: said?.where ?? "defaults", place: said?.place ?? null, message });
}

const parseLogLevel = (text: string): Result<LogLevel, string> => oneOf(text, logLevels);

function oneOf<T extends string>(text: string, all: readonly T[]): Result<T, string> {
  const meant = all.find((each) => each === text);
  return meant === undefined ? err(`one of ${all.join(", ")}${suggestion(text, all)}`) : ok(meant);
}

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

/** A path written in the file means one beside the file. */
function besideFile({ path }: Written, { text, place }: Said): string {
  return place === null || posix.isAbsolute(text) ? text : posix.join(posix.dirname(path), text);
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

function wholeNumber(text: string, min: number, max: number): Result<number, string> {
  const value = Number(text);
  const fits = /^[0-9]{1,15}$/.test(text) && value >= min && value <= max;
  return fits ? ok(value) : err(`a whole number from ${min} to ${max}`);
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

/** `["limits", "requestBytesMax"]` is `SALLYPORT_LIMITS_REQUEST_BYTES_MAX`. */
export const variableOf = (path: readonly string[]): string =>
  `SALLYPORT_${path.map(kebab).join("_").replaceAll("-", "_").toUpperCase()}`;

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
