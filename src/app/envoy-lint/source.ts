/**
 * Gets a configuration: from a file (YAML or JSON, bootstrap or saved config dump) or from a live Envoy's admin page.
 * Bounded in bytes and time. Says nothing of an address but host and path: an address can hold a password.
 */
import { readFile, stat } from "node:fs/promises";
import { err, ok, type Result } from "../../stdx/result.ts";
import { envoyYamlBytesMax, type Place, readEnvoyYaml } from "../envoy-yaml.ts";
import type { Path } from "./parts.ts";

/** A live Envoy's dump with many listeners and endpoints. */
export const sourceBytesMax = 64 * 1024 * 1024;
const fetchMsMax = 10_000;
const dumpPath = "/config_dump?include_eds";

export type Source = {
  /** The file's name, or the address without credentials. */
  readonly label: string;
  readonly value: unknown;
  readonly placeOf: (path: Path) => Place | null;
};

/** `where`: a file's path, or `http://HOST:PORT` with or without a path. The error is one line for the operator. */
export function loadSource(where: string): Promise<Result<Source, string>> {
  return /^https?:\/\//i.test(where) ? fromAdmin(where) : fromFile(where);
}

async function fromFile(path: string): Promise<Result<Source, string>> {
  try {
    const { size } = await stat(path);
    if (size > sourceBytesMax) return err(`${path}: larger than ${sourceBytesMax} bytes`);
    return readSource(await readFile(path), path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    return err(`${path}: cannot be read (${String(error.code)})`);
  }
}

/** Pure. JSON above `envoyYamlBytesMax` is read without places. */
export function readSource(bytes: Uint8Array, label: string): Result<Source, string> {
  if (bytes.byteLength > envoyYamlBytesMax) {
    const value = parseJson(bytes);
    if (value === undefined)
      return err(`${label}: above ${envoyYamlBytesMax} bytes only JSON is read, and this is none`);
    return ok({ label, value, placeOf: () => null });
  }
  const document = readEnvoyYaml(bytes);
  if (document.ok) return ok({ label, ...document.value });
  const value = parseJson(bytes);
  if (value !== undefined) return ok({ label, value, placeOf: () => null });
  const { line, column, message } = document.error;
  return err(`${label}:${line}:${column}: ${message}`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

async function fromAdmin(where: string): Promise<Result<Source, string>> {
  const url = URL.parse(where);
  if (url === null) return err("the address cannot be read; write http://HOST:PORT of Envoy's admin page");
  const label = `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
  if (url.username !== "" || url.password !== "") return err(`${label}: an address with a password is not taken`);
  const asked = url.pathname === "/" ? new URL(dumpPath, url) : url;
  try {
    const reply = await fetch(asked, { redirect: "error", signal: AbortSignal.timeout(fetchMsMax) });
    if (!reply.ok) return err(`${label}: answered ${reply.status}; is it Envoy's admin page?`);
    const bytes = await readBounded(reply);
    if (bytes === null) return err(`${label}: larger than ${sourceBytesMax} bytes`);
    const value = parseJson(bytes);
    return value === undefined
      ? err(`${label}: answered something else than JSON`)
      : ok({ label, value, placeOf: () => null });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return err(`${label}: cannot be read (${causeOf(error)})`);
  }
}

async function readBounded(reply: Response): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of reply.body ?? []) {
    bytes += part.byteLength;
    if (bytes > sourceBytesMax) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The system's word for it, such as ECONNREFUSED. */
function causeOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error && "code" in cause ? String(cause.code) : error.name;
}
