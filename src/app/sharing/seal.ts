/**
 * Entries of a store that is not ours alone: sealed with AES-256-GCM under a key of their place, which is also authenticated, so that
 * one that was altered, cut, or put in another's place does not open. Pure but for the nonce.
 *
 * `version (1 byte), length of the key's id (1), the id, nonce (12), ciphertext, tag (16)`
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const cipher = "aes-256-gcm";

/** `keyId` is told in the clear and authenticated. `place`: the full key that the store knows the entry by. */
export function seal(secret: Uint8Array, keyId: string, place: string, plain: Uint8Array): Uint8Array {
  const head = headOf(keyId);
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, keyFor(secret, place), nonce, { authTagLength: tagBytes });
  sealing.setAAD(authenticated(head, place));
  return Buffer.concat([head, nonce, sealing.update(plain), sealing.final(), sealing.getAuthTag()]);
}

/** `null`: it was not sealed with this key for this place, or is no longer what was sealed. */
export function unseal(secret: Uint8Array, keyId: string, place: string, sealed: Uint8Array): Uint8Array | null {
  const head = headOf(keyId);
  const body = head.length + nonceBytes;
  const end = sealed.length - tagBytes;
  if (end < body || !head.equals(sealed.subarray(0, head.length))) return null;
  const opening = createDecipheriv(cipher, keyFor(secret, place), sealed.subarray(head.length, body), {
    authTagLength: tagBytes,
  });
  opening.setAAD(authenticated(head, place));
  opening.setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([opening.update(sealed.subarray(body, end)), opening.final()]);
  } catch {
    return null; // what `final` throws when the tag is another
  }
}

const headOf = (keyId: string): Buffer => {
  const id = Buffer.from(keyId);
  return Buffer.concat([Buffer.from([version, id.length]), id]);
};

/** A key for each place: no nonce is ever used twice with one, however many entries there are. */
const keyFor = (secret: Uint8Array, place: string): Buffer => createHmac("sha256", secret).update(place).digest();

const authenticated = (head: Buffer, place: string): Buffer => Buffer.concat([head, Buffer.from(place)]);
