import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
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
