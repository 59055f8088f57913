/** JSON lines cut anywhere give the same lines; a line gets another text and keeps all else. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { jsonLines } from "../../src/content/json-lines/format.ts";
import { cuts, divide, eventsOf, growsWithItsLength, rewrites, sameHoweverCut } from "./stream-frames.ts";

const lineEnd = fc.constantFrom("\n", "\n", "\r\n");
const space = fc.constantFrom("", "", " ", "\t ");
const line = fc
  .tuple(space, fc.oneof(fc.json({ maxDepth: 2 }), fc.constant("")), space, lineEnd)
  .map((parts) => parts.join(""));
const stream = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom("", "", '{"last":1}'))
  .map(([lines, last]) => Buffer.from(lines.join("") + last));

describe("JSON lines", () => {
  it("are the same frames however they are cut, and no byte is lost or added", () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, places) => {
        assert.equal(sameHoweverCut(jsonLines, bytes, places).failure, null);
      }),
      { numRuns: 500 },
    );
  });

  it("of any bytes, and of any limit, are the same frames however they are cut", () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((any) => any.map((byte) => (byte % 5 === 0 ? 0x0a : byte)));
    fc.assert(
      fc.property(bytes, cuts, fc.integer({ min: 1, max: 20 }), (any, places, limit) => {
        const { failure } = sameHoweverCut(jsonLines, any, places, limit);
        assert.ok(failure === null || failure === "event-too-large");
      }),
      { numRuns: 500 },
    );
  });

  it("are the lines that a reader of text sees", () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const lines = bytes
          .toString()
          .split("\n")
          .map((each) => each.replace(/^[ \t\r]+|[ \t\r]+$/g, ""));
        const seen = eventsOf(jsonLines, bytes).flatMap(({ data }) => (data === null ? [] : [data]));
        assert.deepEqual(
          seen,
          lines.filter((each) => each !== ""),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("get another text and keep all else", () => {
    fc.assert(
      fc.property(stream, fc.json(), (bytes, other) => {
        rewrites(jsonLines, bytes, other);
      }),
      { numRuns: 500 },
    );
  });

  it("stay lines, whatever is written into them", () => {
    fc.assert(
      fc.property(stream, fc.string({ unit: fc.constantFrom(..."a \r\n") }), (bytes, other) => {
        for (const event of eventsOf(jsonLines, bytes)) {
          if (event.data !== null) assert.ok(divide(jsonLines, [event.rewrite(other, [])]).frames.length <= 1);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("cost as much as they are long", () => growsWithItsLength(jsonLines, Buffer.alloc(1_048_576, 0x20)));
});
