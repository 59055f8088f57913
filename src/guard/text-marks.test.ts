import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Span } from "../domain/segment.ts";
import { MaskQueue, type Redaction } from "./masks.ts";
import { markedPart } from "./text-marks.ts";

type Mark = Span & { readonly rule: "a" | "b"; readonly isUnit?: boolean };
const words = { a: { before: "<a ", after: " a>" }, b: { before: "", after: " b>" } } as const;
const redact = ({ start, end }: Span): Redaction => ({
  span: { start, end },
  ...{ rank: 0, score: 1, name: "", restores: false },
  write: (part) => (part.start === 0 ? "[X]" : ""),
});

/** What a queue makes of a text. It is told of what begins before each offset, and gives up to there, as a lane does. */
function written(text: string, marks: readonly Mark[], redactions: readonly Span[], steps: readonly number[]): string {
  const queue = new MaskQueue();
  let out = "";
  let at = 0;
  let told = 0;
  let gone = 0;
  for (const [index, step] of [...steps, text.length].entries()) {
    const isLast = index === steps.length;
    const isNew = ({ start }: Span): boolean => start >= told && (start < step || isLast);
    for (const { rule, isUnit, start, end } of marks)
      if (isNew({ start, end }))
        queue.mark({ rule, order: rule === "a" ? 0 : 1, ...words[rule] }, { start, end }, isUnit === true);
    for (const span of redactions) if (isNew(span)) queue.add(redact(span));
    told = step;
    for (const { span, placeholder, beside } of queue.take(step, null, undefined, isLast)) {
      assert.ok(beside === null || span.start >= gone, "words stand in no text that has gone");
      assert.ok(beside !== "before" || span.start < step, "words stand before text that is there");
      assert.ok(beside !== "after" || span.start > gone, "words stand behind text that is there");
      out += text.slice(at, Math.max(at, span.start)) + placeholder;
      at = Math.max(at, span.end);
    }
    const settled = queue.upTo(step);
    assert.ok(settled >= gone && (settled === step || !isLast));
    gone = settled;
    out += text.slice(at, Math.max(at, settled));
    at = Math.max(at, settled);
  }
  return out;
}

const text = "0123456789";
const a = (start: number, end: number): Mark => ({ rule: "a", start, end });
const b = (start: number, end: number): Mark => ({ rule: "b", start, end });
const unit = (mark: Mark): Mark => ({ ...mark, isUnit: true });

describe("words of marks", () => {
  const rows: readonly (readonly [what: string, marks: readonly Mark[], redactions: readonly Span[], out: string])[] = [
    ["stand around the text", [a(2, 5)], [], "01<a 234 a>56789"],
    ["stand at both ends", [a(0, 10)], [], "<a 0123456789 a>"],
    ["are one where findings repeat", [a(2, 5), a(2, 5)], [], "01<a 234 a>56789"],
    ["are one where findings overlap", [a(4, 8), a(2, 5), a(3, 4)], [], "01<a 234567 a>89"],
    ["are one where findings touch", [a(2, 5), a(5, 7)], [], "01<a 23456 a>789"],
    ["are one over a gap that is filled", [a(1, 3), a(5, 7), a(3, 5)], [], "0<a 123456 a>789"],
    ["stand at each unit", [unit(a(2, 5)), unit(a(5, 7))], [], "01<a 234 a><a 56 a>789"],
    ["stand at a unit once", [unit(a(2, 5)), unit(a(2, 5))], [], "01<a 234 a>56789"],
    ["nest, the first rule outside", [b(2, 5), a(2, 5)], [], "01<a 234 b> a>56789"],
    ["nest, the longer outside", [a(3, 5), b(2, 5)], [], "012<a 34 a> b>56789"],
    ["cross", [a(2, 5), b(4, 7)], [], "01<a 234 a>56 b>789"],
    ["stand around what is redacted inside", [a(2, 8)], [{ start: 4, end: 6 }], "01<a 23[X]67 a>89"],
    ["stand behind what is redacted at the beginning", [a(2, 8)], [{ start: 2, end: 6 }], "01[X]<a 67 a>89"],
    ["stand behind what covers the beginning", [a(2, 8)], [{ start: 1, end: 6 }], "0[X]<a 67 a>89"],
    ["stand behind what is redacted at the end", [a(2, 8)], [{ start: 6, end: 9 }], "01<a 2345[X] a>9"],
    ["stand before what is redacted next", [a(2, 5)], [{ start: 5, end: 6 }], "01<a 234 a>[X]6789"],
    [
      "stand behind redactions that overlap",
      [a(0, 4)],
      [
        { start: 3, end: 6 },
        { start: 5, end: 8 },
      ],
      "<a 012[X] a>89",
    ],
    ["are none where all is redacted", [a(2, 5), b(3, 4)], [{ start: 2, end: 5 }], "01[X]56789"],
    ["are none where more is redacted", [unit(a(2, 5))], [{ start: 1, end: 9 }], "0[X]9"],
    [
      "are for what is left between",
      [a(2, 8)],
      [
        { start: 1, end: 3 },
        { start: 7, end: 9 },
      ],
      "0[X]<a 3456[X] a>9",
    ],
  ];
  for (const [what, marks, redactions, out] of rows) {
    it(what, () => {
      assert.equal(written(text, marks, redactions, []), out);
      assert.equal(
        written(
          text,
          marks,
          redactions,
          Array.from(text, (_, at) => at),
        ),
        out,
      );
    });
  }

  const span = fc
    .tuple(fc.nat(19), fc.integer({ min: 1, max: 8 }))
    .map(([start, length]) => ({ start, end: Math.min(20, start + length) }));
  const mark = fc.tuple(span, fc.constantFrom("a" as const, "b" as const), fc.boolean());
  const long = "abcdefghijklmnopqrst";

  it("are the same in any steps, and change nothing else", () => {
    fc.assert(
      fc.property(
        fc.array(mark, { maxLength: 6 }),
        fc.array(span, { maxLength: 5 }),
        fc.uniqueArray(fc.nat(19), { maxLength: 10 }).map((steps) => steps.sort((one, other) => one - other)),
        (drawn, redactions, steps) => {
          // Findings of one rule are all units or none: they are one detector's.
          const marks = drawn.map(([at, rule]) => ({ ...at, rule, isUnit: rule === "b" && drawn[0]?.[2] === true }));
          const whole = written(long, marks, redactions, []);
          assert.equal(written(long, marks, redactions, steps), whole);
          assert.equal(
            written(
              long,
              marks,
              redactions,
              Array.from(long, (_, at) => at),
            ),
            whole,
          );
          const bare = whole.replaceAll(/<a | a>| b>/g, "");
          assert.equal(bare, written(long, [], redactions, []));
          assert.equal(whole.split("<a ").length, whole.split(" a>").length);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe("what of a finding is marked", () => {
  const rows: readonly (readonly [text: string, isJson: boolean, marked: string | null])[] = [
    ["a claim. ", false, "a claim."],
    ["\n - a claim.\u00a0\n", false, "- a claim."],
    [" \n", false, null],
    ['"a"', false, '"a"'],
    ['{"a": "b c"}', true, 'a": "b c'],
    ["[{}]", true, null],
  ];
  for (const [found, isJson, marked] of rows) {
    it(`${JSON.stringify(found)}${isJson ? " in JSON" : ""}`, () => {
      const part = markedPart({ start: 7, end: 7 + found.length }, found, "content", isJson);
      assert.equal(part === null ? null : found.slice(part.start - 7, part.end - 7), marked);
    });
  }
  it("is nothing in names and links", () => {
    for (const place of ["tool-name", "name", "url", "tool-definition", "logprob", "other"] as const)
      assert.equal(markedPart({ start: 0, end: 3 }, "abc", place, false), null);
  });
});
