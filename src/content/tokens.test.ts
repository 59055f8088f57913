import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { estimateTokens } from "./tokens.ts";

/** `least` and `most`: around the counts that two tokenizers in use gave when this was written (cl100k, o200k). */
for (const [what, text, least, most] of [
  ["nothing", "", 0, 0],
  ["English", "The quick brown fox jumps over the lazy dog, and then it sleeps.", 15, 25],
  ["German", "Die Entscheidung wurde gestern im Ausschuss einstimmig getroffen.", 12, 24],
  ["Russian", "Решение было принято вчера единогласно.", 9, 24],
  ["Chinese", "昨天委员会一致通过了这项决定。", 10, 22],
  ["Thai", "คณะกรรมการมีมติเป็นเอกฉันท์เมื่อวานนี้", 11, 50],
  ["code", "for (let i = 0; i < items.length; i++) { total += items[i].price; }", 21, 36],
  ["JSON", '{"id":42,"name":"Ada","tags":["a","b"],"ok":true}', 18, 34],
] as const) {
  test(`${what} is estimated from above, and not by far`, () => {
    const tokens = estimateTokens(text);
    assert.ok(tokens >= least && tokens <= most, String(tokens));
  });
}

test("the parts of a text add up to it exactly, wherever it is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 20 }), (parts) => {
      let sum = 0;
      for (const part of parts) sum += estimateTokens(part);
      assert.equal(sum, estimateTokens(parts.join("")));
    }),
  );
});

test("every code unit counts, lone surrogates too", () => {
  for (let unit = 0; unit <= 0xffff; unit += 1) assert.ok(estimateTokens(String.fromCharCode(unit)) > 0);
});
