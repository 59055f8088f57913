/**
 * What a claim has in a place where the evidence has another thing of the kind: numbers and dates, names, words with an opposite.
 * Gives, of each kind, how surely the worst of them is another's. Pure.
 */
import { type Fact, holdsAgainst } from "../facts.ts";
import type { Filler } from "./layout.ts";
import type { Name } from "../names.ts";
import type { Candidate, Compared, Slots } from "./slots.ts";
import { sideLikeness, turnedRound } from "../words/opposites.ts";

/** How much likelier the place of the other is than that of the same; 0 where there is no other, or the same fits as well. */
export const swapOf = ({ same, other }: Compared): number => (other === null ? 0 : Math.max(0, other - (same ?? 0)));

export function compareFact(slots: Slots, fact: Fact): Compared {
  return slots.compare(fact, ({ facts }) =>
    facts.flatMap((other) => {
      const holds = holdsAgainst(fact, [other]);
      return holds === "absent" ? [] : [{ from: other.from, to: other.to, isSame: holds === "supported" }];
    }),
  );
}

/** A name that shares a word with the claim's is the same. */
export function compareName(slots: Slots, name: Name): Compared {
  return slots.compareOther(name, ({ names, tokens }) => {
    const found: Candidate[] = names.map(({ from, to, words }) => ({
      from,
      to,
      isSame: words.some((word) => name.words.includes(word)),
    }));
    // In lower case, or with another beginning.
    for (const [at, { word }] of tokens.entries())
      if (name.words.includes(word)) found.push({ from: at, to: at + 1, isSame: true });
    return found;
  });
}

/** A word with an opposite, at this place of the claim. What is denied is its opposite. */
export function comparePole(slots: Slots, at: number, by: "opposite" | "kind"): Compared {
  const { tokens, denied } = slots.claim;
  const { stem } = tokens[at] as (typeof tokens)[number];
  const isDenied = denied[at] === true;
  return slots.compareOther(filler(at), (layout) =>
    layout.poles.flatMap((place) => {
      const likeness = sideLikeness(stem, (layout.tokens[place] as (typeof tokens)[number]).stem, by);
      if (likeness === "unlike") return [];
      const isTurned = (layout.denied[place] === true) !== isDenied;
      return [{ ...filler(place), isSame: (likeness === "same") !== isTurned }];
    }),
  );
}

/** A word at this place of the claim that the evidence denies, or affirms where the claim denies it; prefixes deny too. */
export function compareDenial(slots: Slots, at: number): Compared {
  const { tokens, denied } = slots.claim;
  const { stem } = tokens[at] as (typeof tokens)[number];
  const turned = turnedRound(stem).filter((other) => slots.wide.some(({ byStem }) => byStem.has(other)));
  const isDenied = denied[at] === true;
  // Most words are denied nowhere: told before anything is measured.
  const mayDiffer = slots.wide.some(
    (layout) =>
      (isDenied || layout.isDenying) &&
      slots.ranksOf(layout, stem).some((rank) => (layout.denied[layout.places[rank] as number] === true) !== isDenied),
  );
  if (turned.length === 0 && !mayDiffer) return { same: null, other: null };
  return slots.compareOther(filler(at), (layout) => {
    const candidate = (rank: number, isTurned: boolean): Candidate => {
      const place = layout.places[rank] as number;
      return { ...filler(place), isSame: ((layout.denied[place] === true) !== isDenied) === isTurned };
    };
    const opposite = turned.flatMap((other) => layout.byStem.get(other) ?? []);
    return [
      ...opposite.map((rank) => candidate(rank, true)),
      ...slots.ranksOf(layout, stem).map((rank) => candidate(rank, false)),
    ];
  });
}

const filler = (at: number): Filler => ({ from: at, to: at + 1 });
