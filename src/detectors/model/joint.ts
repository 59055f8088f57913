/**
 * Texts of a prompt that follow one another, read together: windows over all of them, each joined to the next by a line feed.
 * Only windows that hold parts of two texts or more are made; what stands in one text is judged there. Pure.
 */
import type { Span } from "../../domain/segment.ts";

/** In UTF-16 code units: what is read together, and from the beginning of one window to that of the next. */
export const jointUnits = 1_024;
const strideUnits = 640;
/** What windows have in common with those before: split over texts, so much is seen whole wherever it stands. */
export const overlapUnits = jointUnits - strideUnits;
/** A turn is at least so long; a shorter one belongs to the next. So windows of many small turns do not cost without bound. */
const turnUnitsLeast = 128;

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

/**
 * `turns`: of each text, never less than that of the one before; those of a turn have come together. Windows of a turn begin so
 * far before it that what reaches into it is seen, and end with it: they are the same when more turns follow.
 */
export function jointWindows(texts: readonly string[], turns: readonly number[]): readonly JointWindow[] {
  const starts: number[] = [];
  const ends: number[] = [];
  let length = 0;
  let begun = 0;
  for (const [index, text] of texts.entries()) {
    if (index > 0 && turns[index] !== turns[index - 1] && length - begun >= turnUnitsLeast) {
      ends.push(length);
      begun = length;
    }
    starts.push(length);
    length += text.length + 1;
  }
  ends.push(length);
  const windows: JointWindow[] = [];
  let first = 0;
  const take = (begin: number, end: number): void => {
    while (first + 1 < texts.length && (starts[first + 1] as number) <= begin) first += 1;
    const window = windowOf(texts, starts, first, begin, Math.min(end, begin + jointUnits));
    if (window !== null) windows.push(window);
  };
  for (const [turn, end] of ends.entries()) {
    const anchor = Math.max(0, (ends[turn - 1] ?? 0) - overlapUnits);
    // A turn's first window may begin before the last of the turn before.
    while (first > 0 && (starts[first] as number) > anchor) first -= 1;
    for (let from = anchor; ; from += strideUnits) {
      const isLast = from + jointUnits >= end;
      take(isLast ? Math.max(anchor, end - jointUnits) : from, end);
      if (isLast) break;
    }
  }
  return windows;
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
