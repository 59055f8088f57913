/**
 * From code points, in which native tokenizers count, to UTF-16 code units, in which strings of JavaScript do. Two units that
 * are never mixed: this file is where they meet.
 */

/** The code unit at which each code point begins, and the end. `null`: they are the same, each code point is one unit. */
export function unitOffsets(text: string): Uint32Array | null {
  if (!/[\ud800-\udfff]/.test(text)) return null;
  const starts = new Uint32Array(text.length + 1);
  let points = 0;
  for (let unit = 0; unit < text.length; points += 1) {
    starts[points] = unit;
    unit += isPair(text, unit) ? 2 : 1;
  }
  starts[points] = text.length;
  return starts.subarray(0, points + 1);
}

/** The code point at which each code unit lies: the other way. */
export function pointOffset(text: string, unit: number): number {
  let points = 0;
  for (let at = 0; at < unit; points += 1) at += isPair(text, at) ? 2 : 1;
  return points;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}
