import assert from "node:assert/strict";
import { test } from "node:test";
import { base58Version, isBech32 } from "./base58.ts";
import { isDate, isMonthDay } from "./dates.ts";
import { elevenLess, luhn, mod11And10, restOf, verhoeff } from "./digits.ts";
import { keccak256 } from "./keccak.ts";

/** What a code must notice: each single wrong digit, and, for the better ones, two neighbours that changed places. */
const codes = [
  { name: "luhn", holds: luhn, number: "79927398713", swaps: false },
  { name: "verhoeff", holds: verhoeff, number: "2363", swaps: true },
  { name: "verhoeff, long", holds: verhoeff, number: "234123412346", swaps: true },
  { name: "MOD 11,10", holds: mod11And10, number: "33392005961", swaps: false },
];

for (const { name, holds, number, swaps } of codes) {
  test(`${name} notices every wrong digit`, () => {
    assert.ok(holds(number));
    for (let at = 0; at < number.length; at++) {
      for (let digit = 0; digit < 10; digit++) {
        const other = number.slice(0, at) + digit + number.slice(at + 1);
        assert.equal(holds(other), other === number, other);
      }
      const [one = "", two = ""] = number.slice(at, at + 2);
      if (swaps && two !== "" && one !== two) assert.ok(!holds(number.slice(0, at) + two + one + number.slice(at + 2)));
    }
  });
}

test("Keccak-256 is that of the published examples", () => {
  assert.equal(keccak256(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  assert.equal(keccak256("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  assert.throws(() => keccak256("a".repeat(136)), { name: "InvariantError" });
});

test("addresses with a wrong letter have no version", () => {
  assert.equal(base58Version("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bitcoin"), 0);
  assert.equal(base58Version("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "bitcoin"), null);
  assert.equal(base58Version("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN0", "bitcoin"), null);
  assert.equal(base58Version("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNV", "bitcoin"), null);
  assert.ok(isBech32("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"));
  assert.ok(!isBech32("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T5"));
});

test("dates, rests and elevens", () => {
  assert.ok(isMonthDay(2, 29) && !isMonthDay(2, 30) && !isMonthDay(13, 1) && !isMonthDay(0, 1) && !isMonthDay(1, 0));
  assert.ok(isDate(2000, 2, 29) && !isDate(1900, 2, 29) && isDate(1880, 1, 1) && !isDate(1879, 12, 31));
  assert.ok(isDate(2060, 12, 31) && !isDate(2061, 1, 1));
  assert.equal(restOf("123456789012345678901234567890", 97), Number(123456789012345678901234567890n % 97n));
  assert.deepEqual([elevenLess(0, 9), elevenLess(1, 9), elevenLess(2, 9)], [0, 9, 9]);
});
