/** The folder of an audit record: its files by name, and the file that says where the record ends. */
import { open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Head } from "../../telemetry/audit/chain.ts";

/** In the order in which they were written: the number of the first entry, and when the file was begun. */
const filePattern = /^audit-([0-9]{16})-([0-9]{8}T[0-9]{6})Z\.jsonl$/;

export function auditFileName(firstSeq: number, epochMs: number): string {
  const time = new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return `audit-${String(firstSeq).padStart(16, "0")}-${time}Z.jsonl`;
}

/** What a file's name says; `null`: it is none of ours. `begunMs`: since the Unix epoch. */
export function readFileName(name: string): { readonly firstSeq: number; readonly begunMs: number } | null {
  const [, seq, time] = filePattern.exec(name) ?? [];
  if (seq === undefined || time === undefined) return null;
  const iso = time.replace(/^(....)(..)(..T..)(..)(..)$/, "$1-$2-$3:$4:$5Z");
  return { firstSeq: Number(seq), begunMs: Date.parse(iso) };
}

/** Paths, the oldest first. */
export async function auditFilesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => filePattern.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** Where a record ends, by one who saw it written. */
export type KeptHead = Head & { readonly instance: string; readonly isEnd: boolean };

export const headName = "audit.head.json";
const headBytesMax = 4096;

/** `null`: there is none, or it cannot be read. */
export async function readKeptHead(folder: string): Promise<KeptHead | null> {
  const text = await readFile(join(folder, headName), "utf8").catch(() => "");
  if (text === "" || text.length > headBytesMax) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { instance, seq, hash, end } = typeof value === "object" ? ((value ?? {}) as Record<string, unknown>) : {};
  const isGood =
    typeof instance === "string" &&
    /^[0-9a-f]{24}$/.test(instance) &&
    typeof hash === "string" &&
    /^[0-9a-f]{64}$/.test(hash);
  return isGood && Number.isSafeInteger(seq) ? { instance, seq: Number(seq), hash, isEnd: end === true } : null;
}

/** Whole or not at all: another name first. */
export async function writeKeptHead(folder: string, { instance, seq, hash, isEnd }: KeptHead): Promise<void> {
  const path = join(folder, headName);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ instance, seq, hash, end: isEnd })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
