import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { roles } from "../../domain/segment.ts";
import { encodeFields, questionDigest } from "./question-digest.ts";

/** Also halves of pairs, which UTF-8 does not tell apart, and lengths that look like a prefix. */
const unit = fc.oneof(
  fc.constantFrom("\ud800", "\udbff", "\udc00", "\0", "\u0001", "a", "b"),
  fc.string({ unit: "binary" }),
);
const field = fc.oneof(
  fc.constant(null),
  fc.array(unit, { maxLength: 4 }).map((units) => units.join("")),
);
const fields = fc.array(field, { maxLength: 6 });

test("no two lists of fields have the same bytes", () => {
  fc.assert(
    fc.property(fields, fields, (one, other) => {
      assert.equal(
        encodeFields(one).equals(encodeFields(other)),
        one.length === other.length && one.every((each, index) => each === other[index]),
      );
    }),
    { numRuns: 2000 },
  );
  // Where a text is moved over a field's end, and where nothing is told from an empty text.
  const lists = [
    ["ab", "c"],
    ["a", "bc"],
    ["abc"],
    ["abc", ""],
    ["abc", null],
    ["", "abc"],
    [null, "abc"],
    ["\ud800"],
    ["\ud801"],
  ];
  assert.equal(new Set(lists.map((list) => encodeFields(list).toString("hex"))).size, lists.length);
});

test("each part of a question, and of who asks it, has a say", () => {
  const asker = { release: "1", tenant: "t", policy: "p@1" };
  const question = { detector: "d", model: "m", roles: ["user", "tool"] as const, evidence: "e", text: "x" };
  const others = [
    questionDigest({ ...asker, release: "2" }, question),
    questionDigest({ ...asker, tenant: null }, question),
    questionDigest({ ...asker, tenant: "" }, question),
    questionDigest({ ...asker, tenant: "null" }, question),
    questionDigest({ ...asker, policy: "p@2" }, question),
    questionDigest(asker, { ...question, detector: "d2" }),
    questionDigest(asker, { ...question, model: "m2" }),
    questionDigest(asker, { ...question, roles: ["user"] }),
    questionDigest(asker, { ...question, roles: ["tool", "user"] }),
    questionDigest(asker, { ...question, evidence: null }),
    questionDigest(asker, { ...question, evidence: "" }),
    questionDigest(asker, { ...question, text: "X" }),
    ...roles.map((role) => questionDigest(asker, { ...question, roles: [role, role, role] })),
  ];
  const all = [questionDigest(asker, question), ...others].map((digest) => digest.toString("hex"));
  assert.equal(new Set(all).size, all.length);
  assert.ok(questionDigest(asker, question).equals(questionDigest({ ...asker }, { ...question })));
});
