/**
 * What stands where a secret would and is none: placeholders, fillers, names of variables. Owns no format.
 * Invariant: a value drawn at random is not taken for one of them, but in a few of a million.
 */

/** Only in lower case: AWS's documented keys end in EXAMPLE and are reported unless a policy allows them. */
const words = /your|example|placeholder|change_?me|redacted|dummy_|sample_|insert[-_]|replace[-_]|xxxxx|\.\.\.|[<>{}]/;

/** A placeholder shows itself early. In UTF-16 code units. */
const lookedAt = 64;

/** For tokens that their own beginning tells. */
export function isPlaceholder(token: string): boolean {
  const beginning = token.slice(0, lookedAt);
  return words.test(beginning) || /([B-Za-z0-9*.-])\1{11}/.test(beginning);
}

const madeUpWords =
  /your|placeholder|change.?me|redact|dummy|sample|insert|replace|xxxx|todo|fake|foobar|abcdef|qwerty|123456|098765|deadbeef|[<>{}]|\*{3}|\.\.\.|test.?(?:key|token|secret)|my.?(?:api|key|token|secret|pass)|(?:token|secret|key|pass(?:word)?|value|goes)[-_]?here/i;
const exampleWord = /example|(?<![A-Za-z])EXAMPLE(?![A-Za-z])/;

/** For values that only what stands before them tells. */
export function isMadeUp(value: string): boolean {
  const distinct = countsOf(value).reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return distinct < Math.min(8, Math.ceil(value.length / 3)) || madeUpWords.test(value) || exampleWord.test(value);
}

/** Shannon's, in bits a character. Characters beyond ASCII share the counts of others. */
export function entropy(value: string): number {
  let bits = 0;
  for (const count of countsOf(value)) if (count > 0) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}

function countsOf(value: string): Uint16Array {
  const counts = new Uint16Array(128);
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at) & 127;
    counts[unit] = (counts[unit] as number) + 1;
  }
  return counts;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether a value looks drawn at random: digits and letters, near the entropy of chance, and not made of words. A UUID
 * names a thing rather than proving anything, so it does not count.
 */
export function looksRandom(value: string): boolean {
  if (isMadeUp(value) || uuidForm.test(value) || !/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return false;
  const words = value.match(/[a-z]{5,}|[A-Z]{5,}|[A-Z][a-z]{4,}/g) ?? [];
  if (words.join("").length * 2 > value.length) return false;
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 24 && entropy(value) >= 2.9;
  return entropy(value) >= (value.length < 20 ? 3.2 : 3.5);
}

/** Whether a password was chosen by someone, rather than being a name of a variable, a type or a call. */
export function looksChosen(value: string): boolean {
  if (madeUpWords.test(value) || /^[$%&:]|^(?:process|os|env|config|self|this|request|req)\b/.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value) || new Set(value).size < 5) return false;
  return kinds >= 3 || (value.match(/[0-9]/g)?.length ?? 0) >= 2;
}
