// Finds planted texts, or parts of them, in what guard and Envoy have said. Exact: what it names stands in both. Cheap: time grows
// with the length of both, not with their product.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { plantedTexts, TEXT_SHORTEST } from "./planted.ts";

export type Leak = { readonly sink: string; readonly text: string };

const listedEver = new Set<string>();

/** Names that a policy lists: whoever tells of an exchange may tell them. */
export function list(names: readonly string[]): void {
  for (const name of names) listedEver.add(name);
}

/** Throws where a text of a user, or a part of it, stands in what a sink was given. `listed`: names that the policy lists. */
export function assertNoLeak(sink: string, said: readonly string[], listed: readonly string[] = []): void {
  const leak = findLeak(sink, said, plantedTexts(), [...listed, ...listedEver]);
  if (leak === null) return;
  const message = `user text in ${leak.sink}: ${JSON.stringify(leak.text)}`;
  console.error(message); // at the end of a test several may throw, and of those but the last only this is seen
  throw new Error(message);
}

/** The first that is found; `null`: none. */
export function findLeak(
  sink: string,
  said: readonly string[],
  planted: readonly string[],
  listed: readonly string[] = [],
): Leak | null {
  const told = [...new Set(said.map(wordsOf))].join(SEPARATOR);
  const shingles = new Set<number>();
  eachShingle(told, (hash) => void shingles.add(hash));
  const allowed = new Set<string>();
  for (const text of planted) {
    let found: string | null = null;
    eachShingle(text, (hash, at) => {
      if (found !== null || !shingles.has(hash)) return;
      const shingle = text.slice(at, at + TEXT_SHORTEST);
      if (allowed.has(shingle)) return;
      const where = told.indexOf(shingle);
      if (where < 0) return; // the same hash of another text
      const common = extended(text, at, told, where);
      if (isPublic(common, listed)) allowed.add(shingle);
      else found = common;
    });
    if (found !== null) return { sink, text: found };
  }
  return null;
}

const SEPARATOR = "\u0000";

/** Calls back with a hash of each run of `TEXT_SHORTEST` code units, and where it begins. */
function eachShingle(text: string, seen: (hash: number, at: number) => void): void {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
    const leaving = index - TEXT_SHORTEST;
    if (leaving >= 0) hash = (hash - Math.imul(text.charCodeAt(leaving), LEAVING)) | 0;
    if (leaving >= -1) seen(hash, leaving + 1);
  }
}

const BASE = 0x01000193;
const LEAVING = Array.from({ length: TEXT_SHORTEST }).reduce<number>((power) => Math.imul(power, BASE), 1);

function extended(text: string, at: number, told: string, where: number): string {
  let [before, after] = [0, TEXT_SHORTEST];
  while (at - before > 0 && where - before > 0 && text[at - before - 1] === told[where - before - 1]) before += 1;
  while (at + after < text.length && text[at + after] === told[where + after]) after += 1;
  return text.slice(at - before, at + after);
}

/** Ids of an exchange, which a client may be told and say again; the path, which Envoy's own log shows as it came. */
const ids: Readonly<Record<string, RegExp>> = {
  time: /^[\d:.TZ-]{10,30}$/,
  exchange: /^[0-9A-Za-z_-]{1,64}$/,
  request_id: /^[0-9a-f-]{36}$/,
  trace_id: /^[0-9a-f]{32}$/,
  span_id: /^[0-9a-f]{16}$/,
};

/**
 * Of a line of JSON its keys and values, but for those ids and fractions, whose digits are those of many a text; of any other the
 * line. Help of metrics is fixed.
 */
function wordsOf(line: string): string {
  if (line.startsWith("# ")) return "";
  if (!line.startsWith("{")) return line.replace(METRIC_VALUE, "");
  try {
    const words: string[] = [];
    const entry = JSON.parse(line, (key, value: string | number | boolean | object | null) => {
      const isFraction = typeof value === "number" && !Number.isInteger(value);
      if (typeof value !== "object" && !isFraction && !(typeof value === "string" && ids[key]?.test(value) === true)) {
        words.push(`${key}${SEPARATOR}${String(value)}`);
      }
      return value;
    }) as Readonly<Record<string, unknown>>;
    const isAccessLog = "method" in entry; // Envoy's
    return words.filter((word) => !(isAccessLog && word.startsWith(`path${SEPARATOR}`))).join(SEPARATOR);
  } catch {
    return line;
  }
}

const METRIC_VALUE = / [-+]?[\d.e+-]+$/i;

/** Names of metrics, statistics and error codes, which tests ask for too. */
const IDENTIFIER = /^(?=.*_)[a-z_]+$/;

let corpus: string | null = null;

/** The program's own words: text that stands in its sources, and names that the policy lists. Read when something is first in doubt. */
function isPublic(text: string, listed: readonly string[]): boolean {
  if (IDENTIFIER.test(text) || listed.some((name) => name.includes(text))) return true;
  corpus ??= sources().join(SEPARATOR);
  return corpus.includes(text);
}

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Not the texts of detectors and of the demo, which are what users write. */
const folders = ["src/admin", "src/app", "src/cli", "src/config", "src/domain", "src/extproc", "src/telemetry"];

function sources(): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.startsWith("demo"))
      .flatMap((path) => readFileSync(join(root, folder, path), "utf8").match(/"(?:[^"\\\n]|\\.)*"|`[^`]*`/g) ?? []),
  );
}
