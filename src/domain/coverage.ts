/**
 * The matrix of what is judged: dialect x location x mode. Cells are made from the dialects' own tables (`content/coverage`), shown
 * by tests, and asked at start-up whether a policy can be honoured. Owns the words; reads no body.
 */
import { places, roles, type UnjudgedKind, unjudgedKinds } from "./segment.ts";

/** Plain text by whose it is; of no one's, `text`. Other places and what is not judged go by their own names. */
const texts = ["text", ...roles.filter((role) => role !== "none").map((role) => `${role}-text` as const)] as const;
const otherPlaces = places.filter((place) => place !== "content");
export const coverageLocations = [...new Set([...texts, ...otherPlaces, ...unjudgedKinds])];
export type CoverageLocation = (typeof coverageLocations)[number];

/** How a body travels, from the model's side or the client's. */
export const coverageModes = [
  "prompt-json",
  "prompt-form",
  "reply-json",
  "reply-text",
  "reply-sse",
  "reply-json-lines",
  "reply-json-array",
  "reply-event-stream",
] as const;
export type CoverageMode = (typeof coverageModes)[number];

/** `editable`: judged, and a mask or a restored text can stand in it. `judged`: seen, and taken away whole at the most. */
export const cellStates = ["not-judged", "judged", "editable"] as const;
export type CellState = (typeof cellStates)[number];

/**
 * Why a cell is not judged.
 * - `no-text`: a guard that reads text cannot read it.
 * - `named-not-carried`: the body names it, and what it names stands elsewhere.
 * - `runs-elsewhere`: the provider does it by itself, out of sight.
 * - `when-asked`: judged as soon as a rule names the place.
 * - `refused`: a body that holds it is unreadable, and goes by `onUnreadable`.
 */
export const cellReasons = ["no-text", "named-not-carried", "runs-elsewhere", "when-asked", "refused"] as const;
export type CellReason = (typeof cellReasons)[number];

export type Cell = {
  /** `dialect/operation`. */
  readonly dialect: string;
  readonly location: CoverageLocation;
  readonly mode: CoverageMode;
  readonly state: CellState;
  /** What is found there can stop the exchange. */
  readonly blockable: boolean;
  /** Judged while it streams: what is settled goes on before the rest has come. */
  readonly streamed: boolean;
  /** `null` where it is judged. */
  readonly reason: CellReason | null;
};

/** As policies and messages call it. */
export const cellName = ({ dialect, location, mode }: Pick<Cell, "dialect" | "location" | "mode">): string =>
  `${dialect} ${location} ${mode}`;

export const reasonOf = {
  image: "no-text",
  audio: "no-text",
  video: "no-text",
  file: "no-text",
  "data-url": "no-text",
  "token-ids": "no-text",
  binary: "no-text",
  encrypted: "no-text",
  "tool-definition": "when-asked",
  conversation: "named-not-carried",
  "stored-prompt": "named-not-carried",
  "cached-content": "named-not-carried",
  "remote-url": "named-not-carried",
  "provider-tool": "runs-elsewhere",
  background: "named-not-carried",
} as const satisfies Record<UnjudgedKind, CellReason>;

/** What a policy says of the matrix as a whole. */
export type CoverageSpec = {
  /** The dialects that are served; requests of others count as unknown paths. `null`: all. */
  readonly dialects: readonly string[] | null;
};
