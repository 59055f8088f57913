/**
 * Turns findings to redact into masks, in the order of the text. Findings may overlap; each character is masked once
 * and the first finding over a place says what is written. The result at an offset depends only on findings that
 * start before it, so it is the same for a stream and for the whole text. Words of marks go between masks, never into one.
 */
import type { Span } from "../domain/segment.ts";
import type { Released } from "./released.ts";
import { type Edge, type MarkWords, TextMarks } from "./text-marks.ts";

/** `placeholder` may be empty: nothing is written, or this span goes on with an earlier mask. Spans never overlap. */
export type Mask = {
  readonly span: Span;
  readonly placeholder: string;
  /** It puts back what a placeholder stood for: no rule's doing. */
  readonly restores: boolean;
  /** The span is empty and the text stays: the words go `before` what follows there, or `after` what stands before it. */
  readonly beside: Edge["side"] | null;
};

export type Redaction = {
  readonly span: Span;
  /**
   * Among findings on the very same span the least rank counts, then the highest score, then the first name. Says who wins
   * whatever came first: of a stream one view may tell earlier than another.
   */
  readonly rank: number;
  readonly score: number;
  readonly name: string;
  readonly restores: boolean;
  /**
   * What stands in place of `part`, counted from the span's start. Asked once, for what no other mask covers, when all
   * before it is written. `null`: it stays as it is.
   */
  write(part: Span): string | null;
};

const none: readonly Mask[] = [];

export class MaskQueue {
  #waiting: Redaction[] = [];
  /** Those before it are written. */
  #first = 0;
  #coveredUntil = 0;
  /** No words go before it: up to there text is written over, or a placeholder stays as a whole. */
  #closedUntil = 0;
  readonly #marks = new TextMarks();

  add(redaction: Redaction): void {
    // Kept sorted by start, then longest first, then by who wins: nearly all come in that order.
    const waiting = this.#waiting;
    let at = waiting.length;
    if (at > this.#first && after(waiting[at - 1] as Redaction, redaction)) {
      for (let least = this.#first; least < at; ) {
        const middle = (least + at) >> 1;
        if (after(waiting[middle] as Redaction, redaction)) at = middle;
        else least = middle + 1;
      }
    }
    waiting.splice(at, 0, redaction);
  }

  mark(words: MarkWords, span: Span, isUnit: boolean): void {
    this.#marks.add(words, span, isUnit);
  }

  /** How far text may go, where all was taken that stands before `settled`. */
  upTo(settled: number): number {
    return this.#marks.upTo(settled);
  }

  /** Something that stands before `settled` is still to be taken. */
  waits(settled: number, isLast = false): boolean {
    return this.#redactionBefore(settled) !== null || this.#edgeBefore(null, settled, isLast) !== null;
  }

  /**
   * All masks of findings that start before `settled`, in order, or the first `most` of what is written. `released` is told
   * what goes out: where all were taken, up to `settled`. `isLast`: no text follows.
   */
  take(
    settled: number,
    released: Released | null = null,
    most = Number.POSITIVE_INFINITY,
    isLast = false,
  ): readonly Mask[] {
    const masks = this.waits(settled, isLast) ? this.#write(settled, released, most, isLast) : none;
    if (!this.waits(settled, isLast)) released?.goes(settled);
    return masks;
  }

  #write(settled: number, released: Released | null, most: number, isLast: boolean): Mask[] {
    const masks: Mask[] = [];
    for (let taken = 0; taken < most; taken += 1) {
      const redaction = this.#redactionBefore(settled);
      const edge = this.#edgeBefore(redaction, settled, isLast);
      if (edge === null && redaction === null) break;
      const mask = edge === null ? this.#over(redaction as Redaction, released) : this.#beside(edge, released);
      if (mask !== null) masks.push(mask);
    }
    if (this.#first * 2 >= this.#waiting.length) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    return masks;
  }

  #redactionBefore(settled: number): Redaction | null {
    const next = this.#waiting[this.#first];
    return next !== undefined && next.span.start < settled ? next : null;
  }

  /** The next words that go out before that redaction. Where both begin, what is marked is the text that is left. */
  #edgeBefore(redaction: Redaction | null, settled: number, isLast: boolean): Edge | null {
    const edge = this.#marks.next(this.#closedUntil, settled, isLast);
    if (edge === null || redaction === null || edge.place < redaction.span.start) return edge;
    const mayMeet = edge.side === "after" || redaction.restores;
    return mayMeet && edge.place === redaction.span.start ? edge : null;
  }

  #beside(edge: Edge, released: Released | null): Mask | null {
    this.#marks.took(edge);
    const { side, place, words } = edge;
    if (words === "") return null;
    released?.goes(place);
    released?.writes(words, place);
    return { span: { start: place, end: place }, placeholder: words, restores: false, beside: side };
  }

  #over(redaction: Redaction, released: Released | null): Mask | null {
    const { span, restores } = redaction;
    this.#first += 1;
    const start = Math.max(span.start, this.#coveredUntil);
    if (span.end <= start) return null;
    this.#closedUntil = Math.max(this.#closedUntil, span.end);
    released?.goes(start);
    const placeholder = redaction.write({ start: start - span.start, end: span.end - span.start });
    if (placeholder === null) {
      released?.leaves(span.end);
      return null;
    }
    released?.writes(placeholder, span.end);
    this.#coveredUntil = span.end;
    return { span: { start, end: span.end }, placeholder, restores, beside: null };
  }
}

function after(queued: Redaction, added: Redaction): boolean {
  if (queued.span.start !== added.span.start) return queued.span.start > added.span.start;
  if (queued.span.end !== added.span.end) return queued.span.end < added.span.end;
  if (queued.rank !== added.rank) return queued.rank > added.rank;
  return queued.score === added.score ? queued.name > added.name : queued.score < added.score;
}
