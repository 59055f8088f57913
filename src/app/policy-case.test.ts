import assert from "node:assert/strict";
import { test } from "node:test";
import { planWith, policyOf, ruleOf } from "../../test/helpers/rules.ts";
import { readCase, runCase } from "./policy-case.ts";

const blocked = `kind: PolicyCase
version: 1
exchange: { request: { model: m, messages: [{ role: user, content: "acme" }] } }
expect: { record: { verdict: block } }
`;

test("a case comes out the same however long its runs take", async (t) => {
  const read = await readCase("blocked.case.yaml", Buffer.from(blocked));
  assert.ok(read.ok);
  const words = { kind: "keywords", list: ["acme"], caseSensitive: false, wholeWords: true } as const;
  const rule = ruleOf("words", words, { kind: "block", form: "refusal", status: null, message: null });
  let now = 1_800_000_000_000;
  t.mock.method(Date, "now", () => (now += 1_000));
  const { differences } = await runCase(read.value, planWith(policyOf([rule])), 8);
  assert.deepEqual(differences, []);
});
