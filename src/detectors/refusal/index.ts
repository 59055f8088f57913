/**
 * Finds replies in which the model refuses: what it says in the dialect's own field for refusals, and texts that begin
 * as refusals do, in the languages of `phrases.ts`.
 *
 * Invariant: what follows a text's head changes nothing. A text that does not begin as a refusal is held no longer than
 * its head; one that does is one finding, from its beginning to its end. Refusals further down are not looked for.
 */
import type { Category, Detection, ExchangeDetector, TextDetector, Window } from "../../domain/detector.ts";
import { certain, score, type Score } from "../../domain/score.ts";
import { nothingFound, wholeLane } from "../whole-lane.ts";
import { plain, refuses, warmPhrases } from "./phrases.ts";

const refusal: Category = "refusal/refusal";

/** In UTF-16 code units: where a refusal has begun if it ever will. */
export const headUnits = 200;

/** On texts written for the purpose and ordinary replies; see docs/guards/limits.md. */
const sure: Score = score(0.95);
const likely: Score = score(0.7);

export function createRefusalDetector(id: string): ExchangeDetector {
  warmPhrases();
  const said = wholeLane(id, [refusal], (_signal, { text }) =>
    text.trim() === "" ? nothingFound : found(text, certain),
  );
  const told = fromHead(id);
  return {
    kind: "exchange",
    cost: "scan",
    id,
    categories: [refusal],
    open: () => ({
      lane({ location: { place } }) {
        if (place === "refusal") return said;
        return place === "content" ? told : null;
      },
    }),
  };
}

/** At least `headUnits` to the left, or all: so an offset below them counts from the beginning of the text. */
function fromHead(id: string): TextDetector {
  return {
    kind: "text",
    id,
    categories: [refusal],
    reach: { longestSpan: Number.POSITIVE_INFINITY, leftContext: headUnits, rightContext: 0 },
    settled(text, from) {
      if (from >= headUnits) return text.length;
      return text.length < headUnits || scoreOf(text) !== null ? from : text.length;
    },
    detect: (_signal, window) => judge(window),
  };
}

function judge({ text, from }: Window): Detection {
  if (from >= headUnits) return nothingFound;
  const sureness = scoreOf(text);
  return sureness === null ? nothingFound : found(text, sureness);
}

function scoreOf(text: string): Score | null {
  const head = plain(text.slice(0, headUnits));
  if (refuses(head, "sure")) return sure;
  return refuses(head, "likely") ? likely : null;
}

const found = (text: string, sureness: Score): Detection => ({
  kind: "scored",
  findings: [{ category: refusal, score: sureness, span: { start: 0, end: text.length } }],
});
