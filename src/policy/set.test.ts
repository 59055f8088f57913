import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  compileFiles,
  type Files,
  mistakesOfFiles,
  policyHeadText as head,
  setOf,
  sha256Hex,
  testDayS,
  told,
} from "../../test/helpers/policy.ts";
import { someFacts } from "../../test/helpers/rules.ts";
import { unknownCauses } from "../domain/detector.ts";
import type { Policy, Rule } from "../domain/policy.ts";
import { documentBytesMax } from "./document.ts";
import { explainScope } from "./explain-scope.ts";
import { filesMax, includeDepthMax, policyBytesMax } from "./files.ts";
import { rulesMax } from "./source.ts";

const part = (body: string): string => `kind: PolicyPart\nversion: 1\n${body}`;
const tenantFile = (body: string): string => `kind: TenantPolicy\nversion: 1\n${body}`;
const rule = (id: string, more = "action: flag"): string =>
  `  - { id: ${id}, stage: prompt, detect: { secrets: {} }, ${more} }\n`;

const ids = ({ rules }: Policy): string[] => rules.map(({ id }) => id);
function applying({ rules }: Policy, tenant: string | null): string[] {
  const facts = { ...someFacts, tenant };
  return rules.filter((each) => explainScope(each, facts, null).every(({ holds }) => holds)).map(({ id }) => id);
}
const byId = ({ rules }: Policy, id: string): Rule => {
  const found = rules.find((each) => each.id === id);
  assert.ok(found !== undefined, id);
  return found;
};

test("included rules come before those that include them, each file once, and all files are told", async () => {
  const files: Files = {
    "policy.yaml": `${head}include: [a/a.yaml, b.yaml]\nrules:\n${rule("main")}`,
    "a/a.yaml": part(`include: [../b.yaml, deep/c.yaml]\nrules:\n${rule("a")}`),
    "a/deep/c.yaml": part(`rules:\n${rule("c")}`),
    "b.yaml": part(`rules:\n${rule("b")}`),
  };
  const { policy, files: read } = await setOf(files);
  assert.deepEqual(ids(policy), ["b", "c", "a", "main"]);
  assert.deepEqual(read, ["site/policy.yaml", "site/a/a.yaml", "site/b.yaml", "site/a/deep/c.yaml"]);
});

test("the version covers every file, and one file alone keeps the digest of its bytes", async () => {
  const alone = `${head}rules: []\n`;
  const { policy } = await setOf({ "policy.yaml": alone });
  assert.equal(policy.version, `policy@${sha256Hex(new TextEncoder().encode(alone)).slice(0, 12)}`);
  const two = (text: string): Files => ({
    "policy.yaml": `${head}include: [a.yaml]\nrules: []\n`,
    "a.yaml": part(text),
  });
  const [first, second] = [await setOf(two("rules: []\n")), await setOf(two("rules: [] # changed\n"))];
  assert.notEqual(first.policy.version, second.policy.version);
});

test("a file's own defaults count for its own rules; a part has those of whoever includes it", async () => {
  const open = "kind: Policy\nversion: 1\ndefaults: { onUnknown: open, onUnreadable: pass, views: [] }\n";
  const { policy } = await setOf({
    "policy.yaml": `${head}include: [base.yaml]\nrules:\n${rule("main")}`,
    "base.yaml": `${open}include: [part.yaml]\nrules:\n${rule("base")}`,
    "part.yaml": part(`rules:\n${rule("part")}`),
  });
  const told = policy.rules.map(({ id, onUnknown, views }) => [id, onUnknown, views.length]);
  assert.deepEqual(told, [
    ["part", "open", 0],
    ["base", "open", 0],
    ["main", "closed", 2],
  ]);
  assert.equal(policy.onUnreadable, "block");
});

test("an id is used once in all files", async () => {
  const lines = told(
    await mistakesOfFiles({
      "policy.yaml": `${head}include: [a.yaml]\nrules:\n${rule("x")}`,
      "a.yaml": part(`rules:\n${rule("x")}`),
    }),
  );
  assert.deepEqual(lines, [
    'policy.yaml:6:11: the id "x" stands already on line 4 of site/a.yaml; give this rule its own',
  ]);
});

test("mistakes of several files come file by file, each with its name", async () => {
  const lines = told(
    await mistakesOfFiles({
      "policy.yaml": `${head}include: [b.yaml, a.yaml]\nrules: [1]\n`,
      "a.yaml": "",
      "b.yaml": part("rules:\n  - { id: b }\n"),
    }),
  );
  assert.deepEqual(
    lines.map((line) => line.split(" ")[0]),
    ["policy.yaml:5:9:", "site/b.yaml:4:5:", "site/b.yaml:4:5:", "site/b.yaml:4:5:", "site/a.yaml:1:1:"],
  );
});

test("circles are told with their way round; depth, number and bytes have an end", async () => {
  const chain = (length: number): Files =>
    Object.fromEntries([
      ["policy.yaml", `${head}include: [f1.yaml]\nrules: []\n`],
      ...Array.from({ length }, (_, index) => [
        `f${index + 1}.yaml`,
        part(`${index + 1 < length ? `include: [f${index + 2}.yaml]\n` : ""}rules: []\n`),
      ]),
    ]);
  assert.match(
    told(
      await mistakesOfFiles({
        "policy.yaml": `${head}include: [a.yaml]\nrules: []\n`,
        "a.yaml": part("include: [b.yaml]\nrules: []\n"),
        "b.yaml": part("include: [a.yaml]\nrules: []\n"),
      }),
    ).join("\n"),
    /site\/b.yaml:3:11: these files include each other in a circle: a.yaml -> b.yaml -> a.yaml; remove one/,
  );
  await setOf(chain(includeDepthMax));
  assert.match(told(await mistakesOfFiles(chain(includeDepthMax + 1))).join("\n"), /more than 8 deep/);

  const wide = (count: number): Files => {
    const folders = Math.ceil(count / 90);
    const listed = (from: number, to: number): string =>
      Array.from({ length: Math.max(0, to - from) }, (_, index) => `n${from + index}.yaml`).join(", ");
    const files: Record<string, string> = {};
    for (let at = 0; at < count; at++) files[`n${at}.yaml`] = part("rules: []\n");
    const groups = Array.from({ length: folders }, (_, at) => `g${at}.yaml`);
    for (const [at, name] of groups.entries()) {
      files[name] = part(`include: [${listed(at * 90, Math.min(count, at * 90 + 90))}]\nrules: []\n`);
    }
    return { ...files, "policy.yaml": `${head}include: [${groups.join(", ")}]\nrules: []\n` };
  };
  const rest = filesMax - 1 - Math.ceil((filesMax - 1) / 90);
  assert.equal((await setOf(wide(rest))).files.length, filesMax);
  assert.match(told(await mistakesOfFiles(wide(rest + 1))).join("\n"), /more than 300 files; join some of them/);

  const big = part("rules: []\n#").padEnd(documentBytesMax, "x");
  const count = policyBytesMax / documentBytesMax;
  const heavy = (extra: number): Files => ({
    "policy.yaml": `${head}include: [${Array.from({ length: count + extra }, (_, at) => `b${at}.yaml`).join(", ")}]\nrules: []\n`,
    ...Object.fromEntries(Array.from({ length: count + extra }, (_, at) => [`b${at}.yaml`, big])),
  });
  await setOf(heavy(0));
  assert.match(told(await mistakesOfFiles(heavy(1))).join("\n"), /all files together are larger than 8388608 bytes/);
});

test("ten thousand rules are a mistake that says how many there may be; that many are fine", async () => {
  const many = (count: number): string => Array.from({ length: count }, (_, at) => rule(`r${at}`)).join("");
  assert.match(
    told(await mistakesOfFiles({ "policy.yaml": `${head}rules:\n${many(10_000)}` })).join("\n"),
    /rules must have at most 1000 entries/,
  );
  const files = (more: number): Files => ({
    "policy.yaml": `${head}include: [a.yaml]\nrules:\n${many(rulesMax - 1)}`,
    "a.yaml": part(`rules:\n${Array.from({ length: more }, (_, at) => rule(`a${at}`)).join("")}`),
  });
  assert.equal((await setOf(files(1))).policy.rules.length, rulesMax);
  assert.match(told(await mistakesOfFiles(files(2))).join("\n"), /all files together have 1001 rules, of at most 1000/);
});

const base = `${head}tenants: { acme: acme.yaml, other: other.yaml }
rules:
${rule("strict", "action: redact")}${rule("loose", "action: block, tenantMayLoosen: true")}${rule("open", "action: redact, tenantMayExcept: true")}`;

test("a tenant's rules and changes count within it alone, and for requests of nobody", async () => {
  const { policy } = await setOf({
    "policy.yaml": base,
    "acme.yaml": tenantFile(
      `override:\n  strict: { action: block }\n  loose: { action: flag, shadow: true }\nrules:\n${rule("own")}`,
    ),
    "other.yaml": tenantFile(`rules:\n${rule("own")}`),
  });
  assert.deepEqual(ids(policy), ["strict", "strict@acme", "loose", "loose@acme", "open", "own@acme", "own@other"]);
  assert.deepEqual(applying(policy, "acme"), ["strict@acme", "loose@acme", "open", "own@acme"]);
  assert.deepEqual(applying(policy, "other"), ["strict", "loose", "open", "own@other"]);
  assert.deepEqual(applying(policy, "third"), ["strict", "loose", "open"]);
  assert.deepEqual(applying(policy, null), ids(policy));
  assert.equal(byId(policy, "strict@acme").action.kind, "block");
  assert.equal(byId(policy, "loose@acme").shadow, true);
});

test("a tenant may give up placeholders that last, and not have them where the base has others", async () => {
  const lasts = "action: { redact: { placeholder: { restore: true, stable: conversation } } }";
  const comesBack = "action: { redact: { placeholder: { restore: { links: true } } } }";
  const files = (before: string, after: string): Files => ({
    "policy.yaml": `${head}tenants: { t: t.yaml }\nrules:\n${rule("r", before)}`,
    "t.yaml": tenantFile(`override: { r: { ${after} } }\n`),
  });
  await setOf(files(lasts, "action: { redact: placeholder }"));
  await setOf(files("action: flag", lasts));
  const refused = told(await mistakesOfFiles(files(comesBack, lasts))).join("\n");
  assert.match(refused, /this keeps a text's placeholder from turn to turn; a tenant may only tighten "r"/);
  const named = lasts.replace("stable: conversation", "stable: { conversation: { header: X-Chat } }");
  assert.deepEqual((await setOf(files("action: flag", named))).policy.headers, ["x-chat"]);
  assert.deepEqual((await setOf(files(named, "action: block"))).policy.headers, ["x-chat"]);
});

test("a tenant only tightens unless the base lets it; every change is either no weaker or refused", async () => {
  const actions = [
    "allow",
    "flag",
    "redact",
    "block",
    "{ mark: x }",
    "{ redact: mask }",
    "{ redact: remove }",
    "{ replace: x }",
    "{ block: refusal }",
  ];
  const openness = new Map<string, readonly string[]>([
    ["closed", []],
    ["{ openFor: [vocabulary] }", ["vocabulary"]],
    ["{ openFor: [vocabulary, deadline] }", ["vocabulary", "deadline"]],
    ["open", unknownCauses],
  ]);
  const opened = (word: string): readonly string[] => openness.get(word) ?? [];
  const change = fc.record(
    {
      action: fc.constantFrom(...actions),
      shadow: fc.boolean(),
      onUnknown: fc.constantFrom(...openness.keys()),
      minScore: fc.constantFrom(0, 0.5, 1),
    },
    { requiredKeys: [] },
  );
  const written = (fields: object): string =>
    Object.entries(fields)
      .map(([key, value]) => `${key}: ${value}`)
      .join(", ");
  const weights = new Map(
    ["allow", "flag", "{ mark: x }", "{ redact: mask }", "redact", "{ redact: remove }", "{ replace: x }"].map(
      (name, at) => [name, at],
    ),
  );
  const weight = (action = "redact"): number => weights.get(action) ?? 9;
  await fc.assert(
    fc.asyncProperty(change, change, async (before, after) => {
      if (Object.keys(after).length === 0) return;
      const files: Files = {
        "policy.yaml": `${head}tenants: { t: t.yaml }\nrules:\n${rule("r", written({ action: "redact", ...before }))}`,
        "t.yaml": tenantFile(`override: { r: { ${written(after)} } }\n`),
      };
      const weaker =
        (after.action !== undefined && weight(after.action) < weight(before.action)) ||
        (after.shadow === true && before.shadow !== true) ||
        (after.onUnknown !== undefined &&
          opened(after.onUnknown).some((cause) => !opened(before.onUnknown ?? "closed").includes(cause))) ||
        (after.minScore ?? 0) > (before.minScore ?? 0);
      if (weaker) assert.match(told(await mistakesOfFiles(files)).join("\n"), /may only tighten/);
      else await setOf(files);
      const allowed = {
        ...files,
        "policy.yaml": (files["policy.yaml"] ?? "").replace("detect:", "tenantMayLoosen: true, detect:"),
      };
      await setOf(allowed);
    }),
    { numRuns: 200 },
  );
});

test("a tenant's exceptions count within it, for its own rules and those of the base that allow it", async () => {
  const exception = (more: string): string =>
    `exceptions:\n  - { id: e, reason: r, owner: o, expires: 2027-01-01, literal: abc${more} }\n`;
  const { policy } = await setOf({
    "policy.yaml": `${base}${exception(", rules: [strict]")}`,
    "acme.yaml": tenantFile(
      `override: { strict: { action: block }, open: { action: block } }\nrules:\n${rule("own")}${exception("").replace("id: e", "id: mine")}`,
    ),
    "other.yaml": tenantFile("rules: []\n"),
  });
  assert.deepEqual(
    policy.exceptions.map(({ id, rules }) => [id, rules]),
    [
      ["e", ["strict", "strict@acme"]],
      ["mine@acme", ["own@acme", "open", "open@acme"]],
    ],
  );
  const mine = policy.exceptions[1];
  assert.ok(mine !== undefined);
  const holds = (tenant: string | null): boolean =>
    explainScope(mine, { ...someFacts, tenant }, null).every((each) => each.holds);
  assert.deepEqual([holds("acme"), holds("other"), holds(null)], [true, false, false]);
});

test("an exception that is out of date stops a reload, and only itself at a start", async () => {
  const files = (expires: string): Files => ({
    "policy.yaml": `${head}rules: []\nexceptions:\n  - { id: e, reason: r, owner: o, expires: ${expires}, category: pii/* }\n`,
  });
  const { policy } = await setOf(files("2026-11-22"));
  assert.equal(policy.exceptions[0]?.expiresS, testDayS + 86_400);
  for (const day of ["2026-11-21", "2020-01-01"]) {
    assert.match(
      told(await mistakesOfFiles(files(day))).join("\n"),
      /^policy.yaml:6:\d+: the exception "e" ended on .*; remove it/,
    );
    const started = await setOf(files(day), { expired: "skip" });
    assert.deepEqual(started.policy.exceptions, []);
    assert.match(
      told(started.notices).join("\n"),
      /^policy.yaml:6:\d+: the exception "e" ended on .* and does not count$/,
    );
  }
});

test("files that cannot be read are named among the files, so that their return can be watched for", async () => {
  const result = await compileFiles({ "policy.yaml": `${head}include: [gone.yaml]\nrules: []\n` });
  assert.ok(!result.ok);
  assert.deepEqual(result.error.files, ["site/policy.yaml", "site/gone.yaml"]);
});
