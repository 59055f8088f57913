/** From what was measured of a claim to the probability that the evidence does not bear it out. Pure. */
import { type Score, score } from "../../domain/score.ts";
import type { Measured } from "./features.ts";
import { featureNames } from "./measure/vocabulary.ts";
import fitted from "./weights.json" with { type: "json" };

/** A number that the evidence tells otherwise, in its very place, settles it; measured, so it is not 1. */
export const contradictedLeast = 0.97;
/** Whoever quotes the evidence word for word claims nothing else. */
const quotedMost = 0.02;
/** A model is never surer than this, so that its word does not wipe out all else. */
const surest = 0.999;

export function probabilityOf({ features, isContradicted, isQuoted }: Measured): Score {
  const weights: Readonly<Record<string, number>> = fitted.weights;
  const sum = featureNames.reduce((total, name) => total + (weights[name] ?? 0) * features[name], fitted.bias);
  const plain = 1 / (1 + Math.exp(-sum));
  if (isQuoted) return score(Math.min(plain, quotedMost));
  return score(isContradicted ? Math.max(plain, contradictedLeast) : plain);
}

/** `model`: its probability of the same. Both count alike, as odds; where a fact settles it, it stays so. */
export function withModel(own: Score, model: number, { isContradicted, isQuoted }: Measured): Score {
  if (isQuoted) return own;
  const logit = (share: number): number => Math.log(share / (1 - share));
  const bounded = (share: number): number => Math.min(surest, Math.max(1 - surest, share));
  const both = 1 / (1 + Math.exp(-(logit(bounded(own)) + logit(bounded(model))) / 2));
  return score(isContradicted ? Math.max(both, contradictedLeast) : both);
}
