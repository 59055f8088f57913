/**
 * Expressions in a schema are ECMAScript's; the linear engine reads RE2's. Rewrites what differs and can be said in both.
 * What only the one has (looking around, back-references) is left as it stands, and refused by the other.
 */
import { codePointAt } from "../../stdx/code-points.ts";
import { createLinearMatcher } from "../patterns/re2.ts";
import type { LinearMatcher } from "./compile.ts";

const differing =
  /\\u\{(?<point>[\da-f]{1,6})\}|\\u(?<high>d[89ab][\da-f]{2})\\u(?<low>d[c-f][\da-f]{2})|\\u(?<unit>[\da-f]{4})|\\[^]|\[\^\]/gi;

export function toRe2(source: string): string {
  return source.replace(differing, (whole, ...rest) => {
    const { point, high, low, unit } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    if (whole === "[^]") return "[\\s\\S]";
    if (high !== undefined && low !== undefined) return `\\x{${pair(high, low).toString(16)}}`;
    const code = point ?? unit;
    return code === undefined ? whole : `\\x{${code}}`;
  });
}

const pair = (high: string, low: string): number =>
  codePointAt(String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)), 0) ?? 0;

export function compileMatcher(source: string): LinearMatcher | null {
  const matcher = createLinearMatcher(toRe2(source));
  return matcher.ok ? matcher.value : null;
}
