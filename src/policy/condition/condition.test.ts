import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { policyTools } from "../../../test/helpers/policy.ts";
import { someFacts } from "../../../test/helpers/rules.ts";
import type { ExchangeFacts } from "../../domain/facts.ts";
import { ok } from "../../stdx/result.ts";
import { compileCondition, conditionDepthMax, factLengthMax } from "./condition.ts";
import { conditionCostMax } from "./survey.ts";
import { splitPartsMax } from "./words.ts";

const facts: ExchangeFacts = {
  ...someFacts,
  headers: new Map([
    ["x-team", "red"],
    ["x-groups", "a, b,c"],
  ]),
  route: "chat",
  tenant: "acme",
  model: { kind: "named", name: "GPT-4o " },
};

function judge(text: string, more: Partial<ExchangeFacts> = {}): boolean | null {
  const compiled = compileCondition(text, policyTools);
  assert.ok(compiled.ok, `${text}: ${JSON.stringify(compiled)}`);
  return compiled.value.judge({ ...facts, ...more });
}

function mistakeIn(text: string): string {
  const compiled = compileCondition(text, policyTools);
  assert.ok(!compiled.ok, `${text}: expected a mistake`);
  const [first] = compiled.error;
  return `${first?.offset}: ${first?.message}`;
}

const answers: readonly (readonly [string, boolean | null])[] = [
  ['tenant == "acme"', true],
  ['tenant in ["acme", "other"] && route != "admin"', true],
  ['request.method == "POST" && request.path.startsWith("/v1/")', true],
  ['request.headers["x-team"] == "red"', true],
  ['"x-team" in request.headers', true],
  ['"x-none" in request.headers', false],
  ['request.headers["x-none"] == "red"', null],
  ['"x-none" in request.headers && request.headers["x-none"] == "red"', false],
  ['has(request.headers.absent) && request.headers.absent == "red"', false],
  ['request.headers["x-groups"].split(",").exists(each, each.trim() == "b")', true],
  ['request.headers["x-groups"].split(",").all(each, size(each) < 3)', true],
  ['["/v1/", "/v2/"].exists_one(each, request.path.startsWith(each))', true],
  ["[1, 2, 3].map(each, each * 2).filter(each, each > 2).size() == 2", true],
  ['model == "gpt-4o"', true],
  ['model.matches("^gpt-[0-9]")', true],
  ['model.matches("^o[0-9]")', false],
  ['request.path.matches("(chat|responses)") ? tenant == "acme" : false', true],
  ['size(request.path) > 5 && string(1) == "1" && int("2") == 2 && double("0.5") == 0.5', true],
  ['request.path.substring(1, 3) == "v1" && request.path.indexOf("v1") == 1', true],
  ['tenant.upperAscii() == "ACME" && tenant.lowerAscii().contains("cm") && tenant.endsWith("e")', true],
  ['dialect == "openai" && operation == "openai/chat-completions"', true],
];

test("conditions answer as CEL does", () => {
  for (const [text, wanted] of answers) assert.equal(judge(text), wanted, text);
});

test("what is not known is neither true nor false, and logic takes what can be told without it", () => {
  const unclear = { model: { kind: "unclear" } } as const;
  assert.equal(judge('model == "gpt-4o"', unclear), null);
  assert.equal(judge('model != "gpt-4o"', unclear), null);
  assert.equal(judge('!(model == "gpt-4o")', unclear), null);
  assert.equal(judge('model == "gpt-4o" && route == "chat"', unclear), null);
  assert.equal(judge('model == "gpt-4o" && route == "admin"', unclear), false);
  assert.equal(judge('model == "gpt-4o" || route == "chat"', unclear), true);
  assert.equal(judge('model == "gpt-4o" ? true : true', unclear), null);
  for (const name of ["route", "cluster", "tenant", "principal"]) {
    assert.equal(judge(`${name} == "a" || ${name} != "a"`, { [name]: null }), null, name);
  }
  for (const name of ["dialect", "operation"]) assert.equal(judge(`${name} == "a"`, { [name]: "unknown" }), null, name);
});

test("what fails or goes too far while it runs says nothing", () => {
  assert.equal(judge("int(tenant) == 1"), null);
  assert.equal(judge("[1][5] == 1"), null);
  assert.equal(judge("9223372036854775807 + size(tenant) > 0"), null);
  const groups = (count: number) => new Map([["x-groups", Array(count).fill("a").join(",")]]);
  const split = 'request.headers["x-groups"].split(",").exists(each, each == "a")';
  assert.equal(judge(split, { headers: groups(splitPartsMax) }), true);
  assert.equal(judge(split, { headers: groups(splitPartsMax + 1) }), null);
  const path = (length: number) => ({ path: "x".repeat(length) });
  assert.equal(judge('request.path.startsWith("x")', path(factLengthMax)), true);
  assert.equal(judge('request.path.startsWith("x")', path(factLengthMax + 1)), null);
});

const mistakes: readonly (readonly [string, RegExp])[] = [
  ["tenant ==", /^9: not a CEL expression: unexpected token/],
  ['tenant == "acme', /^10: not a CEL expression: unterminated string; close the quotes/],
  ["tenant == 5", /^0: not a CEL expression: no such overload: string == int; the two sides/],
  ["tenant", /^0: a condition is true or false, and this is of type string/],
  ['tennant == "a"', /^0: there is no "tennant"; did you mean "tenant"\?/],
  ['user.name == "a"', /^0: there is no "user"; known here: route, .*request\.method/],
  ['request.paths == "a"', /^0: request has no "paths"; did you mean "path"\?/],
  ["request == request", /^0: request is no value of its own; write request.method/],
  ["size(request.headers) > 1", /^5: name the header/],
  ["request.headers.exists(h, true)", /name the header/],
  ['request.headers[tenant] == "a"', /^16: name the header in so many words/],
  ['request.headers["X-Team"] == "a"', /^16: a header's name is .* lower case/],
  ["timestamp(tenant) == timestamp(tenant)", /there is no function "timestamp" here/],
  ["dyn(tenant) == 1", /there is no function "dyn" here/],
  ['b"a" == b"a"', /bytes are of no use here/],
  ["cel.bind(x, tenant, x == tenant)", /there is no function "bind" here/],
  ["tenant.matches(route)", /^15: matches needs its expression in so many words/],
  ['tenant.matches("(?=a)")', /^15: matches cannot use this expression: /],
  ["[1].exists(1, true)", /^11: a loop begins with a name|macro|variable/],
  ["[1].exists(tenant, tenant == 1)", /^11: "tenant" is taken/],
  ["true ? 1 : 2", /of type int/],
];

test("a mistake is told with its place, before anything runs", () => {
  for (const [text, wanted] of mistakes) assert.match(mistakeIn(text), wanted, text);
});

test("expressions that would run for long, or nest without end, are refused", () => {
  const list = `[${Array(100).fill("1").join(",")}]`;
  const nested = (depth: number): string => (depth === 0 ? "true" : `${list}.all(v${depth}, ${nested(depth - 1)})`);
  assert.match(mistakeIn(nested(3)), /too much work: up to \d+ steps, of at most 5000/);
  assert.match(mistakeIn(`${"(".repeat(500)}true${")".repeat(500)}`), /maxDepth/);
  assert.match(mistakeIn(Array(400).fill("true").join("&&")), /maxAstNodes/);
  assert.match(mistakeIn(`[${Array(200).fill("1").join(",")}].size() == 1`), /maxListElements/);
  assert.match(mistakeIn(`${"!".repeat(1990)}true`), /maxAstNodes|maxDepth/);
  assert.ok(conditionDepthMax < 100 && conditionCostMax < 100_000);
});

test("matches runs on the engine that is given, and on no other", () => {
  const asked: string[] = [];
  const spy = {
    linearMatcher: (pattern: string) => ok({ test: (text: string) => asked.push(`${pattern} ${text}`) > 0 }),
  };
  const compiled = compileCondition('tenant.matches("[") && [route].exists(r, r.matches("(?=x)"))', spy);
  assert.ok(compiled.ok);
  assert.equal(compiled.value.judge(facts), true); // V8's own would throw on the first and find nothing with the second
  assert.deepEqual(asked, ["[ acme", "(?=x) chat"]);
});

test("an expression that explodes elsewhere answers", () => {
  const path = `${"a".repeat(4000)}!`;
  assert.equal(judge('request.path.matches("^(a+)+$")', { path }), false);
  assert.equal(judge('[request.path].exists(p, p.matches("(a|a)*b"))', { path }), false);
});

test("no text makes the compiler throw, and no fact the condition", () => {
  const word = fc.constantFrom(
    ...["tenant", "model", "request", ".", "headers", "[", "]", "(", ")", '"a"', "1", "==", "&&", "||", "!", "?", ":"],
    ...["exists", "matches", "split", ",", "in", "x", "+", "{", "}", "has", "size", " ", "'", "\\", 'r"', "b'", "-"],
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.string(), (words, tenant) => {
      const compiled = compileCondition(words.join(""), policyTools);
      if (compiled.ok) compiled.value.judge({ ...facts, tenant });
      else assert.ok(compiled.error.length > 0);
    }),
    { numRuns: 2000 },
  );
});
