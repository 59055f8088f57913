import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeNames, digestBytes, encodeNames, namesMax } from "./names-bytes.ts";
import { seal, unseal } from "./seal.ts";

const secret = new Uint8Array(32).fill(1);
const bytes = fc.uint8Array({ maxLength: 300 });
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,15}$/);
const place = fc.stringMatching(/^placeholders:[A-Za-z0-9_-]{43}$/);

test("what was sealed opens again, and only there", () => {
  fc.assert(
    fc.property(bytes, id, id, place, place, (plain, key, otherKey, here, there) => {
      const sealed = seal(secret, key, here, plain);
      assert.deepEqual(unseal(secret, key, here, sealed), Buffer.from(plain));
      assert.equal(unseal(new Uint8Array(32).fill(2), key, here, sealed), null);
      if (there !== here) assert.equal(unseal(secret, key, there, sealed), null);
      if (otherKey !== key) assert.equal(unseal(secret, otherKey, here, sealed), null);
      assert.notDeepEqual(seal(secret, key, here, plain), sealed, "each has a nonce of its own");
    }),
  );
});

test("any altered byte, any byte too few or too many is refused", () => {
  fc.assert(
    fc.property(
      bytes,
      id,
      place,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      bytes,
      (plain, key, here, at, by, more) => {
        const sealed = seal(secret, key, here, plain);
        const altered = Buffer.from(sealed);
        const index = at % sealed.length;
        altered.writeUInt8(altered.readUInt8(index) ^ by, index);
        assert.equal(unseal(secret, key, here, altered), null);
        assert.equal(unseal(secret, key, here, sealed.subarray(0, index)), null);
        assert.equal(unseal(secret, key, here, sealed.subarray(index + 1)), null);
        if (more.length > 0) assert.equal(unseal(secret, key, here, Buffer.concat([sealed, more])), null);
        assert.equal(unseal(secret, key, here, more), null);
      },
    ),
  );
});

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
