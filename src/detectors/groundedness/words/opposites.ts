/**
 * Words that rule each other out: opposites (`rise`, `fall`), and sets of which a thing is one (weekdays, colours). Compared by
 * stem; a stem may stand in several.
 */
import { stemOf, type Token } from "../tokens.ts";
import { kinds, opposites } from "./opposite-lists.ts";

const places = new Map<string, { readonly group: number; readonly side: number }[]>();
const put = (stem: string, group: number, side: number): void => {
  const known = places.get(stem);
  if (known === undefined) places.set(stem, [{ group, side }]);
  else known.push({ group, side });
};
for (const [group, line] of opposites.entries())
  for (const [side, list] of line.split(" | ").entries())
    for (const word of list.split(" ")) put(stemOf(word), group, side);
for (const [index, line] of kinds.entries())
  for (const [side, word] of line.split(" ").entries()) put(stemOf(word), opposites.length + index, side);

/** Taken in front of a word these turn it round. */
const prefixes: readonly string[] = ["un", "in", "im", "il", "ir", "dis", "non", "anti", "mis", "de", "over", "under"];

/** Whether two stems rule each other out. */
export function areOpposite(a: string, b: string): boolean {
  if (a === b) return false;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= 4 && long.endsWith(short) && prefixes.includes(long.slice(0, long.length - short.length)))
    return true;
  const others = places.get(b);
  if (others === undefined) return false;
  return (places.get(a) ?? []).some(({ group, side }) =>
    others.some((other) => other.group === group && other.side !== side),
  );
}

/** Whether two stems stand on the same side. */
export function areOneSide(a: string, b: string): boolean {
  const others = places.get(b);
  if (others === undefined) return false;
  return (places.get(a) ?? []).some(
    ({ group, side }) =>
      group < opposites.length && others.some((other) => other.group === group && other.side === side),
  );
}

/** Function words that tell a direction or an amount. */
const smallPoles: ReadonlySet<string> = new Set(
  "up down before after above below over under more less most least fewer few many all no none never always first last within outside include included includes including excluding best worst".split(
    " ",
  ),
);

/** Whether the word has an opposite that says another thing of the world. "Up to", "more than one" and the like do not. */
export function isPole(tokens: readonly Token[], at: number): boolean {
  const { word, stem, isContent } = tokens[at] as Token;
  if (!places.has(stem) || (!isContent && !smallPoles.has(word))) return false;
  return !(word === "up" && tokens[at + 1]?.word === "to");
}

/** How two words lie: on one side, on two that rule each other out, or they have nothing in common. */
export function sideLikeness(a: string, b: string, by: "opposite" | "kind"): "same" | "other" | "unlike" {
  if (a === b) return "same";
  const others = places.get(b);
  if (others === undefined) return "unlike";
  let isOther = false;
  for (const { group, side } of places.get(a) ?? none) {
    for (const other of others) {
      if (other.group !== group || group < opposites.length !== (by === "opposite")) continue;
      if (other.side === side) return "same";
      isOther = true;
    }
  }
  return isOther ? "other" : "unlike";
}
const none: readonly { readonly group: number; readonly side: number }[] = [];

/** Of a stem those that a prefix makes of it, or that it is made of: able, unable. */
export function turnedRound(stem: string): readonly string[] {
  const taken = denyingPrefixes.filter((prefix) => stem.startsWith(prefix) && stem.length - prefix.length >= 4);
  return [...taken.map((prefix) => stem.slice(prefix.length)), ...denyingPrefixes.map((prefix) => prefix + stem)];
}
const denyingPrefixes: readonly string[] = ["un", "in", "im", "il", "ir", "dis", "non"];
