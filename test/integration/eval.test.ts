// `sallyport eval` as a process: files in, figures and scores out, and what its exit statuses mean.

import assert from "node:assert/strict";
import { readFile, stat, symlink, watch, writeFile } from "node:fs/promises";
import { test } from "node:test";
import * as z from "zod";
import { gzipSync } from "node:zlib";
import { sallyport, startSallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const rows = [
  {
    id: "a",
    text: "mail ada@example.com",
    label: 1,
    lang: "en",
    source: "own",
    spans: [{ start: 5, end: 20, type: "EMAIL_ADDRESS" }],
  },
  { id: "b", text: "nothing", label: 0, lang: "en", source: "own", spans: [] },
  { id: "c", text: "Frag Grace", label: 1, lang: "de", source: "other", spans: [{ start: 5, end: 10, type: "PER" }] },
];
const lines = (all: readonly object[]): string => all.map((row) => `${JSON.stringify(row)}\n`).join("");

test("figures as a table and as JSON, a score for each row, in the order of the rows", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("a.jsonl.gz"), gzipSync(lines(rows)));
  await writeFile(dir.join("b.jsonl"), lines([{ text: "plain", label: 0 }]));
  const files = ["--data", "a.jsonl.gz", "b.jsonl", "--json", "out.json", "--scores", "scores.jsonl"];
  const { code, stdout, stderr } = await sallyport(["eval", "--detector", "pii", ...files], { cwd: dir.path });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(stdout, /^all +4 +2 +0 +0\.750 /m);
  assert.match(stdout, /^file b\.jsonl +1 /m);
  assert.match(stdout, /^source own +2 /m);
  assert.match(stdout, /^language de +1 /m);
  assert.match(stdout, /^spans of: email$/m);
  const document = JSON.parse(await readFile(dir.join("out.json"), "utf8"));
  const schema = JSON.parse(await readFile(new URL("../../docs/schemas/evaluation-v1.json", import.meta.url), "utf8"));
  assert.deepEqual(z.fromJSONSchema(schema).safeParse(document).error, undefined);
  assert.deepEqual(document.subject, { kind: "detector", name: "pii" });
  assert.deepEqual(
    document.data.map(({ file, rows: count }: { file: string; rows: number }) => [file, count]),
    [
      ["a.jsonl.gz", 3],
      ["b.jsonl", 1],
    ],
  );
  assert.deepEqual([document.complete, document.rows], [true, 4]);
  assert.deepEqual(Object.keys(document.files), ["a.jsonl.gz", "b.jsonl"]);
  assert.equal(document.all.recall, 0.5);
  assert.deepEqual(document.all.spans.exact, {
    ...{ found: 1, marked: 1, precision: 1, recall: 1, f1: 1 },
    // Wilson's interval of 1 of 1, from s to 2s / (1 + s).
    interval: [0.34238, 1],
  });
  // Wilson's interval of 1 of 2.
  assert.deepEqual(document.all.intervals.recall, [0.094531, 0.905469]);
  assert.ok(document.textsPerSecond > 0);
  const scores = (await readFile(dir.join("scores.jsonl"), "utf8")).trim().split("\n");
  assert.deepEqual(JSON.parse(scores[0] ?? ""), {
    file: "a.jsonl.gz",
    id: "a",
    source: "own",
    label: 1,
    score: 1,
    action: "flag",
    coverage: 1,
    spans: [{ start: 5, end: 20, type: "email" }],
  });
  assert.deepEqual(
    scores.map((line) => JSON.parse(line).id),
    ["a", "b", "c", "1"],
  );
  assert.doesNotMatch(stdout + scores.join(), /ada@|Grace/);
});

test("a policy, and a budget that it misses", async () => {
  await using dir = await openTempDir();
  const policy = `kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: a, stage: prompt, detect: { pii: { kinds: [email] } }, action: block }
`;
  await writeFile(dir.join("policy.yaml"), policy);
  await writeFile(dir.join("a.jsonl"), lines(rows));
  const args = ["eval", "--policy", "policy.yaml", "--data", "a.jsonl", "--scores", "s"];
  const good = await sallyport([...args, "--max-fpr", "0", "--min-recall", "0.5"], { cwd: dir.path });
  assert.deepEqual([good.code, good.stderr], [0, ""]);
  assert.equal(JSON.parse((await readFile(dir.join("s"), "utf8")).split("\n")[0] ?? "").action, "block");
  const missed = await sallyport([...args, "--min-recall", "0.6"], { cwd: dir.path });
  assert.equal(missed.code, 3);
  assert.equal(missed.stderr, "sallyport eval: the recall 0.5000 is below the budget of 0.6\n");
});

test("a gate is shut when rows of label 0 were not judged", async () => {
  await using dir = await openTempDir();
  // No reply: a detector of replies knows nothing of it.
  await writeFile(dir.join("a.jsonl"), lines([{ text: "one", label: 0 }]));
  const args = ["eval", "--detector", "refusal", "--data", "a.jsonl", "--max-fpr", "0.5"];
  const { code, stdout, stderr } = await sallyport(args, { cwd: dir.path });
  assert.equal(code, 3);
  assert.match(stdout, /^unknown: no-evidence 1$/m);
  assert.match(stderr, /not known: no row of label 0 was judged.* is above the budget of 0\.5/);
});

test("what is read is never written over", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("a.jsonl"), lines(rows));
  await symlink("a.jsonl", dir.join("alias"));
  for (const [flag, file] of [
    ["--scores", "a.jsonl"],
    ["--json", "alias"],
  ] as const) {
    const args = ["eval", "--detector", "pii", "--data", "a.jsonl", flag, file];
    const { code, stderr } = await sallyport(args, { cwd: dir.path });
    assert.deepEqual([code, stderr], [2, `sallyport eval: ${flag} ${file} is what is read: name another file\n`]);
  }
  const both = ["eval", "--detector", "pii", "--data", "a.jsonl", "--scores", "out", "--json", "./out"];
  assert.equal((await sallyport(both, { cwd: dir.path })).code, 2);
  assert.equal(await readFile(dir.join("a.jsonl"), "utf8"), lines(rows));
});

test("interrupted: the rows that were begun are told, and that there are more", async () => {
  await using dir = await openTempDir();
  const many = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `write to ada${id}@example.com`, label: 1 }));
  await writeFile(dir.join("a.jsonl"), lines(many));
  const files = ["--data", "a.jsonl", "--scores", "scores", "--json", "json", "--min-recall", "0"];
  const changes = watch(dir.path);
  const { child, outcome } = startSallyport(["eval", "--detector", "pii", ...files], { cwd: dir.path });
  for await (const { filename } of changes) {
    // The first scores are there: it judges.
    if (filename === "scores" && (await stat(dir.join("scores"))).size > 0) break;
  }
  child.kill("SIGINT");
  const { code, stderr } = await outcome;
  assert.equal(code, 130, stderr);
  const [, judged] = /interrupted: the figures are of the first (\d+) of 20000 rows$/m.exec(stderr) ?? [];
  const document = JSON.parse(await readFile(dir.join("json"), "utf8"));
  assert.deepEqual([document.complete, document.rows, document.all.n], [false, Number(judged), Number(judged)]);
  const scores = (await readFile(dir.join("scores"), "utf8")).trim().split("\n");
  assert.equal(scores.length, Number(judged));
  assert.equal(JSON.parse(scores.at(-1) ?? "").id, Number(judged) - 1);
});

test("bad lines are told with their place, and nothing is judged", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("a.jsonl"), `${lines(rows)}{"text":"private words","label":7}\nprivate words\n`);
  const args = ["eval", "--detector", "pii", "--data", "a.jsonl", "none.jsonl"];
  const { code, stdout, stderr } = await sallyport(args, { cwd: dir.path });
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    "a.jsonl:4: label must be 0, 1, true, false (without quotes), or a topic's name\na.jsonl:5: is not JSON: each line is one JSON object\nnone.jsonl: cannot be read (ENOENT)\n",
  );
});

for (const [what, args, code, says] of [
  ["neither detector nor policy", ["--data", "a"], 2, /either a --detector or a --policy/],
  ["both", ["--data", "a", "--detector", "pii", "--policy", "p"], 2, /either a --detector or a --policy/],
  ["no data", ["--detector", "pii"], 2, /--data/],
  ["a budget that is no share", ["--detector", "pii", "--data", "a", "--max-fpr", "2"], 2, /shares from 0 to 1/],
  ["an empty budget", ["--detector", "pii", "--data", "a", "--min-recall", ""], 2, /shares from 0 to 1/],
  ["an unknown detector", ["--detector", "pij", "--data", "a"], 1, /pij/],
  ["a policy that is not there", ["--policy", "p.yaml", "--data", "a"], 1, /p\.yaml: cannot be read/],
  [
    "a place that cannot be written",
    ["--detector", "pii", "--data", "a", "--scores", "no/s"],
    1,
    /no\/s: cannot be written/,
  ],
] as const) {
  test(`said and refused: ${what}`, async () => {
    await using dir = await openTempDir();
    await writeFile(dir.join("a"), lines(rows));
    const outcome = await sallyport(["eval", ...args], { cwd: dir.path });
    assert.match(outcome.stderr, says);
    assert.equal(outcome.code, code);
  });
}
