import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { compileFiles, type Files, mistakesOfFiles, setOf, told } from "../../test/helpers/policy.ts";
import { publishedSchemas } from "../app/schemas.ts";
import type { Mistake } from "../domain/policy.ts";
import { type Path, readDocument } from "./document.ts";
import { valueAt } from "./explain.ts";

type Tree = Record<string, unknown>;

const rule = (id: string, detect: Tree, more: Tree = {}): Tree => ({
  id,
  stage: "prompt",
  detect,
  action: "flag",
  ...more,
});
const reply = (id: string, detect: Tree, more: Tree = {}): Tree => rule(id, detect, { stage: "reply", ...more });
const when: Tree = {
  role: "user",
  place: ["content", "input"],
  route: "chat",
  cluster: { not: "spare" },
  tenant: ["acme", "other"],
  principal: "spiffe://*",
  model: "gpt-*",
  dialect: "openai",
  operation: "openai/*",
  path: "/v1/*",
  method: "POST",
  header: { "x-team": "red" },
  condition: 'route == "chat"',
};

/** A good policy that has every key there is. */
const good = {
  "policy.yaml": {
    kind: "Policy",
    version: 1,
    name: "house",
    defaults: {
      onUnknown: "closed",
      onUnreadable: "block",
      onUnjudged: { block: ["image"] },
      views: ["clear"],
    },
    coverage: {
      dialects: ["openai"],
      require: ["user-text"],
      accept: ["openai/chat-completions audio prompt-json"],
    },
    report: { models: ["gpt-4o"], tools: ["search"], paths: ["/v1/chat/completions"], users: ["ada"], audit: "all" },
    dialects: {
      openai: { prefixes: ["/llm"] },
      mcp: { paths: ["/tools/mcp"] },
      acme: {
        operations: {
          answer: {
            path: "/acme/v1/answer",
            stream: "/stream",
            prompt: [{ at: "/question", as: "user-text" }],
            reply: [{ at: "/calls/*/input", as: "tool-arguments", json: true }],
            events: {
              form: "sse",
              end: "[DONE]",
              texts: [{ at: "/delta", as: "assistant-text", continues: true }],
            },
            answers: {
              error: { error: "{message}" },
              refusal: { text: "{message}" },
              events: [{ delta: "{message}" }],
            },
          },
        },
      },
    },
    include: ["rules/part.yaml"],
    tenants: { acme: "tenants/acme.yaml" },
    rules: [
      rule(
        "pii",
        { pii: { kinds: ["email"], region: "US" } },
        {
          when,
          views: ["clear", "rot13"],
          minScore: 0.5,
          action: {
            redact: {
              placeholder: {
                restore: { links: true, toolArguments: true },
                stable: { conversation: { header: "x-chat" } },
              },
            },
          },
          shadow: true,
          onUnknown: "open",
          tenantMayLoosen: true,
          tenantMayExcept: true,
        },
      ),
      rule(
        "secrets",
        { secrets: { kinds: ["jwt"], allow: ["abc"] } },
        { stage: ["prompt", "reply"], action: "redact" },
      ),
      rule(
        "keywords",
        { keywords: { list: ["a"], caseSensitive: true, wholeWords: false } },
        {
          action: { route: { header: "x-guard-lane", value: "slow" } },
        },
      ),
      rule(
        "patterns",
        { patterns: { list: [{ id: "ticket", pattern: "T-[0-9]+", caseSensitive: true }], longest: 20 } },
        {
          action: { redact: { mask: { keepLast: 2 } } },
        },
      ),
      rule(
        "hidden",
        { hidden: { kinds: ["bidi"] } },
        { action: { flag: { header: { name: "x-guard-note", value: "hidden" } } } },
      ),
      rule(
        "links",
        { links: { kinds: ["url"], allowHosts: ["a.example"], allowSchemes: ["https"], allowTargets: ["@a.example"] } },
        {
          action: { replace: "[link]" },
        },
      ),
      rule(
        "size",
        { size: { maxBytes: 1, maxCharacters: 1, maxMessages: 1, maxTokens: 1, maxDepth: 1 } },
        {
          action: { block: { form: "error", status: 413, message: "Too much." } },
        },
      ),
      rule("language", { language: { allow: ["en"] } }, { action: { block: "refusal" } }),
      rule("quality", { quality: { kinds: ["gibberish"] } }),
      reply("canary", { canary: { tokens: ["blue-heron-7"] } }, { action: { redact: "hash" } }),
      reply("leak", { "prompt-leak": { minCharacters: 60 } }, { action: "block" }),
      reply("schema", { "reply-schema": {} }, { action: { mark: { before: "[", after: "?]" } }, hold: "reply" }),
      reply("refusal", { refusal: {} }, { when: { promptMatched: ["pii"] }, shadow: true }),
      reply("tools", { "tool-calls": {} }, { when: { promptMatched: "keywords" } }),
      reply("flow", { "data-flow": { kinds: ["email"] } }),
      reply("grounded", {
        groundedness: {
          threshold: 0.6,
          evidence: ["tools", { path: "/metadata/context/*/text" }, { between: ["<c>", "</c>"], role: "user" }],
          span: "claim",
          model: { name: "attacks" },
        },
      }),
      reply("told", { "prompt-leak": { paraphrased: { minSimilarity: 0.8, model: { name: "attacks" } } } }),
      reply("relevant", { relevance: { minSimilarity: 0.2, model: { name: "attacks", head: "main" } } }),
      reply("went-along", { compliance: { kinds: ["complied"], minSimilarity: 0.3, model: { name: "attacks" } } }),
      rule("injection", { injection: { threshold: "fpr-0.1%", model: { name: "attacks", head: "main" } } }),
      rule("hijack", { injection: { against: "task" } }),
      rule("harm", { harm: { categories: ["toxicity"], threshold: 0.9 } }),
      rule("names", { names: { categories: ["person", "place"] } }, { action: "redact" }),
      rule("boats", { topics: { examples: ["a boat"], minSimilarity: 0.6 } }),
      rule("asks", {
        model: { name: "attacks", head: "main", categories: ["attack"], threshold: "fpr-1%" },
      }),
      rule("topic", { model: { name: "vectors", examples: ["a boat"], minSimilarity: 0.6 } }),
    ],
    exceptions: [
      {
        id: "examples",
        reason: "documented",
        owner: "docs",
        expires: "2027-01-01",
        rules: ["pii"],
        category: ["pii/email", "secrets/*"],
        literal: "a@a.example",
        literals: ["b@a.example"],
        sha256: "0".repeat(64),
        when: { route: "docs" },
      },
    ],
  },
  "rules/part.yaml": {
    kind: "PolicyPart",
    version: 1,
    include: ["more.yaml"],
    rules: [rule("part", { secrets: {} })],
    exceptions: [],
  },
  "rules/more.yaml": { kind: "PolicyPart", version: 1, rules: [] },
  "tenants/acme.yaml": {
    kind: "TenantPolicy",
    version: 1,
    override: { pii: { action: "redact", shadow: false, onUnknown: "closed", minScore: 0.1, when: { path: "/v1/*" } } },
    rules: [rule("own", { keywords: { list: ["falcon"] } }, { action: "block" })],
    exceptions: [
      { id: "own-words", reason: "ours", owner: "acme", expires: "2027-01-01", rules: ["own"], literal: "falcons" },
    ],
  },
} as const satisfies Record<string, Tree>;
type Name = keyof typeof good;

const textOf = (trees: Record<string, unknown>): Files =>
  Object.fromEntries(
    Object.entries(trees).map(([name, tree]) => [name, stringify(tree, { aliasDuplicateObjects: false })]),
  );

function pathsIn(value: unknown, path: Path = []): Path[] {
  const inside = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const key = (name: string): PropertyKey => (Array.isArray(value) ? Number(name) : name);
  return [
    ...(path.length === 0 ? [] : [path]),
    ...inside.flatMap(([name, each]) => pathsIn(each, [...path, key(name)])),
  ];
}

function changed(
  name: Name,
  path: Path,
  change: (holder: Record<PropertyKey, unknown>, key: PropertyKey) => void,
): Files {
  const trees = structuredClone(good) as Record<Name, Tree>;
  const key = path.at(-1);
  assert.ok(key !== undefined);
  change(valueAt(trees[name], path.slice(0, -1)) as Record<PropertyKey, unknown>, key);
  return textOf(trees);
}

const mends = /[(;]|: see |did you mean|write|remove|must (be|have)|needs/;

/** Where it may be told: at the value, or at the closest thing around it. */
function assertTold(mistakes: readonly Mistake[], files: Files, name: Name, path: Path, what: string): void {
  const document = readDocument(new TextEncoder().encode(files[name]));
  assert.ok(document.ok);
  const lines = path.map((_, depth) => document.value.placeOfKey(path.slice(0, depth + 1)).line);
  const label = name === "policy.yaml" ? undefined : `site/${name}`;
  const here = mistakes.filter(({ file, line }) => file === label && line >= Math.max(...lines.slice(0, -1), 1));
  assert.ok(here.length > 0, `${what}: ${told(mistakes).join("\n")}`);
  for (const { line, column, message } of mistakes) {
    assert.ok(line >= 1 && column >= 1, what);
    assert.match(message, mends, what);
  }
}

/** Of answers only that they are mappings: what is in them is the server's own. */
const isFree = (path: Path): boolean => path.includes("answers") && typeof path.at(-1) === "string" && path.length > 6;
const allPaths = (Object.keys(good) as Name[]).flatMap((name) =>
  pathsIn(good[name]).flatMap((path) => (isFree(path) ? [] : [{ name, path }])),
);

test("the good policy is good, and has every key of the published schemas", async () => {
  await setOf(textOf(good));
  const used = new Set(allPaths.flatMap(({ path }) => path.map(String)));
  for (const schema of publishedSchemas()) {
    if (!schema[0].includes("policy") || schema[0].includes("case")) continue;
    for (const [, key] of schema[1].matchAll(/"([^"]+)": \{\n\s+"(?:type|\$ref|anyOf|description)"/g)) {
      if (key === undefined || ["items", "additionalProperties", "propertyNames", "anyOf"].includes(key)) continue;
      if (["match", "when", "action", "detect", "__schema0"].includes(key)) continue;
      assert.ok(used.has(key), `${schema[0]}: no test has ${key}`);
    }
  }
});

test("a wrong value in any field is told where it stands, with a way to mend it", async () => {
  const wrong: readonly unknown[] = [null, 5.5, "\u0007?!", [[]], { no: 1 }];
  for (const { name, path } of allPaths) {
    let refused = 0;
    for (const value of wrong) {
      const files = changed(name, path, (holder, key) => {
        holder[key] = value;
      });
      const result = await compileFiles(files);
      if (result.ok) continue;
      refused += 1;
      assertTold(result.error.mistakes, files, name, path, `${name} ${path.join(".")} = ${JSON.stringify(value)}`);
    }
    assert.ok(refused >= 3, `${name} ${path.join(".")}: only ${refused} of ${wrong.length} wrong values are refused`);
  }
});

test("a key that nobody knows is told with those that are known", async () => {
  for (const { name, path } of allPaths) {
    const holder = valueAt(good[name], path.slice(0, -1));
    if (
      Array.isArray(holder) ||
      ["header", "tenants", "override", "dialects", "operations"].includes(String(path.at(-2)))
    )
      continue;
    const files = changed(name, path, (of) => {
      of["zzzzz"] = 1;
    });
    const lines = told(await mistakesOfFiles(files));
    assert.match(lines.join("\n"), /unknown key "zzzzz"|must be/, path.join("."));
  }
});

const subtle: readonly (readonly [Name, Path, unknown, RegExp])[] = [
  ["policy.yaml", ["version"], 2, /version 2 cannot be read here, only version 1; it was written for a newer program/],
  ["policy.yaml", ["version"], 0, /version 0 cannot be read here, only version 1; no such version was ever in use/],
  ["policy.yaml", ["version"], "1", /version must be 1, not "1"; write it without quotes/],
  [
    "policy.yaml",
    ["defaults", "views"],
    ["clean"],
    /views\[0\] must be one of clear, payloads, rot13, not "clean"; did you mean "clear"\?/,
  ],
  [
    "policy.yaml",
    ["rules", 0, "when", "role"],
    "usr",
    /role must be one of system, .*not "usr"; did you mean "user"\?/,
  ],
  ["policy.yaml", ["rules", 0, "when", "dialect"], "opnai", /no dialect is called "opnai"; did you mean "openai"\?/],
  ["policy.yaml", ["rules", 0, "when", "operation"], "chat", /no operation is called "chat"; there are openai\/chat/],
  ["policy.yaml", ["rules", 0, "when", "header"], { "x y": "a" }, /the key x y is not valid \(a header name/],
  ["policy.yaml", ["rules", 0, "when", "header"], { "X-A": "a", "x-a": "a" }, /the header x-a stands here twice/],
  ["policy.yaml", ["rules", 0, "when", "condition"], 'tenant == "a" &&', /:\d+:\d+: not a CEL expression/],
  ["policy.yaml", ["rules", 0, "minScore"], 1.5, /minScore must be at most 1/],
  ["policy.yaml", ["rules", 0, "stage"], "reply", /restore puts back in the reply what a rule of the prompt took out/],
  ["policy.yaml", ["rules", 2, "stage"], ["prompt", "reply"], /a route is chosen before there is a reply/],
  ["policy.yaml", ["rules", 2, "action", "route", "header"], "host", /the header host is not a policy's to set/],
  ["policy.yaml", ["rules", 2, "action", "route", "header"], ":path", /header is not valid \(a header name/],
  [
    "policy.yaml",
    ["rules", 4, "action", "flag", "header", "name"],
    "content-length",
    /the header content-length is not a policy's/,
  ],
  [
    "policy.yaml",
    ["rules", 4, "action", "flag", "header", "name"],
    "x-envoy-retry-on",
    /the header x-envoy-retry-on is not/,
  ],
  ["policy.yaml", ["rules", 4, "action", "flag", "header", "name"], "authorization", /the header authorization is not/],
  [
    "policy.yaml",
    ["rules", 4, "action", "flag", "header", "value"],
    "a\r\nb: c",
    /value is not valid \(1 to 256 printable/,
  ],
  ["policy.yaml", ["rules", 3, "action", "redact", "mask", "keepLast"], 17, /keepLast must be at most 16/],
  ["policy.yaml", ["rules", 3, "action", "redact"], {}, /redact must hold exactly one of mask, placeholder/],
  [
    "policy.yaml",
    ["rules", 0, "action", "redact", "placeholder", "stable"],
    "session",
    /stable must be conversation, not "session"/,
  ],
  [
    "policy.yaml",
    ["rules", 0, "action", "redact", "placeholder", "stable", "conversation", "header"],
    "x chat",
    /header is not valid \(a header name of 1 to 64 letters, digits, - and _\)/,
  ],
  [
    "policy.yaml",
    ["rules", 3, "action"],
    { flag: { header: { name: "x-a", value: "1" } }, block: "error" },
    /exactly one of flag, route, mark, redact, replace, block, not flag and block/,
  ],
  ["policy.yaml", ["rules", 3, "detect", "patterns", "list", 0, "pattern"], "(a", /:\d+:\d+: .+/],
  ["policy.yaml", ["rules", 3, "detect", "patterns", "list", 0, "pattern"], "(a+)\\1", /:\d+:\d+: .+/],
  ["policy.yaml", ["rules", 3, "detect", "patterns", "longest"], 5000, /longest must be at most 4096/],
  [
    "policy.yaml",
    ["rules", 5, "detect", "links", "allowHosts", 0],
    "https://a.example/x",
    /not a host name; write it without scheme and path/,
  ],
  ["policy.yaml", ["rules", 6, "action"], { replace: "x" }, /a size limit has no text to replace; use flag or block/],
  ["policy.yaml", ["rules", 6, "action"], { mark: "x" }, /a size limit has no text to mark; use flag or block/],
  ["policy.yaml", ["rules", 1, "hold"], "prompt", /hold must be reply, not "prompt"/],
  [
    "policy.yaml",
    ["rules", 7, "hold"],
    "reply",
    /this rule judges no reply that could be held; write stage: reply, or no hold/,
  ],
  [
    "policy.yaml",
    ["rules", 12, "hold"],
    "reply",
    /flag lets every reply go; write mark, redact, replace or block, or no hold/,
  ],
  ["tenants/acme.yaml", ["override"], { pii: { hold: "reply" } }, /this rule judges no reply that could be held/],
  ["policy.yaml", ["rules", 7, "action"], { mark: {} }, /a mark without words; write before, after or both/],
  [
    "policy.yaml",
    ["rules", 7, "action"],
    { mark: "" },
    /mark is not valid \(words of 1 to 200 characters behind the text/,
  ],
  [
    "policy.yaml",
    ["rules", 7, "action"],
    { mark: { after: "x".repeat(201) } },
    /after is not valid \(words behind the text, 1 to 200/,
  ],
  [
    "policy.yaml",
    ["rules", 7, "action"],
    { mark: { before: "a\tb" } },
    /before is not valid \(words before the text, 1 to 200/,
  ],
  ["policy.yaml", ["rules", 7, "action"], { mark: { behind: "x" } }, /unknown key "behind"/],
  ["policy.yaml", ["rules", 6, "views"], ["clear"], /size judges what stands there as it stands; leave out views/],
  [
    "policy.yaml",
    ["rules", 6, "when"],
    { place: "content" },
    /a size limit counts the whole body; leave out role and place/,
  ],
  ["policy.yaml", ["rules", 6, "action", "block", "status"], 200, /status must be at least 400/],
  [
    "policy.yaml",
    ["rules", 6, "action", "block", "form"],
    "refusal",
    /a refusal answers 200 like any reply; write form: error, or no status/,
  ],
  [
    "policy.yaml",
    ["rules", 6, "action", "block", "message"],
    "x".repeat(501),
    /message is not valid \(what the client is told, 1 to 500/,
  ],
  ["policy.yaml", ["rules", 7, "detect", "language", "allow", 0], "english", /is not valid/],
  ["policy.yaml", ["rules", 9, "detect", "canary", "tokens", 0], "short", /must have at least 8 characters/],
  ["policy.yaml", ["rules", 10, "stage"], ["prompt", "reply"], /prompt-leak judges replies; write stage: reply/],
  [
    "policy.yaml",
    ["rules", 10, "detect", "prompt-leak", "paraphrased"],
    {},
    /letters are not counted with paraphrased; remove it, and write a rule for each/,
  ],
  ["policy.yaml", ["rules", 10, "detect", "prompt-leak", "minCharacters"], 5, /minCharacters must be at least 20/],
  ["policy.yaml", ["rules", 12, "when", "promptMatched", 0], "pi", /there is no rule "pi"; did you mean "pii"\?/],
  ["policy.yaml", ["rules", 13, "when", "promptMatched"], "zzzz", /there is no rule "zzzz"; remove it/],
  [
    "policy.yaml",
    ["rules", 12, "when", "promptMatched", 0],
    "leak",
    /"leak" judges replies alone; name a rule that judges prompts/,
  ],
  [
    "policy.yaml",
    ["rules", 1, "when"],
    { promptMatched: "keywords" },
    /whether rules of the prompt matched is known when the reply comes; write stage: reply/,
  ],
  [
    "policy.yaml",
    ["rules", 2, "shadow"],
    true,
    /what rules in shadow match counts for rules in shadow alone; write shadow: true here/,
  ],
  ["tenants/acme.yaml", ["rules", 0, "when"], { promptMatched: "keywords" }, /write stage: reply/],
  [
    "tenants/acme.yaml",
    ["rules", 0],
    reply("own", { refusal: {} }, { when: { promptMatched: "ownn" } }),
    /there is no rule "ownn"; remove it/,
  ],
  [
    "policy.yaml",
    ["rules", 15, "detect", "groundedness", "evidence", 0],
    "documentz",
    /evidence\[0\] must be one of tools, documents, .* not "documentz"; did you mean "documents"\?/,
  ],
  [
    "policy.yaml",
    ["rules", 15, "detect", "groundedness", "evidence", 1, "path"],
    "metadata.context",
    /path is not valid \(a JSON pointer of at most 256 characters, such as \/metadata/,
  ],
  [
    "policy.yaml",
    ["rules", 15, "detect", "groundedness", "evidence", 1, "path"],
    "/a".repeat(40),
    /a path of more than 32 steps; write a shorter one/,
  ],
  [
    "policy.yaml",
    ["rules", 15, "detect", "groundedness", "evidence", 1],
    { path: "/a", role: "user" },
    /a path says where its texts stand; remove role, or write between/,
  ],
  [
    "policy.yaml",
    ["rules", 15, "detect", "groundedness", "evidence", 2],
    { role: "user" },
    /must hold either path or between; write one entry for each/,
  ],
  [
    "policy.yaml",
    ["rules", 15, "detect", "groundedness", "evidence", 2, "between"],
    ["<c>"],
    /needs two marks; write the one before and the one behind/,
  ],
  [
    "policy.yaml",
    ["rules", 15, "detect", "groundedness", "evidence", 2, "between", 1],
    " ",
    /is not valid \(a mark of 1 to 64 characters, not of white space alone/,
  ],
  ["policy.yaml", ["exceptions", 0, "expires"], "2027-02-30", /"2027-02-30" is no day; write it as YYYY-MM-DD/],
  [
    "policy.yaml",
    ["exceptions", 0, "expires"],
    "2026-11-20",
    /the exception "examples" ended on 2026-11-20; remove it, or agree on a new day/,
  ],
  ["policy.yaml", ["exceptions", 0, "rules", 0], "pi", /there is no rule "pi"; did you mean "pii"\?/],
  ["policy.yaml", ["exceptions", 0, "category", 0], "pii/emial", /pii has no "emial"; did you mean "email"\?/],
  ["policy.yaml", ["exceptions", 0, "category", 0], "pi/email", /nothing finds "pi"; did you mean "pii"\?/],
  ["policy.yaml", ["exceptions", 0, "sha256"], "ABC", /sha256 is not valid/],
  ["policy.yaml", ["include", 0], "none.yaml", /this file cannot be read \(ENOENT\); check its path/],
  ["policy.yaml", ["include", 0], "https://a.example/p.yaml", /a policy names no remote address/],
  ["policy.yaml", ["include", 0], "../p.yaml", /this leads out of the main file's folder/],
  ["policy.yaml", ["include", 0], "/etc/p.yaml", /write the path from this file's folder/],
  ["policy.yaml", ["include", 0], "rules/", /this names a folder; name a file/],
  ["policy.yaml", ["include", 0], "rules\\part.yaml", /write the path with \/ between its parts/],
  ["policy.yaml", ["include", 0], "policy.yaml", /in a circle: policy.yaml -> policy.yaml; remove one/],
  ["policy.yaml", ["tenants"], { "a b": "tenants/acme.yaml" }, /the key a b is not valid \(a tenant's name/],
  ["policy.yaml", ["tenants"], { acme: "rules/part.yaml" }, /is used already; give each tenant a file of its own/],
  ["rules/part.yaml", ["include", 0], "part.yaml", /in a circle: rules\/part.yaml -> rules\/part.yaml/],
  [
    "rules/more.yaml",
    ["include"],
    ["../policy.yaml"],
    /in a circle: policy.yaml -> rules\/part.yaml -> rules\/more.yaml -> policy.yaml/,
  ],
  ["rules/part.yaml", ["kind"], "TenantPolicy", /kind must be Policy or PolicyPart here, not "TenantPolicy"/],
  ["tenants/acme.yaml", ["kind"], "Policy", /kind must be TenantPolicy, not "Policy"/],
  ["tenants/acme.yaml", ["override"], { pi: { shadow: true } }, /the base has no rule "pi"; did you mean "pii"\?/],
  [
    "tenants/acme.yaml",
    ["override"],
    { secrets: { action: "flag" } },
    /this action is weaker; a tenant may only tighten "secrets" unless/,
  ],
  [
    "tenants/acme.yaml",
    ["override"],
    { secrets: { shadow: true } },
    /in shadow it does not act; a tenant may only tighten/,
  ],
  [
    "tenants/acme.yaml",
    ["override"],
    { secrets: { onUnknown: "open" } },
    /this lets pass what could not be judged; a tenant/,
  ],
  ["tenants/acme.yaml", ["override"], { secrets: { minScore: 0.5 } }, /this lets more findings pass; a tenant/],
  ["tenants/acme.yaml", ["override"], { secrets: { when: { path: "/a" } } }, /this makes it apply to less; a tenant/],
  [
    "tenants/acme.yaml",
    ["override"],
    { keywords: { action: "redact" } },
    /this leaves out the header that the rule sets; a tenant/,
  ],
  [
    "tenants/acme.yaml",
    ["override"],
    { names: { action: { redact: { placeholder: { stable: "conversation" } } } } },
    /this action is weaker; a tenant/,
  ],
  ["tenants/acme.yaml", ["override"], { secrets: {} }, /write what is different, or remove this/],
  ["tenants/acme.yaml", ["rules", 0, "id"], "pii", /the id "pii" stands already on line \d+ of the main file/],
  [
    "tenants/acme.yaml",
    ["rules", 0, "action"],
    { route: { header: "x-a", value: "b" } },
    /a tenant's own rules set no headers/,
  ],
  ["tenants/acme.yaml", ["rules", 0, "tenantMayLoosen"], true, /unknown key "tenantMayLoosen"/],
  [
    "tenants/acme.yaml",
    ["exceptions", 0, "rules", 0],
    "secrets",
    /a tenant makes no exception from "secrets" unless the base gives it tenantMayExcept/,
  ],
  ["tenants/acme.yaml", ["exceptions", 0, "rules", 0], "ownn", /there is no rule "ownn"; did you mean "own"\?/],
];

test("what is wrong in sense is told as plainly as what is wrong in form", async () => {
  for (const [name, path, value, wanted] of subtle) {
    const files = changed(name, path, (holder, key) => {
      holder[key] = value;
    });
    const mistakes = await mistakesOfFiles(files);
    const what = `${name} ${path.join(".")} = ${JSON.stringify(value)}`;
    assert.match(told(mistakes).join("\n"), wanted, what);
    assertTold(mistakes, files, name, path, what);
  }
});

test("what must be written and is not is missed, each by its name", async () => {
  const required: readonly (readonly [Name, Path])[] = [
    ...["kind", "version", "defaults", "rules"].map((key) => ["policy.yaml", [key]] as const),
    ...["onUnknown", "onUnreadable"].map((key) => ["policy.yaml", ["defaults", key]] as const),
    ...["id", "stage", "detect", "action"].map((key) => ["policy.yaml", ["rules", 0, key]] as const),
    ...["id", "reason", "owner", "expires"].map((key) => ["policy.yaml", ["exceptions", 0, key]] as const),
    ...["kind", "version", "rules"].map((key) => ["rules/part.yaml", [key]] as const),
    ...["kind", "version"].map((key) => ["tenants/acme.yaml", [key]] as const),
  ];
  for (const [name, path] of required) {
    const files = changed(name, path, (holder, key) => {
      Reflect.deleteProperty(holder, key);
    });
    const lines = told(await mistakesOfFiles(files)).join("\n");
    assert.match(lines, new RegExp(`${String(path.at(-1))} (is missing|must be)`), `${name} ${path.join(".")}`);
  }
});
