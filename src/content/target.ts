/**
 * Paths and query strings, as far as a guard must know them: nobody judges them, so they may hold short tokens and no text.
 */

const pairsMax = 32;
const stepsMax = 32;
const nameOrValueMax = 256;

/** `+` is a space to many readers, so it may stand only escaped. */
const asWritten = /^[\w.:/=%~-]*$/;
const decoded = /^[\w.:/+=~-]*$/;

/**
 * Whether a query (without its `?`) holds nothing that needs judging: none at all, or at most 32 `name=value` pairs of
 * tokens, each name and value at most 256 characters when decoded. A name may begin with `$` and end in `[]`. Escapes are decoded once, and what
 * still holds one then is no token.
 */
export function isPlainQuery(query: string): boolean {
  if (query === "") return true;
  const pairs = query.split("&", pairsMax + 1);
  return pairs.length <= pairsMax && pairs.every(isPlainPair);
}

/** Whether a path without query holds nothing that needs judging: at most 32 tokens of at most 256 characters. */
export function isPlainPath(path: string): boolean {
  const steps = path.split("/", stepsMax + 1);
  return steps.length <= stepsMax && steps.every(isPlain);
}

function isPlainPair(pair: string): boolean {
  const equals = pair.indexOf("=");
  if (equals < 1) return false;
  const name = pair.slice(0, equals).replace(/^(?:\$|%24)|(?:\[\]|%5B%5D)$/gi, "");
  return isPlain(name) && isPlain(pair.slice(equals + 1));
}

function isPlain(text: string): boolean {
  if (text.length > 3 * nameOrValueMax || !asWritten.test(text)) return false;
  // Bytes above ASCII are no token, so each escape can stand for one character.
  const plain = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return plain.length <= nameOrValueMax && decoded.test(plain);
}
