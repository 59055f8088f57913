/**
 * Which range of a text each unit of a view stands for. Owns offsets, no text.
 *
 * Invariant: units are added in order; neither their view offsets nor their text offsets go back. Neighbours of the same
 * widths share one run, so plain text costs one run however long it is.
 */
import type { Span } from "../../../domain/segment.ts";
import { assert } from "../../../stdx/assert.ts";

/** `count` units that follow each other without a gap: each `viewWidth` long in the view and `textWidth` in the text. */
type Run = {
  readonly view: number;
  readonly text: number;
  readonly viewWidth: number;
  readonly textWidth: number;
  count: number;
};

/** Runs that are forgotten stay in the list until there are as many as this, and as many as those that are not. */
const sweepRuns = 256;

export class OffsetMap {
  #runs: Run[] = [];
  #forgotten = 0;
  #viewEnd: number;

  constructor(base: number) {
    this.#viewEnd = base;
  }

  get viewEnd(): number {
    return this.#viewEnd;
  }

  /** Runs that are kept. */
  get size(): number {
    return this.#runs.length - this.#forgotten;
  }

  add(text: number, count: number, viewWidth: number, textWidth: number): void {
    const last = this.#runs.length > this.#forgotten ? this.#runs.at(-1) : undefined;
    if (
      last !== undefined &&
      last.viewWidth === viewWidth &&
      last.textWidth === textWidth &&
      last.text + last.count * textWidth === text
    ) {
      last.count += count;
    } else {
      this.#runs.push({ view: this.#viewEnd, text, viewWidth, textWidth, count });
    }
    this.#viewEnd += count * viewWidth;
  }

  /** From the beginning of the first unit to the end of the last. `view` is not empty and not forgotten. */
  textSpan(view: Span): Span {
    return { start: this.#unitAt(view.start).start, end: this.#unitAt(view.end - 1).end };
  }

  /** Where the unit at that offset of the view begins in the text. */
  textStart(viewOffset: number): number {
    return this.#unitAt(viewOffset).start;
  }

  forget(viewOffset: number): void {
    const runs = this.#runs;
    while (this.#forgotten < runs.length && endOf(runs[this.#forgotten] as Run) <= viewOffset) this.#forgotten += 1;
    if (this.#forgotten >= sweepRuns && this.#forgotten * 2 >= runs.length) {
      this.#runs = runs.slice(this.#forgotten);
      this.#forgotten = 0;
    }
  }

  #unitAt(viewOffset: number): Span {
    let low = this.#forgotten;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#runs[middle] as Run).view <= viewOffset) low = middle;
      else high = middle - 1;
    }
    const run = this.#runs[low];
    assert(run !== undefined && viewOffset >= run.view && viewOffset < endOf(run), "an offset lies in what is kept");
    const unit = Math.floor((viewOffset - run.view) / run.viewWidth);
    const start = run.text + unit * run.textWidth;
    return { start, end: start + run.textWidth };
  }
}

const endOf = (run: Run): number => run.view + run.count * run.viewWidth;
