import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { policyHeadText, ruleOfText, setOf } from "../../../test/helpers/policy.ts";
import { someFacts } from "../../../test/helpers/rules.ts";
import type { ExchangeFacts, RuleMatch, Scope } from "../../domain/facts.ts";
import type { Rule } from "../../domain/policy.ts";
import { places, roles } from "../../domain/segment.ts";
import { explainScope } from "../explain-scope.ts";
import { globFits } from "./match.ts";

const known: ExchangeFacts = {
  ...someFacts,
  headers: new Map([["x-team", "red"]]),
  route: "chat",
  cluster: "models",
  tenant: "acme",
  principal: "spiffe://a/b",
  model: { kind: "named", name: " GPT-4o" },
};

const holds = (of: { readonly scope: Scope | null; readonly shadow?: boolean }, facts: ExchangeFacts): boolean =>
  explainScope(of, facts, { place: "content", role: "user", pointer: "" }).every((each) => each.holds);

async function ruleHolds(when: string, more: Partial<ExchangeFacts> = {}): Promise<boolean> {
  const rule = await ruleOfText(`id: a, stage: prompt, when: { ${when} }, detect: { secrets: {} }, action: flag`);
  return holds(rule, { ...known, ...more });
}

async function exceptionHolds(when: string, more: Partial<ExchangeFacts> = {}): Promise<boolean> {
  const exception = `{ id: e, reason: r, owner: o, expires: 2027-01-01, category: pii/*, when: { ${when} } }`;
  const { policy } = await setOf({ "policy.yaml": `${policyHeadText}rules: []\nexceptions:\n  - ${exception}\n` });
  const [only] = policy.exceptions;
  assert.ok(only !== undefined);
  return holds(only, { ...known, ...more });
}

test("each field: exact, with *, any of a list, none of a list", async () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ["tenant: acme", true],
    ["tenant: Acme", false],
    ["tenant: a*", true],
    ["tenant: [other, acme]", true],
    ["tenant: { not: acme }", false],
    ["tenant: { not: [other, b*] }", true],
    ["route: chat, cluster: models", true],
    ["route: chat, cluster: other", false],
    ['principal: "spiffe://a/*"', true],
    ["model: gpt-4o", true],
    ["model: { not: gpt-4O }", false],
    ["model: claude-*", false],
    ["dialect: openai, operation: openai/*", true],
    ["operation: openai/embeddings", false],
    ["path: /v1/*, method: POST", true],
    ["method: { not: [GET, POST] }", false],
    ["header: { X-Team: red }", true],
    ["header: { x-team: [blue, r*] }", true],
    ["header: { x-team: { not: red } }", false],
    ['header: { x-team: "*" }', true],
    ['header: { x-none: "*" }', false],
    ['header: { x-none: { not: "*" } }', true],
    ["role: user, place: content", true],
    ["role: [system, tool]", false],
    ["place: { not: [name, url] }", true],
    ["place: { not: content }", false],
    [`condition: 'tenant == "acme" && request.headers["x-team"] == "red"'`, true],
    [`condition: 'tenant == "other"'`, false],
  ];
  for (const [when, wanted] of cases) assert.equal(await ruleHolds(when), wanted, when);
});

test("what is not known makes a rule apply, and an exception not", async () => {
  const unknown: Partial<ExchangeFacts> = {
    route: null,
    cluster: null,
    tenant: null,
    principal: null,
    dialect: "unknown",
    operation: "unknown",
    model: { kind: "unclear" },
  };
  const asked = [
    "route: a",
    "route: { not: a }",
    "cluster: a",
    "tenant: a",
    "tenant: { not: a }",
    "principal: a",
    "model: a",
    "model: { not: a }",
    "dialect: openai",
    "operation: openai/embeddings",
    `condition: 'model == "a"'`,
    `condition: 'model != "a"'`,
    `condition: 'tenant == "a"'`,
    `condition: 'request.headers["x-none"] == "a"'`,
  ];
  for (const when of asked) {
    assert.equal(await ruleHolds(when, unknown), true, when);
    assert.equal(await exceptionHolds(when, unknown), false, when);
  }
  assert.equal(await exceptionHolds("tenant: acme, path: /v1/*"), true);
});

test("a header that nobody sent is known to be absent, and the policy says which it asks for", async () => {
  assert.equal(await ruleHolds("header: { x-none: a }"), false);
  const { policy } = await setOf({
    "policy.yaml": `${policyHeadText}rules:
  - { id: a, stage: prompt, when: { header: { X-B: b } }, detect: { secrets: {} }, action: flag }
  - { id: b, stage: prompt, when: { condition: '"x-a" in request.headers' }, detect: { secrets: {} }, action: flag }
exceptions:
  - { id: e, reason: r, owner: o, expires: 2027-01-01, literal: abc, when: { header: { x-c: c } } }
`,
  });
  assert.deepEqual(policy.headers, ["x-a", "x-b", "x-c"]);
});

test("why a rule applies is told in the policy's own words", async () => {
  const rule = await ruleOfText(
    "id: a, stage: prompt, when: { tenant: acme, model: other, header: { x-team: red }, condition: 'route == \"x\"', role: user, place: url }, detect: { secrets: {} }, action: flag",
  );
  assert.deepEqual(explainScope(rule, known, { place: "content", role: "user", pointer: "" }), [
    { field: "tenant", holds: true },
    { field: "model", holds: false },
    { field: "header x-team", holds: true },
    { field: "condition", holds: false },
    { field: "role", holds: true },
    { field: "place", holds: false },
  ]);
  const everywhere = await ruleOfText("id: a, stage: prompt, detect: { secrets: {} }, action: flag");
  assert.deepEqual(explainScope(everywhere, known, null), []);
});

test("not is the rest of a closed list", async () => {
  const rule = await ruleOfText(
    "id: a, stage: prompt, when: { role: { not: [user, tool] }, place: { not: url } }, detect: { secrets: {} }, action: flag",
  );
  assert.deepEqual(
    rule.scope?.roles,
    roles.filter((role) => role !== "user" && role !== "tool"),
  );
  assert.deepEqual(
    rule.scope?.places,
    places.filter((place) => place !== "url"),
  );
});

test("a text with * fits as the expression for it does", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
  const texts = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  fc.assert(
    fc.property(letters, texts, (glob, text) => {
      const expression = new RegExp(`^${glob.replaceAll("*", "[ab]*")}$`);
      assert.equal(globFits(glob, text), expression.test(text), `${glob} ${text}`);
    }),
    { numRuns: 3000 },
  );
});

test("a rule of the reply applies where a rule of the prompt matched, or may have", async () => {
  const fits = async (more: Partial<ExchangeFacts>, shadow = false): Promise<boolean> => {
    const { policy } = await setOf({
      "policy.yaml": `${policyHeadText}rules:
  - { id: soft, stage: prompt, detect: { secrets: {} }, action: flag }
  - { id: after, stage: reply, when: { promptMatched: [soft] }, detect: { refusal: {} }, action: flag, shadow: ${shadow} }
`,
    });
    return holds(policy.rules[1] as Rule, { ...known, ...more });
  };
  const word = (matched: readonly RuleMatch[], unsure: readonly RuleMatch[] = []): Partial<ExchangeFacts> => ({
    promptRules: { matched, unsure },
  });
  const soft = { rule: "soft", shadow: false };
  const quiet = { rule: "soft", shadow: true };
  assert.equal(await fits({ promptRules: null }), true, "the prompt was not judged");
  assert.equal(await fits(word([])), false);
  assert.equal(await fits(word([{ rule: "other", shadow: false }])), false);
  assert.equal(await fits(word([soft])), true);
  assert.equal(await fits(word([{ rule: "soft@acme", shadow: false }])), true, "what a tenant made of it");
  assert.equal(await fits(word([], [soft])), true, "it could not answer");
  assert.equal(await fits(word([quiet])), false, "a rule in shadow acts on no other");
  assert.equal(await fits(word([], [quiet])), false);
  assert.equal(await fits(word([quiet]), true), true, "but shadow hears shadow");
});

test("an exception for what rules of the prompt matched holds only where it is known", async () => {
  const { policy } = await setOf({
    "policy.yaml": `${policyHeadText}rules:
  - { id: soft, stage: prompt, detect: { secrets: {} }, action: flag }
exceptions:
  - { id: e, reason: r, owner: o, expires: 2027-01-01, category: pii/*, when: { promptMatched: soft } }
`,
  });
  const [only] = policy.exceptions;
  assert.ok(only !== undefined);
  const soft = { rule: "soft", shadow: false };
  assert.equal(holds(only, { ...known, promptRules: null }), false);
  assert.equal(holds(only, { ...known, promptRules: { matched: [], unsure: [soft] } }), false);
  assert.equal(holds(only, { ...known, promptRules: { matched: [soft], unsure: [] } }), true);
});
