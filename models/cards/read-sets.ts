/** The sets of a run as files: each is checked before anything is judged, and one that is missing or bad is named. */
import { basename, join } from "node:path";
import { checkFiles, type Row, rowsOf } from "../../src/app/eval/rows.ts";
import { err, ok, type Result } from "../../src/stdx/result.ts";
import { type SetName, type SetSource, sets } from "./sets.ts";

/** Where sets lie. `data` is `null` where only the project's own cases are asked for. */
export type Folders = { readonly data: string | null; readonly cases: string };

export type ReadSet = {
  readonly name: SetName;
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
};

/** As a card tells of it; `source`: repository@commit. */
export type ToldSet = {
  readonly file: string;
  readonly rows: number;
  readonly sha256: string;
  readonly licence: string;
  readonly source: string;
  readonly note: string | null;
};

const pathOf = ({ file, isOwn }: SetSource, { data, cases }: Folders): string =>
  join(isOwn ? cases : (data ?? ""), file);

/** The error has a line for each set that is not good. */
export async function readSets(
  names: readonly SetName[],
  folders: Folders,
): Promise<Result<ReadonlyMap<SetName, ReadSet>, readonly string[]>> {
  const read = new Map<SetName, ReadSet>();
  const faults: string[] = [];
  for (const name of new Set(names)) {
    const path = pathOf(sets[name], folders);
    const { rows, files, bad } = await checkFiles([path], () => undefined);
    const [file] = files;
    for (const { line, message } of bad.slice(0, 3))
      faults.push(`set ${name}: ${path}${line === null ? "" : `:${line}`} ${message}`);
    if (file !== undefined) read.set(name, { name, path, rows, sha256: file.sha256 });
  }
  return faults.length > 0 ? err(faults) : ok(read);
}

const sourcesMax = 3;

export async function toldSets(read: ReadonlyMap<SetName, ReadSet>): Promise<Readonly<Record<string, ToldSet>>> {
  const told = await Promise.all(
    [...read.values()].map(async ({ name, path, rows, sha256 }) => {
      const { isOwn, file, licence, note }: SetSource = sets[name];
      const source = isOwn ? "written for this project" : (await sourcesOf(path)).slice(0, sourcesMax).join(", ");
      return [
        name,
        { file: isOwn ? `models/cases/${basename(file)}` : file, rows, sha256, licence, source, note },
      ] as const;
    }),
  );
  return Object.fromEntries(told);
}

async function sourcesOf(path: string): Promise<readonly string[]> {
  const sources = new Set<string>();
  for await (const { source } of rowsOf([path])) sources.add(source);
  return [...sources].toSorted();
}

/** Of every file the same rows each time, spread over it; `most` `null`: all. */
export function pick(rows: number, most: number | null): () => boolean {
  let at = -1;
  return () => {
    at += 1;
    if (most === null || rows <= most) return true;
    return Math.floor(((at + 1) * most) / rows) > Math.floor((at * most) / rows);
  };
}

export async function pickedRows({ path, rows }: ReadSet, most: number | null): Promise<readonly Row[]> {
  const isWanted = pick(rows, most);
  const picked: Row[] = [];
  for await (const row of rowsOf([path])) if (isWanted()) picked.push(row);
  return picked;
}
