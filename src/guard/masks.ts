/**
 * Turns findings to redact into masks, in the order of the text. Findings may overlap; each character is masked once
 * and the first finding over a place names its placeholder. The result at an offset depends only on findings that
 * start before it, so it is the same for a stream and for the whole text.
 */
import type { Span } from "../domain/segment.ts";

/** `placeholder` is empty where this span goes on with an earlier mask. Spans never overlap. */
export type Mask = { readonly span: Span; readonly placeholder: string };

export type Redaction = { readonly span: Span; readonly placeholder: string };

export class MaskQueue {
  #waiting: Redaction[] = [];
  #coveredUntil = 0;

  add(redaction: Redaction): void {
    // Kept sorted by start, then longest first; equal ones in the order in which they came. Queues are short.
    let at = this.#waiting.length;
    while (at > 0 && after(this.#waiting[at - 1] as Redaction, redaction)) at -= 1;
    this.#waiting.splice(at, 0, redaction);
  }

  /** All masks of findings that start before `settled`, in order. */
  take(settled: number): Mask[] {
    const masks: Mask[] = [];
    let taken = 0;
    for (const { span, placeholder } of this.#waiting) {
      if (span.start >= settled) break;
      taken += 1;
      if (span.start >= this.#coveredUntil) {
        masks.push({ span, placeholder });
      } else if (span.end > this.#coveredUntil) {
        masks.push({ span: { start: this.#coveredUntil, end: span.end }, placeholder: "" });
      }
      this.#coveredUntil = Math.max(this.#coveredUntil, span.end);
    }
    if (taken > 0) this.#waiting.splice(0, taken);
    return masks;
  }
}

function after(queued: Redaction, added: Redaction): boolean {
  if (queued.span.start !== added.span.start) return queued.span.start > added.span.start;
  return queued.span.end < added.span.end;
}
