/**
 * The placeholders that one exchange has put into its prompt, and what stood there: typed, numbered, with a tail that
 * nobody can guess, so that a reply can name only those that were issued. Bounded; never logged; forgotten with the exchange.
 *
 * A text of a conversation may have a name from an earlier turn. That is only what it is called: what is put back is what this
 * exchange's own prompt brought. A new name has this exchange's own tail, so turns that ran at once never call two texts the same.
 */
import type { Category } from "../domain/detector.ts";
import type { PlaceholderStyle, RestoreIn, StableIn } from "../domain/policy.ts";
import type { ConversationNames } from "../domain/vault.ts";

/** Different texts kept; above it a plain label is written, which nothing restores. */
export const placeholdersMax = 10_000;

export type IssuedPlaceholder = { readonly text: string } & RestoreIn;

/** What tells conversations apart, as a key: rules that agree on it share names. */
const keyOf = ({ header }: StableIn): string => `conversation ${header ?? ""}`;

export class Ledger {
  readonly #tail: () => string;
  #drawn: string | null = null;
  readonly #byText = new Map<string, string>();
  readonly #issued = new Map<string, IssuedPlaceholder>();
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, ConversationNames>();
  #isSealed = false;
  #restored = 0;

  /** `tail`: some characters of [a-z2-9] that nobody can guess; drawn once, when the first placeholder is issued. */
  constructor(tail: () => string) {
    this.#tail = tail;
  }

  /** What texts are called in this conversation, for the rules that ask for it so. To be said before anything is issued. */
  recall(stable: StableIn, names: ConversationNames): void {
    this.#names.set(keyOf(stable), names);
  }

  /**
   * The placeholder for a text: the same one for the same text; it may stand again where all that asked for it said so.
   * `null`: there are too many.
   */
  issue(category: Category, text: string, { restore, stable }: PlaceholderStyle): string | null {
    const kind = category
      .slice(category.indexOf("/") + 1)
      .toUpperCase()
      .replaceAll("-", "_");
    const lasting = stable === null ? null : keyOf(stable);
    const names = lasting === null ? undefined : this.#names.get(lasting);
    // Rules that do not ask for lasting names get none: the same text has another name there.
    const key = `${names === undefined ? "" : lasting}\n${kind}\n${text}`;
    const known = this.#byText.get(key);
    if (known !== undefined) {
      this.#narrow(known, restore);
      return known;
    }
    if (this.#byText.size >= placeholdersMax) return null;
    const { number, tail } = names?.find(kind, text) ?? this.#newName(kind, text, names);
    const placeholder = `<${kind}_${number}_${tail}>`;
    this.#byText.set(key, placeholder);
    if (restore !== null && !this.#isSealed) this.#issued.set(placeholder, { text, ...restore });
    return placeholder;
  }

  #newName(kind: string, text: string, names: ConversationNames | undefined) {
    this.#drawn ??= this.#tail();
    const number = Math.max(this.#counts.get(kind) ?? 0, names?.highest(kind) ?? 0) + 1;
    this.#counts.set(kind, number);
    const name = { number, tail: this.#drawn };
    names?.add(kind, text, name);
    return name;
  }

  /** The names that were given are kept for the next turn, but for those that nobody got to see. */
  keepNames(wereSent: boolean): void {
    if (wereSent) for (const names of this.#names.values()) names.keep();
    else this.#names.clear();
  }

  #narrow(placeholder: string, restore: RestoreIn | null): void {
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
    this.#names.clear();
  }
}
