import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Category } from "../domain/detector.ts";
import type { Action } from "../domain/policy.ts";
import { score } from "../domain/score.ts";
import { Ledger } from "./ledger.ts";
import { MaskQueue } from "./masks.ts";
import { maskCharacters, redaction, restoration } from "./redact.ts";

const partsOf = (ledger = new Ledger(() => "x7k2q9")) => ({
  label: (category: string) => `[${category.slice(category.indexOf("/") + 1).toUpperCase()}]`,
  pseudonym: (text: string) => `p${text.length}`,
  ledger,
});
type Redacting = Extract<Action, { kind: "redact" | "replace" }>;
const styles = {
  remove: { kind: "redact", style: { kind: "remove" } },
  label: { kind: "redact", style: { kind: "label" } },
  hash: { kind: "redact", style: { kind: "hash" } },
  mask: { kind: "redact", style: { kind: "mask", keepLast: 4 } },
  placeholder: {
    kind: "redact",
    style: { kind: "placeholder", restore: { links: false, toolArguments: false }, stable: null },
  },
  replace: { kind: "replace", text: "(withheld)" },
} as const satisfies Record<string, Redacting>;

const text = "4111 1111 1111 1111";
const span = { start: 10, end: 10 + text.length };
const card = { category: "pii/card", score: score(0.9) } as const;

const rows: readonly (readonly [keyof typeof styles, string])[] = [
  ["remove", ""],
  ["label", "[CARD]"],
  ["hash", "[CARD:p19]"],
  ["mask", "***************1111"],
  ["placeholder", "<CARD_1_x7k2q9>"],
  ["replace", "(withheld)"],
];
for (const [name, wanted] of rows) {
  test(`${name} writes ${JSON.stringify(wanted)}`, () => {
    const made = redaction(styles[name], card, span, text, 0, partsOf());
    assert.equal(made.write({ start: 0, end: text.length }), wanted);
  });
}

test("a mask shows no more than a third, and never changes a length", () => {
  assert.equal(maskCharacters("abcdef", 4), "****ef");
  assert.equal(maskCharacters("ab", 4), "**");
  assert.equal(maskCharacters("a1-b2-c3", 2), "******c3");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (any, keep) => {
      const masked = maskCharacters(any, keep);
      assert.equal(masked.length, any.length);
      const shown = [...masked].filter((unit) => unit !== "*").length;
      assert.ok(shown <= keep && shown <= any.length / 3);
    }),
  );
});

test("the least telling of several on one text is written, whatever came first", () => {
  const order = ["replace", "remove", "label", "hash", "mask", "placeholder"] as const;
  for (const [index, strict] of order.entries()) {
    for (const mild of order.slice(index + 1)) {
      for (const names of [
        [strict, mild],
        [mild, strict],
      ] as const) {
        const queue = new MaskQueue();
        for (const [check, name] of names.entries())
          queue.add(redaction(styles[name], card, span, text, check, partsOf()));
        const wanted = redaction(styles[strict], card, span, text, 0, partsOf()).write({ start: 0, end: 19 });
        assert.deepEqual(
          queue.take(100).map(({ placeholder }) => placeholder),
          [wanted],
        );
      }
    }
  }
});

test("of one text under several names the surest is written, then the first by name, whatever came first", () => {
  const named = (category: Category, sure: number) =>
    redaction(styles.label, { category, score: score(sure) }, span, text, 0, partsOf());
  const rows = [
    [named("pii/phone", 0.5), named("pii/gb-nhs", 0.9), "[GB-NHS]"],
    [named("pii/phone", 0.5), named("pii/phone", 0.9), "[PHONE]"],
    [named("pii/phone", 0.5), named("pii/card", 0.5), "[CARD]"],
  ] as const;
  for (const [a, b, wanted] of rows) {
    for (const order of [
      [a, b],
      [b, a],
    ]) {
      const queue = new MaskQueue();
      for (const each of order) queue.add(each);
      assert.deepEqual(
        queue.take(100).map(({ placeholder }) => placeholder),
        [wanted],
      );
    }
  }
});

test("overlapping placeholders can be put back to the very text", () => {
  const ledger = new Ledger(() => "x7k2q9");
  const queue = new MaskQueue();
  const all = "write to ada at once";
  const at = (start: number, end: number) =>
    redaction(
      styles.placeholder,
      { category: "pii/email", score: score(0.9) },
      { start, end },
      all.slice(start, end),
      0,
      partsOf(ledger),
    );
  queue.add(at(0, 12));
  queue.add(at(9, 15));
  const out = queue.take(100).map(({ placeholder }) => placeholder);
  assert.deepEqual(out, ["<EMAIL_1_x7k2q9>", "<EMAIL_2_x7k2q9>"]);
  const reader = { mayPutBack: () => true };
  const first = { start: 0, end: 1 };
  const back = out.map((placeholder) =>
    restoration({ start: 0, end: placeholder.length }, placeholder, "text", reader, ledger).write(first),
  );
  assert.equal(back.join(""), all.slice(0, 15));
  const held = { mayPutBack: () => false };
  assert.equal(restoration(first, out[0] as string, "text", held, ledger).write(first), null);
});

test("a ledger numbers texts, repeats itself, gives back only what it issued, and forgets", () => {
  const ledger = new Ledger(() => "x7k2q9");
  const restore = { links: false, toolArguments: false };
  assert.equal(ledger.issue("pii/us-ssn", "a", { restore, stable: null }), "<US_SSN_1_x7k2q9>");
  assert.equal(ledger.issue("pii/us-ssn", "b", { restore: null, stable: null }), "<US_SSN_2_x7k2q9>");
  assert.equal(ledger.issue("pii/us-ssn", "a", { restore, stable: null }), "<US_SSN_1_x7k2q9>");
  assert.deepEqual([...ledger.seal().keys()], ["<US_SSN_1_x7k2q9>"]);
  assert.equal(ledger.restore("<US_SSN_1_x7k2q9>"), "a");
  assert.equal(ledger.restore("<US_SSN_2_x7k2q9>"), null);
  assert.deepEqual([ledger.count, ledger.restored], [2, 1]);
  ledger.forget();
  assert.equal(ledger.restore("<US_SSN_1_x7k2q9>"), null);
});
