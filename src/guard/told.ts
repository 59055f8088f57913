/**
 * What a lane has told of its findings, by the text itself and by its views, so that nothing is counted twice: what
 * both show, and a finding inside another of its category. Bounded by what is kept of the text. Holds no text.
 */
import type { Category } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { Span } from "../domain/segment.ts";
import type { ViewName } from "./open-view.ts";

/** `joined`: of texts that were judged one by one before. */
export type Teller = ViewName | "text" | `joined ${ViewName | "text"}`;

/** So many are kept before those that need not be known any more are looked for. */
const keptLeast = 256;

/** Of one rule and category. A text may be one finding at each of its characters: what is kept of one is a number. */
type Seen = {
  /** By where findings begin: where they end. */
  readonly ends: Map<number, number | number[]>;
  /** By who told: where the last finding ends. */
  readonly counted: Map<Teller, number>;
};

export class Told {
  readonly #seen = new Map<string, Map<Category, Seen>>();
  #kept = 0;
  #keptMost = keptLeast;
  readonly #most: number;

  /** `most`: so many are kept; what comes after may be told again. For what is never forgotten. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Of rules that a finding matches, those that have not been told of it. */
  unaware(rules: readonly Rule[], category: Category, span: Span): readonly Rule[] {
    return rules.filter(({ id }) => {
      if (this.#kept >= this.#most) return true;
      const isNew = isAdded(this.#of(id, category).ends, span);
      if (isNew) this.#kept += 1;
      return isNew;
    });
  }

  /** Whether an exception has not yet taken out what was found there. */
  excepts(exception: string, category: Category, span: Span): boolean {
    if (this.#kept >= this.#most) return true;
    const isNew = isAdded(this.#of(`exception ${exception}`, category).ends, span);
    if (isNew) this.#kept += 1;
    return isNew;
  }

  /** Of rules that a finding matches, those for which it is not inside the one before: one address matches at each of its letters. */
  counting(rules: readonly Rule[], category: Category, { start, end }: Span, teller: Teller): readonly Rule[] {
    return rules.filter(({ id }) => {
      const { counted } = this.#of(id, category);
      const before = counted.get(teller) ?? 0;
      if (end > before) counted.set(teller, end);
      return start >= before;
    });
  }

  /** A view opens: what it would have told by now is what the text has told. */
  opens(view: Teller, text: Teller): void {
    for (const { counted } of this.#all()) {
      counted.set(view, Math.max(counted.get(view) ?? 0, counted.get(text) ?? 0));
    }
  }

  /** Nothing that begins before that offset is told again. */
  forget(before: number): void {
    if (this.#kept <= this.#keptMost) return;
    this.#kept = 0;
    for (const { ends } of this.#all()) {
      for (const [start, end] of ends) {
        if (start < before) ends.delete(start);
        else this.#kept += typeof end === "number" ? 1 : end.length;
      }
    }
    this.#keptMost = Math.max(keptLeast, 2 * this.#kept);
  }

  #of(rule: string, category: Category): Seen {
    let ofRule = this.#seen.get(rule);
    if (ofRule === undefined) {
      ofRule = new Map();
      this.#seen.set(rule, ofRule);
    }
    let seen = ofRule.get(category);
    if (seen === undefined) {
      seen = { ends: new Map(), counted: new Map() };
      ofRule.set(category, seen);
    }
    return seen;
  }

  *#all(): Generator<Seen> {
    for (const ofRule of this.#seen.values()) yield* ofRule.values();
  }
}

/** False where it is there already. */
function isAdded(ends: Seen["ends"], { start, end }: Span): boolean {
  const known = ends.get(start);
  if (known === undefined) ends.set(start, end);
  else if (typeof known === "number") {
    if (known === end) return false;
    ends.set(start, [known, end]);
  } else {
    if (known.includes(end)) return false;
    known.push(end);
  }
  return true;
}
