/** Whose exchange it is, as the audit record tells it: a keyed HMAC, so that only who has the key finds a person's entries. */
import { err, ok, type Result } from "../../stdx/result.ts";
import { hmacSha256 } from "../surroundings.ts";

/** A name's 32 hex digits. */
export type SubjectNames = (name: string) => string;

const digits = 32;
const keyBytesMin = 16;
const keyBytesMax = 4096;

/** The key is the file's text without the line end. The error completes "FILE: ...". */
export function readSubjectKey(content: Uint8Array): Result<SubjectNames, string> {
  const key = Buffer.from(content)
    .toString("latin1")
    .replace(/\r?\n$/, "");
  if (key.length < keyBytesMin || key.length > keyBytesMax)
    return err(`a key has ${keyBytesMin} to ${keyBytesMax} characters; sallyport audit key makes one`);
  const hmac = hmacSha256(Buffer.from(key, "latin1"));
  return ok((name) => hmac(name).slice(0, digits));
}

/** A name that was made before. */
export const isSubject = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);
