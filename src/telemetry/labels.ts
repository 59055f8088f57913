/**
 * What labels of metrics may say. A closed list makes the label's type the union of its words; `Names` are for what a policy or
 * the models' folder calls its things: bounded in form and number. A free string is neither, so it does not compile as a label.
 */

/** Stands for names that are not told one by one. */
export const otherName = "other";

declare const isName: unique symbol;
/** A name that `Names` has let through. */
export type Name = string & { readonly [isName]: true };

export type NamesOptions = {
  /** For people: whose names these are. */
  readonly about: string;
  readonly form: RegExp;
  /** How many there are at once; those beyond are `other`. */
  readonly most: number;
};

/** Names of one kind: of rules, of models. What does not have the form, or is one too many, is `other`. */
export class Names {
  readonly about: string;
  readonly most: number;
  readonly #form: RegExp;
  readonly #known = new Map<string, Name>();

  constructor({ about, form, most }: NamesOptions) {
    this.about = about;
    this.most = most;
    this.#form = form;
  }

  of(text: string): Name {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= this.most || !this.#form.test(text)) return otherName as Name;
    const name = text as Name;
    this.#known.set(text, name);
    return name;
  }

  /** Makes room: a name that is used no more. Its series are the instruments' to drop. */
  forget(text: string): void {
    this.#known.delete(text);
  }

  /** Forgets all but these. */
  keep(texts: ReadonlySet<string>): void {
    for (const text of this.#known.keys()) if (!texts.has(text)) this.#known.delete(text);
  }
}

export type LabelSpec = readonly string[] | Names;
export type LabelSpecs = Readonly<Record<string, LabelSpec>>;

/** A list that is not known to the compiler word by word is none: its label takes nothing. */
type WordOf<W extends string> = string extends W ? never : W;
export type LabelsOf<S extends LabelSpecs> = {
  readonly [K in keyof S]: S[K] extends readonly (infer W extends string)[] ? WordOf<W> : Name;
};

/** All that labels of closed lists can say together; `null` where one has names. */
export function allOf<S extends LabelSpecs>(specs: S): readonly LabelsOf<S>[] | null {
  let all: Record<string, string>[] = [{}];
  for (const [label, spec] of Object.entries(specs)) {
    if (spec instanceof Names) return null;
    all = all.flatMap((labels) => spec.map((word) => ({ ...labels, [label]: word })));
  }
  return all as unknown as readonly LabelsOf<S>[];
}
