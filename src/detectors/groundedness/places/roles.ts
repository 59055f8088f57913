/**
 * Who did what to whom: whether two names of a claim stand around a word as the evidence has them, or the other way round. Goes by
 * the order of words, and by "by" behind the word for a passive. Not for German. Pure.
 */
import type { Layout } from "./layout.ts";
import type { Name } from "../names.ts";
import type { Slots } from "./slots.ts";
import type { Token } from "../tokens.ts";
import { isGermanWord } from "../words/function-words.ts";

/** Names of a claim that are looked at. */
const namesMax = 8;
/** Words between a name and what it does. */
const betweenWords = 6;

/** Names whose roles the evidence has the other way round, and nowhere as the claim has them. */
export function turnedRoles(slots: Slots): readonly Name[] {
  const { claim } = slots;
  // There the order of words says little, and every noun has a capital.
  if (claim.tokens.some(({ word }) => isGermanWord(word))) return [];
  const names = claim.names.slice(0, namesMax);
  const turned: Name[] = [];
  for (const [index, first] of names.entries()) {
    const second = names[index + 1];
    if (second === undefined || second.from - first.to > betweenWords * 2) continue;
    const doing = claim.places.filter(
      (at) => at >= first.to && at < second.from && !(claim.tokens[at] as Token).isCapital,
    );
    const firstStem = headOf(claim, first);
    const secondStem = headOf(claim, second);
    if (doing.length === 0 || doing.length > betweenWords || firstStem === secondStem) continue;
    const orders = doing.flatMap((at) => ordersOf(slots, [firstStem, secondStem], at));
    if (orders.includes("turned") && !orders.includes("same")) turned.push(first, second);
  }
  return turned;
}

const headOf = ({ tokens }: Layout, { to }: { readonly to: number }): string => (tokens[to - 1] as Token).stem;

/** How the evidence has the two around the word. */
function ordersOf(slots: Slots, [a, b]: readonly [string, string], at: number): readonly ("same" | "turned")[] {
  const { stem } = slots.claim.tokens[at] as Token;
  const isPassive = isBy(slots.claim, at);
  return slots.wide.flatMap((layout): readonly ("same" | "turned")[] => {
    const [as, bs] = [layout.byStem.get(a), layout.byStem.get(b)];
    if (as === undefined || bs === undefined) return [];
    return slots.ranksOf(layout, stem).flatMap((rank): readonly ("same" | "turned")[] => {
      const isTurned = isBy(layout, layout.places[rank] as number) !== isPassive;
      const isAround = (left: readonly number[], right: readonly number[]): boolean =>
        left.some((it) => it < rank && rank - it <= betweenWords) &&
        right.some((it) => it > rank && it - rank <= betweenWords);
      const [straight, crossed] = [isAround(as, bs), isAround(bs, as)];
      if (straight === crossed) return straight ? ["same"] : [];
      return [straight !== isTurned ? "same" : "turned"];
    });
  });
}

/** "Was bought in May by": said by what stands behind. */
const isBy = ({ tokens }: Layout, at: number): boolean =>
  tokens.slice(at + 1, at + 1 + byWithin).some(({ word }) => byWords.test(word));
const byWithin = 10;
const byWords = /^(?:by|par|por|von|da|door|av|af)$/;
