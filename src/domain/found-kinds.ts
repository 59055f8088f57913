/** Kinds of what detectors find, as policies name them, that have no file of their own. */

/** Hidden characters; see docs/guards/hidden.md. */
export const hiddenKinds = ["zero-width", "bidi", "tags", "look-alike", "odd-space", "control", "payload"] as const;
export type HiddenKind = (typeof hiddenKinds)[number];

/** Ways out of a text: what a reader or a program may follow, load or call. */
export const linkKinds = [
  "url",
  "markdown-link",
  "markdown-image",
  "html",
  "data-url",
  "email-target",
  "phone-target",
] as const;
export type LinkKind = (typeof linkKinds)[number];

export const qualityKinds = ["gibberish", "repetition"] as const;
export type QualityKind = (typeof qualityKinds)[number];

/** What may not flow from tool results and documents into tool calls and links. */
export const flowKinds = ["email", "url", "phone", "identifier"] as const;
export type FlowKind = (typeof flowKinds)[number];
/** Where a rule names none. Identifiers go from tool to tool in ordinary work: order numbers, keys of a data base. */
export const defaultFlowKinds: readonly FlowKind[] = ["email", "url", "phone"];
