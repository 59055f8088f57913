/** What a claim denies, and what it turns round: opposites, things of another kind, who did what to whom. Pure. */
import type { Span } from "../../../domain/segment.ts";
import { turnedRoles } from "../places/roles.ts";
import type { Compared, Slots } from "../places/slots.ts";
import { compareDenial, comparePole, swapOf } from "../places/swaps.ts";
import { type Place, placesOf, type Pool } from "../pool.ts";
import type { Token } from "../tokens.ts";
import { type Part, some } from "./vocabulary.ts";

const strong: ReadonlySet<string> = new Set(
  "only all every always entirely completely never most first best largest biggest highest exclusively solely must will certainly definitely proved proven sole nur alle immer seul tous toujours solo todos siempre".split(
    " ",
  ),
);

export function measurePolarity(
  claim: readonly Token[],
  slots: Slots,
  pool: Pool,
  copied: number,
  failed: Span[],
): { readonly features: Part<"polarity">; readonly isTurned: boolean } {
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
  const poles = slots.claim.poles.slice(0, polesMax);
  const worst = (list: readonly number[], compare: (at: number) => Compared): number =>
    list.reduce((most, at) => {
      const swapped = surelySwapped(compare(at));
      const { start, end } = claim[at] as Token;
      if (swapped > shownSwap) failed.push({ start, end });
      return Math.max(most, swapped);
    }, 0);
  const turned = worst(poles, (at) => comparePole(slots, at, "opposite"));
  const otherKind = worst(poles, (at) => comparePole(slots, at, "kind"));
  const denials = slots.claim.places.slice(0, wordsMax).filter((at) => (claim[at] as Token).kind === "word");
  const denial = (isDenied: boolean): number =>
    worst(
      denials.filter((at) => (slots.claim.denied[at] === true) === isDenied),
      (at) => compareDenial(slots, at),
    );
  const roles = copied > 0 ? turnedRoles(slots) : [];
  for (const { start, end } of roles) failed.push({ start, end });
  const strengthened = claim.filter(({ word, stem }) => strong.has(word) && !pool.has(stem)).length;
  const features = {
    denialAdded: some(added),
    denialDropped: some(flips.length - added),
    droppedInCopy: flips.length > added ? copied : 0,
    opposites: some(opposites),
    turnedRound: turned,
    otherKind,
    rolesTurned: roles.length > 0 ? copied : 0,
    deniedHere: denial(true),
    deniedThere: denial(false),
    strengthened: some(strengthened),
  };
  return { features, isTurned: roles.length > 0 };
}

/** Where nothing around it is alike the other may be anything. */
const surelySwapped = (compared: Compared): number => ((compared.other ?? 0) < 0.3 ? 0 : swapOf(compared));
/** Words of a claim that are held against their opposites. */
const polesMax = 24;
const wordsMax = 48;
/** From here the words are shown. */
const shownSwap = 0.3;
