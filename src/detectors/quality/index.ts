/**
 * Finds gibberish and endless repetition, block by block of the text.
 *
 * Invariant: a block is judged by itself and a bounded stretch before it, so a stream gives what the whole text gives.
 * Does not find odd prose: a row of real words in no order needs a model that knows what words follow each other.
 */
import type { Category, Finding, TextDetector, Window } from "../../domain/detector.ts";
import type { QualityKind } from "../../domain/policy.ts";
import { score, type Score } from "../../domain/score.ts";
import { bitsOf, bitsOfGibberish, isRandomCharacters } from "./letters.ts";
import { endsInRepetition, lookBack } from "./repetition.ts";

/** In UTF-16 code units; one more where a pair would be cut. */
const blockUnits = 128;
const longestBlock = blockUnits + 1;

/** Measured; see docs/guards/limits.md. */
const sure: Score = score(0.97);
const lessSure: Score = score(0.9);
const bitsOfSure = 7;

export function createQualityDetector(id: string, kinds: readonly QualityKind[]): TextDetector {
  const categories = kinds.map((kind): Category => `quality/${kind}`);
  const finds = (kind: QualityKind): boolean => kinds.includes(kind);
  return {
    kind: "text",
    id,
    categories,
    reach: { longestSpan: longestBlock, leftContext: finds("repetition") ? lookBack : 0, rightContext: 0 },
    settled(text, from) {
      let settled = from;
      for (let end = blockEnd(text, from); end !== -1; end = blockEnd(text, end)) settled = end;
      return settled;
    },
    detect: (_signal, window) => ({ kind: "scored", findings: findingsIn(window, finds) }),
  };
}

/** -1 where the block has not come whole. */
function blockEnd(text: string, from: number): number {
  const end = from + blockUnits;
  if (end >= text.length) return -1;
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end + 1 : end;
}

/** Every window begins where a block does: only such places are said to be settled. */
function findingsIn({ text, from, to }: Window, finds: (kind: QualityKind) => boolean): readonly Finding[] {
  const findings: Finding[] = [];
  for (let start = from; start < to; ) {
    const known = blockEnd(text, start);
    const end = known === -1 ? text.length : known;
    const span = { start, end };
    const gibberish = finds("gibberish") ? gibberishIn(text.slice(start, end)) : null;
    if (gibberish !== null) findings.push({ category: "quality/gibberish", score: gibberish, span });
    const before = text.slice(Math.max(0, end - lookBack), end);
    if (finds("repetition") && endsInRepetition(before)) {
      findings.push({ category: "quality/repetition", score: sure, span });
    }
    start = end;
  }
  return findings;
}

function gibberishIn(block: string): Score | null {
  if (block.length >= blockUnits && isRandomCharacters(block)) return sure;
  const bits = bitsOf(block);
  if (bits === null || bits < bitsOfGibberish) return null;
  return bits >= bitsOfSure ? sure : lessSure;
}
