/** What a rule is, and small tools that rules share. A rule is pure: it looks at the model and names spots. */
import type { Model, Spot } from "./model.ts";
import type { GuardSettings, Passage } from "./passages.ts";

/** error: bytes can pass unjudged. warning: something can break, stall or be misread. note: worth knowing. */
export type Severity = "error" | "warning" | "note";

export type Hit = {
  readonly spot: Spot;
  /** What of several it is. Holds no value of the configuration that could be secret: names, modes and numbers only. */
  readonly detail?: string;
};

/** The model with its ways to clusters, found once for all rules. */
export type View = Model & { readonly passages: readonly Passage[] };

export type Rule = {
  readonly id: string;
  readonly severity: Severity;
  /** What is wrong, in one clause. */
  readonly what: string;
  readonly why: string;
  readonly mend: string;
  readonly find: (view: View) => readonly Hit[];
};

export type GuardedPassage = Passage & { readonly guard: GuardSettings };

/** Passages where Sallyport's filter runs. */
export const guarded = ({ passages }: View): readonly GuardedPassage[] =>
  passages.filter((passage): passage is GuardedPassage => passage.guard !== null && passage.guard.off === null);

/** Hits at the same spot with the same words are one. */
export function once(hits: readonly Hit[]): readonly Hit[] {
  const seen = new Set<string>();
  return hits.filter(({ spot, detail }) => {
    const key = JSON.stringify([spot.place, spot.part.path.map(String), detail]);
    return !seen.has(key) && seen.add(key);
  });
}

/** One hit where the condition holds, none else: for tables of simple checks. */
export const hitIf = (condition: boolean, spot: Spot, detail?: string): readonly Hit[] =>
  condition ? [detail === undefined ? { spot } : { spot, detail }] : [];
