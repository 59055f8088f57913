/** The signature of a checkpoint: Ed25519 over all of its line that stands before it. A key is told by its id, never by itself. */
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { err, ok, type Result } from "../../stdx/result.ts";

export type Signer = {
  /** Of its public key: the first 16 hex digits of the SHA-256 of its DER form (SubjectPublicKeyInfo). */
  readonly id: string;
  /** In base64. */
  sign(text: string): string;
};

export type PublicKey = { readonly id: string; isSigned(text: string, signature: string): boolean };

/** What is signed: a name of its own before the line, so that a signature means nothing elsewhere. */
export const checkpointText = (line: string): string => `sallyport audit checkpoint 1\n${line}`;

/** The error completes "FILE ...". */
export function readSigner(pem: string | Uint8Array): Result<Signer, string> {
  const key = keyOf(() => createPrivateKey({ key: Buffer.from(pem), format: "pem" }));
  if (key === null) return err("is no Ed25519 private key in PEM; sallyport audit key makes one");
  return ok({
    id: idOf(createPublicKey(key)),
    sign: (text) => sign(null, Buffer.from(text), key).toString("base64"),
  });
}

/** The error completes "FILE ...". A private key is refused: it does not belong where records are read. */
export function readPublicKey(pem: string | Uint8Array): Result<PublicKey, string> {
  const text = Buffer.from(pem);
  if (text.includes("PRIVATE KEY")) return err("is a private key; verifying takes the public one");
  const key = keyOf(() => createPublicKey({ key: text, format: "pem" }));
  if (key === null) return err("is no Ed25519 public key in PEM");
  return ok({
    id: idOf(key),
    isSigned: (signed, signature) => verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64")),
  });
}

function keyOf(read: () => KeyObject): KeyObject | null {
  try {
    const key = read();
    return key.asymmetricKeyType === "ed25519" ? key : null;
  } catch {
    return null; // what node:crypto throws at a key that it cannot read
  }
}

const idOf = (key: KeyObject): string =>
  hash("sha256", key.export({ type: "spki", format: "der" }), "hex").slice(0, 16);
