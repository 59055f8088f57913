/**
 * Where exceptions took findings out of a lane: for what is found inside them, too, by the same check. Bounded by what is
 * kept of the text. Holds no text.
 */
import type { Category } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { Span } from "../domain/segment.ts";

export class Excepted {
  /** By check, category and rule. None lies inside another, so that both starts and ends only grow. */
  readonly #spans = new Map<string, Span[]>();

  add(check: number, category: Category, rules: readonly Rule[], span: Span): void {
    for (const { id } of rules) {
      const key = keyOf(check, category, id);
      const spans = this.#spans.get(key);
      if (spans === undefined) this.#spans.set(key, [span]);
      else insert(spans, span);
    }
  }

  /** Of rules that a finding matches, those for which it is not inside what was taken out. */
  left(check: number, category: Category, rules: readonly Rule[], span: Span): readonly Rule[] {
    if (this.#spans.size === 0) return rules;
    return rules.filter(({ id }) => {
      const spans = this.#spans.get(keyOf(check, category, id));
      return spans === undefined || !holds(spans, span);
    });
  }

  /** Nothing that begins before that offset is asked about again. */
  forget(before: number): void {
    for (const spans of this.#spans.values()) {
      let over = 0;
      while (over < spans.length && (spans[over] as Span).end <= before) over += 1;
      if (over > 0) spans.splice(0, over);
    }
  }
}

const keyOf = (check: number, category: Category, rule: string): string => `${check} ${category} ${rule}`;

function insert(spans: Span[], span: Span): void {
  if (holds(spans, span)) return;
  const at = firstAfter(spans, span.start - 1);
  let inside = 0;
  while (at + inside < spans.length && (spans[at + inside] as Span).end <= span.end) inside += 1;
  spans.splice(at, inside, span);
}

/** Of those that begin no later the last ends last. */
function holds(spans: readonly Span[], { start, end }: Span): boolean {
  const before = spans[firstAfter(spans, start) - 1];
  return before !== undefined && before.end >= end;
}

/** The index of the first that begins after that offset. */
function firstAfter(spans: readonly Span[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as Span).start > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
