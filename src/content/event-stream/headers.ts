/**
 * The headers of one message: name and typed value each. Invariant: written without edits they are the bytes that came.
 * Their texts (names, strings, bytes that are text) stand one after another in a text of their own, so that pieces and edits
 * have places.
 */
import type { Edit, Piece } from "../../domain/dialect.ts";
import type { Span } from "../../domain/segment.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { decodeUtf8, encodeUtf8 } from "../json/decode.ts";
import { applyEdits, planEdits } from "../json/splice.ts";
import { isToken } from "../table/shapes.ts";
import { viewOf } from "./prelude.ts";

/** Bytes of a value by its type: true, false, byte, short, integer, long, bytes, string, timestamp, UUID. */
const valueBytes: readonly (number | "counted")[] = [0, 0, 1, 2, 4, 8, "counted", "counted", 8, 16];
const stringType = 7;
/** Lengths are written in one byte and in two; AWS's readers take no longer strings. */
const nameBytesMax = 255;
const textBytesMax = 32_767;

export type Header = {
  readonly name: string;
  /** What a string, or bytes, say; `null` for other types. */
  readonly value: string | null;
  readonly type: number;
  /** Its bytes as they came. */
  readonly raw: Uint8Array;
  /** Where its texts stand in the text of all headers. */
  readonly nameSpan: Span;
  readonly valueSpan: Span;
};

export type Headers = { readonly list: readonly Header[]; readonly text: string };

/** Errors: `malformed-frame`, `not-utf8`. Readers disagree on which of two headers of a name counts: there is only one. */
export function readHeaders(bytes: Uint8Array): Result<Headers, Unreadable> {
  const list: Header[] = [];
  const names = new Set<string>();
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const read = readHeader(bytes, at, text.length);
    if (!read.ok) return read;
    const header = read.value;
    if (names.has(header.name)) return err("malformed-frame");
    names.add(header.name);
    list.push(header);
    text += header.name + (header.value ?? "");
    at += header.raw.length;
  }
  return ok({ list, text });
}

function readHeader(bytes: Uint8Array, at: number, textAt: number): Result<Header, Unreadable> {
  const nameStart = at + 1;
  const typeAt = nameStart + (bytes[at] as number);
  const type = bytes[typeAt];
  const size = type === undefined ? undefined : valueBytes[type];
  if (typeAt === nameStart || type === undefined || size === undefined) return err("malformed-frame");
  const isCounted = size === "counted";
  if (isCounted && typeAt + 3 > bytes.length) return err("malformed-frame");
  const start = typeAt + (isCounted ? 3 : 1);
  const end = start + (isCounted ? viewOf(bytes).getUint16(typeAt + 1) : size);
  if (end > bytes.length) return err("malformed-frame");
  const name = decodeUtf8(bytes.subarray(nameStart, typeAt));
  const value = isCounted ? decodeUtf8(bytes.subarray(start, end)) : ok(null);
  if (!name.ok) return name;
  if (!value.ok) return value;
  const nameEnd = textAt + name.value.length;
  return ok({
    name: name.value,
    value: value.value,
    type,
    raw: bytes.subarray(at, end),
    nameSpan: { start: textAt, end: nameEnd },
    valueSpan: { start: nameEnd, end: nameEnd + (value.value?.length ?? 0) },
  });
}

/** What a string header says; "" where there is none of that name. */
export const stringOf = ({ list }: Headers, name: string): string =>
  list.find((header) => header.name === name && header.type === stringType)?.value ?? "";

/** Names and values that are no short token. */
export function headerPieces({ list, text }: Headers): readonly Piece[] {
  const spans = list.flatMap(({ nameSpan, valueSpan }) => [nameSpan, valueSpan]);
  return spans.flatMap((literal) => {
    const said = text.slice(literal.start, literal.end);
    return isToken(said) ? [] : [pieceAt(said, literal)];
  });
}

function pieceAt(text: string, literal: Span): Piece {
  return {
    location: { place: "field", role: "none", pointer: "#header" },
    text,
    literal,
    writing: "raw",
    mask: { kind: "text" },
    lane: null,
    call: null,
  };
}

/** The bytes of the headers with edits made. What grows too long for its place loses its end. */
export function writeHeaders({ list, text }: Headers, edits: readonly Edit[]): Uint8Array {
  const planned = planEdits(edits);
  let next = 0;
  /** Spans are asked for in order, each once. */
  const edited = ({ start, end }: Span): string => {
    const own: Edit[] = [];
    for (let edit = planned[next]; edit !== undefined && edit.range.end <= end; edit = planned[next]) {
      own.push({ range: { start: edit.range.start - start, end: edit.range.end - start }, text: edit.text });
      next += 1;
    }
    return applyEdits(text.slice(start, end), own);
  };
  return Buffer.concat(
    list.map((header) => {
      const name = edited(header.nameSpan);
      const value = header.value === null ? null : edited(header.valueSpan);
      return name === header.name && value === header.value ? header.raw : written(header, name, value);
    }),
  );
}

function written(header: Pick<Header, "type" | "raw">, name: string, value: string | null): Uint8Array {
  const nameBytes = encodeAtMost(name, nameBytesMax);
  const before = Buffer.concat([Uint8Array.of(nameBytes.length), nameBytes, Uint8Array.of(header.type)]);
  if (value === null) return Buffer.concat([before, header.raw.subarray(header.raw.length - fixedBytes(header.type))]);
  const valueBytesOf = encodeAtMost(value, textBytesMax);
  return Buffer.concat([before, Uint8Array.of(valueBytesOf.length >> 8, valueBytesOf.length & 0xff), valueBytesOf]);
}

function fixedBytes(type: number): number {
  const size = valueBytes[type];
  return typeof size === "number" ? size : 0;
}

/** Never ends within a character. */
function encodeAtMost(text: string, most: number): Uint8Array {
  const bytes = encodeUtf8(text);
  if (bytes.length <= most) return bytes;
  let end = most;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

/** Headers of our own, all of them strings. */
export function encodeHeaders(list: readonly (readonly [name: string, value: string])[]): Uint8Array {
  const kind = { type: stringType, raw: new Uint8Array() };
  return Buffer.concat(list.map(([name, value]) => written(kind, name, value)));
}
