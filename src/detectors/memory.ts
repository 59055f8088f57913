/** What detectors share that compare a reply with its prompt: which texts say something, and what to say where they are not all there. */
import type { Category, ExchangeMemory, TextDetector, UnknownCause } from "../domain/detector.ts";
import type { Location, Place } from "../domain/segment.ts";

const tellingPlaces: readonly Place[] = ["content", "tool-result", "document", "input", "prefix", "field"];

/** Where what a prompt says stands, and no name or definition. */
export const isTelling = ({ place }: Location): boolean => tellingPlaces.includes(place);

/** Why not all of the prompt is there to compare with; `null`: it is. */
export const missingOf = ({ unread, left }: ExchangeMemory): UnknownCause | null =>
  unread === true ? "no-prompt" : left > 0 ? "too-long" : null;

/** Knows nothing, whatever the text. */
export const unknowing = (id: string, categories: readonly Category[], cause: UnknownCause): TextDetector => ({
  kind: "text",
  id,
  categories,
  reach: { longestSpan: 1, leftContext: 0, rightContext: 0 },
  settled: (text) => text.length,
  detect: () => ({ kind: "unknown", cause }),
});
