import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { LanePlace } from "../domain/detector.ts";
import type { ExchangeFacts, Scope } from "../domain/facts.ts";
import type { PolicyException, Rule } from "../domain/policy.ts";
import { score } from "../domain/score.ts";
import { flag, judgeOf, label, planWith, policyOf, ruleOf, someFacts } from "../../test/helpers/rules.ts";

const never = new AbortController().signal;
const at = (role: "user" | "system", place: "content" | "tool-result" = "content") =>
  ({ call: null, location: { place, role, pointer: "" } }) as const;
const word = { kind: "keywords", list: ["acme"], caseSensitive: false, wholeWords: true } as const;
const inTenant = (tenant: string): Scope => ({
  roles: null,
  places: null,
  tests: [{ field: "tenant", holds: (facts) => facts.tenant === tenant }],
});

async function masked(
  rules: readonly Rule[],
  facts: Partial<ExchangeFacts>,
  place: LanePlace = at("user"),
  exceptions = none,
) {
  const plan = planWith(policyOf(rules, { exceptions }));
  const judge = judgeOf("prompt", plan, { ...someFacts, ...facts });
  const step = await judge.step(never, judge.openLane(place), "an acme thing", true);
  const verdict = judge.verdict("complete");
  return { masks: step.kind === "go" ? step.masks.length : -1, kind: verdict.kind, verdict, marks: judge.marks };
}
const none: readonly PolicyException[] = [];

test("a rule of one tenant is not asked about another's text", async () => {
  const rules = [ruleOf("r", word, label, { scope: inTenant("blue") })];
  assert.equal((await masked(rules, { tenant: "blue" })).masks, 1);
  assert.equal((await masked(rules, { tenant: "red" })).masks, 0);
  assert.equal((await masked(rules, { tenant: null })).masks, 0);
});

test("rules of two tenants with one detector do not mix", async () => {
  const block = { kind: "block", form: "error", status: null, message: null } as const;
  const rules = [
    ruleOf("a", word, label, { scope: inTenant("blue") }),
    ruleOf("b", word, block, { scope: inTenant("red") }),
  ];
  assert.equal((await masked(rules, { tenant: "blue" })).kind, "redact");
  assert.equal((await masked(rules, { tenant: "red" })).kind, "block");
  assert.equal((await masked(rules, { tenant: "green" })).kind, "allow");
});

test("a rule looks where its scope says: role and place", async () => {
  const rules = [ruleOf("r", word, label, { scope: { roles: ["user"], places: ["content"], tests: [] } })];
  assert.equal((await masked(rules, {}, at("user"))).masks, 1);
  assert.equal((await masked(rules, {}, at("system"))).masks, 0);
  assert.equal((await masked(rules, {}, at("user", "tool-result"))).masks, 0);
});

test("where the role is unclear rules of each role look, and no exception for one holds", async () => {
  const unclear = { call: null, location: { ...at("system").location, unclear: "role" as const } };
  const only = (more: Partial<Scope>): Scope => ({ roles: null, places: null, tests: [], ...more });
  for (const [scope, masks] of [
    [only({ roles: ["user"] }), 1],
    [only({ roles: ["user"], places: ["tool-result"] }), 1],
    [only({ roles: ["user"], places: ["url"] }), 0],
  ] as const) {
    const rules = [ruleOf("r", word, label, { scope })];
    assert.equal((await masked(rules, {}, unclear)).masks, masks);
    const excepted = await masked([ruleOf("r", word, label)], {}, unclear, [
      exception({ categories: ["keywords/*"], scope }),
    ]);
    assert.equal(excepted.masks, 1);
    const anywhere = { call: null, location: { ...at("system").location, unclear: "place" as const } };
    assert.equal((await masked(rules, {}, anywhere)).masks, 1);
  }
});

test("weaker findings than a rule asks for do not match it", async () => {
  const plan = planWith(policyOf([ruleOf("r", word, label, { minScore: score(0.9) }), ruleOf("f", word, flag)]), {
    create: () => ({
      kind: "text",
      id: "half",
      categories: ["keywords/keyword"],
      reach: { longestSpan: 4, leftContext: 0, rightContext: 0 },
      settled: (text) => text.length,
      detect: () => ({
        kind: "scored",
        findings: [{ category: "keywords/keyword", score: score(0.5), span: { start: 0, end: 4 } }],
      }),
    }),
  });
  const judge = judgeOf("prompt", plan);
  await judge.step(never, judge.openLane(at("user")), "acme", true);
  assert.deepEqual(
    judge.verdict("complete").hits.map(({ rule }) => rule),
    ["f"],
  );
});

const exception = (more: Partial<PolicyException>): PolicyException => ({
  id: "e",
  reason: "ours",
  owner: "legal",
  expiresS: 2_000_000_000,
  rules: null,
  categories: null,
  literals: null,
  sha256: null,
  scope: null,
  ...more,
});
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const exceptionRows: readonly (readonly [string, Partial<PolicyException>, excepted: boolean])[] = [
  ["its literal", { literals: new Set(["acme"]) }, true],
  ["another literal", { literals: new Set(["Acme"]) }, false],
  ["the literal's hash", { sha256: new Set([sha256("acme")]) }, true],
  ["its category", { categories: ["keywords/keyword"] }, true],
  ["its family", { categories: ["keywords/*"] }, true],
  ["another family", { categories: ["pii/*"] }, false],
  ["another rule", { rules: ["other"], categories: ["keywords/*"] }, false],
  ["a place", { categories: ["keywords/*"], scope: { roles: null, places: ["tool-result"], tests: [] } }, false],
  ["another tenant", { categories: ["keywords/*"], scope: inTenant("red") }, false],
  ["out of date", { literals: new Set(["acme"]), expiresS: 1_700_000_000 }, false],
];
for (const [name, more, excepted] of exceptionRows) {
  test(`an exception for ${name} ${excepted ? "takes the finding out, counted" : "changes nothing"}`, async () => {
    const rules = [ruleOf("r", word, label)];
    const { masks, verdict } = await masked(rules, { tenant: "blue" }, at("user"), [exception(more)]);
    assert.equal(masks, excepted ? 0 : 1);
    assert.deepEqual(verdict.excepted, excepted ? [{ exception: "e", count: 1 }] : []);
  });
}

test("a finding that is taken out counts once, however many rules would match it", async () => {
  const rules = [ruleOf("r", word, label), ruleOf("f", word, flag, { views: ["clear"] })];
  const { verdict } = await masked(rules, {}, at("user"), [exception({ literals: new Set(["acme"]) })]);
  assert.deepEqual(verdict.excepted, [{ exception: "e", count: 1 }]);
});

test("an exception for an address is one for all that is found inside it", async () => {
  const rules = [ruleOf("r", { kind: "pii", kinds: ["email"], region: "US" }, label)];
  const plan = planWith(policyOf(rules, { exceptions: [exception({ literals: new Set(["help@example.com"]) })] }));
  const judge = judgeOf("prompt", plan);
  const step = await judge.step(never, judge.openLane(at("user")), "help@example.com, xhelp@example.com", true);
  assert.deepEqual(step.kind === "go" && step.masks.map(({ span }) => span), [{ start: 18, end: 35 }]);
});

test("marks add up, beside what acts; a rule in shadow leaves none", async () => {
  const mark = (name: string) => ({ name: `x-sallyport-${name}`, value: "1" });
  const { kind, marks } = await masked(
    [
      ruleOf("f", word, { kind: "flag", header: mark("seen") }),
      ruleOf("s", word, { kind: "flag", header: mark("shadow") }, { shadow: true }),
      ruleOf("to", word, { kind: "route", header: mark("to") }),
      ruleOf("r", word, label),
    ],
    {},
  );
  assert.equal(kind, "redact");
  assert.deepEqual(
    new Map(marks.map(({ name, route }) => [name, route])),
    new Map([
      ["x-sallyport-seen", false],
      ["x-sallyport-to", true],
    ]),
  );
});

test("past the deadline only the rules that look at a text do not know of it", async () => {
  const expired = AbortSignal.abort(new DOMException("deadline", "TimeoutError"));
  const here: Scope = { roles: ["user"], places: ["content"], tests: [] };
  const plan = planWith(
    policyOf([ruleOf("here", word, label, { scope: here }), ruleOf("open", word, label, { onUnknown: "open" })]),
  );
  const elsewhere = judgeOf("prompt", plan);
  assert.equal((await elsewhere.step(expired, elsewhere.openLane(at("system")), "acme", true)).kind, "go");
  assert.deepEqual(elsewhere.verdict("complete").unknowns, [{ rule: "open", cause: "deadline" }]);
  const judge = judgeOf("prompt", plan);
  assert.deepEqual(await judge.step(expired, judge.openLane(at("user")), "acme", true), {
    kind: "block",
    cause: { kind: "unknown", rule: "here", cause: "deadline" },
  });
});
