/** Whole audit records, as files and folders name them: verified, and searched for a subject. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type PublicKey, readPublicKey } from "../../telemetry/audit/checkpoint.ts";
import type { Finding } from "../../telemetry/audit/findings.ts";
import type { KnownHead } from "../../telemetry/audit/head-watch.ts";
import { type Summary, Verifier, type VerifyOptions } from "../../telemetry/audit/verify.ts";
import { auditFilesIn, headName, readFileName, readKeptHead } from "./folder.ts";
import { readLines } from "./read-lines.ts";
import { failureOf } from "./sink.ts";

export type Records = {
  /** In the order in which they are read; `-` is the standard input. */
  readonly files: readonly string[];
  /** Of the folders that they stand in. */
  readonly heads: readonly KnownHead[];
};

/** The files that paths name, a folder's from the oldest on. The error is for people. */
export async function findRecords(paths: readonly string[]): Promise<Result<Records, string>> {
  const files: string[] = [];
  const folders = new Set<string>();
  for (const path of paths) {
    const found = path === "-" ? null : await stat(path).catch(failureOf);
    if (typeof found === "string") return err(`${path}: cannot be read (${found})`);
    if (found?.isDirectory() !== true) {
      files.push(path);
      if (readFileName(basename(path)) !== null) folders.add(dirname(path));
      continue;
    }
    const inside = await auditFilesIn(path);
    if (inside.length === 0) return err(`${path}: no file of an audit record is there`);
    files.push(...inside);
    folders.add(path);
  }
  const heads: KnownHead[] = [];
  for (const folder of folders) {
    const head = await readKeptHead(folder);
    if (head !== null) heads.push({ seq: head.seq, hash: head.hash, from: headName });
  }
  return ok({ files, heads });
}

/** The error is for people. */
export async function loadPublicKey(file: string): Promise<Result<PublicKey, string>> {
  const pem = await readFile(file).catch(failureOf);
  if (typeof pem === "string") return err(`${file}: cannot be read (${pem})`);
  const key = readPublicKey(pem);
  return key.ok ? key : err(`${file} ${key.error}`);
}

export type Verified = { readonly summary: Summary; readonly counts: ReadonlyMap<Finding["kind"], number> };

/** Tells each finding as it comes. Fails as the file system does. */
export async function verifyFiles(
  files: readonly string[],
  input: AsyncIterable<Uint8Array>,
  options: VerifyOptions,
  tell: (finding: Finding) => void,
): Promise<Verified> {
  const verifier = new Verifier(options);
  const counts = new Map<Finding["kind"], number>();
  const hear = (findings: readonly Finding[]): void => {
    for (const finding of findings) {
      counts.set(finding.kind, (counts.get(finding.kind) ?? 0) + 1);
      tell(finding);
    }
  };
  for (const file of files)
    for await (const lines of readLines(file, input)) for (const line of lines) hear(verifier.step(line));
  hear(verifier.end());
  return { summary: verifier.summary, counts };
}

/** The lines of a subject's exchanges, as they stand there. Fails as the file system does. */
export async function* findSubject(
  files: readonly string[],
  input: AsyncIterable<Uint8Array>,
  subject: string,
): AsyncGenerator<string> {
  const wanted = `,"subject":"${subject}",`;
  for (const file of files)
    for await (const lines of readLines(file, input))
      for (const { text } of lines) if (text.includes(wanted)) yield text;
}
