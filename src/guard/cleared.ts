/**
 * The permit for bytes. Only this folder can make one, and only for a verdict that lets bytes pass: forgetting the
 * check does not compile.
 */
declare const proof: unique symbol;

/** Bytes that a verdict has let pass. */
export type Cleared = { readonly bytes: Uint8Array; readonly [proof]: true };

/** The word that what was judged (or what the policy lets pass unjudged) may go. */
export type Permit = { readonly [proof]: "permit" };

const permit = {} as Permit;

/** For the judges of this folder alone; test/architecture/permits.test.ts holds others off. */
export function grantPermit(): Permit {
  return permit;
}

/** The one place where held bytes become sendable bytes. */
export function clear(bytes: Uint8Array, _permit: Permit): Cleared {
  return { bytes } as Cleared;
}

/** Words of our own (a refusal, the end of a cut stream): there is nothing of the exchange in them to judge. */
export function ownWords(bytes: Uint8Array): Cleared {
  return { bytes } as Cleared;
}
