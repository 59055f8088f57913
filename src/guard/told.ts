/**
 * What a lane has told of its findings, by the text itself and by its views, so that nothing is counted twice: what
 * both show, and a finding inside another of its category. Bounded by what is kept of the text. Holds no text.
 */
import type { Category } from "../domain/detector.ts";
import type { Rule } from "../domain/policy.ts";
import type { Span } from "../domain/segment.ts";
import type { ViewName } from "./open-view.ts";

type Teller = ViewName | "text";

/** So many are kept before those that need not be known any more are looked for. */
const keptLeast = 256;

export class Told {
  /** By rule, category and span: where it begins. */
  readonly #told = new Map<string, number>();
  /** By rule and category, then by who told: where the last finding ends. */
  readonly #counted = new Map<string, Map<Teller, number>>();

  #keptMost = keptLeast;

  /** Of rules that a finding matches, those that have not been told of it. */
  unaware(rules: readonly Rule[], category: Category, { start, end }: Span): readonly Rule[] {
    return rules.filter(({ id }) => {
      const key = `${id} ${category} ${start} ${end}`;
      if (this.#told.has(key)) return false;
      this.#told.set(key, start);
      return true;
    });
  }

  /** Of rules that a finding matches, those for which it is not inside the one before: one address matches at each of its letters. */
  counting(rules: readonly Rule[], category: Category, { start, end }: Span, teller: Teller): readonly Rule[] {
    return rules.filter(({ id }) => {
      const key = `${id} ${category}`;
      let ends = this.#counted.get(key);
      if (ends === undefined) {
        ends = new Map();
        this.#counted.set(key, ends);
      }
      const counted = ends.get(teller) ?? 0;
      ends.set(teller, Math.max(counted, end));
      return start >= counted;
    });
  }

  /** A view opens: what it would have told by now is what the text has told. */
  opens(view: ViewName): void {
    for (const ends of this.#counted.values()) ends.set(view, Math.max(ends.get(view) ?? 0, ends.get("text") ?? 0));
  }

  /** Nothing that begins before that offset is told again. */
  forget(before: number): void {
    if (this.#told.size <= this.#keptMost) return;
    for (const [key, start] of this.#told) if (start < before) this.#told.delete(key);
    this.#keptMost = Math.max(keptLeast, 2 * this.#told.size);
  }
}
