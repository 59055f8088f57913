/**
 * The placeholders that one exchange has put into its prompt, and what stood there: typed, numbered, with a tail that
 * nobody can guess, so that a reply can name only those that were issued. Bounded; never logged; forgotten with the exchange.
 */
import type { Category } from "../domain/detector.ts";

/** Different texts kept; above it a plain label is written, which nothing restores. */
export const placeholdersMax = 10_000;

export type IssuedPlaceholder = { readonly text: string; readonly links: boolean; readonly toolArguments: boolean };

export class Ledger {
  readonly #tail: () => string;
  #drawn: string | null = null;
  readonly #byText = new Map<string, string>();
  readonly #issued = new Map<string, IssuedPlaceholder>();
  readonly #counts = new Map<string, number>();
  #isSealed = false;
  #restored = 0;

  /** `tail`: some characters of [a-z2-9] that nobody can guess; drawn once, when the first placeholder is issued. */
  constructor(tail: () => string) {
    this.#tail = tail;
  }

  /**
   * The placeholder for a text: the same one for the same text; it may stand again where all that asked for it said so.
   * `null`: there are too many.
   */
  issue(
    category: Category,
    text: string,
    restore: { readonly links: boolean; readonly toolArguments: boolean } | null,
  ) {
    const kind = category
      .slice(category.indexOf("/") + 1)
      .toUpperCase()
      .replaceAll("-", "_");
    const key = `${kind}\n${text}`;
    const known = this.#byText.get(key);
    if (known !== undefined) {
      this.#narrow(known, restore);
      return known;
    }
    if (this.#byText.size >= placeholdersMax) return null;
    this.#drawn ??= this.#tail();
    const ordinal = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, ordinal);
    const placeholder = `<${kind}_${ordinal}_${this.#drawn}>`;
    this.#byText.set(key, placeholder);
    if (restore !== null && !this.#isSealed) this.#issued.set(placeholder, { text, ...restore });
    return placeholder;
  }

  #narrow(placeholder: string, restore: { readonly links: boolean; readonly toolArguments: boolean } | null): void {
    const issued = this.#issued.get(placeholder);
    if (issued === undefined || this.#isSealed) return;
    if (restore === null) this.#issued.delete(placeholder);
    else {
      const links = issued.links && restore.links;
      const toolArguments = issued.toolArguments && restore.toolArguments;
      this.#issued.set(placeholder, { text: issued.text, links, toolArguments });
    }
  }

  /** The prompt is over: those that the reply gets back. What the reply's own rules write is none of them. */
  seal(): ReadonlyMap<string, IssuedPlaceholder> {
    this.#isSealed = true;
    return this.#issued;
  }

  get count(): number {
    return this.#byText.size;
  }

  /** What stood there; counted. */
  restore(placeholder: string): string | null {
    const issued = this.#issued.get(placeholder);
    if (issued === undefined) return null;
    this.#restored += 1;
    return issued.text;
  }

  get restored(): number {
    return this.#restored;
  }

  forget(): void {
    this.#byText.clear();
    this.#issued.clear();
  }
}
