/** Where the JSON text of a frame stands: what is left of it from `from` on, without white space around it. */
import type { Span } from "../../domain/segment.ts";
import { endOfSpace, isSpace } from "../json/scan.ts";

/** Empty, at the end, where there is white space alone. */
export function jsonSpan(text: string, from: number): Span {
  const start = endOfSpace(text, from);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return { start, end };
}
