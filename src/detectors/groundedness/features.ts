/**
 * What is measured of a claim against the evidence: a fixed, named list of numbers, and the words that failed. The only
 * implementation: the weights are fitted on what this gives. Pure.
 */
import type { Span } from "../../domain/segment.ts";
import { repeatedShare } from "./alignment.ts";
import type { Evidence, Passages, Sentence } from "./evidence.ts";
import { measureFacts } from "./measure/facts.ts";
import { measurePolarity } from "./measure/polarity.ts";
import { type Features, type Part, shareOf, some } from "./measure/vocabulary.ts";
import type { Layout } from "./places/layout.ts";
import { Slots } from "./places/slots.ts";
import { compareName, swapOf } from "./places/swaps.ts";
import { Pool } from "./pool.ts";
import type { Token } from "./tokens.ts";

export type Measured = {
  readonly features: Features;
  /** Words of the claim that the evidence does not bear out, in order, not overlapping. */
  readonly failed: readonly Span[];
  /** The evidence has another number or date in the very place, or the names the other way round. */
  readonly isContradicted: boolean;
  /** It quotes whole sentences of the evidence word for word. */
  readonly isQuoted: boolean;
};

/** `isQuotation`: it is written as somebody's words. */
export function measure(
  claim: readonly Token[],
  evidence: Evidence,
  passages: Passages,
  isQuotation: boolean,
): Measured {
  const failed: Span[] = [];
  const content = claim.filter(({ isContent, kind }) => isContent || kind === "number");
  const pool = new Pool(passages.pool);
  const slots = new Slots(claim, evidence, passages);
  // How far beyond half of it the claim repeats a sentence word for word: 0 to 1.
  const copied = Math.max(0, Math.max(...passages.best.map(({ tokens }) => repeatedShare(claim, tokens))) - 0.5) * 2;
  const facts = measureFacts(slots, evidence, passages, copied, failed);
  const names = measureNames(claim, slots, evidence, evidence.layoutOf(passages.best[0] as Sentence), pool, failed);
  const overlap = measureOverlap(content, evidence, passages, pool, failed);
  const polarity = measurePolarity(claim, slots, pool, copied, failed);
  const features: Features = {
    claimWords: Math.log1p(content.length) / 4,
    evidenceSentences: Math.log1p(evidence.size) / 6,
    ...overlap,
    ...facts.features,
    ...names,
    ...polarity.features,
  };
  const isQuoted = isQuotation && evidence.repeats(claim, passages);
  const isContradicted = !isQuoted && (facts.isContradicted || polarity.isTurned);
  return { features, failed: isQuoted ? [] : joined(failed), isContradicted, isQuoted };
}

/** Whoever says it in other words has so many that the evidence has not. */
const manyShare = 0.4;

function measureOverlap(
  content: readonly Token[],
  evidence: Evidence,
  passages: Passages,
  pool: Pool,
  failed: Span[],
): Part<"overlap"> {
  const words = content.filter(({ kind }) => kind === "word");
  const window = new Pool(passages.window);
  const missing = words.filter(({ stem }) => !pool.holds(stem));
  const lacking = (has: (stem: string) => boolean): number =>
    shareOf(words.filter(({ stem }) => !has(stem)).length, words.length);
  for (const { start, end } of missing) failed.push({ start, end });
  const share = shareOf(missing.length, words.length);
  let newPairs = 0;
  for (let at = 1; at < content.length; at += 1) {
    if (!pool.holdsPair((content[at - 1] as Token).stem, (content[at] as Token).stem)) newPairs += 1;
  }
  return {
    missingBest: lacking((stem) => window.holds(stem)),
    missingPool: share,
    missingMany: Math.max(0, share - manyShare) / (1 - manyShare),
    missingAll: lacking((stem) => evidence.has(stem) || pool.holds(stem)),
    newPairs: shareOf(newPairs, content.length - 1),
  };
}

function measureNames(
  claim: readonly Token[],
  slots: Slots,
  evidence: Evidence,
  best: Layout,
  pool: Pool,
  failed: Span[],
): Part<"names"> {
  const { names } = slots.claim;
  let swapped = 0;
  const count = { nameMissing: 0, namePartly: 0, nameElsewhere: 0, nameDoubtful: 0, subjectOpen: 0 };
  const mayBeSubject = evidence.size <= excerptMax && speaksOfSomebody(best);
  for (const name of names) {
    const missing = evidence.names.missing(name);
    if (missing > 0) {
      const isPartly = missing < name.words.length && evidence.names.hasLastAlone(name);
      if (mayBeSubject && slots.claim.ranks[name.from] === 0) count.subjectOpen += 1;
      else count[name.isDoubtful ? "nameDoubtful" : isPartly ? "namePartly" : "nameMissing"] += 1;
      failed.push({ start: name.start, end: name.end });
      continue;
    }
    if (name.isDoubtful) continue;
    if (!claim.slice(name.from, name.to).some(({ stem }) => pool.holds(stem))) count.nameElsewhere += 1;
    swapped = Math.max(swapped, swapOf(compareName(slots, name)));
  }
  return {
    names: some(names.length, 4),
    nameMissing: some(count.nameMissing),
    namePartly: some(count.namePartly),
    nameElsewhere: some(count.nameElsewhere),
    nameDoubtful: some(count.nameDoubtful),
    nameSwapped: swapped,
    subjectOpen: some(count.subjectOpen),
  };
}

/** Its sentence is of "she" or "the album", and no name comes before: whom a claim names may well be meant. */
function speaksOfSomebody({ tokens, names }: Layout): boolean {
  const at = tokens.slice(0, subjectWords).findIndex(({ word }) => somebody.test(word));
  return at !== -1 && (names[0] === undefined || names[0].from > at);
}
const subjectWords = 12;
/** Sentences: longer evidence names whom it speaks of. */
const excerptMax = 2;
const somebody = /^(?:he|she|it|they|his|her|its|their|the|this|these|er|sie|es|il|elle|ils|elles|ella|ellos|lei|lui)$/;

/** Sorted; what touches or overlaps is one. */
export function joined(spans: readonly Span[]): readonly Span[] {
  const out: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = out.at(-1);
    if (last !== undefined && start <= last.end + 1) last.end = Math.max(last.end, end);
    else out.push({ start, end });
  }
  return out;
}
