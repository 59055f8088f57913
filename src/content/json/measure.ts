/**
 * Counts depth and values of a JSON text in one loop, before any parser sees it, so that no input can exhaust a
 * recursive parser or its heap. Exact for valid JSON; for other text it ends too and its figures are estimates.
 */
export type JsonLimits = {
  /** Open lists and objects at one place. */
  readonly maxDepth: number;
  /** Strings, numbers, literals, lists and objects; keys are not counted. */
  readonly maxValues: number;
};

export const defaultJsonLimits: JsonLimits = { maxDepth: 128, maxValues: 200_000 };

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;

/** `null` when the text keeps the limits. */
export function measureJson(text: string, limits: JsonLimits): "too-deep" | "too-many-values" | null {
  let depth = 0;
  let values = 1;
  let afterOpening = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) continue;
    if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > limits.maxDepth) return "too-deep";
      // The first value in it is counted here, and taken back if it proves empty.
      values += 1;
      afterOpening = true;
      continue;
    }
    if (code === 0x5d || code === 0x7d) {
      depth -= 1;
      if (afterOpening) values -= 1;
    } else if (code === comma) {
      values += 1;
    } else if (code === quote) {
      at = endOfString(text, at);
    }
    afterOpening = false;
    // An opening may stand one above the limit for a moment, so it is looked at when it has proved not empty.
    if (values > limits.maxValues) return "too-many-values";
  }
  return values > limits.maxValues ? "too-many-values" : null;
}

/** The offset of the closing quote, or the text's length. */
function endOfString(text: string, opening: number): number {
  let at = opening;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
}
