/** The short form of `npm run fuzz -- --seconds N`: each decoder over its corpus and a few hundred inputs made of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allDecoders } from "../fuzz/decoders.ts";
import { fuzz, tryOne } from "../fuzz/fuzz.ts";
import { createRandom, mutated } from "../fuzz/mutate.ts";

/** With the corpus. */
const inputsMost = 300;

describe("whatever bytes come", () => {
  for (const decoder of allDecoders())
    it(`${decoder.name} answers in good form`, async () => {
      assert.ok(decoder.corpus.length > 0);
      const { find } = await fuzz(decoder, 1, (inputs) => inputs < inputsMost);
      assert.equal(find, null, `${find?.why} ${find?.input.toString("base64")}`);
    });
});

it("finds a decoder that throws, and the input that makes it", async () => {
  const check = (bytes: Buffer): void => assert.ok(!bytes.includes(0x7b));
  const decoder = { name: "made up", corpus: [Buffer.from("harmless words")], check };
  const { find } = await fuzz(decoder, 7, (inputs) => inputs < 10_000);
  assert.ok(find !== null && find.input.includes(0x7b));
  assert.equal((await tryOne(decoder, find.input))?.decoder, "made up");
});

it("makes the same inputs of the same seed", () => {
  const made = (): string => {
    const random = createRandom(3);
    return Array.from({ length: 50 }, () =>
      mutated([Buffer.from("abc"), Buffer.from("{}")], random).toString("hex"),
    ).join();
  };
  assert.equal(made(), made());
});
