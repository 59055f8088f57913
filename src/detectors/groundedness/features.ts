/**
 * What is measured of a claim against the evidence: a fixed, named list of numbers, and the words that failed. The only
 * implementation: the weights are fitted on what this gives. Pure.
 */
import type { Span } from "../../domain/segment.ts";
import { repeatedShare } from "./alignment.ts";
import type { Evidence, Passages } from "./evidence.ts";
import { type Fact, factsOf, holdsAgainst } from "./facts.ts";
import { namesOf } from "./names.ts";
import { type Place, placesOf, Pool } from "./pool.ts";
import type { Token } from "./tokens.ts";

/** docs/guards/groundedness.md tells each. Groups are what is left out together when their share is measured. */
export const featureGroups = {
  size: ["claimWords", "evidenceSentences"],
  overlap: ["missingBest", "missingPool", "missingMany", "missingAll", "newPairs"],
  numbers: ["numbers", "numberContradicted", "numberAbsent", "numberElsewhere", "numberSwapped", "smallNumber"],
  dates: ["dates", "dateContradicted", "dateAbsent"],
  names: ["names", "nameMissing", "namePartly", "nameElsewhere", "nameDoubtful"],
  polarity: ["denialAdded", "denialDropped", "droppedInCopy", "opposites", "strengthened"],
} as const;
export type FeatureGroup = keyof typeof featureGroups;
export type FeatureName = (typeof featureGroups)[FeatureGroup][number];
export const featureNames: readonly FeatureName[] = Object.values(featureGroups).flat();
export type Features = Readonly<Record<FeatureName, number>>;

export type Measured = {
  readonly features: Features;
  /** Words of the claim that the evidence does not bear out, in order, not overlapping. */
  readonly failed: readonly Span[];
  /** A number or date of the claim has another value in the evidence, in its very place. */
  readonly isContradicted: boolean;
};

export function measure(claim: readonly Token[], evidence: Evidence, passages: Passages): Measured {
  const failed: Span[] = [];
  const content = claim.filter(({ isContent, kind }) => isContent || kind === "number");
  const pool = new Pool(passages.pool);
  // How far beyond half of it the claim repeats a sentence word for word: 0 to 1.
  const copied = Math.max(0, Math.max(...passages.best.map(({ tokens }) => repeatedShare(claim, tokens))) - 0.5) * 2;
  const facts = measureFacts(claim, evidence, passages, copied, failed);
  const names = measureNames(claim, evidence, pool, failed);
  const overlap = measureOverlap(content, evidence, passages, pool, failed);
  const polarity = measurePolarity(claim, pool, copied, failed);
  const features: Features = {
    claimWords: Math.log1p(content.length) / 4,
    evidenceSentences: Math.log1p(evidence.size) / 6,
    ...overlap,
    ...facts.features,
    ...names,
    ...polarity,
  };
  return { features, failed: joined(failed), isContradicted: facts.isContradicted };
}

type Part<G extends FeatureGroup> = Readonly<Record<(typeof featureGroups)[G][number], number>>;
const shareOf = (count: number, all: number): number => (all === 0 ? 0 : count / all);
const some = (count: number, most = 1): number => Math.min(count, most) / most;

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

function measureFacts(
  claim: readonly Token[],
  evidence: Evidence,
  passages: Passages,
  copied: number,
  failed: Span[],
): { readonly features: Part<"numbers"> & Part<"dates">; readonly isContradicted: boolean } {
  const facts = factsOf(claim);
  const window = passages.window.flatMap((each) => each.facts);
  const pool = passages.pool.flatMap((each) => each.facts);
  const count = {
    numbers: 0,
    dates: 0,
    numberContradicted: 0,
    numberAbsent: 0,
    numberElsewhere: 0,
    numberSwapped: 0,
    smallNumber: 0,
    dateContradicted: 0,
    dateAbsent: 0,
  };
  let isContradicted = false;
  for (const fact of facts) {
    const isDate = fact.kind !== "quantity" || fact.isYear || fact.isDecade;
    count[isDate ? "dates" : "numbers"] += 1;
    const near = holdsAgainst(fact, window);
    const isSwapped = near === "supported" && isCountOfAnother(fact, window);
    if (near === "supported" && !isSwapped) continue;
    if (near !== "supported" && holdsAgainst(fact, pool) === "supported") continue;
    failed.push({ start: fact.start, end: fact.end });
    if (near === "contradicted" && copied > 0 && !isSmall(fact)) isContradicted = true;
    const isElsewhere = fact.kind === "quantity" && fact.values.some((value) => evidence.values.has(value));
    if (isSmall(fact) && !isCountOfAnother(fact, window)) count.smallNumber += 1;
    else if (isSwapped) count.numberSwapped += 1;
    else if (isDate) count[near === "contradicted" ? "dateContradicted" : "dateAbsent"] += 1;
    else if (near === "contradicted") count.numberContradicted += 1;
    else count[isElsewhere ? "numberElsewhere" : "numberAbsent"] += 1;
  }
  // One that fails is enough; how many there are says how much could.
  const features = Object.fromEntries(
    Object.entries(count).map(([name, it]) => [name, some(it, name === "numbers" || name === "dates" ? 3 : 1)]),
  );
  return { features: features as Part<"numbers"> & Part<"dates">, isContradicted };
}

/** Up to a dozen of something one can count oneself; the same in words or as a place in an order. */
const isSmall = (fact: Fact): boolean =>
  fact.kind === "quantity" &&
  (fact.isOrdinal || (fact.unit === null && (fact.values[0] ?? 0) <= 12 && fact.place >= 1));

/** The evidence counts the same thing, and comes to another number: what the claim tells is the number of something else. */
function isCountOfAnother(fact: Fact, facts: readonly Fact[]): boolean {
  if (fact.kind !== "quantity" || fact.counts === null || fact.isYear) return false;
  const same = facts.filter((each) => each.kind === "quantity" && each.counts === fact.counts && !each.isYear);
  return same.length > 0 && holdsAgainst(fact, same) === "contradicted";
}

function measureNames(claim: readonly Token[], evidence: Evidence, pool: Pool, failed: Span[]): Part<"names"> {
  const names = namesOf(claim);
  const count = { nameMissing: 0, namePartly: 0, nameElsewhere: 0, nameDoubtful: 0 };
  for (const name of names) {
    const missing = evidence.names.missing(name);
    if (missing > 0) {
      const isPartly = missing < name.words.length && evidence.names.hasLastAlone(name);
      count[name.isDoubtful ? "nameDoubtful" : isPartly ? "namePartly" : "nameMissing"] += 1;
      failed.push({ start: name.start, end: name.end });
    } else if (!name.isDoubtful && !claim.slice(name.from, name.to).some(({ stem }) => pool.holds(stem)))
      count.nameElsewhere += 1;
  }
  return {
    names: some(names.length, 4),
    nameMissing: some(count.nameMissing),
    namePartly: some(count.namePartly),
    nameElsewhere: some(count.nameElsewhere),
    nameDoubtful: some(count.nameDoubtful),
  };
}

const strong: ReadonlySet<string> = new Set(
  "only all every always entirely completely never most first best largest biggest highest exclusively solely must will certainly definitely proved proven sole nur alle immer seul tous toujours solo todos siempre".split(
    " ",
  ),
);

function measurePolarity(claim: readonly Token[], pool: Pool, copied: number, failed: Span[]): Part<"polarity"> {
  const places = placesOf(claim);
  const flipped: Place[] = [];
  let agreed = 0;
  let opposites = 0;
  for (const place of places) {
    const { token, isDenied } = place;
    if (token.kind !== "word") continue;
    const like = pool.placesLike(place);
    if (like.length > 0 && like.every((other) => other.isDenied !== isDenied)) flipped.push(place);
    else if (isDenied && like.length > 0) agreed += 1;
    if (!pool.has(token.stem) && pool.hasOpposite(place)) {
      opposites += 1;
      failed.push({ start: token.start, end: token.end });
    }
  }
  // What a negator reaches over is told by four words: one that both deny is enough.
  const flips = agreed > 0 ? [] : flipped;
  const added = flips.filter(({ isDenied }) => isDenied).length;
  for (const { token } of flips) failed.push({ start: token.start, end: token.end });
  const strengthened = claim.filter(({ word, stem }) => strong.has(word) && !pool.has(stem)).length;
  return {
    denialAdded: some(added),
    denialDropped: some(flips.length - added),
    droppedInCopy: flips.length > added ? copied : 0,
    opposites: some(opposites),
    strengthened: some(strengthened),
  };
}

/** Sorted; what touches or overlaps is one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const out: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = out.at(-1);
    if (last !== undefined && start <= last.end + 1) last.end = Math.max(last.end, end);
    else out.push({ start, end });
  }
  return out;
}
