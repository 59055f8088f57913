/**
 * Characters that a tokenizer drops, at the beginning of a text. The core forgets to count those there: every place behind them
 * comes out too early by as many, and a mask would miss the last letters of what it covers. So they are never given to it.
 */

/** What normalisers drop is of these. */
const candidates = /[\p{Cc}\p{Cf}\p{M}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
const lastCodePoint = 0xe0fff;
const probe = "a";

/** Those that a tokenizer drops and does not count. `lastEnds`: where the last token of each text ends, in code points. */
export async function leadingDropsOf(
  lastEnds: (texts: string[]) => Promise<readonly (number | undefined)[]>,
): Promise<ReadonlySet<string>> {
  const characters: string[] = [];
  for (let point = 0; point <= lastCodePoint; point += 1) {
    const character = String.fromCodePoint(point);
    if (candidates.test(character)) characters.push(character);
  }
  const ends = await lastEnds(characters.map((character) => character + probe));
  return new Set(characters.filter((_, at) => ends[at] !== 2));
}

/** How many UTF-16 code units a text begins with that end with the last such character before anything else but white space. */
export function leadingDrop(text: string, drops: ReadonlySet<string>): number {
  if (drops.size === 0) return 0;
  let at = 0;
  let end = 0;
  for (const character of text) {
    const isDropped = drops.has(character);
    if (!isDropped && !/\s/.test(character)) break;
    at += character.length;
    if (isDropped) end = at;
  }
  return end;
}
