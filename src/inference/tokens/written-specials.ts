/**
 * Special tokens that stand in a text as people write it: `[SEP]`, `</s>`. The core takes them for the real ones, and a model
 * would read what follows as another text. Here they are found, and the text is cut within each, so that its halves are read as
 * the letters that they are.
 */
import type { Frame, Tokens } from "./tokens.ts";

export type Specials = {
  /** Of tokens that only the frame may hold. The unknown one is not among them. */
  readonly ids: ReadonlySet<number>;
  readonly unknownId: number | null;
  /** How the unknown token is written. */
  readonly unknownWord: string | null;
  /** Stands where a special one would not go away, and counts as unknown. */
  readonly standIn: number;
};

/** `named`: what the file names as special; `known`: the number of some plain text. */
export function specialsOf(
  named: readonly number[],
  frames: readonly Frame[],
  { unknownId, unknownWord, known }: Pick<Specials, "unknownId" | "unknownWord"> & { readonly known: number },
): Specials {
  const framing = frames.flatMap(({ before, between, after }) => [...before, ...between, ...after]);
  const ids = new Set([...named, ...framing]);
  if (unknownId !== null) ids.delete(unknownId);
  return { ids, unknownId, unknownWord, standIn: unknownId ?? known };
}

/** Where to cut the text, in UTF-16 units: before the last character of each that is written there. Ascending. */
export function cutsWithin(text: string, { ids, starts, ends }: Tokens, specials: Specials): readonly number[] {
  const cuts: number[] = [];
  for (const [at, id] of ids.entries()) {
    const mayBe = specials.ids.has(id) || id === specials.unknownId;
    if (!mayBe) continue;
    const [start, end] = [starts[at] as number, ends[at] as number];
    const written = text.slice(start, end).trimEnd();
    // An unknown character becomes the same token, and is left as it is.
    if (id === specials.unknownId && written.trimStart() !== specials.unknownWord) continue;
    const cut = start + written.length - lastLength(written);
    if (cut > start && cut > (cuts.at(-1) ?? 0)) cuts.push(cut);
  }
  return cuts;
}

/** UTF-16 units of the last character. */
const lastLength = (text: string): number => (/[\ud800-\udbff][\udc00-\udfff]$/.test(text) ? 2 : 1);

/** In place: what is special still becomes another token, that nobody counts as seen. */
export function putAway({ ids, unknown }: Tokens, specials: Specials): void {
  for (const [at, id] of ids.entries()) {
    if (!specials.ids.has(id)) continue;
    ids[at] = specials.standIn;
    unknown[at] = 1;
  }
}
