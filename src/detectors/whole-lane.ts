/** A text detector that must see its whole text: it settles nothing before the end, and is asked once. */
import type { Category, Detection, TextDetector } from "../domain/detector.ts";
import { certain } from "../domain/score.ts";

export function wholeLane(id: string, categories: readonly Category[], detect: TextDetector["detect"]): TextDetector {
  return {
    kind: "text",
    id,
    categories,
    reach: { longestSpan: Number.POSITIVE_INFINITY, leftContext: 0, rightContext: 0 },
    settled: (_text, from) => from,
    detect,
  };
}

export const nothingFound: Detection = { kind: "scored", findings: [] };

/** The whole text is the finding. */
export const allOf = (text: string, category: Category): Detection => ({
  kind: "scored",
  findings: [{ category, score: certain, span: { start: 0, end: text.length } }],
});
