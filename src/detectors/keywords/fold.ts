/**
 * Letter case for keywords: each UTF-16 code unit has one folded form, so folding changes no length and no offset.
 * Simple folding only: characters that fold to several (the German sharp s to `ss`), and letters outside the basic
 * plane, stand for themselves.
 */

/** The folded form of each code unit. */
export type Fold = Uint16Array;

export function createFold(caseSensitive: boolean): Fold {
  const fold = new Uint16Array(65_536);
  for (let unit = 0; unit < fold.length; unit++) fold[unit] = unit;
  if (caseSensitive) return fold;
  // Looked at together: asking for each of the 65,536 would take ten times as long.
  const all = Array.from({ length: 256 }, (_, high) =>
    String.fromCharCode(...fold.subarray(high * 256, high * 256 + 256)),
  ).join("");
  for (const { index } of all.matchAll(/\p{Changes_When_Casemapped}/gu)) fold[index] = foldUnit(index);
  return fold;
}

/** Through upper case first: it joins what has several small forms (final sigma, long s, the Kelvin sign). */
function foldUnit(unit: number): number {
  const character = String.fromCharCode(unit);
  const upper = character.toUpperCase();
  const lower = (upper.length === 1 ? upper : character).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}
