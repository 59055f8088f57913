/** A JSON array cut anywhere gives the same items that JSON.parse sees in the whole. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { jsonArray } from "../../src/content/json-array/format.ts";
import { cuts, divide, eventsOf, growsWithItsLength, rewrites, sameHoweverCut } from "./stream-frames.ts";

const space = fc.constantFrom("", "", " ", "\r\n", "\t \n");
const item = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom("0", "-1.5e9", "true", "null", '"]"', '",\\"["', '"\\\\"', "[[]]", '{"a":[{"b":"}"}]}', '"\\u005d"'),
);
const array = fc
  .tuple(
    space,
    fc.array(
      fc.tuple(space, item, space).map((parts) => parts.join("")),
      { maxLength: 6 },
    ),
    space,
  )
  .map(([before, items, after]) => `${before}[${items.join(",")}]${after}`);
const object = fc
  .tuple(space, fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }), space)
  .map(([before, value, after]) => before + JSON.stringify(value) + after);
const body = fc.oneof(array, array, object, fc.constantFrom("[]", " [ ] ", "{}")).map((text) => Buffer.from(text));
/** Near to one, or nothing like it. */
const odd = fc.string({ unit: fc.constantFrom(...'[]{},":\\ a1\n'), maxLength: 24 }).map((text) => Buffer.from(text));

describe("a JSON array in pieces", () => {
  it("is the same frames however it is cut, and no byte is lost or added", () => {
    fc.assert(
      fc.property(body, cuts, (bytes, places) => {
        assert.equal(sameHoweverCut(jsonArray, bytes, places).failure, null);
      }),
      { numRuns: 500 },
    );
  });

  it("that is none, or too large, is so however it is cut", () => {
    fc.assert(
      fc.property(fc.oneof(body, odd), cuts, fc.integer({ min: 1, max: 30 }), (bytes, places, limit) => {
        const { failure } = sameHoweverCut(jsonArray, bytes, places, limit);
        assert.ok(failure === null || failure === "event-too-large" || failure === "not-json");
      }),
      { numRuns: 2000 },
    );
  });

  it("holds the items that JSON.parse sees, and takes whatever it takes", () => {
    fc.assert(
      fc.property(fc.oneof(body, odd), (bytes) => {
        const whole = parsed(bytes.toString());
        const { frames, failure } = divide(jsonArray, [bytes]);
        if (whole === undefined || typeof whole !== "object" || whole === null) {
          if (failure !== null || frames.length === 0) return;
          // Items that are no JSON are left to the items' reader, who says so.
          const data = eventsOf(jsonArray, bytes).map((event) => event.data);
          assert.ok(data.some((each) => each !== null && parsed(each) === undefined));
          return;
        }
        assert.equal(failure, null);
        const items = eventsOf(jsonArray, bytes).flatMap(({ data }) => (data === null ? [] : [JSON.parse(data)]));
        assert.deepEqual(items, Array.isArray(whole) ? whole : [whole]);
      }),
      { numRuns: 2000 },
    );
  });

  it("gets other items and keeps all else", () => {
    fc.assert(
      fc.property(body, fc.json(), (bytes, other) => {
        rewrites(jsonArray, bytes, other.startsWith("{") ? other : `{"a":${other}}`);
      }),
      { numRuns: 500 },
    );
  });

  it("is an array still when it is ended early", () => {
    fc.assert(
      fc.property(array, fc.nat(6), fc.array(fc.json(), { maxLength: 2 }), (text, at, data) => {
        const { frames } = divide(jsonArray, [Buffer.from(text)]);
        // The end comes last, so that it never went out before.
        const gone = frames.slice(0, Math.min(at, frames.length - 1)).map((frame) => Buffer.from(frame, "hex"));
        const messages = data.map((each) => ({ name: "", data: each }));
        const ended = Buffer.concat([...gone, jsonArray.encode(messages, gone.length > 0)]).toString();
        const items: unknown = JSON.parse(text);
        assert.ok(Array.isArray(items));
        assert.deepEqual(JSON.parse(ended), [...items.slice(0, gone.length), ...data.map((each) => JSON.parse(each))]);
      }),
      { numRuns: 500 },
    );
  });

  it("costs as much as it is long, however deep", () => {
    growsWithItsLength(jsonArray, Buffer.from(`[${"[".repeat(500_000)}${"]".repeat(500_000)}]`));
    growsWithItsLength(jsonArray, Buffer.from(`["${"\\\\".repeat(500_000)}"]`));
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
