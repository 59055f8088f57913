/**
 * Texts of a prompt that follow one another, read together: windows over all of them, each joined to the next by a line feed.
 * Only windows that hold parts of two texts or more are made; what stands in one text is judged there. Pure.
 */
import type { Span } from "../../domain/segment.ts";

/** In UTF-16 code units: what is read together, and from the beginning of one window to that of the next. */
export const jointUnits = 1_024;
const strideUnits = 640;

/** A text's part of a window. Spans are half-open, in UTF-16 code units. */
export type JointPart = {
  /** Which of the texts. */
  readonly index: number;
  /** In that text. */
  readonly span: Span;
  /** Where it begins in the window's text. */
  readonly at: number;
};
export type JointWindow = { readonly text: string; readonly parts: readonly JointPart[] };

export function jointWindows(texts: readonly string[]): readonly JointWindow[] {
  const starts: number[] = [];
  let length = 0;
  for (const text of texts) {
    starts.push(length);
    length += text.length + 1;
  }
  const windows: JointWindow[] = [];
  let first = 0;
  for (let from = 0; ; from += strideUnits) {
    const isLast = from + jointUnits >= length;
    const begin = isLast ? Math.max(0, length - jointUnits) : from;
    while (first + 1 < texts.length && (starts[first + 1] as number) <= begin) first += 1;
    const window = windowOf(texts, starts, first, begin, begin + jointUnits);
    if (window !== null) windows.push(window);
    if (isLast) return windows;
  }
}

/** `null`: it holds one text alone, or none. */
function windowOf(
  texts: readonly string[],
  starts: readonly number[],
  first: number,
  from: number,
  to: number,
): JointWindow | null {
  const parts: JointPart[] = [];
  let text = "";
  for (let index = first; index < texts.length; index += 1) {
    const base = starts[index] as number;
    if (base >= to) break;
    const whole = texts[index] as string;
    const span = { start: wordStart(whole, Math.max(0, from - base)), end: Math.min(whole.length, to - base) };
    if (span.end <= span.start || whole.slice(span.start, span.end).trim() === "") continue;
    if (text !== "") text += "\n";
    parts.push({ index, span, at: text.length });
    text += whole.slice(span.start, span.end);
  }
  return parts.length < 2 ? null : { text, parts };
}

/** Not within a word, where a word begins soon. */
function wordStart(text: string, at: number): number {
  if (at === 0) return 0;
  for (let start = at; start < Math.min(text.length, at + 32); start += 1)
    if (/\s/.test(text.charAt(start - 1))) return start;
  return at;
}

/** What a span of the window's text covers in each of the texts. */
export function partsOf(
  { parts }: JointWindow,
  { start, end }: Span,
): readonly { readonly index: number; readonly span: Span }[] {
  return parts.flatMap(({ index, span, at }) => {
    const from = Math.max(start, at) - at + span.start;
    const to = Math.min(span.end, end - at + span.start);
    return to > from ? [{ index, span: { start: from, end: to } }] : [];
  });
}
