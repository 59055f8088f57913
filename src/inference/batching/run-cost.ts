/**
 * What a batch costs by itself, learnt from the batches that run: a line through their padded tokens and milliseconds, the newer
 * ones counting more. It says how much padding a row may bring into a batch before it had better run in another.
 *
 * On a plain CPU that is a few tokens, with matrix units some tens: so it is measured and not set.
 */

/** Before anything is known, and where all batches are alike, so that they tell nothing. */
const worthFirst = 8;
/** More is never believed: one slow run must not fill batches with padding. */
const worthMost = 128;
/** What a batch counts when the next one has run. */
const decay = 0.97;
/** Padded tokens squared: batches that vary less than this around their mean tell no line. */
const varianceLeast = 16 ** 2;
/** A run that takes more than so many times what the line says was disturbed, and counts as so much. */
const disturbed = 2;

export class RunCost {
  #weight = 0;
  #tokens = 0;
  #ms = 0;
  #tokensTokens = 0;
  #tokensMs = 0;
  #line: { readonly eachMs: number; readonly ownMs: number } | null = null;

  /** A batch of so many padded tokens took so long. */
  saw(tokens: number, runMs: number): void {
    const line = this.#line;
    const most = line === null ? Number.POSITIVE_INFINITY : disturbed * (line.ownMs + line.eachMs * tokens);
    const ms = Math.min(runMs, most);
    this.#weight = this.#weight * decay + 1;
    this.#tokens = this.#tokens * decay + tokens;
    this.#ms = this.#ms * decay + ms;
    this.#tokensTokens = this.#tokensTokens * decay + tokens * tokens;
    this.#tokensMs = this.#tokensMs * decay + tokens * ms;
    const meanTokens = this.#tokens / this.#weight;
    const meanMs = this.#ms / this.#weight;
    const variance = this.#tokensTokens / this.#weight - meanTokens ** 2;
    if (variance < varianceLeast) return;
    const eachMs = (this.#tokensMs / this.#weight - meanTokens * meanMs) / variance;
    if (eachMs > 0) this.#line = { eachMs, ownMs: Math.max(0, meanMs - eachMs * meanTokens) };
  }

  /** Tokens whose run costs what a batch costs beside its tokens. */
  get worth(): number {
    return this.#line === null ? worthFirst : Math.min(worthMost, this.#line.ownMs / this.#line.eachMs);
  }
}
