import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { getCountries } from "libphonenumber-js/max";
import type { Mistake, Policy } from "../domain/policy.ts";
import { compilePolicy } from "./compile.ts";
import { piiKinds } from "../domain/pii-kinds.ts";
import { secretKinds } from "../domain/secret-kinds.ts";
import { defaultPolicySource } from "./default-policy.ts";
import { aliasesMax, documentBytesMax, mistakesMax } from "./document.ts";
import { regions } from "./regions.ts";
import { keywordLengthMax, keywordsMax } from "./source/detect-source.ts";
import { rulesMax } from "./source.ts";

const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const compile = (text: string) => compilePolicy(new TextEncoder().encode(text), sha256Hex);

const head = "kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\n";
const withRule = (rule: string): string => `${head}rules:\n  - { id: one, stage: prompt, ${rule} }\n`;

function policyOf(text: string): Policy {
  const result = compile(text);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function mistakesOf(text: string | Uint8Array): readonly Mistake[] {
  const result = typeof text === "string" ? compile(text) : compilePolicy(text, sha256Hex);
  assert.ok(!result.ok, "expected mistakes");
  return result.error;
}

/** One line for each mistake, as it is printed. */
const told = (text: string | Uint8Array): string[] =>
  mistakesOf(text).map(({ line, column, message }) => `${line}:${column}: ${message}`);

function assertOne(text: string | Uint8Array, wanted: RegExp): void {
  const lines = told(text);
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", wanted);
}

test("fills in every field and freezes the result", () => {
  const policy = policyOf(
    `${head}name: house
rules:
  - { id: a, stage: prompt, detect: { secrets: {} }, action: redact }
  - { id: b, stage: [reply, prompt, reply], detect: { pii: { kinds: [iban, card, card] } }, action: { block: refusal }, shadow: true, onUnknown: open }
  - { id: c, stage: reply, detect: { keywords: { list: [b, a, b] } }, action: block }
  - { id: d, stage: prompt, detect: { size: { maxBytes: 10 } }, action: flag }
`,
  );
  const [a, b, c, d] = policy.rules;
  assert.match(policy.version, /^house@[0-9a-f]{12}$/);
  assert.equal(policy.onUnreadable, "block");
  assert.deepEqual(
    [a?.stages, a?.action, a?.shadow, a?.onUnknown],
    [["prompt"], { kind: "redact", style: { kind: "label" } }, false, "closed"],
  );
  assert.equal(a?.detect.kind === "secrets" && a.detect.kinds.length, secretKinds.length);
  assert.deepEqual(
    [b?.stages, b?.action, b?.shadow, b?.onUnknown],
    [["prompt", "reply"], { kind: "block", form: "refusal", status: null, message: null }, true, "open"],
  );
  assert.deepEqual(b?.detect, { kind: "pii", kinds: ["card", "iban"], region: "US" });
  assert.deepEqual(c?.detect, { kind: "keywords", list: ["a", "b"], caseSensitive: false, wholeWords: true });
  assert.deepEqual(c?.action, { kind: "block", form: "error", status: null, message: null });
  assert.deepEqual(d?.detect, {
    kind: "size",
    maxBytes: 10,
    maxCharacters: null,
    maxMessages: null,
    maxTokens: null,
    maxDepth: null,
  });
  assert.throws(() => Object.assign(policy.rules, { length: 0 }), TypeError);
  assert.throws(() => Object.assign(b?.detect ?? {}, { kinds: [] }), TypeError);
});

test("the version is the name and the digest of the bytes", () => {
  const text = `${head}rules: []\n`;
  assert.equal(policyOf(text).version, `policy@${sha256Hex(new TextEncoder().encode(text)).slice(0, 12)}`);
  assert.notEqual(policyOf(`${text}\n`).version, policyOf(text).version);
});

test("equal meanings give equal detector keys", () => {
  const key = (detect: string) => policyOf(withRule(`detect: ${detect}, action: flag`)).rules[0]?.detectKey;
  assert.equal(key("{ pii: { kinds: [card, email] } }"), key("{ pii: { region: US, kinds: [email, card] } }"));
  assert.equal(key("{ keywords: { list: [b, a] } }"), key("{ keywords: { list: [a, b, a], wholeWords: true } }"));
  assert.notEqual(key("{ keywords: { list: [a] } }"), key("{ keywords: { list: [A] } }"));
  assert.notEqual(key("{ pii: {} }"), key("{ pii: { region: GB } }"));
});

test("the built-in policy compiles, and allows, flags, redacts and blocks", () => {
  const policy = policyOf(defaultPolicySource);
  assert.match(policy.version, /^default@/);
  assert.deepEqual(new Set(policy.rules.map((rule) => rule.action.kind)), new Set(["flag", "redact", "block"]));
  assert.deepEqual(new Set(policy.rules.flatMap((rule) => rule.stages)), new Set(["prompt", "reply"]));
});

test("every mistake is listed, in reading order, with its place", () => {
  const lines = told(`kind: Polcy
version: "1"
nam: x
rules:
  - id: Bad
    stage: promt
    detect: { secret: {} }
    action: blok
  - id: a
    stage: [prompt, replies]
    detect: { pii: { kinds: [emial], region: us }, size: {} }
    action: { block: refsual }
    on_unknown: maybe
  - id: a
    stage: reply
    detect: { size: { maxBytes: 0.5 } }
    action: redact
  - id: b
    stage: reply
    detect: { size: { maxBytes: 5 } }
    action: redact
  - 5
  - id: c
    stage: []
    detect: { keywords: { list: [1, ""] } }
    action: [x]
  - id: d
    detect:
    action: {}
`);
  assert.deepEqual(
    lines.map((line) => line.replace(/ \([^)]*\).*$/, "")),
    [
      "1:1: defaults is missing",
      '1:7: kind must be Policy, not "Polcy"; did you mean "Policy"?',
      '2:10: version must be 1, not "1"; write it without quotes',
      '3:1: unknown key "nam"; did you mean "name"?',
      "5:9: id is not valid",
      '6:12: stage must be one of prompt, reply, not "promt"; did you mean "prompt"?',
      '7:15: unknown key "secret"; did you mean "secrets"?',
      '8:13: action must be one of allow, flag, redact, block, not "blok"; did you mean "block"?',
      '10:21: stage[1] must be one of prompt, reply, not "replies"',
      `11:30: kinds[0] must be one of ${piiKinds.slice(0, 24).join(", ")} and ${piiKinds.length - 24} more, not "emial"; did you mean "email"?`,
      "11:46: region is not valid",
      '12:22: block must be one of refusal, error, not "refsual"; did you mean "refusal"?',
      '13:5: unknown key "on_unknown"; did you mean "onUnknown"?',
      '14:9: the id "a" stands already on line 9; give this rule its own',
      "16:33: maxBytes must be a whole number, not 0.5",
      "21:13: a size limit has no text to redact; use flag or block",
      "22:5: rules[4] must be a mapping",
      "24:12: stage is an empty list",
      "25:34: list[0] must be text, not 1; put it in quotes",
      "25:37: list[1] is empty",
      "26:13: action must be allow, flag, redact, block, or one of { flag }, { route }, { mark }, { redact }, { replace }, { block }, not a list",
      "27:5: stage is missing",
      "28:5: detect must be a mapping",
    ],
  );
});

test("defaults must be written, both", () => {
  assertOne(
    "kind: Policy\nversion: 1\nrules: []\n",
    /^1:1: defaults is missing \(write both onUnknown and onUnreadable/,
  );
  assertOne(
    "kind: Policy\nversion: 1\ndefaults: { onUnknown: open }\nrules: []\n",
    /^3:1: onUnreadable is missing \(.*block it, pass it/,
  );
});

test("what the form alone cannot say", () => {
  const detect = (text: string) => withRule(`detect: ${text}, action: flag`);
  assertOne(detect("{ secrets: {}, pii: {} }"), /exactly one of pii, secrets, .*, not pii and secrets/);
  assertOne(detect("{}"), /exactly one of .*, not nothing/);
  assertOne(detect("{ size: {} }"), /at least one of maxBytes, maxCharacters, maxMessages, maxTokens, maxDepth/);
  assertOne(detect("{ pii: { region: XX } }"), /no phone numbers are known for region "XX"/);
  assertOne(detect('{ keywords: { list: [" "] } }'), /white space only/);
  assertOne(detect('{ keywords: { list: ["\\uD800"] } }'), /lone surrogate/);
  assertOne(detect("{ keywords: { list: [] } }"), /list is an empty list/);
});

test("regions are those of the phone library", () => {
  assert.deepEqual([...regions].sort(), [...getCountries()].sort());
});

test("limits: one below, at, and one above", () => {
  const keywords = (count: number) =>
    withRule(
      `detect: { keywords: { list: [${Array.from({ length: count }, (_, index) => `k${index}`).join(",")}] } }, action: flag`,
    );
  policyOf(keywords(keywordsMax - 1));
  policyOf(keywords(keywordsMax));
  assertOne(keywords(keywordsMax + 1), /list must have at most 20000 entries/);

  const keyword = (length: number) => withRule(`detect: { keywords: { list: [${"x".repeat(length)}] } }, action: flag`);
  policyOf(keyword(keywordLengthMax - 1));
  policyOf(keyword(keywordLengthMax));
  assertOne(keyword(keywordLengthMax + 1), /list\[0\] must have at most 256 characters/);

  const rules = (count: number) =>
    `${head}rules:\n${Array.from({ length: count }, (_, index) => `  - { id: r${index}, stage: prompt, detect: { secrets: {} }, action: flag }\n`).join("")}`;
  policyOf(rules(rulesMax - 1));
  policyOf(rules(rulesMax));
  assertOne(rules(rulesMax + 1), /rules must have at most 1000 entries/);

  const sized = (bytes: number) => `${head}rules: []\n#`.padEnd(bytes, "x");
  policyOf(sized(documentBytesMax - 1));
  policyOf(sized(documentBytesMax));
  assertOne(sized(documentBytesMax + 1), /larger than 1048576 bytes/);

  const listed = (count: number) =>
    told(withRule(`detect: { keywords: { list: [${Array(count).fill("1").join(",")}] } }, action: flag`));
  assert.equal(listed(mistakesMax - 1).length, mistakesMax - 1);
  assert.equal(listed(mistakesMax).length, mistakesMax);
  assert.match(listed(mistakesMax + 5).at(-1) ?? "", /and [0-9]+ more mistakes/);
});

test("aliases: few, and never nested", () => {
  const list = (count: number) =>
    `${head}rules:\n  - { id: a, stage: prompt, detect: { keywords: { list: &words [x] } }, action: flag }\n${Array.from({ length: count }, (_, index) => `  - { id: r${index}, stage: prompt, detect: { keywords: { list: *words } }, action: flag }\n`).join("")}`;
  assert.equal(policyOf(list(aliasesMax)).rules.length, aliasesMax + 1);
  assertOne(list(aliasesMax + 1), /more than 50 aliases/);
  assertOne("a: &a [x]\nb: &b [*a]\n", /^2:8: an alias .* inside an anchored value/);
  assertOne("a: &a [*a]\n", /inside an anchored value/);
  assertOne("a: *b\n", /^1:4: no anchor &b/);
});

test("a mistake in an aliased value is told where the value is written", () => {
  assertOne(
    `${head}rules:\n  - { id: a, stage: prompt, detect: &d { secret: {} }, action: flag }\n  - { id: b, stage: prompt, detect: *d, action: flag }\n`,
    /^5:\d+: unknown key "secret"/,
  );
});

test("text that is no policy", () => {
  assertOne("", /^1:1: the file is empty; begin it with kind: Policy and version: 1/);
  assertOne("hello", /^1:1: the file must be a mapping/);
  assertOne("a: 1\na: 2\n", /^2:1: the key "a" stands here a second time/);
  assertOne("a: 1\n---\nb: 1\n", /^2:1: a second document begins here/);
  assertOne("a: !thing 1\n", /^1:4: this tag/);
  assertOne("a:\n\tb: 1\n", /a tab indents here/);
  assertOne(new Uint8Array([0x61, 0x3a, 0x20, 0x31, 0x0a, 0xff, 0x0a]), /^2:1: not UTF-8/);
  assert.deepEqual(told("[".repeat(20_000)), ["1:65: nested more than 64 deep; write it with fewer levels"]);
  assert.match(told("kind: [1\n").join("\n"), /not valid YAML/);
});

test("hostile keys change nothing", () => {
  const lines = told(`${head}rules: []\n__proto__: { x: 1 }\nconstructor: 1\n`);
  assert.deepEqual(
    lines.map((line) => line.split(";")[0]),
    ['5:1: unknown key "__proto__"', '6:1: unknown key "constructor"'],
  );
});
