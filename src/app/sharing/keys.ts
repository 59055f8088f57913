/**
 * The keys of what replicas share, read from a file: `ID:BASE64` a line, the first of which writes and all of which read. Each use
 * has subkeys of its own. Pure; no key, nor a part of one, is in any error.
 */
import { hkdfSync } from "node:crypto";
import { err, ok, type Result } from "../../stdx/result.ts";

/** `id` stands beside what the key wrote, so that it is found again after another has become the first. */
export type Key = { readonly id: string; readonly bytes: Uint8Array };
/** The first writes, all read. */
export type Keys = readonly [Key, ...Key[]];

/** Each key is one more place to look at. */
export const keysMax = 8;
const keyBytesMin = 32;
const keyBytesMax = 64;
const idForm = /^[a-z0-9][a-z0-9-]{0,15}$/;
const base64Form = /^[A-Za-z0-9+/]+={0,2}$/;
const subkeyBytes = 32;

/** Empty lines and those that begin with `#` say nothing. The error completes "FILE: ...". */
export function parseKeys(text: string): Result<Keys, string> {
  const keys: Key[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const written = line.trim();
    if (written === "" || written.startsWith("#")) continue;
    const key = parseKey(written);
    if (!key.ok) return err(`line ${index + 1}: ${key.error}`);
    if (keys.some(({ id }) => id === key.value.id))
      return err(`line ${index + 1}: the id ${key.value.id} stands there twice; give each key its own`);
    if (keys.length === keysMax) return err(`line ${index + 1}: more than ${keysMax} keys; take out the oldest`);
    keys.push(key.value);
  }
  const [first, ...rest] = keys;
  return first === undefined
    ? err("holds no key; write a line ID:BASE64 with 32 random bytes, such as from openssl rand -base64 32")
    : ok([first, ...rest]);
}

/** 32 bytes that only this use of the key knows. `use` is a constant of the program. */
export const subkey = ({ bytes }: Key, use: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", bytes, new Uint8Array(), `sallyport ${use}`, subkeyBytes));

/** What is derived from each key, in their order; anew when the keys are others. */
export function derivedOnce<T>(keys: () => Keys, derive: (key: Key) => T): () => readonly [T, ...T[]] {
  let derived: { readonly from: Keys; readonly all: readonly [T, ...T[]] } | null = null;
  return () => {
    const from = keys();
    if (derived?.from !== from) {
      const [first, ...rest] = from;
      derived = { from, all: [derive(first), ...rest.map(derive)] };
    }
    return derived.all;
  };
}

function parseKey(written: string): Result<Key, string> {
  const colon = written.indexOf(":");
  const id = written.slice(0, Math.max(0, colon));
  if (!idForm.test(id)) return err("a key is written ID:BASE64, with an id of 1 to 16 of a-z, 0-9 and -");
  const base64 = written.slice(colon + 1).trim();
  const bytes = base64Form.test(base64) ? Buffer.from(base64, "base64") : Buffer.alloc(0);
  return bytes.length < keyBytesMin || bytes.length > keyBytesMax
    ? err(
        `the key ${id} must be ${keyBytesMin} to ${keyBytesMax} bytes in base64, such as from openssl rand -base64 32`,
      )
    : ok({ id, bytes: new Uint8Array(bytes) });
}
