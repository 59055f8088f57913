/**
 * Words that rules write beside a text, which stays. Of one rule, marks that overlap or touch are one; those of whole units only
 * where they overlap.
 *
 * Owns which marks there are and the order of their edges; masks.ts writes them between what it redacts. Invariant: what `next`
 * gives is the same whatever text follows.
 */
import type { Place, Span } from "../domain/segment.ts";

/** `order`: the rule's place among those that judge the text. Empty words are not written. */
export type MarkWords = {
  readonly rule: string;
  readonly order: number;
  readonly before: string;
  readonly after: string;
};

/** Where one mark begins (`before` it) or ends. `place`: there, or behind what is written over it. */
export type Edge = {
  readonly rule: string;
  readonly side: "before" | "after";
  readonly place: number;
  readonly words: string;
};

type Mark = Span & { readonly isUnit: boolean };
type RuleMarks = {
  readonly words: MarkWords;
  /** Sorted, and apart. */
  readonly waiting: Mark[];
  /** What stands before the first of them is written. */
  isBegun: boolean;
};
type Candidate = { readonly of: RuleMarks; readonly mark: Mark; readonly side: Edge["side"]; readonly place: number };

/** Text that people or models read. With more words in it a name, a link, or a key of what nobody knows would be another one. */
const markable: ReadonlySet<Place> = new Set<Place>([
  ...(["content", "reasoning", "refusal", "input", "prefix", "suffix", "tool-result", "tool-arguments"] as const),
]);

/** What of a finding is marked: without white space at its ends, and of JSON without brackets and quotes. `null`: nothing. */
export function markedPart({ start, end }: Span, text: string, place: Place, isJson: boolean): Span | null {
  if (!markable.has(place)) return null;
  const left = isJson ? text.replace(/^[\s{}[\],:"]+/, "") : text.trimStart();
  const begin = end - left.length;
  const length = lengthWithoutEnd(left, isJson);
  return length === 0 || end <= start ? null : { start: begin, end: begin + length };
}

function lengthWithoutEnd(text: string, isJson: boolean): number {
  if (!isJson) return text.trimEnd().length;
  let length = text.length;
  while (length > 0 && /[\s{}[\],:"]/.test(text.charAt(length - 1))) length -= 1;
  return length;
}

export class TextMarks {
  readonly #rules = new Map<string, RuleMarks>();

  add(words: MarkWords, span: Span, isUnit: boolean): void {
    let of = this.#rules.get(words.rule);
    if (of === undefined) {
      of = { words, waiting: [], isBegun: false };
      this.#rules.set(words.rule, of);
    }
    merge(of.waiting, { ...span, isUnit });
  }

  /**
   * How far text may go that was judged up to `settled`, where all was written that is decided by then. A mark that ends there may
   * still go on, and its words need some of the text to stand behind.
   */
  upTo(settled: number): number {
    for (const { waiting } of this.#rules.values()) {
      const next = waiting.find(({ end }) => end >= settled);
      if (next?.end === settled && !next.isUnit) return settled - 1;
    }
    return settled;
  }

  /**
   * The next edge, where it is decided. Text before `coveredUntil` is written over: no words go into it, and a mark that begins
   * and ends there is none. `isLast`: no text follows.
   */
  next(coveredUntil: number, settled: number, isLast: boolean): Edge | null {
    let first: Candidate | null = null;
    for (const of of this.#rules.values()) {
      const candidate = candidateOf(of, coveredUntil, isLast ? Infinity : settled);
      if (candidate !== null && (first === null || isBefore(candidate, first))) first = candidate;
    }
    if (first === null || !isReady(first, settled, isLast)) return null;
    const { of, side, place } = first;
    return { rule: of.words.rule, side, place, words: of.words[side] };
  }

  /** It is written. */
  took({ rule, side }: Edge): void {
    const of = this.#rules.get(rule);
    if (of === undefined) return;
    of.isBegun = side === "before";
    if (side === "after") of.waiting.shift();
  }
}

/** Keeps marks sorted and apart; nearly all come in order. */
function merge(waiting: Mark[], added: Mark): void {
  let from = 0;
  for (let end = waiting.length; from < end; ) {
    const middle = (from + end) >> 1;
    if (goesOn(waiting[middle] as Mark, added)) end = middle;
    else from = middle + 1;
  }
  let to = from;
  let all = added;
  for (let next = waiting[to]; next !== undefined && goesOn(all, next); next = waiting[to]) {
    all = joined(all, next);
    to += 1;
  }
  waiting.splice(from, to - from, all);
}

/** The second begins inside the first, or goes on where that ends. */
const goesOn = (one: Mark, other: Mark): boolean => other.start < one.end || (other.start === one.end && !one.isUnit);

function joined(one: Mark, other: Mark): Mark {
  const start = Math.min(one.start, other.start);
  if (one.end === other.end) return { start, end: one.end, isUnit: one.isUnit || other.isUnit };
  return { start, end: Math.max(one.end, other.end), isUnit: (one.end > other.end ? one : other).isUnit };
}

function candidateOf(of: RuleMarks, coveredUntil: number, decidedUntil: number): Candidate | null {
  const { waiting } = of;
  for (let mark = waiting[0]; mark !== undefined; mark = waiting[0]) {
    if (of.isBegun) return { of, mark, side: "after", place: Math.max(mark.end, coveredUntil) };
    const isCovered = mark.start < coveredUntil && mark.end <= coveredUntil && hasEnded(mark, decidedUntil);
    if (!isCovered) return { of, mark, side: "before", place: Math.max(mark.start, coveredUntil) };
    waiting.shift();
  }
  return null;
}

/** Nothing goes on from it. */
const hasEnded = ({ end, isUnit }: Mark, settled: number): boolean => (isUnit ? end <= settled : end < settled);

function isReady({ mark, side, place }: Candidate, settled: number, isLast: boolean): boolean {
  if (isLast) return place <= settled;
  return side === "before" ? place < settled : hasEnded(mark, settled) && place <= settled;
}

/** By where they are written, what ends before what begins, and the inner of two inside the outer. */
function isBefore(one: Candidate, other: Candidate): boolean {
  if (one.place !== other.place) return one.place < other.place;
  if (one.side !== other.side) return one.side === "after";
  const outer =
    one.mark.start === other.mark.start ? isEarlier(one.of.words, other.of.words) : one.mark.start < other.mark.start;
  return one.side === "before" ? outer : !outer;
}

const isEarlier = (one: MarkWords, other: MarkWords): boolean =>
  one.order === other.order ? one.rule < other.rule : one.order < other.order;
