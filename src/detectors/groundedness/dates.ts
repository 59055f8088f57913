/**
 * Reads dates and times of day out of tokens, in the forms that are usual in Europe and America. Parts that are not told are
 * `null`. Words such as "yesterday" are no dates here. Pure, linear.
 */
import type { Token } from "./tokens.ts";
import { isDoubtfulMonth, monthOf } from "./words/months.ts";

export type CalendarDate = {
  readonly kind: "date";
  readonly year: number | null;
  readonly month: number | null;
  readonly day: number | null;
  /** 03/05: which is the day nobody knows. */
  readonly mayTurn: boolean;
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
};

export type TimeOfDay = {
  readonly kind: "time";
  /** Minutes after midnight; both halves of the day where none is told. */
  readonly minutes: readonly number[];
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
};

/** `null`: no date begins at `from`. */
export function dateAt(tokens: readonly Token[], from: number): CalendarDate | null {
  return inDigits(tokens, from) ?? dayFirst(tokens, from) ?? monthFirst(tokens, from);
}

function dateOf(
  tokens: readonly Token[],
  from: number,
  to: number,
  [year, month, day]: readonly [number | null, number | null, number | null],
  mayTurn = false,
): CalendarDate {
  const start = (tokens[from] as Token).start;
  return { kind: "date", year, month, day, mayTurn, start, end: (tokens[to - 1] as Token).end, from, to };
}

function inDigits(tokens: readonly Token[], from: number): CalendarDate | null {
  const token = tokens[from];
  if (token?.kind !== "number") return null;
  const parts = token.word.split(/[-/.]/);
  if (parts.length !== 3 || parts.some((part) => !/^\d{1,4}$/.test(part))) return null;
  const [a = 0, b = 0, c = 0] = parts.map(Number);
  if (parts[0]?.length === 4 && isMonth(b) && isDay(c)) return dateOf(tokens, from, from + 1, [a, b, c]);
  const year = parts[2]?.length === 4 ? c : parts[2]?.length === 2 ? 2000 + c - (c > 40 ? 100 : 0) : null;
  if (year === null || !isDay(a) || !isDay(b) || (!isMonth(a) && !isMonth(b))) return null;
  if (!isMonth(a)) return dateOf(tokens, from, from + 1, [year, b, a]);
  if (!isMonth(b)) return dateOf(tokens, from, from + 1, [year, a, b]);
  return dateOf(tokens, from, from + 1, [year, b, a], a !== b && !token.word.includes("."));
}

/** 3 May 2021, 3rd of May, 3. Mai. */
function dayFirst(tokens: readonly Token[], from: number): CalendarDate | null {
  const day = dayAt(tokens, from, impossibleDayMax);
  if (day === null) return null;
  let at = from + 1;
  if (/^(?:st|nd|rd|th|er|\.|o|a)$/.test(tokens[at]?.word ?? "")) at += 1;
  if (/^(?:of|de|di)$/.test(tokens[at]?.word ?? "")) at += 1;
  const month = monthAt(tokens, at);
  if (month === null) return null;
  const year = yearAfter(tokens, at + 1);
  if (!isDay(day) && year === null) return null;
  return dateOf(tokens, from, year?.to ?? at + 1, [year?.value ?? null, month, day]);
}

/** May 3, 2021; May 3rd; May 2021. A month alone is one where it can be nothing else. */
function monthFirst(tokens: readonly Token[], from: number): CalendarDate | null {
  const month = monthAt(tokens, from);
  if (month === null) return null;
  const at = tokens[from + 1]?.word === "." ? from + 2 : from + 1;
  const day = dayAt(tokens, at, impossibleDayMax);
  if (day !== null && (isDay(day) || yearAfter(tokens, at + 1) !== null)) {
    const behind = /^(?:st|nd|rd|th)$/.test(tokens[at + 1]?.word ?? "") ? at + 2 : at + 1;
    const year = yearAfter(tokens, behind);
    return dateOf(tokens, from, year?.to ?? behind, [year?.value ?? null, month, day]);
  }
  const year = yearAfter(tokens, at);
  if (year !== null) return dateOf(tokens, from, year.to, [year.value, month, null]);
  return isDoubtfulMonth((tokens[from] as Token).word) ? null : dateOf(tokens, from, from + 1, [null, month, null]);
}

function yearAfter(tokens: readonly Token[], at: number): { readonly value: number; readonly to: number } | null {
  const skipped = /^(?:,|\.|of|de|del)$/.test(tokens[at]?.word ?? "") ? at + 1 : at;
  const token = tokens[skipped];
  if (token?.kind !== "number" || !/^(?:1\d|20)\d\d$/.test(token.word)) return null;
  return { value: Number(token.word), to: skipped + 1 };
}

/** A claim may give a day that no month has; it is a day where a month and a year stand with it. */
const impossibleDayMax = 99;

function dayAt(tokens: readonly Token[], at: number, most: number): number | null {
  const token = tokens[at];
  if (token?.kind !== "number" || !/^\d{1,2}$/.test(token.word)) return null;
  const day = Number(token.word);
  return day >= 1 && day <= most ? day : null;
}
const monthAt = (tokens: readonly Token[], at: number): number | null => {
  const token = tokens[at];
  if (token?.kind !== "word") return null;
  // "May" the month has its capital, "may" the verb none.
  return isDoubtfulMonth(token.word) && !token.isCapital && tokens[at - 1]?.kind !== "number"
    ? null
    : monthOf(token.word);
};
const isDay = (value: number): boolean => value >= 1 && value <= 31;
const isMonth = (value: number): boolean => value >= 1 && value <= 12;

/** 15:30, 3.30 pm, 3 pm; `null`: no time begins at `from`. */
export function timeAt(tokens: readonly Token[], from: number): TimeOfDay | null {
  const token = tokens[from];
  if (token?.kind !== "number") return null;
  const parts = /^(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?$/.exec(token.word);
  if (parts === null) return null;
  const half = halfAt(tokens, from + 1);
  if (half === null && !token.word.includes(":")) return null;
  const hour = Number(parts[1]);
  const minute = Number(parts[2] ?? 0);
  if (hour > 24 || minute > 59) return null;
  const at = (it: number): number => (it % 24) * 60 + minute;
  const minutes =
    half !== null
      ? [at((hour % 12) + (half.isPm ? 12 : 0))]
      : hour > 12 || hour === 0
        ? [at(hour)]
        : [at(hour), at(hour + 12)];
  const to = half?.to ?? from + 1;
  return { kind: "time", minutes, start: token.start, end: (tokens[to - 1] as Token).end, from, to };
}

function halfAt(tokens: readonly Token[], at: number): { readonly isPm: boolean; readonly to: number } | null {
  const word = tokens[at]?.word ?? "";
  if (word === "am" || word === "pm") return { isPm: word === "pm", to: at + 1 };
  if ((word === "a" || word === "p") && tokens[at + 1]?.word === "." && tokens[at + 2]?.word === "m")
    return { isPm: word === "p", to: tokens[at + 3]?.word === "." ? at + 4 : at + 3 };
  return null;
}
