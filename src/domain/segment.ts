/** The words for text and where it stands. Owns no text processing. */

/** What a rule judges: what goes to the model, or what comes back. */
export const stages = ["prompt", "reply"] as const;
export type Stage = (typeof stages)[number];

export const roles = ["system", "developer", "user", "assistant", "tool", "function", "none"] as const;
export type Role = (typeof roles)[number];

/** What kind of place a text stands in. A closed list: it is safe as a metric label and in metadata. */
export const places = [
  "content",
  "name",
  "tool-name",
  "tool-arguments",
  "tool-result",
  "tool-definition",
  "document",
  "citation",
  "refusal",
  "reasoning",
  "logprob",
  "input",
  "prefix",
  "suffix",
  "stop",
  "metadata",
  "url",
  "alt-text",
  "annotation",
  "error",
  "comment",
  "field",
  "other",
] as const;
export type Place = (typeof places)[number];

/** Where a text stands: `pointer` is an RFC 6901 JSON pointer into the body, or `#name` for a part of a stream. */
export type Location = {
  readonly place: Place;
  readonly role: Role;
  readonly pointer: string;
  /**
   * `role`: readers may take it for another role's. `place`: nothing is known of the body, so that it may stand anywhere.
   * Rules of each role (and place) look at it, exceptions for one do not hold.
   */
  readonly unclear?: "role" | "place";
};

/** Steps of pointers that are words of a wire format. */
const formatWords: ReadonlySet<string> = new Set([
  ...["messages", "content", "text", "documents", "document", "doc", "data", "title", "contents", "snippet", "passage"],
  ...["page_content", "body", "source", "url", "prompt", "input", "suffix", "metadata", "prediction", "name", "parts"],
]);
const toldStepsMax = 8;

/** A pointer as it may be told: `*` for each step that a client may have chosen, and the first steps of a long one. */
export const toldPointer = ({ pointer }: Location): string =>
  pointer
    .split("/")
    .slice(0, toldStepsMax + 1)
    .map((step, at) => (at === 0 ? "" : /^\d{1,6}$/.test(step) || formatWords.has(step) ? step : "*"))
    .join("/") || "/";

/** One piece of text. `text` is in UTF-16 code units, as every offset into it. */
export type Segment = { readonly stage: Stage; readonly location: Location; readonly text: string };

/** A half-open range in UTF-16 code units of a segment's text. */
export type Span = { readonly start: number; readonly end: number };

/**
 * Content that is not judged, counted in each verdict's coverage: what is no text; `tool-definition`, which is judged where a
 * policy asks for it; and what a body names and does not carry:
 * - `conversation`: earlier turns that the provider keeps (`previous_response_id`);
 * - `stored-prompt`, `cached-content`: instructions or content that it keeps under a name;
 * - `remote-url`: what it fetches by a link;
 * - `provider-tool`: a tool that it runs itself (search, code), of whose work the reply tells a part;
 * - `background`: a reply that is to be fetched later.
 */
export const unjudgedKinds = [
  "image",
  "audio",
  "video",
  "file",
  "data-url",
  "token-ids",
  "binary",
  "encrypted",
  "tool-definition",
  "conversation",
  "stored-prompt",
  "cached-content",
  "remote-url",
  "provider-tool",
  "background",
] as const;
export type UnjudgedKind = (typeof unjudgedKinds)[number];
