/**
 * `String.prototype.codePointAt` that stays within its string. V8 13's own (Node 24; 26 too), once optimised, joins a half
 * of a pair at the end of a slice with the unit behind the slice: a character that the text does not hold, and other
 * answers for the same text from one call to the next. `charCodeAt` and iteration are right.
 */

/** The code point that begins at unit `at`; half a pair is its own. Undefined outside of the text. */
export function codePointAt(text: string, at: number): number | undefined {
  const unit = text.charCodeAt(at);
  if (Number.isNaN(unit)) return undefined;
  if (unit < 0xd800 || unit > 0xdbff) return unit;
  // NaN behind the end, which is no second half.
  const second = text.charCodeAt(at + 1);
  return second >= 0xdc00 && second <= 0xdfff ? (unit - 0xd800) * 0x400 + second - 0xdc00 + 0x10000 : unit;
}
