/**
 * What a body in a file is, told by how it begins: files have no headers. Knows the forms that readers have; what is none of them
 * counts as JSON, whose reader says what is wrong.
 */
import { boundaryOf } from "../content/multipart/parameters.ts";

const jsonType = "application/json";

/** The content type of a request: a form where the first line is a boundary, JSON else. */
export function requestContentType(body: Uint8Array): string {
  const [, boundary] = /^--([^\r\n]{1,70})\r\n/.exec(beginningOf(body)) ?? [];
  const form = `multipart/form-data; boundary="${boundary ?? ""}"`;
  return boundary !== undefined && boundaryOf(form) === boundary ? form : jsonType;
}

/**
 * The content type of a reply. Server-sent events begin with a field or a comment; AWS event streams with a length, whose first byte
 * is 0, as no text's is; JSON lines with a line that is JSON, and are more than that line. A stream that is a JSON list has JSON's
 * type: the operation says whether it comes item by item.
 */
export function replyContentType(body: Uint8Array): string {
  if (body[0] === 0) return "application/vnd.amazon.eventstream";
  if (/^(?:data|event|id|retry)?:/.test(beginningOf(body).trimStart())) return "text/event-stream";
  return hasLinesOfJson(body) ? "application/x-ndjson" : jsonType;
}

const beginningBytes = 256;
/** Without a byte order mark. */
const beginningOf = (body: Uint8Array): string => new TextDecoder().decode(body.subarray(0, beginningBytes));

function hasLinesOfJson(body: Uint8Array): boolean {
  const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
  const start = body.findIndex((byte) => !isBlank(byte));
  const end = start === -1 ? -1 : body.indexOf(0x0a, start);
  if (end === -1 || body.subarray(end).every(isBlank)) return false;
  try {
    JSON.parse(new TextDecoder().decode(body.subarray(start, end)));
    return true;
  } catch {
    return false;
  }
}
