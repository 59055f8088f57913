// One decoder over many inputs, and one input again.

import { createRandom, mutated, type Random, randomOf } from "./mutate.ts";
import type { Decoder } from "./decoders.ts";

/** `input`: what made it fail; `why`: the words of the failure. */
export type Find = { readonly decoder: string; readonly input: Buffer; readonly why: string };

/** Throws nothing: what was thrown is the find. */
export async function tryOne({ name, check }: Decoder, input: Buffer): Promise<Find | null> {
  try {
    await check(input, randomOf(input));
    return null;
  } catch (error) {
    return { decoder: name, input, why: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Inputs that were made and are kept to make more of. */
const keptMost = 64;

/** The corpus first, then what is made of it, while `goesOn`; what was made may be made more of. */
export async function fuzz(
  decoder: Decoder,
  seed: number,
  goesOn: (inputs: number) => boolean,
): Promise<{ readonly inputs: number; readonly find: Find | null }> {
  const random: Random = createRandom(seed);
  const corpus = [...decoder.corpus];
  const own = corpus.length;
  let inputs = 0;
  for (; inputs < own || goesOn(inputs); inputs += 1) {
    const input = inputs < own ? (decoder.corpus[inputs] as Buffer) : mutated(corpus, random);
    const find = await tryOne(decoder, input);
    if (find !== null) return { inputs, find };
    if (random.next(50) !== 0) continue;
    if (corpus.length < own + keptMost) corpus.push(input);
    else corpus[own + random.next(keptMost)] = input;
  }
  return { inputs, find: null };
}
