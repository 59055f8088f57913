/**
 * Turns findings to redact into masks, in the order of the text. Findings may overlap; each character is masked once
 * and the first finding over a place says what is written. The result at an offset depends only on findings that
 * start before it, so it is the same for a stream and for the whole text.
 */
import type { Span } from "../domain/segment.ts";
import type { Released } from "./released.ts";

/** `placeholder` may be empty: nothing is written, or this span goes on with an earlier mask. Spans never overlap. */
export type Mask = {
  readonly span: Span;
  readonly placeholder: string;
  /** It puts back what a placeholder stood for: no rule's doing. */
  readonly restores: boolean;
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

  /** Some finding that starts before `settled` is still to be taken. */
  waits(settled: number): boolean {
    const next = this.#waiting[this.#first];
    return next !== undefined && next.span.start < settled;
  }

  /**
   * All masks of findings that start before `settled`, in order, or those of the first `most` findings. `released` is told
   * what goes out: where all were taken, up to `settled`.
   */
  take(settled: number, released: Released | null = null, most = Number.POSITIVE_INFINITY): readonly Mask[] {
    const masks = this.waits(settled) ? this.#write(settled, released, most) : none;
    if (!this.waits(settled)) released?.goes(settled);
    return masks;
  }

  #write(settled: number, released: Released | null, most: number): Mask[] {
    const masks: Mask[] = [];
    for (let taken = 0; taken < most && this.waits(settled); taken += 1) {
      const redaction = this.#waiting[this.#first] as Redaction;
      const { span } = redaction;
      this.#first += 1;
      const start = Math.max(span.start, this.#coveredUntil);
      if (span.end > start) {
        const part = { start: start - span.start, end: span.end - span.start };
        released?.goes(start);
        const placeholder = redaction.write(part);
        if (placeholder === null) {
          released?.leaves(span.end);
          continue;
        }
        released?.writes(placeholder, span.end);
        masks.push({ span: { start, end: span.end }, placeholder, restores: redaction.restores });
        this.#coveredUntil = span.end;
      }
    }
    if (this.#first * 2 >= this.#waiting.length) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    return masks;
  }
}

function after(queued: Redaction, added: Redaction): boolean {
  if (queued.span.start !== added.span.start) return queued.span.start > added.span.start;
  if (queued.span.end !== added.span.end) return queued.span.end < added.span.end;
  if (queued.rank !== added.rank) return queued.rank > added.rank;
  return queued.score === added.score ? queued.name > added.name : queued.score < added.score;
}
