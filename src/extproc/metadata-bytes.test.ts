import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadCodec } from "./codec.ts";
import { createMetadataEncoder } from "./metadata-bytes.ts";
import type { Struct, Value } from "./wire.ts";

const codec = loadCodec();
const encode = createMetadataEncoder();

const { struct } = fc.letrec<{ struct: Struct; value: Value }>((tie) => ({
  struct: fc
    .dictionary(fc.string({ unit: "binary" }), tie("value"), { maxKeys: 6, noNullPrototype: true })
    .map((fields) => ({ fields })),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "binary", maxLength: 300 }).map((stringValue) => ({ kind: "stringValue", stringValue })),
    fc.double({ noNaN: true }).map((numberValue) => ({ kind: "numberValue", numberValue })),
    fc.constant({ kind: "nullValue", nullValue: 0 as const }),
    fc.boolean().map((boolValue) => ({ kind: "boolValue", boolValue })),
    tie("struct").map((structValue) => ({ kind: "structValue", structValue })),
    fc
      .array(tie("value"), { minLength: 1, maxLength: 4 })
      .map((values) => ({ kind: "listValue", listValue: { values } })),
  ),
}));

/** As the general decoder reads it; it leaves out what is empty. */
function decoded(bytes: Buffer): unknown {
  return plain(codec.processor.Process.responseDeserialize(bytes).dynamicMetadata);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key, held]) => key !== "fields" || Object.keys(held as object).length > 0,
  );
  return Object.fromEntries(entries.map(([key, held]) => [key, plain(held)]));
}

test("the general decoder reads any metadata as it was", () => {
  fc.assert(fc.property(struct, (metadata) => assert.deepEqual(decoded(encode(metadata)), plain(metadata))));
});

test("metadata larger than the scratch memory is whole, and so is what comes after it", () => {
  for (const length of [3, 100_000, 5_000]) {
    const text = "x".repeat(length);
    const metadata: Struct = { fields: { text: { kind: "stringValue", stringValue: text } } };
    assert.deepEqual(decoded(encode(metadata)), metadata);
  }
});

test("a value without a kind is refused", () => {
  assert.throws(() => encode({ fields: { verdict: {} } }), TypeError);
});
