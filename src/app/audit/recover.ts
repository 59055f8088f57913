/** Where the record before this start ends: by its newest file, by the head that was kept, or both. */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Head } from "../../telemetry/audit/chain.ts";
import {
  checkpointFields,
  lineBytesMax,
  type ReadLine,
  readLine,
  type StartFields,
} from "../../telemetry/audit/read-line.ts";
import { auditFilesIn, type KeptHead, readFileName, readKeptHead } from "./folder.ts";

export type Earlier = StartFields & {
  /** The file to go on with; `null`: a new one. */
  readonly goOn: { readonly path: string; readonly begunMs: number; readonly needsLineEnd: boolean } | null;
};

const nothingEarlier: Earlier = { after: null, end: "none", torn: 0, goOn: null };

/** Of a record that goes elsewhere: the head alone says it. Fails as the file system does. */
export async function recoverHead(folder: string): Promise<Earlier> {
  const kept = await readKeptHead(folder);
  return kept === null ? nothingEarlier : { ...nothingEarlier, ...afterKept(kept) };
}

/** Of a record in the folder's files. Fails as the file system does. */
export async function recoverFiles(folder: string): Promise<Earlier> {
  const files = await auditFilesIn(folder);
  const kept = await readKeptHead(folder);
  const newest = files.at(-1);
  if (newest === undefined) return kept === null ? nothingEarlier : { ...nothingEarlier, ...afterKept(kept) };
  const { last, torn, needsLineEnd, isEmpty } = await readEnds(files);
  const isCut = kept !== null && (last === null || kept.seq > last.seq || isOther(kept, last));
  const from = isCut ? kept : last;
  const reason = last === null || last.kind !== "checkpoint" ? null : checkpointFields(last)?.reason;
  const after = from === null ? null : { instance: from.instance, seq: from.seq, hash: from.hash };
  const end = isCut ? "cut" : from === null ? "none" : reason === "stop" && torn === 0 ? "clean" : "unclean";
  const name = readFileName(basename(newest));
  // An empty file is gone on with where the next entry is the one that its name says.
  const isRight = isEmpty ? name?.firstSeq === (after?.seq ?? 0) + 1 : reason !== "rotate";
  const goOn = isRight && name !== null ? { path: newest, begunMs: name.begunMs, needsLineEnd } : null;
  return { after, end, torn, goOn };
}

const afterKept = ({ instance, seq, hash, isEnd }: KeptHead): Pick<Earlier, "after" | "end"> => ({
  after: { instance, seq, hash },
  end: isEnd ? "clean" : "unclean",
});

const isOther = (one: Head, other: Head): boolean => one.seq === other.seq && one.hash !== other.hash;

type Ends = {
  /** The last entry that is whole; `null`: there is none. */
  readonly last: ReadLine | null;
  /** Of the newest file that is not empty: bytes after its last line end that are no entry. */
  readonly torn: number;
  readonly needsLineEnd: boolean;
  /** The newest file holds nothing. */
  readonly isEmpty: boolean;
};

async function readEnds(files: readonly string[]): Promise<Ends> {
  let isEmpty = false;
  let torn = 0;
  let needsLineEnd = false;
  for (const path of files.toReversed()) {
    const end = await readEnd(path);
    if (end === null) {
      isEmpty ||= path === files.at(-1);
      continue;
    }
    if (torn === 0 && !needsLineEnd) ({ torn, needsLineEnd } = end);
    if (end.last !== null) return { last: end.last, torn, needsLineEnd: needsLineEnd && !isEmpty, isEmpty };
  }
  return { last: null, torn, needsLineEnd: needsLineEnd && !isEmpty, isEmpty };
}

/** `null`: the file is empty. */
async function readEnd(path: string): Promise<Omit<Ends, "isEmpty"> | null> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size === 0) return null;
    const length = Math.min(size, 2 * lineBytesMax);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: size - length });
    const lines = buffer.subarray(0, bytesRead).toString("latin1").split("\n");
    const rest = lines.at(-1) ?? "";
    const whole = readLine(rest);
    const isWhole = whole?.isIntact === true;
    const needsLineEnd = rest !== "";
    const torn = isWhole ? 0 : rest.length;
    const last = isWhole
      ? whole
      : (lines
          .toReversed()
          .map(readLine)
          .find((line) => line?.isIntact === true) ?? null);
    return { last, torn, needsLineEnd };
  } finally {
    await file.close();
  }
}
