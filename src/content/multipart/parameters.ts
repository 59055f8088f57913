/**
 * Values of MIME headers with parameters (`form-data; name="a"`), and the boundary that a content type names.
 * Takes the forms that all readers read alike; any other is `null`: comments, escapes in quotes, repeated or continued
 * parameters (RFC 2231), encoded words (RFC 2047).
 */
import type { Span } from "../../domain/segment.ts";

/** `literal`: quotes included where it has them, counted from the value's beginning. */
export type Parameter = { readonly value: string; readonly literal: Span };
export type ParsedValue = {
  /** In lower case: `form-data`, `text/plain`. */
  readonly essence: string;
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, Parameter>;
};

const essenceForm = /^[ \t]*([\w.+-]{1,127}(?:\/[\w.+-]{1,127})?)[ \t]*/;
/** Tokens without the marks that some readers take for separators. */
const parameterForm = /;[ \t]*([a-z_-]{1,64})=(?:"([^"\\]*)"|([\w.+'-]{1,128}))[ \t]*/iy;

export function parseValue(text: string): ParsedValue | null {
  const head = essenceForm.exec(text);
  if (head === null || text.includes("=?")) return null;
  const parameters = new Map<string, Parameter>();
  let at = head[0].length;
  while (at < text.length) {
    parameterForm.lastIndex = at;
    const found = parameterForm.exec(text);
    if (found === null) return null;
    const [whole, name = "", quoted, token = ""] = found;
    const key = name.toLowerCase();
    if (parameters.has(key)) return null;
    const length = quoted === undefined ? token.length : quoted.length + 2;
    const end = at + whole.trimEnd().length;
    parameters.set(key, { value: quoted ?? token, literal: { start: end - length, end } });
    at += whole.length;
  }
  return { essence: (head[1] ?? "").toLowerCase(), parameters };
}

/** Without the blanks around it. */
export function trimmed(text: string): Parameter {
  let start = 0;
  let end = text.length;
  while (isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return { value: text.slice(start, end), literal: { start, end } };
}

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t";

/** RFC 2046, 5.1.1: at most 70 of these, the last no space. */
const boundaryForm = /^[\w'()+,./:=?-](?:[\w'()+,./:=? -]{0,68}[\w'()+,./:=?-])?$/;

/** The boundary of a `multipart/form-data`; `null` for any other content type, and where readers may see another boundary. */
export function boundaryOf(contentType: string | null): string | null {
  const parsed = contentType === null ? null : parseValue(contentType);
  if (parsed === null || parsed.essence !== "multipart/form-data") return null;
  const boundary = parsed.parameters.get("boundary")?.value ?? "";
  return boundaryForm.test(boundary) ? boundary : null;
}
