/** Size limits on a body as a whole. Counts nothing itself; a total equal to its limit passes. */
import type { Category, Detection, Finding, ShapeDetector } from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";

/** `null` sets no limit. Bytes as they came, after any content coding was undone; characters in UTF-16 code units. */
export type SizeLimits = {
  readonly maxBytes: number | null;
  readonly maxCharacters: number | null;
  readonly maxMessages: number | null;
};

export function createSizeDetector(id: string, { maxBytes, maxCharacters, maxMessages }: SizeLimits): ShapeDetector {
  const finding = (category: Category, total: number, limit: number | null): readonly Finding[] =>
    limit !== null && total > limit ? [{ category, score: certain, span: null }] : [];
  return {
    kind: "shape",
    id,
    categories: [
      ...(maxBytes === null ? [] : (["size/bytes"] as const)),
      ...(maxCharacters === null ? [] : (["size/characters"] as const)),
      ...(maxMessages === null ? [] : (["size/messages"] as const)),
    ],
    judge: ({ bodyBytes, characters, messages }): Detection => ({
      kind: "scored",
      findings: [
        ...finding("size/bytes", bodyBytes, maxBytes),
        ...finding("size/characters", characters, maxCharacters),
        ...finding("size/messages", messages, maxMessages),
      ],
    }),
  };
}
