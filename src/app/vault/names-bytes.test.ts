import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeNames, digestBytes, encodeNames, namesMax } from "./names-bytes.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
const name = fc.record(
  {
    digest: fc
      .uint8Array({ minLength: digestBytes, maxLength: digestBytes })
      .map((each) => Buffer.from(each).toString("hex")),
    kind: fc.oneof(fc.constantFrom("EMAIL", "PHONE"), fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" })),
    number: fc.integer({ min: 0, max: 0xffff_ffff }),
    tail: fc.stringMatching(/^[a-z2-9]{0,12}$/),
  },
  { noNullPrototype: true },
);
const names = fc.record(
  {
    writtenS: fc.integer({ min: 0, max: 0xffff_ffff }),
    names: fc.array(name, { maxLength: 60 }),
  },
  { noNullPrototype: true },
);

test("names come back as they were, in their order", () => {
  fc.assert(fc.property(names, (kept) => assert.deepEqual(decodeNames(encodeNames(kept)), kept)));
});

test("what is not names is none", () => {
  fc.assert(fc.property(bytes, (junk) => void decodeNames(junk)));
  fc.assert(
    fc.property(names, fc.nat(), (kept, at) => {
      const encoded = encodeNames(kept);
      assert.equal(decodeNames(encoded.subarray(0, at % encoded.length)), null);
      assert.equal(decodeNames(Buffer.concat([encoded, Buffer.from([0])])), null);
    }),
  );
});

test("of more names than there may be, the last are kept; a kind that is too long has none", () => {
  const kept = Array.from({ length: namesMax + 1 }, (_, number) => ({
    digest: number.toString(16).padStart(2 * digestBytes, "0"),
    kind: number === 5 ? "X".repeat(256) : "EMAIL",
    number,
    tail: "x7k2q9",
  }));
  const back = decodeNames(encodeNames({ writtenS: 1, names: kept }));
  assert.equal(back?.names.length, namesMax - 1);
  assert.deepEqual([back.names[0]?.number, back.names.at(-1)?.number], [1, namesMax]);
});
