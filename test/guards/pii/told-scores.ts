/** What the guide says of each kind's scores, read from the code by its vectors: with a word before the number, and without. */
import { createPiiDetector } from "../../../src/detectors/pii/index.ts";
import type { PiiKind } from "../../../src/domain/pii-kinds.ts";
import { vectors } from "./vectors.ts";
import { neverBreathes } from "../../helpers/pace.ts";

export type ToldScores = { readonly near: string; readonly alone: string };

/** Scores joined by a comma, least first; a dash where nothing is found. */
export function toldScores(kind: PiiKind): ToldScores {
  const { word, valid } = vectors[kind] ?? { word: "", valid: [] };
  const detector = createPiiDetector("told", [kind], "US");
  const scoresOf = (texts: readonly string[]): string => {
    const found = new Set<number>();
    for (const text of texts) {
      const detection = detector.detect(
        new AbortController().signal,
        { text, from: 0, to: text.length, ended: true },
        neverBreathes,
      );
      if (detection instanceof Promise || detection.kind !== "scored") continue;
      const longest = detection.findings.toSorted((a, b) => width(b) - width(a))[0];
      if (longest !== undefined) found.add(longest.score);
    }
    return found.size === 0 ? "-" : [...found].toSorted((a, b) => a - b).join(", ");
  };
  return {
    near: scoresOf(valid.map((number) => `${word}: ${number}`)),
    alone: scoresOf(valid.map((number) => `see ${number} .`)),
  };
}

const width = ({ span }: { readonly span: { readonly start: number; readonly end: number } | null }): number =>
  span === null ? 0 : span.end - span.start;
