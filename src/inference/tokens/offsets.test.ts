// Code points and code units, both ways.

import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { pointOffset, unitOffsets } from "./offsets.ts";

const texts = fc.string({
  unit: fc.oneof(fc.constantFrom("a", "é", "😀", "\ud800", "\udc00", "𝒳"), fc.string({ unit: "binary" })),
});

it("each code point begins at the code unit where it does", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const points = [...text];
      const units = unitOffsets(text);
      for (let point = 0; point <= points.length; point += 1) {
        const unit = points.slice(0, point).join("").length;
        assert.equal(units?.[point] ?? point, unit);
        assert.equal(pointOffset(text, unit), point);
      }
    }),
  );
});
