/**
 * How many tokens a model's tokenizer would make of a text, estimated from above for what people and programs write.
 * Owns a weight for each code unit and nothing else: counting must cost less than judging, and each model has a tokenizer
 * of its own. Measured against two of them in docs/guards/limits.md.
 *
 * Invariant: additive, to the last bit. However a text is cut, the estimates of its parts add up to that of the whole.
 */

/** In 64ths of a token, so that sums are exact. */
const weights = {
  blank: 8,
  control: 32,
  lower: 19,
  upper: 48,
  digit: 38,
  mark: 45,
  accented: 83,
  greekCyrillic: 36,
  semitic: 54,
  indic: 78,
  han: 86,
  rest: 96,
} as const;

/** Up to and with the last code unit of each range; all end a block of 16. */
const ranges: readonly (readonly [last: number, weight: number])[] = [
  [0x024f, weights.accented],
  [0x036f, weights.rest],
  [0x052f, weights.greekCyrillic],
  [0x058f, weights.indic],
  [0x07bf, weights.semitic],
  [0x11ff, weights.indic],
  [0x1dff, weights.rest],
  [0x1fff, weights.accented],
  [0x2fff, weights.rest],
  [0xd7ff, weights.han],
  [0xffff, weights.rest],
];

const blocks = Uint8Array.from({ length: 0x1000 }, (_, block) => {
  const range = ranges.find(([last]) => block * 16 <= last);
  return range === undefined ? weights.rest : range[1];
});

const ascii = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const char = String.fromCharCode(unit);
  if (char === " ") return weights.blank;
  if (char < " ") return weights.control;
  if (/[a-z]/.test(char)) return weights.lower;
  if (/[A-Z]/.test(char)) return weights.upper;
  return /\d/.test(char) ? weights.digit : weights.mark;
});

/** In tokens, with a fraction. Linear in the text; never throws. */
export function estimateTokens(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    sum += (unit < 0x80 ? ascii[unit] : blocks[unit >> 4]) as number;
  }
  return sum / 64;
}
