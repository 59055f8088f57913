// Everything that can be wrong with a policy's files, tried on a guard that runs: the old policy serves on, and the log says file,
// line and how to mend it, as `sallyport check` does. One guard meets them one after another.

import assert from "node:assert/strict";
import { EventEmitter, on } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { checkFileWhole } from "../../src/app/check-file.ts";
import { mistakeLine } from "../../src/app/reload/policy-problem.ts";
import { statusOfPrompt } from "../helpers/ask-prompt.ts";
import { GuardProcess } from "../helpers/guard-process.ts";
import { ProcessorClient } from "../helpers/processor-client.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

type Files = Readonly<Record<string, string>>;
/** `wanted`: of one line, after the folder. */
type Row = { readonly what: string; readonly files: Files; readonly wanted: RegExp };

const head = "kind: Policy\nversion: 1\ndefaults: { onUnknown: closed, onUnreadable: block }\n";
const rule = (id: string, detect = "{ secrets: {} }", more = "action: flag"): string =>
  `  - { id: ${id}, stage: prompt, detect: ${detect}, ${more} }\n`;
const rules = (...all: readonly string[]): Files => ({ "policy.yaml": `${head}rules:\n${all.join("")}` });
const pattern = (text: string): Files => rules(rule("p", `{ patterns: { list: [{ id: own, pattern: '${text}' }] } }`));
const condition = (text: string): Files =>
  rules(rule("c", "{ secrets: {} }", `action: flag, when: { condition: "${text}" }`));
const exception = (expires: string, more: string): Files => ({
  "policy.yaml": `${head}rules: []\nexceptions:\n  - { id: e, reason: r, owner: o, expires: ${expires}${more} }\n`,
});
const part = (text: string): string => `kind: PolicyPart\nversion: 1\n${text}`;
const ten = "[1,2,3,4,5,6,7,8,9,10]";

const rows: readonly Row[] = [
  {
    what: "an action that is none",
    files: rules(rule("a"), rule("b", undefined, "action: blok")),
    wanted: /^policy\.yaml:6:\d+: action must be .*"blok"; did you mean "block"\?$/,
  },
  {
    what: "a key that nobody knows",
    files: rules(rule("a", "{ pii: { kind: [email] } }")),
    wanted: /^policy\.yaml:5:\d+: unknown key "kind"; did you mean "kinds"\?$/,
  },
  {
    what: "a field that is missing",
    files: { "policy.yaml": "kind: Policy\nversion: 1\ndefaults: { onUnreadable: block }\nrules: []\n" },
    wanted: /^policy\.yaml:3:1: onUnknown is missing \(/,
  },
  {
    what: "a version to come",
    files: { "policy.yaml": `${head.replace("version: 1", "version: 2")}rules: []\n` },
    wanted: /^policy\.yaml:2:10: version 2 cannot be read here, .*take that program, or write the policy as/,
  },
  {
    what: "files that include each other in a circle",
    files: {
      "policy.yaml": `${head}include: [more/a.yaml]\nrules: []\n`,
      "more/a.yaml": part("include: [b.yaml]\nrules: []\n"),
      "more/b.yaml": part("include: [../policy.yaml]\nrules: []\n"),
    },
    wanted:
      /^more\/b\.yaml:3:11: .*in a circle: policy\.yaml -> more\/a\.yaml -> more\/b\.yaml -> policy\.yaml; remove one of/,
  },
  {
    what: "an included file that is not there",
    files: { "policy.yaml": `${head}include: [gone.yaml]\nrules: []\n` },
    wanted: /^policy\.yaml:4:11: this file cannot be read \(ENOENT\); check its path/,
  },
  {
    what: "an included file with a mistake",
    files: {
      "policy.yaml": `${head}include: [more/c.yaml]\nrules: []\n`,
      "more/c.yaml": part(`rules:\n${rule("c", "{ keywords: { list: [] } }")}`),
    },
    wanted: /^more\/c\.yaml:4:\d+: list is an empty list \(1 to 20000 words/,
  },
  {
    what: "an expression that grows without bound",
    files: pattern("((a{1,100}){1,100}){1,100}"),
    wanted: /^policy\.yaml:5:\d+: it expands to more than 1000 steps: use smaller counts/,
  },
  {
    what: "an expression that only a backtracking engine can run",
    files: pattern("(a+)\\1"),
    wanted: /^policy\.yaml:5:\d+: it refers back at .* write both parts out$/,
  },
  {
    what: "a condition that never ends",
    files: condition(`${ten}.all(a, ${ten}.all(b, ${ten}.all(c, ${ten}.all(d, a + b + c + d > 0))))`),
    wanted: /^policy\.yaml:5:\d+: too much work: up to \d+ steps, of at most 5000; use fewer loops/,
  },
  {
    what: "a condition whose expression explodes",
    files: condition("route.matches('((a{1,100}){1,100}){1,100}')"),
    wanted: /^policy\.yaml:5:\d+: matches cannot use this expression: .*: use smaller counts$/,
  },
  {
    what: "a condition of the wrong type",
    files: condition("size(model)"),
    wanted: /^policy\.yaml:5:\d+: a condition is true or false, and this is of type int; compare it with something$/,
  },
  {
    what: "ten thousand rules",
    files: rules(...Array.from({ length: 10_000 }, (_, n) => rule(`r${n}`))),
    wanted: /^policy\.yaml:5:3: rules must have at most 1000 entries \(at most 1000 rules: one may list many/,
  },
  {
    what: "an exception that is out of date",
    files: exception("2020-01-01", ", category: pii/*"),
    wanted: /^policy\.yaml:6:\d+: the exception "e" ended on 2020-01-01; remove it, or agree on a new day/,
  },
  {
    what: "an exception from everything",
    files: exception("2999-01-01", ""),
    wanted: /^policy\.yaml:6:5: an exception needs at least one of category, literal, literals, sha256/,
  },
  {
    what: "aliases that multiply",
    files: { "policy.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n" },
    wanted: /^policy\.yaml:2:8: an alias \(\*\.\.\.\) inside an anchored value \(&\.\.\.\); write the value out$/,
  },
  {
    what: "lists without end",
    files: { "policy.yaml": `rules: ${"[".repeat(100_000)}\n` },
    wanted: /^policy\.yaml:1:71: nested more than 64 deep; write it with fewer levels$/,
  },
  {
    what: "a file that is too large",
    files: { "policy.yaml": `${head}rules: []\n#`.padEnd(1_100_000, "x") },
    wanted: /^policy\.yaml:1:1: the file is larger than 1048576 bytes; split it/,
  },
  {
    what: "an empty file",
    files: { "policy.yaml": "" },
    wanted: /^policy\.yaml:1:1: the file is empty; begin it with/,
  },
];

const good = (name: string, word: string): string =>
  `${head}name: ${name}\nrules:\n${rule("words", `{ keywords: { list: [${word}] } }`, "action: { block: error }")}`;

async function write(folder: string, files: Files): Promise<void> {
  // The main file last: what it includes is there when it is looked at.
  for (const [name, text] of Object.entries(files).toReversed()) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

type Line = { readonly msg: string; readonly policy?: string; readonly mistakes?: readonly string[] };

/** The log's lines on the policy, one after another. */
function policyLines(emitter: EventEmitter): () => Promise<Line> {
  const lines = on(emitter, "line");
  return async () => {
    for (;;) {
      const { value } = (await lines.next()) as { value: [string] };
      const line = value[0].startsWith("{") ? (JSON.parse(value[0]) as Line) : null;
      if (line?.msg.startsWith("policy") === true) return line;
    }
  };
}

test("a bad policy is told with file, line and remedy, and the old one serves on", async (t) => {
  await using dir = await openTempDir();
  const file = dir.join("policy.yaml");
  await writeFile(file, good("old", "alpha"));
  const emitter = new EventEmitter();
  const next = policyLines(emitter);
  await using guard = await GuardProcess.open({ policy: file, onLine: (line) => emitter.emit("line", line) });
  using client = new ProcessorClient(`unix:${guard.socket}`);
  const blocks = async (word: string): Promise<boolean> => (await statusOfPrompt(client, `about ${word}`)) !== 0;
  for (const { what, files, wanted } of rows) {
    await t.test(what, async () => {
      await write(dir.path, files);
      const { msg, policy, mistakes = [] } = await next();
      assert.equal(msg, "policy not taken; the one before still serves");
      assert.match(policy ?? "", /^old@/);
      const told = mistakes.map((line) => line.replace(`${dir.path}/`, ""));
      assert.ok(
        told.some((line) => wanted.test(line)),
        told.slice(0, 5).join("\n"),
      );
      const checked = await checkFileWhole(file, Buffer.from(files["policy.yaml"] ?? ""), async () => ({
        models: [],
        problems: [],
      }));
      if (files["policy.yaml"] !== "")
        assert.deepEqual(
          mistakes,
          checked.map((each) => mistakeLine(file, each)),
        );
      assert.deepEqual([await blocks("alpha"), await blocks("beta")], [true, false]);
    });
  }
  await t.test("no file at all", async () => {
    await rm(file);
    assert.deepEqual((await next()).mistakes, [`${file}: cannot be read (ENOENT)`]);
    assert.equal(await blocks("alpha"), true);
  });
  await t.test("a good one again", async () => {
    await writeFile(file, good("new", "beta"));
    assert.equal((await next()).msg, "policy swapped");
    assert.deepEqual([await blocks("alpha"), await blocks("beta")], [false, true]);
  });
});
