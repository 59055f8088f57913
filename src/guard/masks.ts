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
  /** Among findings on the very same span the least counts. Says who wins whatever came first. */
  readonly rank: number;
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
  #coveredUntil = 0;

  add(redaction: Redaction): void {
    // Kept sorted by start, then longest first, then rank, then as they came: nearly all come in that order.
    const waiting = this.#waiting;
    let at = waiting.length;
    if (at > 0 && after(waiting[at - 1] as Redaction, redaction)) {
      for (let least = 0; least < at; ) {
        const middle = (least + at) >> 1;
        if (after(waiting[middle] as Redaction, redaction)) at = middle;
        else least = middle + 1;
      }
    }
    waiting.splice(at, 0, redaction);
  }

  /** All masks of findings that start before `settled`, in order. `released` is told what goes out up to there. */
  take(settled: number, released: Released | null = null): readonly Mask[] {
    const masks = this.#waiting.length === 0 ? none : this.#write(settled, released);
    released?.goes(settled);
    return masks;
  }

  #write(settled: number, released: Released | null): Mask[] {
    const masks: Mask[] = [];
    let taken = 0;
    for (const redaction of this.#waiting) {
      const { span } = redaction;
      if (span.start >= settled) break;
      taken += 1;
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
    if (taken > 0) this.#waiting.splice(0, taken);
    return masks;
  }
}

function after(queued: Redaction, added: Redaction): boolean {
  if (queued.span.start !== added.span.start) return queued.span.start > added.span.start;
  if (queued.span.end !== added.span.end) return queued.span.end < added.span.end;
  return queued.rank > added.rank;
}
