/**
 * The port of what keeps a conversation's placeholders from turn to turn, so that one text keeps one name. It holds names, never the
 * texts themselves: what is put back in a reply is what this exchange's own prompt brought.
 */

/**
 * Whose conversation it is, and which. Nothing of it is enough by itself: two that differ in any of it have no name in common.
 * `tenant` and `principal` are what Envoy vouches for.
 */
export type Conversation = {
  readonly tenant: string | null;
  readonly principal: string;
  /** One that the policy names, as the client sent it (`value` is `null` where it did not); it only tells conversations apart. */
  readonly header: { readonly name: string; readonly value: string | null } | null;
  /** The first message of the prompt that a person wrote, as it came, and its length in UTF-16 code units. */
  readonly beginning: { readonly text: string; readonly length: number };
};

/** Of a placeholder `<KIND_NUMBER_TAIL>`, what stands behind its kind. */
export type PlaceholderName = { readonly number: number; readonly tail: string };

export type ConversationNames = {
  /** `refused`: what the store gave was not what the vault had put there for this conversation. */
  readonly outcome: "known" | "new" | "refused";
  /** What the text was called before; `null`: it has no name yet. */
  find(kind: string, text: string): PlaceholderName | null;
  /** The highest number of that kind; 0 where there is none. */
  highest(kind: string): number;
  add(kind: string, text: string, name: PlaceholderName): void;
  /** Keeps what was added, for a while. Nobody waits for it. */
  keep(): void;
};

/** Never throws, and takes no longer than its store's own time-out. */
export type PlaceholderVault = { open(conversation: Conversation): Promise<ConversationNames> };

/** What came of an exchange's wish for stable names. */
export const namesOutcomes = ["known", "new", "refused", "no-principal", "no-conversation", "no-vault"] as const;
export type NamesOutcome = (typeof namesOutcomes)[number];
