/** Numbers, dates and times of a claim against those of the evidence. Pure. */
import type { Span } from "../../../domain/segment.ts";
import type { Evidence, Passages } from "../evidence.ts";
import { type Fact, holdsAgainst } from "../facts.ts";
import type { Compared, Slots } from "../places/slots.ts";
import { compareFact, swapOf } from "../places/swaps.ts";
import { type Part, some } from "./vocabulary.ts";

export function measureFacts(
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
