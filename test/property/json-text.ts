/** JSON texts as people and machines write them: any white space, any escapes, repeated keys, deep and flat. */
import fc from "fast-check";

const space = fc.constantFrom("", "", "", " ", "\n", "\t", "\r\n  ");

const hex = (code: number): string => code.toString(16).padStart(4, "0");

/** One code unit as a JSON string may hold it. */
const unit: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."abc @.{}[],:01-e/") },
  { weight: 2, arbitrary: fc.constantFrom("é", "😀", "\u2028", "\uFEFF") },
  { weight: 2, arbitrary: fc.constantFrom('\\"', "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t") },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((code) => `\\u${hex(code)}`) },
  { weight: 1, arbitrary: fc.constantFrom("\\u0040", "\\u005C", "\\ud83d\\ude00", "\\uD83D") },
);

/** A string literal, quotes included. */
export const stringLiteral: fc.Arbitrary<string> = fc
  .array(unit, { maxLength: 8 })
  .map((units) => `"${units.join("")}"`);

const digits = fc.stringMatching(/^[0-9]{1,18}$/);
export const numberLiteral: fc.Arbitrary<string> = fc
  .record({
    sign: fc.constantFrom("", "-"),
    whole: fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9][0-9]{0,17}$/)),
    fraction: fc.oneof(
      fc.constant(""),
      digits.map((each) => `.${each}`),
    ),
    exponent: fc.oneof(
      { weight: 3, arbitrary: fc.constant("") },
      fc
        .record({
          e: fc.constantFrom("e", "E"),
          sign: fc.constantFrom("", "+", "-"),
          power: fc.stringMatching(/^[0-9]{1,2}$/),
        })
        .map(({ e, sign, power }) => e + sign + power),
    ),
  })
  .map(({ sign, whole, fraction, exponent }) => sign + whole + fraction + exponent);

const key = fc.oneof(stringLiteral, fc.constantFrom('"a"', '"\\u0061"', '"index"', '"__proto__"'));

function spaced(open: string, parts: readonly (readonly [string, string])[], close: string): string {
  return open + parts.map(([before, part]) => before + part).join(",") + close;
}

/** `extra`: texts that stand for values besides. */
export function jsonText(...extra: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      stringLiteral,
      numberLiteral,
      fc.constantFrom("true", "false", "null"),
      ...extra,
      fc.array(fc.tuple(space, tie("value")), { maxLength: 4 }).map((parts) => spaced("[", parts, "]")),
      fc
        .array(
          fc
            .tuple(space, fc.tuple(key, space, space, tie("value"), space))
            .map(([before, parts]) => [before, `${parts[0]}${parts[1]}:${parts[2]}${parts[3]}${parts[4]}`] as const),
          { maxLength: 4 },
        )
        .map((parts) => spaced("{", parts, "}")),
    ),
  }));
  return fc.tuple(space, value, space).map((parts) => parts.join(""));
}

/** The text in pieces; the cuts are taken modulo its length. */
export function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((start, position) => text.slice(start, places[position] ?? text.length));
}

export const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(10_000), { maxLength: 6 });
