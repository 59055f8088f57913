/** One value of a configuration: who says it (flag, variable, file), what it is, and what is wrong with it. Pure. */
import { posix } from "node:path";
import { suggestion } from "../policy/nearest.ts";
import { valueAt } from "../policy/explain.ts";
import type { SourceTree } from "../policy/document.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import type { Environment } from "./environment.ts";
import type { ConfigSource } from "./source.ts";

/** What the command line can say. */
export type Flags = { readonly [name in "listen" | "admin" | "policy" | "logLevel"]?: string | undefined };

type Place = { readonly line: number; readonly column: number };

/** `where` is the file, the variable or the flag; only a file has a `place`. */
export type ConfigMistake = { readonly where: string; readonly place: Place | null; readonly message: string };

export type Written = {
  readonly tree: SourceTree | null;
  /** `null` also where the file has mistakes: the rest is checked all the same. */
  readonly source: ConfigSource | null;
  readonly path: string;
  readonly env: Environment;
  readonly flags: Flags;
  readonly mistakes: ConfigMistake[];
};

export type Said = { readonly text: string; readonly where: string; readonly place: Place | null };

/** Who says it: the flag, else the variable (an empty one says nothing), else the file. */
export function saidOf(
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
export function take<T>(
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

export function complain({ mistakes }: Written, said: Said | null, message: string): void {
  mistakes.push({ where: said?.where ?? "defaults", place: said?.place ?? null, message });
}

export function oneOf<T extends string>(text: string, all: readonly T[]): Result<T, string> {
  const meant = all.find((each) => each === text);
  return meant === undefined ? err(`one of ${all.join(", ")}${suggestion(text, all)}`) : ok(meant);
}

/** A path written in the file means one beside the file. */
export function besideFile({ path }: Written, { text, place }: Said): string {
  return place === null || posix.isAbsolute(text) ? text : posix.join(posix.dirname(path), text);
}

export function wholeNumber(text: string, min: number, max: number): Result<number, string> {
  const value = Number(text);
  const fits = /^[0-9]{1,15}$/.test(text) && value >= min && value <= max;
  return fits ? ok(value) : err(`a whole number from ${min} to ${max}`);
}

/** `["limits", "requestBytesMax"]` is `SALLYPORT_LIMITS_REQUEST_BYTES_MAX`. */
export const variableOf = (path: readonly string[]): string =>
  `SALLYPORT_${path.map(kebab).join("_").replaceAll("-", "_").toUpperCase()}`;

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
