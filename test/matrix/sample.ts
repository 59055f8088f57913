// Bodies as the wire has them, with marks where text stands. A sample is written once, by hand, from the provider's documentation;
// the matrix plants something in one mark at a time and sends the body through the real path.

import type { CoverageLocation, CoverageMode } from "../../src/domain/coverage.ts";
import type { UnjudgedKind } from "../../src/domain/segment.ts";

/** A text's mark: `⟦location#name⟧`, or `⟦location#name/K/N⟧` for the K-th of N pieces of one text, from 0. */
const mark = /⟦([a-z-]+)#([a-z0-9-]+)(?:\/(\d+)\/(\d+))?⟧/g;

/** A place for a text. The same name is the same text wherever it comes again in a sample (as in `delta` and `done`). */
export const at = (location: CoverageLocation, name = "1"): string => `⟦${location}#${name}⟧`;
/** The `index`-th of `count` pieces of a text that streams. */
export const part = (location: CoverageLocation, index: number, count: number, name = "1"): string =>
  `⟦${location}#${name}/${index}/${count}⟧`;

export type SampleEvent = { readonly name?: string; readonly data: unknown };

export type SampleReply =
  | { readonly kind: "json"; readonly status?: number; readonly body: unknown }
  | { readonly kind: "text"; readonly body: string }
  /** An event's data is JSON, or text as it is where it is a string. */
  | {
      readonly kind: "sse" | "json-lines" | "json-array" | "event-stream" | "event-stream-bytes";
      readonly events: readonly SampleEvent[];
    };

export type SamplePrompt =
  | { readonly kind: "json"; readonly body: unknown }
  /** Fields and files of multipart/form-data. */
  | { readonly kind: "form"; readonly fields: readonly FormField[] }
  | { readonly kind: "none" };
export type FormField = {
  readonly name: string;
  readonly value: string;
  readonly file?: { readonly name: string; readonly type: string };
};

/** One exchange. Marks stand in the prompt (`prompt-*`) or in the reply (`reply-*`): in the one that `mode` names. */
export type Sample = {
  /** The id of its row in the matrix: of the operation, or of a vendor that speaks the same form. */
  readonly dialect: string;
  /** The operation that must be found for it. */
  readonly operation: string;
  readonly mode: CoverageMode;
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly prompt: SamplePrompt;
  readonly reply: SampleReply;
  /** What the marked body holds that is not judged; each is counted at least once. */
  readonly unjudged?: readonly UnjudgedKind[];
};

/** One text of a sample. */
export type Spot = { readonly location: CoverageLocation; readonly name: string };

/** The texts that a sample has marks for, each once, in order. */
export function spotsOf({ mode, prompt, reply }: Sample): readonly Spot[] {
  const spots = new Map<string, Spot>();
  for (const [, location = "", name = ""] of JSON.stringify(mode.startsWith("prompt") ? prompt : reply).matchAll(mark))
    spots.set(`${location}#${name}`, { location: location as CoverageLocation, name });
  return [...spots.values()];
}

/** `piece`: `null` for a text that stands whole. */
export type Mark = Spot & { readonly piece: { readonly index: number; readonly count: number } | null };
/** What stands in a mark. */
export type Fill = (mark: Mark) => string;

/** A value with its marks filled, strings and keys alike. */
export function filled(value: unknown, fill: Fill): unknown {
  if (typeof value === "string") return filledText(value, fill);
  if (Array.isArray(value)) return value.map((item) => filled(item, fill));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [filledText(key, fill), filled(inner, fill)]));
}

export function filledText(text: string, fill: Fill): string {
  return text.replaceAll(mark, (_all, location: CoverageLocation, name: string, index?: string, count?: string) => {
    const piece = index === undefined ? null : { index: Number(index), count: Number(count) };
    return fill({ location, name, piece });
  });
}

/** All marks in a value's strings and keys, in order. */
export function marksIn(value: unknown): readonly Mark[] {
  const marks: Mark[] = [];
  filled(value, (mark) => {
    marks.push(mark);
    return "";
  });
  return marks;
}

/** Harmless words everywhere. */
export const plain: Fill = ({ piece }) => cutFor(piece, "fine");

/** `text` at the spot (in its pieces where it streams), harmless words elsewhere. */
export const planted =
  (spot: Spot, text: string): Fill =>
  (mark) =>
    isAt(mark, spot) ? cutFor(mark.piece, text) : plain(mark);

export const isAt = (mark: Mark, spot: Spot): boolean => mark.location === spot.location && mark.name === spot.name;

/** Pieces of about the same length. */
function cutFor(piece: Mark["piece"], text: string): string {
  if (piece === null) return text;
  const size = Math.ceil(text.length / piece.count);
  return text.slice(piece.index * size, (piece.index + 1) * size);
}
