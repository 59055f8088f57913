/** Size limits on a body as a whole. Counts nothing itself; a total equal to its limit passes. */
import type { Category, Shape, ShapeDetector } from "../../domain/detector.ts";
import { certain } from "../../domain/score.ts";

/**
 * `null` sets no limit. Bytes as they came, after any content coding was undone; characters in UTF-16 code units; tokens
 * as content/tokens.ts estimates them; depth in lists and objects that are open at one place.
 */
export type SizeLimits = {
  readonly maxBytes: number | null;
  readonly maxCharacters: number | null;
  readonly maxMessages: number | null;
  readonly maxTokens: number | null;
  readonly maxDepth: number | null;
};

/** What each limit counts, and the category of what exceeds it. */
const counted = {
  maxBytes: ["bodyBytes", "size/bytes"],
  maxCharacters: ["characters", "size/characters"],
  maxMessages: ["messages", "size/messages"],
  maxTokens: ["tokens", "size/tokens"],
  maxDepth: ["depth", "size/depth"],
} as const satisfies Record<keyof SizeLimits, readonly [keyof Shape, Category]>;

const limitNames = Object.keys(counted) as readonly (keyof SizeLimits)[];

export function createSizeDetector(id: string, limits: SizeLimits): ShapeDetector {
  const checks = limitNames.flatMap((name) => {
    const [total, category] = counted[name];
    const limit = limits[name];
    return limit === null ? [] : [{ total, category, limit }];
  });
  return {
    kind: "shape",
    id,
    categories: checks.map(({ category }) => category),
    judge: (shape) => ({
      kind: "scored",
      findings: checks
        .filter(({ total, limit }) => shape[total] > limit)
        .map(({ category }) => ({ category, score: certain, span: null })),
    }),
  };
}
