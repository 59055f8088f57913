import assert from "node:assert/strict";
import test from "node:test";
import { codePointAt } from "./code-points.ts";

const parent = `${"x".repeat(40)}${"\u{e0101}".repeat(20)}y`;

test("a slice that ends in half a pair has no character but that half, however often it is asked", () => {
  for (let times = 0; times < 300_000; times++) {
    const slice = parent.slice(0, 41 + 2 * (times % 15));
    if (codePointAt(slice, slice.length - 1) !== 0xdb40) assert.fail(`call ${times}`);
  }
});

test("what iteration gives, at each place", () => {
  for (const text of [
    "",
    "a",
    "\u{1f600}",
    "\ud83d",
    "\ude00",
    "\ude00\ud83d",
    "a\u{10ffff}b\u{10000}\ud800c",
    parent,
  ]) {
    let at = 0;
    for (const character of text) {
      const last = character.charCodeAt(character.length - 1);
      assert.equal(String.fromCodePoint(codePointAt(text, at) as number), character);
      at += character.length;
      assert.equal(codePointAt(text, at - 1), character.length === 2 ? last : codePointAt(character, 0));
    }
    assert.equal(codePointAt(text, at), undefined);
    assert.equal(codePointAt(text, -1), undefined);
  }
});
