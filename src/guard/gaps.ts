/** Parts of a text that somebody could not judge, so that each character is counted once, whoever missed it. Bounded. */
import type { Span } from "../domain/segment.ts";

/** So many parts are told apart; above it what lies between the first two counts as missed before. */
const partsMost = 64;

export class Gaps {
  /** In order; none touches the next. */
  readonly #parts: Span[] = [];

  /** How many of these code units are newly missed. */
  add(start: number, end: number): number {
    if (end <= start) return 0;
    const parts = this.#parts;
    let at = parts.length;
    while (at > 0 && (parts[at - 1] as Span).end >= start) at -= 1;
    let missed = end - start;
    let joined: Span = { start, end };
    let over = at;
    for (; over < parts.length && (parts[over] as Span).start <= end; over += 1) {
      const part = parts[over] as Span;
      missed -= Math.max(0, Math.min(end, part.end) - Math.max(start, part.start));
      joined = { start: Math.min(joined.start, part.start), end: Math.max(joined.end, part.end) };
    }
    parts.splice(at, over - at, joined);
    const [first, second] = parts;
    if (parts.length > partsMost && first !== undefined && second !== undefined)
      parts.splice(0, 2, { start: first.start, end: second.end });
    return missed;
  }
}
