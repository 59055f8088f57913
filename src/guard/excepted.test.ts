import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Span } from "../domain/segment.ts";
import { flag, ruleOf } from "../../test/helpers/rules.ts";
import { Excepted } from "./excepted.ts";

const word = { kind: "keywords", list: ["acme"], caseSensitive: false, wholeWords: true } as const;
const [a, b] = [ruleOf("a", word, flag), ruleOf("b", word, flag)];

test("what lies inside anything that was taken out, in whatever order it came, is taken out for the same rules alone", () => {
  const spans = fc
    .tuple(fc.nat(40), fc.integer({ min: 1, max: 12 }))
    .map(([start, length]): Span => ({ start, end: start + length }));
  fc.assert(
    fc.property(fc.array(spans, { maxLength: 20 }), spans, fc.nat(50), (taken, asked, before) => {
      const excepted = new Excepted();
      for (const span of taken) excepted.add(1, "pii/email", [a], span);
      if (asked.start >= before) excepted.forget(before);
      const isInside = taken.some(({ start, end }) => start <= asked.start && end >= asked.end);
      assert.deepEqual(excepted.left(1, "pii/email", [a, b], asked), isInside ? [b] : [a, b]);
      assert.deepEqual(excepted.left(2, "pii/email", [a, b], asked), [a, b]);
      assert.deepEqual(excepted.left(1, "pii/phone", [a, b], asked), [a, b]);
    }),
  );
});
