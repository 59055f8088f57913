/**
 * Labelled rows from files of JSON lines, plain or gzip: checks each line, and gives the rows of good files one by one, so that
 * no file need fit into memory. Holds no row.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import * as z from "zod";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { TypedSpan } from "./span-metrics.ts";

/** A row's text is far shorter than what a request may be. */
export const lineBytesMax = 8 * 1024 * 1024;
/** Of all files together; a figure of more rows needs no more rows. */
export const rowsMax = 5_000_000;
/** Bad lines listed; the rest is only counted. */
export const badLinesMax = 20;

/** A user's message, or what a tool gave. */
export const textPlaces = ["content", "tool-result"] as const;

export type Row = {
  /** As it was named. */
  readonly file: string;
  /** As given; the number of the line where there is none. */
  readonly id: string | number;
  readonly source: string;
  readonly language: string;
  /** 0 and 1, or a topic. */
  readonly label: 0 | 1 | string;
  /** What is judged, or what stands beside it: at least one of `text` and `reply` is there. */
  readonly text: string | null;
  readonly prompt: string | null;
  readonly context: string | null;
  /** Where `text` stands in the request. */
  readonly place: (typeof textPlaces)[number];
  readonly reply: string | null;
  /** In code points of `reply` where there is one, else of `text`. `null`: the row says nothing of spans. */
  readonly spans: readonly TypedSpan[] | null;
};

/** `line` counts from 1; `null`: it is about the file. */
export type BadLine = { readonly file: string; readonly line: number | null; readonly message: string };

/** A number in quotes is no topic: most likely somebody's 0 or 1. */
const topicPattern = /^(?![01]$|true$|false$)./su;
const words = z.string().nullish();
const rowSource = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  text: words,
  prompt: words,
  context: words,
  reply: words,
  place: z.enum(textPlaces).nullish(),
  label: z.union([z.literal(0), z.literal(1), z.boolean(), z.string().regex(topicPattern)]),
  lang: words,
  source: words,
  spans: z.array(z.object({ start: z.int().min(0), end: z.int().min(0), type: z.string().min(1) })).nullish(),
});
type RowSource = z.output<typeof rowSource>;

/** What is wrong is told without what stands there: rows may be anybody's words. */
export function readRow(file: string, line: number, written: string): Result<Row, string> {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return err("is not JSON: each line is one JSON object");
  }
  const read = rowSource.safeParse(value);
  if (!read.success) return err(problemOf(read.error));
  const { id, text = null, prompt = null, context = null, reply = null, label, lang, source, spans, place } = read.data;
  if (text === null && reply === null) return err("has neither text nor reply: there is nothing to judge");
  const wrongSpan = badSpan(spans ?? [], reply ?? text ?? "");
  if (wrongSpan !== null) return err(wrongSpan);
  return ok({
    file,
    id: id ?? String(line),
    source: source ?? "none",
    language: lang ?? "none",
    label: typeof label === "boolean" ? (label ? 1 : 0) : label,
    text,
    prompt,
    context,
    place: place ?? "content",
    reply,
    spans: spans ?? null,
  });
}

function problemOf({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.map(String).join(".") ?? "";
  if (path === "") return "is not a JSON object";
  if (path === "label") return "label must be 0, 1, true, false (without quotes), or a topic's name";
  if (path === "place") return `place must be ${textPlaces.join(" or ")}`;
  if (path === "id") return "id must be a string or a number";
  if (path.startsWith("spans"))
    return `${path}: spans are a list of {start, end, type}, whole numbers in code points and a name`;
  return `${path} must be a string`;
}

function badSpan(spans: NonNullable<RowSource["spans"]>, text: string): string | null {
  if (spans.length === 0) return null;
  let points = 0;
  for (const _ of text) points += 1;
  const at = spans.findIndex(({ start, end }) => start >= end || end > points);
  return at < 0 ? null : `spans.${at} is empty, or ends beyond the text's ${points} code points`;
}

/** `rows`: of all files together. */
export type Read = {
  readonly rows: number;
  readonly files: readonly FileRead[];
  readonly bad: readonly BadLine[];
  readonly badCount: number;
};
/** What a file was: a record of figures can be held against it. */
export type FileRead = { readonly file: string; readonly rows: number; readonly sha256: string };

/** Reads all files once. `onRow` is told how many rows were read so far. */
export async function checkFiles(paths: readonly string[], onRow: (rows: number) => void): Promise<Read> {
  const bad: BadLine[] = [];
  const files: FileRead[] = [];
  let [rows, badCount] = [0, 0];
  const note = (line: BadLine): void => {
    badCount += 1;
    if (bad.length < badLinesMax) bad.push(line);
  };
  for (const file of paths) {
    const [rowsBefore, badBefore] = [rows, badCount];
    const hash = createHash("sha256");
    try {
      for await (const { line, text } of linesOf(file, hash)) {
        const row =
          text === null
            ? err(`is longer than ${lineBytesMax} bytes, or not UTF-8: shorten it, or leave it out`)
            : readRow(file, line, text);
        if (row.ok) onRow((rows += 1));
        else note({ file, line, message: row.error });
        if (rows > rowsMax) {
          const message = `more than ${rowsMax} rows: measure fewer files at once`;
          return { rows, files, bad: [{ file, line, message }], badCount: 1 };
        }
      }
    } catch (error) {
      note({ file, line: null, message: reasonOf(error) });
      continue;
    }
    if (rows + badCount === rowsBefore + badBefore) note({ file, line: null, message: "has no rows" });
    files.push({ file, rows: rows - rowsBefore, sha256: hash.digest("hex") });
  }
  return { rows, files, bad, badCount };
}

/** The rows of files that were found good. Throws where one has changed since. */
export async function* rowsOf(files: readonly string[]): AsyncGenerator<Row> {
  for (const file of files) {
    for await (const { line, text } of linesOf(file)) {
      const row = text === null ? err("is unreadable") : readRow(file, line, text);
      if (!row.ok) throw new Error(`${file}:${line} ${row.error}, but was good a moment ago`);
      yield row.value;
    }
  }
}

/** A pipe gives its lines once, and they are read twice. */
class NoFile extends Error {
  override readonly message = "is no file, and is read twice: write it to one";
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code.startsWith("Z_")) return `cannot be unpacked (${code}): is it cut off?`;
  if (error instanceof NoFile) return error.message;
  if (code === "") throw error;
  return `cannot be read (${code})`;
}

/** `text` is `null` where the line is too long or no UTF-8. Empty lines are passed over. */
type Line = { readonly line: number; readonly text: string | null };

/** `hash` is given the file's own bytes. */
async function* linesOf(file: string, hash?: Hash): AsyncGenerator<Line> {
  const isPacked = await beginsLikeGzip(file);
  const bytes = createReadStream(file);
  if (hash !== undefined) bytes.on("data", (chunk) => hash.update(chunk));
  // Of errors its reader hears by iterating.
  const source = isPacked ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 0;
  for await (const { parts, size } of splitLines(source as AsyncIterable<Buffer>)) {
    line += 1;
    if (size > lineBytesMax) yield { line, text: null };
    else {
      const text = decoded(decoder, Buffer.concat(parts));
      if (text === null || text.trim() !== "") yield { line, text };
    }
  }
}

/** A line's bytes; of one that is too long only its size. */
type LineBytes = { readonly parts: readonly Buffer[]; readonly size: number };

async function* splitLines(source: AsyncIterable<Buffer>): AsyncGenerator<LineBytes> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      size += to - from;
      if (size <= lineBytesMax) parts.push(chunk.subarray(from, to));
      yield { parts, size };
      [parts, size, from] = [[], 0, to + 1];
    }
    size += chunk.length - from;
    if (size <= lineBytesMax) parts.push(chunk.subarray(from));
    else parts = [];
  }
  if (size > 0) yield { parts, size };
}

function decoded(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

async function beginsLikeGzip(file: string): Promise<boolean> {
  // A named pipe that nobody writes to would never open.
  const entry = await stat(file);
  if (!entry.isFile() && !entry.isDirectory()) throw new NoFile();
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}
