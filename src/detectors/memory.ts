/** What a detector says that compares a reply with a prompt of which it does not have all. */
import type { Category, ExchangeMemory, TextDetector, UnknownCause } from "../domain/detector.ts";

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
