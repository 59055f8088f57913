/** The facts in a text that compare as such: dates, times, amounts, and how each holds against those of the evidence. Pure. */
import { type CalendarDate, dateAt, type TimeOfDay, timeAt } from "./dates.ts";
import { type Quantity, quantityAt } from "./quantities.ts";
import type { Token } from "./tokens.ts";

export type Fact = Quantity | CalendarDate | TimeOfDay;

/**
 * `supported`: the evidence tells the same. `contradicted`: it tells another value of the same kind in its place. `absent`: it
 * tells nothing of the kind.
 */
export type Holds = "supported" | "contradicted" | "absent";

export function factsOf(tokens: readonly Token[]): readonly Fact[] {
  const facts: Fact[] = [];
  for (let at = 0; at < tokens.length; ) {
    const fact = dateAt(tokens, at) ?? timeAt(tokens, at) ?? quantityAt(tokens, at);
    if (fact === null) at += 1;
    else {
      const last = facts.at(-1);
      const isSpan = last?.kind === "quantity" && fact.kind === "quantity" && isRange(tokens, last.to, fact.from);
      if (isSpan && !last.isYear) facts[facts.length - 1] = asBeginning(last, fact);
      facts.push(isSpan && last.isYear ? asYear(last, fact) : fact);
      at = Math.max(at + 1, fact.to);
    }
  }
  return facts;
}

/** 5-10 km, 5 to 10 million: what stands behind the second is of the first too. */
function isRange(tokens: readonly Token[], from: number, to: number): boolean {
  return to === from + 1 && /^(?:-|\u2013|\u2014|to|and|or|bis|und|a|y|e|et|ou)$/.test(tokens[from]?.word ?? "");
}

/** 2018-19: the second is a year too. */
function asYear(first: Quantity, second: Quantity): Quantity {
  const [year = 0] = first.values;
  const [value = 0] = second.values;
  if (second.isYear || second.unit !== null || second.isOrdinal || value > 99 || second.to !== second.from + 1)
    return second;
  return { ...second, isYear: true, values: [year - (year % 100) + value] };
}

function asBeginning(first: Quantity, second: Quantity): Quantity {
  const unit = first.unit ?? second.unit;
  if (first.scale > 1 || second.scale === 1) return { ...first, unit };
  return { ...first, unit, values: [...first.values, ...first.values.map((value) => value * second.scale)] };
}

/** `claim` against all facts of the passage that it is held against. */
export function holdsAgainst(claim: Fact, evidence: readonly Fact[]): Holds {
  const alike = evidence.map((fact) => likeness(claim, fact));
  if (alike.includes("same")) return "supported";
  return alike.includes("other") ? "contradicted" : "absent";
}

/** `other`: of one kind, with another value. `unlike`: they do not compare. */
type Likeness = "same" | "other" | "unlike";

function likeness(claim: Fact, fact: Fact): Likeness {
  switch (claim.kind) {
    case "date":
      return dateLikeness(claim, fact);
    case "time":
      if (fact.kind !== "time") return "unlike";
      return claim.minutes.some((minutes) => fact.minutes.includes(minutes)) ? "same" : "other";
    default:
      return quantityLikeness(claim, fact);
  }
}

function dateLikeness(claim: CalendarDate, fact: Fact): Likeness {
  if (fact.kind === "quantity") {
    if (!fact.isYear || claim.year === null || claim.month !== null) return "unlike";
    return fact.values.includes(claim.year) ? "same" : "other";
  }
  if (fact.kind !== "date") return "unlike";
  if (sameDate(claim, fact)) return "same";
  const turned = { ...fact, month: fact.day, day: fact.month };
  return fact.mayTurn && sameDate(claim, turned) ? "same" : "other";
}

/** All that the claim tells and the evidence tells too is the same; the finest part that the claim tells is told. */
function sameDate(claim: CalendarDate, fact: Pick<CalendarDate, "year" | "month" | "day">): boolean {
  const differs = (a: number | null, b: number | null): boolean => a !== null && b !== null && a !== b;
  if (differs(claim.year, fact.year) || differs(claim.month, fact.month) || differs(claim.day, fact.day)) return false;
  if (claim.day !== null) return fact.day !== null;
  return claim.month === null || fact.month !== null;
}

function quantityLikeness(claim: Quantity, fact: Fact): Likeness {
  if (fact.kind === "date") {
    if (!claim.isYear && !claim.isDecade && !isCentury(claim)) return "unlike";
    if (fact.year === null) return "unlike";
    if (isCentury(claim)) return inCentury(claim, [fact.year]) ? "same" : "other";
    return yearFits(claim, [fact.year]) ? "same" : "other";
  }
  if (fact.kind !== "quantity") return "unlike";
  if (claim.isYear || claim.isDecade) {
    if (yearFits(claim, fact.values)) return "same";
    return fact.isYear || fact.isDecade ? "other" : "unlike";
  }
  if (isCentury(claim) && fact.isYear) return inCentury(claim, fact.values) ? "same" : "other";
  // The fourth season is season 4.
  if (claim.isOrdinal !== fact.isOrdinal) return sameNumber(claim, fact) ? "same" : "unlike";
  if (claim.label !== null && fact.label !== null)
    return claim.label !== fact.label ? "unlike" : sameValue(claim, fact) ? "same" : "other";
  const [a, b] = [claim.unit, fact.unit];
  if (a !== null && b !== null && a.measures !== b.measures) return "unlike";
  const isSame = sameValue(claim, fact);
  // A bare number may be the same amount with its unit elsewhere (a table's head); another bare number says nothing.
  if (a === null || b === null)
    return isSame ? "same" : a === null && b === null && countAlike(claim, fact) ? "other" : "unlike";
  return isSame ? "same" : "other";
}

/** Without unit, and as written. */
const sameNumber = (claim: Quantity, fact: Quantity): boolean =>
  claim.unit === null && fact.unit === null && claim.values[0] === fact.values[0];

const centurySeconds = 3_155_760_000;
const isCentury = ({ isOrdinal, unit }: Quantity): boolean => isOrdinal && unit?.factor === centurySeconds;
const inCentury = ({ values }: Quantity, years: readonly number[]): boolean =>
  years.some((year) => values.includes(Math.ceil(year / 100)));

const countAlike = (claim: Quantity, fact: Quantity): boolean =>
  !fact.isYear && (claim.counts === null || fact.counts === null || claim.counts === fact.counts);

const yearFits = (claim: Quantity, years: readonly number[]): boolean =>
  claim.values.some((value) =>
    years.some((year) => (claim.isDecade ? year >= value && year < value + 10 : year === value)),
  );

/** What `about` may be off, and what another unit may be off by its own rounding. */
const looseShare = 0.06;
const unitShare = 0.02;
/** What is more than a thousand may be fifteen hundred; of ten thousand nobody says so. */
const boundTimes = 1.6;
const exactShare = 1e-6;

function sameValue(claim: Quantity, fact: Quantity): boolean {
  // A year is no "about two thousand".
  if (fact.isYear && !claim.isYear && claim.loose !== null) return claim.values.some((it) => fact.values.includes(it));
  const isOtherUnit = claim.unit !== null && fact.unit !== null && claim.unit.factor !== fact.unit.factor;
  const baseOf = (value: number, { unit }: Quantity): number =>
    unit === null || !isOtherUnit ? value : (value + unit.offset) * unit.factor;
  return claim.values.some((written) =>
    fact.values.some((value) => {
      const [a, b] = [baseOf(written, claim), baseOf(value, fact)];
      const off = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-12);
      if (off <= (isOtherUnit ? unitShare : exactShare)) return true;
      // Both tell a bound: then it is the same one.
      if (claim.loose !== null && claim.loose !== "about" && claim.loose === fact.loose)
        return isRounding(claim, written, fact, value);
      if (claim.loose !== null && off <= looseShare) return true;
      if (claim.loose === "least" && b >= a && b <= a * boundTimes) return true;
      if (claim.loose === "most" && b <= a && b >= a / boundTimes) return true;
      return isRounding(claim, written, fact, value);
    }),
  );
}

/** 1.2 million for 1,187,000, 6.9 for 6.86: the claim tells fewer places, and the last that it tells is right. */
function isRounding(claim: Quantity, written: number, fact: Quantity, value: number): boolean {
  if (claim.place <= fact.place || claim.isOrdinal) return false;
  // 70 is not 68 rounded unless it says so; 68 is 68.4.
  if (fact.place >= 1 && claim.place < 1000 && Math.abs(written) < 100_000 && claim.loose === null) return false;
  return (
    Math.abs(value - written) <= claim.place * 0.5 * (1 + exactShare) &&
    Math.abs(value - written) <= 0.06 * Math.abs(value)
  );
}
