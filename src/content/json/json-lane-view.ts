/**
 * The view of a lane that holds JSON text (tool-call arguments): escapes in its strings are decoded, so that an
 * escaped address is seen, and masks leave valid JSON valid.
 *
 * Keeps the runs of what is not forgotten, nothing else. Does not decode JSON inside the strings of this JSON.
 */
import type { Span } from "../../domain/segment.ts";
import { assert } from "../../stdx/assert.ts";
import type { Steps } from "../../stdx/paced.ts";
import { JsonRunReader, type Run } from "./json-runs.ts";
import type { Beside, LaneView } from "./lane-view.ts";
import { digitsFor, type NumberState, stepNumber } from "./number.ts";

/** Runs between two steps of one mask. */
const stepRuns = 512;

export class JsonLaneView implements LaneView {
  readonly #reader = new JsonRunReader();
  #runs: Run[] = [];
  #ended = false;

  append(raw: string): string {
    return this.#keep(this.#reader.read(raw));
  }

  end(): string {
    this.#ended = true;
    return this.#keep(this.#reader.end());
  }

  rawSpan(view: Span): Span {
    const start = this.rawSettled(view.start);
    if (view.end <= view.start) return { start, end: start };
    const last = this.#runAt(view.end - 1);
    assert(last !== null, "a span lies in the view");
    return { start, end: isEscape(last) ? last.raw + last.rawLength : last.raw + view.end - last.view };
  }

  rawSettled(viewOffset: number): number {
    if (viewOffset >= this.#reader.viewEnd) return this.#reader.rawEnd;
    const run = this.#runAt(viewOffset);
    assert(run !== null, "what is asked for is not forgotten");
    return isEscape(run) ? run.raw : run.raw + viewOffset - run.view;
  }

  *placeholder(view: Span, placeholder: string): Steps<string> {
    const parts = yield* this.#cut(view);
    if (parts.every(({ run }) => run.part === "mark")) return withoutText(parts, placeholder);
    let left: string | null = placeholder;
    let out = "";
    let done = 0;
    for (let first = 0, end = 0; first < parts.length; first = end) {
      end = tokenEnd(parts, first);
      if (end - done >= stepRuns) {
        done = end;
        yield;
      }
      const [text, used] = this.#replace(parts.slice(first, end), left);
      out += text;
      if (used) left = null;
    }
    return out;
  }

  /** Words stand in a string that is a value: in a key they would make it another one. */
  beside(viewOffset: number, side: "before" | "after", words: string): Beside | null {
    const run = this.#runAt(side === "before" ? viewOffset : viewOffset - 1);
    if (run === null || (run.part !== "string" && run.part !== "verbatim")) return null;
    const at = side === "before" || !isEscape(run) ? run.raw + viewOffset - run.view : run.raw + run.rawLength;
    return { at, text: run.part === "verbatim" ? words : JSON.stringify(words).slice(1, -1) };
  }

  forget(viewOffset: number): void {
    let gone = 0;
    for (const run of this.#runs) {
      if (run.view + run.text.length > viewOffset) break;
      gone += 1;
    }
    if (gone > 0) this.#runs.splice(0, gone);
  }

  #keep(runs: readonly Run[]): string {
    let text = "";
    for (const run of runs) {
      this.#runs.push(run);
      text += run.text;
    }
    return text;
  }

  #runAt(viewOffset: number): Run | null {
    const run = this.#runs[this.#firstAt(viewOffset)];
    return run === undefined || viewOffset < run.view ? null : run;
  }

  /** Which run is the first that ends behind that offset. */
  #firstAt(viewOffset: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const run = this.#runs[middle] as Run;
      if (viewOffset >= run.view + run.text.length) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  *#cut(view: Span): Steps<readonly Cut[]> {
    const cuts: Cut[] = [];
    for (let index = this.#firstAt(view.start); index < this.#runs.length; index += 1) {
      const run = this.#runs[index] as Run;
      if (run.view >= view.end) break;
      const start = Math.max(view.start, run.view);
      const end = Math.min(view.end, run.view + run.text.length);
      if (start < end) cuts.push({ run, start, end });
      if (cuts.length % stepRuns === stepRuns - 1) yield;
    }
    return cuts;
  }

  /** What to write for the parts of one token, or for one other part, and whether that holds the placeholder. */
  #replace(parts: readonly Cut[], left: string | null): readonly [string, boolean] {
    const first = parts[0] as Cut;
    const { part, view, text, token } = first.run;
    if (part === "mark") return [text.slice(first.start - view, first.end - view), false];
    if (part === "string" || part === "key") return [left === null ? "" : JSON.stringify(left).slice(1, -1), true];
    if (part === "verbatim") return [left ?? "", true];
    const { end } = parts.at(-1) as Cut;
    if (first.start === token && this.#endsAt(first.run, end))
      return [left === null ? "0" : JSON.stringify(left), true];
    if (part === "word") return [left ?? "", true];
    const before = walkNumber(first.run.number, first.run, view, first.start);
    let after: NumberState = before;
    for (const cut of parts) after = walkNumber(after, cut.run, cut.start, cut.end);
    if (before === "broken" || after === "broken") return [left ?? "", true];
    return [digitsFor(before, after), false];
  }

  /** True when it is known that the token of `run` ends at that offset of the view. */
  #endsAt(run: Run, viewOffset: number): boolean {
    if (viewOffset === this.#reader.viewEnd) return this.#ended || !this.#reader.inToken;
    const next = this.#runAt(viewOffset);
    return next !== null && !isSameToken(next, run);
  }
}

/** A part of a run that a mask covers, in offsets of the view. */
type Cut = { readonly run: Run; readonly start: number; readonly end: number };

const isEscape = (run: Run): boolean => run.rawLength !== run.text.length;

const isSameToken = (a: Run, b: Run): boolean =>
  a.part === b.part && (a.part === "number" || a.part === "word") && a.token === b.token;

/** A value without a word in it (`{}`, `""`) becomes a string; other marks have nothing to hide, and hold the JSON together. */
function withoutText(parts: readonly Cut[], placeholder: string): string {
  const marks = parts.map(({ run, start, end }) => run.text.slice(start - run.view, end - run.view)).join("");
  return isEmptyValue(marks) ? JSON.stringify(placeholder) : marks;
}

function isEmptyValue(text: string): boolean {
  try {
    return (
      JSON.stringify(JSON.parse(text))
        .replaceAll('""', "")
        .search(/["0-9a-z]/) === -1
    );
  } catch {
    return false;
  }
}

/** Behind the last part of the token that begins with that one. */
function tokenEnd(parts: readonly Cut[], first: number): number {
  const { run } = parts[first] as Cut;
  let end = first + 1;
  for (let next = parts[end]; next !== undefined && isSameToken(run, next.run); next = parts[end]) end += 1;
  return end;
}

function walkNumber(state: NumberState, run: Run, start: number, end: number): NumberState {
  let now = state;
  for (const char of run.text.slice(start - run.view, end - run.view)) now = stepNumber(now, char);
  return now;
}
