/** A text detector that must see its whole text: it settles nothing before the end, and is asked once. */
import type { Category, Detection, TextDetector } from "../domain/detector.ts";
import { certain } from "../domain/score.ts";
import { after } from "../stdx/maybe-async.ts";
import { runPaced, type Steps } from "../stdx/paced.ts";

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

/** Judges the text step by step. */
export function inSteps(judge: (text: string) => Steps<Detection>): TextDetector["detect"] {
  return (signal, { text }, pace) =>
    after(runPaced(signal, pace, judge(text)), (answer) => answer ?? { kind: "unknown", cause: "deadline" });
}

export const nothingFound: Detection = { kind: "scored", findings: [] };

/** The whole text is the finding. */
export const allOf = (text: string, category: Category): Detection => ({
  kind: "scored",
  findings: [{ category, score: certain, span: { start: 0, end: text.length } }],
});
