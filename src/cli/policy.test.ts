import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sallyport } from "../../test/helpers/sallyport.ts";
import { openTempDir } from "../../test/helpers/temp-dir.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("the repository's own policies do what their cases say", async () => {
  const { code, stdout, stderr } = await sallyport(["policy", "test", "docs/examples"], { cwd: root });
  assert.equal(code, 0, stdout + stderr);
  const [, passed = "0"] = /^(\d+) passed, 0 failed$/m.exec(stdout) ?? [];
  assert.ok(Number(passed) >= 20, stdout);
});

const policy = `kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: mail, stage: prompt, detect: { pii: { kinds: [email] } }, action: redact, when: { tenant: blue } }
  - { id: words, stage: [prompt, reply], detect: { keywords: { list: [acme] } }, action: block, shadow: true }
`;
const caseOf = (expect: string, more = ""): string => `kind: PolicyCase
version: 1
policy: ../policy.yaml
exchange: { tenant: blue, request: { model: m, messages: [{ role: user, content: "ada@example.com at acme" }] } }
expect: ${expect}
${more}`;

test("a case that comes out otherwise, and each bad case, is told", async () => {
  await using dir = await openTempDir();
  await mkdir(dir.join("cases"));
  await writeFile(dir.join("policy.yaml"), policy);
  await writeFile(dir.join("cases/good.case.yaml"), caseOf("{ record: { verdict: redact, shadow: words } }"));
  await writeFile(
    dir.join("cases/wrong.case.yaml"),
    caseOf('{ record: { verdict: block }, request: "x", status: 400 }'),
  );
  await writeFile(dir.join("cases/typo.case.yaml"), caseOf("{ recrod: {} }"));
  await writeFile(dir.join("cases/gone.case.yaml"), caseOf("{}").replace("../policy.yaml", "../none.yaml"));
  await writeFile(
    dir.join("cases/body.case.yaml"),
    caseOf("{}").replace(/request: \{.*\} \}/, "request: { file: none.json } }"),
  );
  await writeFile(dir.join("cases/notes.yaml"), "not a case");
  const { code, stdout } = await sallyport(["policy", "test", "cases"], { cwd: dir.path });
  assert.equal(code, 1);
  assert.match(stdout, /^ok +cases\/good\.case\.yaml$/m);
  assert.match(
    stdout,
    /^not ok cases\/wrong\.case\.yaml\n +record verdict: wanted "block", got "redact"\n +status: wanted 400, got null\n +released request: wanted "x"/m,
  );
  assert.match(
    stdout,
    /^not ok cases\/typo\.case\.yaml\n.*typo\.case\.yaml:5:\d+: unknown key "recrod"; did you mean "record"\?/m,
  );
  assert.match(stdout, /^not ok cases\/gone\.case\.yaml\n +none\.yaml: cannot be read/m);
  assert.match(stdout, /^not ok cases\/body\.case\.yaml\n.*cannot be read/m);
  assert.match(stdout, /^1 passed, 4 failed$/m);
});

test("no case at all is no success", async () => {
  await using dir = await openTempDir();
  assert.equal((await sallyport(["policy", "test", "."], { cwd: dir.path })).code, 1);
  assert.equal((await sallyport(["policy", "test", "--cuts", "x", "."], { cwd: dir.path })).code, 2);
});

test("explain says which rules match, which do not and why, and no text of the exchange", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), policy);
  const request = JSON.stringify({ model: "m", messages: [{ role: "user", content: "ada@example.com at acme" }] });
  const explain = (...more: string[]) =>
    sallyport(["policy", "explain", "--policy", "policy.yaml", "--request", "-", ...more], {
      cwd: dir.path,
      stdin: request,
    });
  const blue = await explain("--tenant", "blue");
  assert.equal(blue.code, 0, blue.stderr);
  assert.match(blue.stdout, /openai\/chat-completions, model m$/m);
  assert.match(blue.stdout, /^prompt: redact by mail; 23 of 23 characters judged$/m);
  assert.match(blue.stdout, /^ {2}match +mail +redact +1 x pii\/email, score 1$/m);
  assert.match(blue.stdout, /^ {2}asked in this order: scan mail, words/m);
  assert.match(blue.stdout, /^ {2}shadow +words +block +1 x keywords\/keyword/m);
  assert.match(blue.stdout, /found pii\/email \(1\) in content of user at \/messages\/0\/content/);
  const red = await explain("--tenant", "red");
  assert.match(red.stdout, /^ {2}not here +mail +redact +tenant does not fit$/m);
  const json = JSON.parse((await explain("--tenant", "blue", "--json")).stdout) as { stages: { verdict: string }[] };
  assert.equal(json.stages[0]?.verdict, "redact");
  for (const { stdout } of [blue, red]) assert.doesNotMatch(stdout, /ada@|acme/);
});

test("explain counts claims and says where their evidence stands, and no text of the exchange", async () => {
  await using dir = await openTempDir();
  const rule = { id: "grounded", stage: "reply", detect: { groundedness: {} }, action: "flag" };
  const held = { ...rule, id: "held", detect: { groundedness: { threshold: 1 } }, action: "block", hold: "reply" };
  const defaults = { onUnknown: "open", onUnreadable: "block" };
  const messages = [
    { role: "user", content: "When was it built?" },
    { role: "tool", tool_call_id: "c", content: "The harbour of Delmar was built in 1932 by Anna Verhoeven." },
  ];
  const content = "It was built by Anna Verhoeven. The harbour of Delmar was built in 1937. Anything else?";
  await writeFile(
    dir.join("policy.yaml"),
    JSON.stringify({ kind: "Policy", version: 1, defaults, rules: [rule, held] }),
  );
  await writeFile(dir.join("prompt.json"), JSON.stringify({ model: "m", messages }));
  await writeFile(dir.join("reply.json"), JSON.stringify({ choices: [{ index: 0, message: { content } }] }));
  const files = ["--policy", "policy.yaml", "--request", "prompt.json", "--reply", "reply.json"];
  const told = await sallyport(["policy", "explain", ...files], { cwd: dir.path });
  assert.equal(told.code, 0, told.stderr);
  assert.match(told.stdout, /^ {2}held back until all of it is judged: held$/m);
  assert.match(told.stdout, /claims: 1 supported, 1 unsupported, 1 not checkable; evidence at \/messages\/1\/content/);
  assert.match(
    told.stdout,
    /found groundedness\/ungrounded .*, held against tool-result of tool at \/messages\/1\/content/,
  );
  assert.doesNotMatch(told.stdout, /Delmar|1937/);
});

test("explain says why nothing was judged, and what cannot be", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), policy);
  const explain = (stdin: string, ...more: string[]) =>
    sallyport(["policy", "explain", "--policy", "policy.yaml", "--request", "-", ...more], { cwd: dir.path, stdin });
  const broken = await explain("{", "--tenant", "blue");
  assert.match(broken.stdout, /^prompt: block \(unreadable:not-json\); 0 of 0 characters judged$/m);
  assert.match(broken.stdout, /^ {2}not asked +mail +redact$/m);
  assert.match((await explain("{}", "--path", "/v2/x")).stdout, /^prompt: block \(unreadable:unknown-path\)/m);
  const image = { type: "image_url", image_url: { url: "https://a.example/b.png" } };
  const seen = await explain(JSON.stringify({ model: "m", messages: [{ role: "user", content: [image] }] }));
  assert.match(seen.stdout, /characters judged, not judged: 1 x image, 1 x remote-url$/m);
});

test("explain refuses what it cannot read", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("bad.yaml"), "kind: Policy\n");
  const run = (...args: string[]) => sallyport(["policy", "explain", ...args], { cwd: dir.path, stdin: "{}" });
  assert.equal((await run()).code, 2);
  assert.equal((await run("--request", "-", "--header", "x")).code, 2);
  const missing = await run("--request", "none.json");
  assert.deepEqual([missing.code, /none\.json: cannot be read/.test(missing.stderr)], [1, true]);
  const bad = await run("--policy", "bad.yaml", "--request", "-");
  assert.deepEqual([bad.code, /bad\.yaml:1:\d+: /.test(bad.stderr)], [1, true]);
});
