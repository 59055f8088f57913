/**
 * A body of `multipart/form-data` (RFC 7578, RFC 2046) -> its parts, with where their names and values stand. Bodies are strings of
 * one code unit a byte. Linear; reads no value.
 *
 * Invariant: what readers might see otherwise is `malformed-form`. So the boundary may stand in a body as a delimiter alone, lines
 * end in CRLF, and nothing but white space is outside the parts.
 */
import type { Span } from "../../domain/segment.ts";
import type { Steps } from "../../stdx/paced.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { isToken } from "../table/shapes.ts";
import { type Parameter, parseValue, trimmed } from "./parameters.ts";

export const formLimits = {
  partsMax: 1_000,
  /** Of the headers of one part. */
  headerBytesMax: 16_384,
} as const;

/** Bytes of UTF-8 in a header. `literal`: quotes included where it has them. */
export type HeaderText = Parameter;

export type FormPart = {
  readonly name: HeaderText;
  readonly filename: HeaderText | null;
  /** In lower case, without parameters; `null`: none is told. */
  readonly mediaType: string | null;
  /** Values of headers that need not be there, where they are no token. */
  readonly remarks: readonly HeaderText[];
  /** The header that tells the length of the value, with its line end; what it tells is right. */
  readonly lengthLine: Span | null;
  readonly value: Span;
};

type Malformed = "malformed-form";
const malformed = err("malformed-form" as const);

/** White space before the first delimiter, and behind the last. */
const outsideBytesMax = 1_024;
/** Bytes that are searched at once, and parts that are read at once. */
const stepBytes = 1_048_576;
const stepParts = 32;
const crlf = "\r\n";

export function* splitForm(body: string, boundary: string): Steps<Result<readonly FormPart[], Malformed>> {
  const delimiters = yield* delimitersIn(body, boundary);
  const length = boundary.length + 2;
  if (delimiters === null || !isFramed(body, delimiters, length)) return malformed;
  const parts: FormPart[] = [];
  for (const [index, at] of delimiters.slice(0, -1).entries()) {
    if (index % stepParts === stepParts - 1) yield;
    const start = at + length + crlf.length;
    const end = (delimiters[index + 1] as number) - crlf.length;
    const part = start <= end ? partIn(body, start, end) : null;
    if (part === null) return malformed;
    parts.push(part);
  }
  return ok(parts);
}

/** Whether an edited body still is a form, with the parts of the body before: as many, and a file where a file was. */
export function* keepsParts(before: string, after: string, boundary: string): Steps<boolean> {
  const had = yield* splitForm(before, boundary);
  const has = yield* splitForm(after, boundary);
  if (!had.ok || !has.ok || had.value.length !== has.value.length) return false;
  return had.value.every((part, index) => isFile(part) === isFile(has.value[index] as FormPart));
}

/** A file without a name is a field to some readers. */
export const isFile = ({ filename }: FormPart): boolean => filename !== null && filename.value !== "";

/** Where the boundary stands; `null`: in too many places. */
function* delimitersIn(body: string, boundary: string): Steps<readonly number[] | null> {
  const delimiter = `--${boundary}`;
  const found: number[] = [];
  for (let from = 0; from < body.length; from += stepBytes) {
    if (from > 0) yield;
    // None is cut: what begins in this step is seen whole.
    const window = body.slice(from, from + stepBytes + delimiter.length - 1);
    let at = window.indexOf(delimiter, Math.max(0, (found.at(-1) ?? -delimiter.length) + delimiter.length - from));
    for (; at !== -1; at = window.indexOf(delimiter, at + delimiter.length)) {
      if (found.length > formLimits.partsMax) return null;
      found.push(from + at);
    }
  }
  return found;
}

/** Whether each delimiter has a line of its own, the last one ends the body, and nothing is outside. */
function isFramed(body: string, delimiters: readonly number[], length: number): boolean {
  const [first] = delimiters;
  const last = delimiters.at(-1);
  if (first === undefined || last === undefined || !body.startsWith("--", last + length)) return false;
  if (!isBlank(body, 0, first) || !isBlank(body, last + length + 2, body.length)) return false;
  return delimiters.every(
    (at) =>
      (at === 0 || body.startsWith(crlf, at - crlf.length)) && (at === last || body.startsWith(crlf, at + length)),
  );
}

const isBlank = (body: string, start: number, end: number): boolean =>
  end - start <= outsideBytesMax && /^[ \t\r\n]*$/.test(body.slice(start, end));

/** What stands in `[start, end)`: headers, an empty line, the value. */
function partIn(body: string, start: number, end: number): FormPart | null {
  const block = body.slice(start, Math.min(end, start + formLimits.headerBytesMax + 2 * crlf.length));
  const headersEnd = block.indexOf(crlf + crlf);
  if (headersEnd <= 0) return null;
  const headers = headersIn(block.slice(0, headersEnd), start);
  const value = { start: start + headersEnd + 2 * crlf.length, end };
  return headers === null ? null : partOf(headers, value);
}

/** `text` without the blanks around it, `start`: where it begins; `line`: all of it, with its line end. */
type Header = { readonly text: string; readonly start: number; readonly line: Span };

/** By lower-case name; `null` where a line is no header, or a name comes again. */
function headersIn(block: string, start: number): ReadonlyMap<string, Header> | null {
  const headers = new Map<string, Header>();
  let at = start;
  for (const line of block.split(crlf)) {
    const [head = "", name = ""] = /^([\w-]{1,128}):/.exec(line) ?? [];
    const key = name.toLowerCase();
    // No control character belongs here, bare line ends among them.
    if (key === "" || headers.has(key) || /[^\P{Cc}\u0080-\u009f]/u.test(line)) return null;
    const { value, literal } = trimmed(line.slice(head.length));
    const lineEnd = at + line.length + crlf.length;
    headers.set(key, { text: value, start: at + head.length + literal.start, line: { start: at, end: lineEnd } });
    at = lineEnd;
  }
  return headers;
}

const plainEncodings: ReadonlySet<string> = new Set(["7bit", "8bit", "binary"]);
const readableCharsets: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);
const known: ReadonlySet<string> = new Set([
  "content-disposition",
  "content-type",
  "content-transfer-encoding",
  "content-length",
]);

function partOf(headers: ReadonlyMap<string, Header>, value: Span): FormPart | null {
  const disposition = namesIn(headers.get("content-disposition"));
  const type = headers.get("content-type");
  const mediaType = type === undefined ? null : mediaTypeIn(type.text);
  const encoding = headers.get("content-transfer-encoding")?.text ?? "binary";
  const told = headers.get("content-length");
  if (disposition === null || (type !== undefined && mediaType === null)) return null;
  if (!plainEncodings.has(encoding.toLowerCase())) return null;
  if (told !== undefined && told.text !== String(value.end - value.start)) return null;
  const remarks: HeaderText[] = [];
  for (const [name, { text, start }] of headers) {
    if (known.has(name) || isToken(text)) continue;
    // Where quotes and escapes begin and end, readers tell for the headers that they know.
    if (/["\\]|=\?/.test(text)) return null;
    remarks.push({ value: text, literal: { start, end: start + text.length } });
  }
  return { ...disposition, mediaType, remarks, lengthLine: told?.line ?? null, value };
}

function namesIn(header: Header | undefined): Pick<FormPart, "name" | "filename"> | null {
  const parsed = header === undefined ? null : parseValue(header.text);
  if (header === undefined || parsed?.essence !== "form-data") return null;
  const placed = (key: string): HeaderText | null => {
    const found = parsed.parameters.get(key);
    if (found === undefined) return null;
    const { start, end } = found.literal;
    return { value: found.value, literal: { start: header.start + start, end: header.start + end } };
  };
  const name = placed("name");
  const filename = placed("filename");
  // Any other parameter may be another name to someone.
  if (parsed.parameters.size > (filename === null ? 1 : 2)) return null;
  return name === null || name.value === "" ? null : { name, filename };
}

/** `null`: readers may see another type, another charset, or parts inside. */
function mediaTypeIn(text: string): string | null {
  const parsed = parseValue(text);
  if (parsed === null || !parsed.essence.includes("/") || parsed.essence.startsWith("multipart/")) return null;
  for (const [name, { value }] of parsed.parameters) {
    if (name === "charset" ? !readableCharsets.has(value.toLowerCase()) : !isToken(value)) return null;
  }
  return parsed.essence;
}
