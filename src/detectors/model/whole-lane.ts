/** A lane of a prompt that a model judges: all of its text at once, when it has ended. */
import type { Category, Detection, TextDetector } from "../../domain/detector.ts";

/** Never settled before its end. Finite, since offsets are reckoned with it. */
const allOfIt = 2 ** 30;

export type WholeLane = {
  readonly id: string;
  readonly categories: readonly Category[];
  readonly detect: (signal: AbortSignal, text: string) => Promise<Detection>;
};

export const wholeLane = ({ id, categories, detect }: WholeLane): TextDetector => ({
  kind: "text",
  id,
  categories,
  fromStart: true,
  reach: { longestSpan: Number.POSITIVE_INFINITY, leftContext: allOfIt, rightContext: 0 },
  settled: (_text, from) => from,
  detect: (signal, { text }) => detect(signal, text),
});
