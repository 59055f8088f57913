/** One table of all kinds: a word that announces the kind, numbers that are valid, and near misses. */
import type { PiiKind } from "../../../src/domain/pii-kinds.ts";
import { americasAsia } from "./americas-asia.ts";
import { europe } from "./europe.ts";
import { general } from "./general.ts";
import type { Vectors } from "./vector.ts";

export const vectors: Vectors = { ...general, ...europe, ...americasAsia };

/** Texts with a finding each, for tests that break and join texts. */
export const announced: readonly string[] = Object.values(vectors).flatMap(({ word, valid }) => {
  return valid.slice(0, 2).map((number) => `${word}: ${number}`);
});

export const vectorKinds = Object.keys(vectors) as readonly PiiKind[];
