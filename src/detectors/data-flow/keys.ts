/**
 * E-mail addresses, phone numbers and identifiers in what tools and documents say, as written. Generous: what is taken
 * for one by mistake does harm only where the reply passes it on. Linear in the text.
 */
import type { FlowKind } from "../../domain/policy.ts";
import type { Steps } from "../../stdx/paced.ts";
import { type Matching, matchSteps } from "./match-steps.ts";

export type Key = { readonly kind: Exclude<FlowKind, "url">; readonly text: string };

const localUnitsMax = 64;
const emailHost = /(?:[a-z0-9\u00a1-\ud7ff-]{1,63}\.){1,8}[a-z\u00a1-\ud7ff][a-z0-9\u00a1-\ud7ff-]{1,62}/iy;
const localUnit = /[a-z0-9._+~\u00a1-\ud7ff-]/i;
/** Digits with what people put between them. */
const grouped = (): Matching => ({ expression: /\+?\(?[0-9][0-9 ()./\u00a0-]{5,24}[0-9]/g, reach: 64 });
const phoneWord = /phone|tel|mobil|cell|fax|call|whats/i;
const phoneWordUnits = 24;
const token = (): Matching => ({ expression: /[a-z0-9][a-z0-9_-]{7,}/gi, reach: 1_024 });
/** Of a token; beyond it, it is looked at no further. In UTF-16 code units. */
const tokenUnitsMax = 1_024;
const iban = (): Matching => ({
  expression: /(?<![a-z0-9])[a-z]{2}[0-9]{2}(?:[ \u00a0][a-z0-9]{4}){2,7}(?:[ \u00a0][a-z0-9]{1,3})?(?![a-z0-9])/gi,
  reach: 64,
});

/** Between two breaths. */
const signsOfBlock = 128;

export function* emailsIn(text: string): Steps<readonly Key[]> {
  const keys: Key[] = [];
  let signs = 0;
  for (let sign = text.indexOf("@"); sign >= 0; sign = text.indexOf("@", sign + 1)) {
    let start = sign;
    while (start > 0 && sign - start < localUnitsMax && localUnit.test(text.charAt(start - 1))) start--;
    emailHost.lastIndex = sign + 1;
    const host = start < sign ? emailHost.exec(text)?.[0] : undefined;
    if (host !== undefined) keys.push({ kind: "email", text: `${text.slice(start, sign)}@${host.replace(/-+$/, "")}` });
    signs += 1;
    if (signs % signsOfBlock === 0) yield;
  }
  return keys;
}

/** Phone numbers have at least nine digits, so that the last nine tell them apart however they are written. */
export function* phonesIn(text: string): Steps<readonly Key[]> {
  const keys: Key[] = [];
  yield* matchSteps(text, grouped(), ([written], index) => {
    const digits = digitsOf(written);
    const isWanted =
      isPhone(written, digits) ||
      (/^[0-9]{9,15}$/.test(written) && phoneWord.test(text.slice(Math.max(0, index - phoneWordUnits), index)));
    if (isWanted) keys.push({ kind: "phone", text: digits.slice(-9) });
  });
  return keys;
}

/** Tokens of letters and digits, long numbers, account numbers in groups. */
export function* identifiersIn(text: string): Steps<readonly Key[]> {
  const keys: Key[] = [];
  const add = (written: string): void => void keys.push({ kind: "identifier", text: written });
  yield* matchSteps(text, token(), ([whole]) => {
    const written = whole.slice(0, tokenUnitsMax);
    if (isIdentifier(written)) add(written);
  });
  yield* matchSteps(text, iban(), ([written]) => add(written));
  yield* matchSteps(text, grouped(), ([written]) => {
    const digits = digitsOf(written);
    if (digits.length >= 12 && /^[0-9]{4}([ -][0-9]{1,6}){2,5}$/.test(written)) add(digits);
  });
  return keys;
}

const digitsOf = (written: string): string => written.replaceAll(/[^0-9]/g, "");

/** Written as people write phone numbers: with a country prefix, or in groups that are no date and no IP address. */
function isPhone(written: string, digits: string): boolean {
  if (digits.length < 9 || digits.length > 15) return false;
  if (/^\+|^00[1-9]/.test(written)) return true;
  const groups = written.split(/[^0-9]+/).filter((group) => group !== "");
  if (groups.length < 2 || groups.length > 6) return false;
  if (/^(19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2}/.test(written)) return false;
  if (/^[0-9]{1,2}[./-][0-9]{1,2}[./-](19|20)?[0-9]{2}\b/.test(written)) return false;
  if (/^[0-9]{1,3}(\.[0-9]{1,3}){3}$/.test(written) || /^[0-9]+\.[0-9]+$/.test(written)) return false;
  return digits.length >= 10 || digits.startsWith("0");
}

/** Not words with a number beside them, not dates. */
function isIdentifier(written: string): boolean {
  const digits = digitsOf(written);
  const bare = written.replaceAll(/[_-]/g, "");
  if (bare.length < 8 || digits === "") return false;
  if (digits.length === bare.length) return digits.length >= 9;
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(written)) return false;
  return (
    digits.length >= 4 ||
    written.split(/[_-]+/).some((part) => part.length >= 6 && /[0-9]/.test(part) && /[a-z]/i.test(part))
  );
}
