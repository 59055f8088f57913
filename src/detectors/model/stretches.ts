/**
 * Where a text that still grows is cut for a model: at fixed places, told by the text alone, so that a reply is judged the
 * same however it arrives. What stands before a stretch is judged with it, as context.
 */

/** In UTF-16 code units. A stretch ends with the first sentence or line that ends so far in, or at the most there. */
const stretchLeast = 320;
export const stretchMost = 640;
/** What a model sees of the text before a stretch: what straddles two of them is seen whole up to this length. */
export const contextUnits = 320;

/** The end of the stretch that begins at `from`; -1: not decided by the text so far. */
export function stretchEnd(text: string, from: number): number {
  const most = from + stretchMost;
  for (let at = from + stretchLeast; at < Math.min(most, text.length); at += 1) {
    if (endsAt(text, at)) return at + 1;
  }
  if (text.length < most) return -1;
  for (let at = most - 1; at >= from + stretchLeast; at -= 1) if (isSpace(text.charCodeAt(at))) return at + 1;
  return isHigh(text.charCodeAt(most - 1)) ? most - 1 : most;
}

/** Where the first stretch begins that is not decided by the text so far. `behind`: so much after a stretch is to be seen with it. */
export function settledStretches(text: string, from: number, behind = 0): number {
  let settled = from;
  for (let end = stretchEnd(text, from); end !== -1 && end + behind <= text.length; end = stretchEnd(text, end))
    settled = end;
  return settled;
}

/** A line ends here, or a sentence: a full stop before a space, or one of those that need none. */
function endsAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit === 0x0a || fullWidthStops.has(unit)) return true;
  return isSpace(unit) && stops.has(text.charCodeAt(at - 1));
}

const codesOf = (characters: string): ReadonlySet<number> =>
  new Set(Array.from(characters, (each) => each.charCodeAt(0)));
const stops = codesOf(".!?:;\u2026\u0964\u061f\u06d4");
const fullWidthStops = codesOf("\u3002\uff01\uff1f\uff0e");

/** Where the context of a stretch begins: at a word. Needs one unit more before `from` than `contextUnits`. */
export function contextStart(text: string, from: number): number {
  if (from <= contextUnits) return 0;
  for (let at = from - contextUnits; at < from; at += 1) if (isSpace(text.charCodeAt(at - 1))) return at;
  const at = from - contextUnits;
  return isHigh(text.charCodeAt(at - 1)) ? at - 1 : at;
}

const isSpace = (unit: number): boolean =>
  unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0x3000;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
