/**
 * What is measured of a claim against the evidence: a fixed, named list of numbers, and the words that failed. The only
 * implementation: the weights are fitted on what this gives. Pure.
 */
import type { Span } from "../../domain/segment.ts";
import { repeatedShare } from "./alignment.ts";
import type { Evidence, Passages } from "./evidence.ts";
import { type Fact, holdsAgainst } from "./facts.ts";
import { type Place, placesOf, Pool } from "./pool.ts";
import { type Compared, Slots } from "./slots.ts";
import { compareFact, compareName, comparePole, comparePrefixed, swapOf } from "./swaps.ts";
import type { Token } from "./tokens.ts";

/** docs/guards/groundedness.md tells each. Groups are what is left out together when their share is measured. */
export const featureGroups = {
  size: ["claimWords", "evidenceSentences"],
  overlap: ["missingBest", "missingPool", "missingMany", "missingAll", "newPairs"],
  numbers: [
    "numbers",
    "numberContradicted",
    "numberInPlace",
    "numberTold",
    "numberAbsent",
    "numberElsewhere",
    "numberSwapped",
    "smallNumber",
    "smallInPlace",
    "smallTold",
    "smallSwapped",
  ],
  dates: ["dates", "dateContradicted", "dateInPlace", "dateTold", "dateAbsent", "dateSwapped"],
  names: ["names", "nameMissing", "namePartly", "nameElsewhere", "nameDoubtful", "nameSwapped"],
  polarity: ["denialAdded", "denialDropped", "droppedInCopy", "opposites", "turnedRound", "prefixed", "strengthened"],
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
  const slots = new Slots(claim, evidence, passages);
  // How far beyond half of it the claim repeats a sentence word for word: 0 to 1.
  const copied = Math.max(0, Math.max(...passages.best.map(({ tokens }) => repeatedShare(claim, tokens))) - 0.5) * 2;
  const facts = measureFacts(slots, evidence, passages, copied, failed);
  const names = measureNames(claim, slots, evidence, pool, failed);
  const overlap = measureOverlap(content, evidence, passages, pool, failed);
  const polarity = measurePolarity(claim, slots, pool, copied, failed);
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
  slots: Slots,
  evidence: Evidence,
  passages: Passages,
  copied: number,
  failed: Span[],
): { readonly features: Part<"numbers"> & Part<"dates">; readonly isContradicted: boolean } {
  const { facts } = slots.claim;
  const window = passages.window.flatMap((each) => each.facts);
  const pool = passages.pool.flatMap((each) => each.facts);
  const told = {
    numberContradicted: 0,
    numberInPlace: 0,
    numberTold: 0,
    numberAbsent: 0,
    numberElsewhere: 0,
    numberSwapped: 0,
    smallNumber: 0,
    smallInPlace: 0,
    smallTold: 0,
    smallSwapped: 0,
    dateContradicted: 0,
    dateInPlace: 0,
    dateTold: 0,
    dateAbsent: 0,
    dateSwapped: 0,
  };
  const tell = (name: keyof typeof told, much: number): void => {
    told[name] = Math.max(told[name], much);
  };
  let isContradicted = false;
  for (const [index, fact] of facts.entries()) {
    const compared = index < factsMax ? compareFact(slots, fact) : { same: null, other: null };
    const near = holdsAgainst(fact, window);
    const isSmallOne = isSmall(fact);
    const kind = isSmallOne ? "small" : isDateLike(fact) ? "date" : "number";
    if (near === "supported" || holdsAgainst(fact, pool) === "supported") {
      const swapped = swapOf(compared);
      if (copied > 0 && swapped > settledSwap && (compared.other ?? 0) > settledPlace) isContradicted = true;
      if (swapped > swapLeast) failed.push({ start: fact.start, end: fact.end });
      tell(`${kind}Swapped`, swapped);
      continue;
    }
    failed.push({ start: fact.start, end: fact.end });
    if (near === "contradicted" && ((copied > 0 && !isSmallOne) || isSettled(compared))) isContradicted = true;
    tell(`${kind}InPlace`, compared.other ?? 0);
    tell(`${kind}Told`, compared.same ?? 0);
    const isElsewhere = fact.kind === "quantity" && fact.values.some((value) => evidence.values.has(value));
    if (isSmallOne) tell("smallNumber", 1);
    else if (kind === "date") tell(near === "contradicted" ? "dateContradicted" : "dateAbsent", 1);
    else if (near === "contradicted") tell("numberContradicted", 1);
    else tell(isElsewhere ? "numberElsewhere" : "numberAbsent", 1);
  }
  const dates = facts.filter(isDateLike).length;
  return { features: { ...told, numbers: some(facts.length - dates, 3), dates: some(dates, 3) }, isContradicted };
}

/** Further ones are compared by what is told nearby alone. */
const factsMax = 24;
/** From here the other's place is so much likelier that the words are shown. */
const swapLeast = 0.15;
/** The other stands in the very place, beyond doubt; of a hundred such claims of replies that are borne out one was. */
const settledPlace = 0.6;
const settledSwap = 0.3;
const isSettled = ({ same, other }: Compared): boolean => (other ?? 0) > 0.5 && (same ?? 0) < 0.3;
const isDateLike = (fact: Fact): boolean => fact.kind !== "quantity" || fact.isYear || fact.isDecade;

/** Up to a dozen of something one can count oneself; the same in words or as a place in an order. */
const isSmall = (fact: Fact): boolean =>
  fact.kind === "quantity" &&
  (fact.isOrdinal || (fact.unit === null && fact.label === null && (fact.values[0] ?? 0) <= 12 && fact.place >= 1));

function measureNames(
  claim: readonly Token[],
  slots: Slots,
  evidence: Evidence,
  pool: Pool,
  failed: Span[],
): Part<"names"> {
  const { names } = slots.claim;
  let swapped = 0;
  const count = { nameMissing: 0, namePartly: 0, nameElsewhere: 0, nameDoubtful: 0 };
  for (const name of names) {
    const missing = evidence.names.missing(name);
    if (missing > 0) {
      const isPartly = missing < name.words.length && evidence.names.hasLastAlone(name);
      count[name.isDoubtful ? "nameDoubtful" : isPartly ? "namePartly" : "nameMissing"] += 1;
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
  };
}

const strong: ReadonlySet<string> = new Set(
  "only all every always entirely completely never most first best largest biggest highest exclusively solely must will certainly definitely proved proven sole nur alle immer seul tous toujours solo todos siempre".split(
    " ",
  ),
);

function measurePolarity(
  claim: readonly Token[],
  slots: Slots,
  pool: Pool,
  copied: number,
  failed: Span[],
): Part<"polarity"> {
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
  const turned = mostOf(slots.claim.poles.slice(0, polesMax), (at) => swapOf(comparePole(slots, at)));
  const prefixed = mostOf(slots.claim.places.slice(0, wordsMax), (at) => swapOf(comparePrefixed(slots, at)));
  const strengthened = claim.filter(({ word, stem }) => strong.has(word) && !pool.has(stem)).length;
  return {
    denialAdded: some(added),
    denialDropped: some(flips.length - added),
    droppedInCopy: flips.length > added ? copied : 0,
    opposites: some(opposites),
    turnedRound: turned,
    prefixed,
    strengthened: some(strengthened),
  };
}

/** Words of a claim that are held against their opposites. */
const polesMax = 24;
const wordsMax = 48;
const mostOf = <Each>(list: readonly Each[], of: (each: Each) => number): number =>
  list.reduce((most, each) => Math.max(most, of(each)), 0);

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
