/**
 * Which conversation a prompt belongs to, and what its texts were called there before. A client sends the whole history each turn, so
 * what stays the same is how it began; whose it is comes from what Envoy vouches for. Keeps nothing.
 */
import type { Extraction } from "../domain/dialect.ts";
import type { ExchangeFacts } from "../domain/facts.ts";
import type { StableIn } from "../domain/policy.ts";
import type { Conversation, NamesOutcome, PlaceholderVault } from "../domain/vault.ts";
import type { Ledger } from "../guard/ledger.ts";
import type { MaybeAsync } from "../stdx/maybe-async.ts";

/** Of a beginning, so much tells it apart, with its whole length: UTF-16 code units. */
export const beginningUnitsMax = 65_536;

type Who = Pick<ExchangeFacts, "tenant" | "principal" | "headers">;

/** What the texts of one exchange were called in earlier turns, where its rules want to call them so again. */
export class RecalledNames {
  readonly #vault: PlaceholderVault | null;
  readonly #ledger: Ledger;
  #asked: readonly StableIn[] = [];
  #outcome: NamesOutcome | null = null;

  constructor(vault: PlaceholderVault | null, ledger: Ledger) {
    this.#vault = vault;
    this.#ledger = ledger;
  }

  /** What the rules that apply ask for. */
  scope(asked: readonly StableIn[]): void {
    this.#asked = asked;
  }

  /** `null`: no rule asked. */
  get outcome(): NamesOutcome | null {
    return this.#outcome;
  }

  /** Tells the ledger, each name from its own conversation. Takes no longer than the vault does. */
  recall(who: Who, extraction: Extraction): MaybeAsync<void> {
    if (this.#asked.length === 0) return;
    const { principal } = who;
    const beginning = beginningOf(extraction);
    if (this.#vault === null) this.#outcome = "no-vault";
    else if (principal === null) this.#outcome = "no-principal";
    else if (beginning === null) this.#outcome = "no-conversation";
    else return this.#open(this.#vault, { ...who, principal }, beginning);
  }

  async #open(
    vault: PlaceholderVault,
    { tenant, principal, headers }: Who & { readonly principal: string },
    beginning: Conversation["beginning"],
  ): Promise<void> {
    const outcomes = await Promise.all(
      this.#asked.map(async (stable) => {
        const names = await vault.open({ tenant, principal, header: headerOf(stable, headers), beginning });
        this.#ledger.recall(stable, names);
        return names.outcome;
      }),
    );
    this.#outcome = outcomes.find((outcome) => outcome === "refused") ?? outcomes[0] ?? null;
  }
}

const headerOf = ({ header }: StableIn, headers: Who["headers"]): Conversation["header"] =>
  header === null ? null : { name: header, value: headers.get(header) ?? null };

/**
 * The first message that a person wrote, as it came. Not the instructions before it: many programs write the time, or what they have
 * just looked up, into them. `null` where nobody wrote one: a prompt of another kind.
 */
export function beginningOf({ pieces }: Pick<Extraction, "pieces">): Conversation["beginning"] | null {
  const first = pieces.findIndex(({ location }) => location.role === "user" && location.place === "content");
  const piece = pieces[first];
  if (piece === undefined) return null;
  const message = messageOf(piece.location.pointer);
  let text = "";
  let length = 0;
  for (let at = first; at < pieces.length; at++) {
    const { location, text: more } = pieces[at] ?? piece;
    if (messageOf(location.pointer) !== message) break;
    if (location.place !== "content") continue;
    // Parts are told apart: two of them are not one.
    text += `${more.slice(0, Math.max(0, beginningUnitsMax - text.length))}\n`;
    length += more.length + 1;
  }
  return { text, length };
}

/** `/messages/2/content/0/text` stands in `/messages/2`. */
const messageOf = (pointer: string): string => pointer.split("/", 3).join("/");
