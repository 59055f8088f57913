import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { sallyport } from "../../test/helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../../test/helpers/temp-dir.ts";
import { auditFileName, writeKeptHead } from "../app/audit/folder.ts";
import { makeKeys } from "../app/audit/make-keys.ts";
import { bodyOf, createChain, type Entry, noHead } from "../telemetry/audit/chain.ts";
import { readSigner } from "../telemetry/audit/checkpoint.ts";

const epochMs = Date.parse("2026-11-22T08:00:00Z");
const subject = "c".repeat(32);
const instance = "a".repeat(24);
const entry = (kind: Entry["kind"], fields: object = {}): Entry => ({ kind, timeMs: epochMs, body: bodyOf(fields) });

/** A folder with keys and a sealed record of three exchanges in two files, as `serve` leaves it. */
async function openFolder(): Promise<TempDir & { readonly files: readonly string[] }> {
  const dir = await openTempDir();
  assert.ok((await makeKeys(dir.join("keys"))).ok);
  const signer = readSigner(await readFile(dir.join("keys/audit.key.pem")));
  assert.ok(signer.ok);
  const chain = createChain(instance, noHead);
  const exchange = (of: string): string => chain.seal(entry("exchange", { subject: of, record: { verdict: "block" } }));
  const first = [
    chain.seal(entry("start", { after: null, end: "none", torn: 0 })),
    exchange(subject),
    exchange("d".repeat(32)),
    chain.seal(entry("rotate")),
    chain.sealCheckpoint("rotate", epochMs, signer.value),
  ];
  const second = [exchange(subject), chain.seal(entry("stop")), chain.sealCheckpoint("stop", epochMs, signer.value)];
  await mkdir(dir.join("audit"));
  const files = [auditFileName(1, epochMs), auditFileName(6, epochMs)].map((name) => `audit/${name}`);
  for (const [index, lines] of [first, second].entries())
    await writeFile(dir.join(files[index] ?? ""), lines.map((line) => `${line}\n`).join(""));
  await writeKeptHead(dir.join("audit"), { instance, ...chain.head, isEnd: true });
  return Object.assign(dir, { files });
}
const audit = (dir: TempDir, ...args: readonly string[]) => sallyport(["audit", ...args], { cwd: dir.path });
const key = ["--public-key", "keys/audit.pub.pem"];

test("verify: whole, with and without the key, by folder, by files, on stdin, and as JSON", async () => {
  await using dir = await openFolder();
  const whole = await audit(dir, "verify", ...key, "audit");
  assert.deepEqual([whole.code, whole.stderr], [0, ""]);
  assert.match(
    whole.stdout,
    /^entries 1 to 8, .*: 3 exchanges, 1 starts, 0 lost\n2 of 2 checkpoints are signed with this key\nhead 8:[0-9a-f]{64}\nwhole: .*\n$/,
  );
  const unchecked = await audit(dir, "verify", ...dir.files);
  assert.deepEqual([unchecked.code, /signatures were not checked/.test(unchecked.stdout)], [0, true]);
  const text = (await Promise.all(dir.files.map((file) => readFile(dir.join(file), "latin1")))).join("");
  const piped = await sallyport(["audit", "verify", "--json", "-"], { cwd: dir.path, stdin: text });
  const { result, exchanges, findings } = JSON.parse(piped.stdout) as Record<string, unknown>;
  assert.deepEqual([piped.code, result, exchanges, findings], [0, "whole", 3, []]);
});

test("verify: broken, open, another key, another head, and what cannot be read", async () => {
  await using dir = await openFolder();
  const [first = "", second = ""] = dir.files;
  const written = await readFile(dir.join(first), "latin1");
  await writeFile(dir.join(first), written.replace("block", "allow"));
  const edited = await audit(dir, "verify", ...key, "audit");
  assert.equal(edited.code, 1);
  assert.match(edited.stdout, /^audit\/audit-0{15}1-20261122T080000Z\.jsonl:2: break \(edited\): entry 2 was changed/);
  await writeFile(dir.join(first), written);
  const other = "f".repeat(64);
  const last = (await readFile(dir.join(second), "latin1")).split("\n")[2] ?? "";
  const hash = last.slice(-66, -2);
  const cases: readonly (readonly [args: readonly string[], code: number, told: RegExp])[] = [
    [[...key, first], 1, /cut-tail\): audit\.head\.json knows entry 8: 3 entries at the end are missing/],
    [["--running", "-"], 3, /^open \(empty\): there is no entry\nopen: /],
    [["--head", `8:${hash}`, "--head", `8:${other}`, "audit"], 1, /other-head\): --head knows another entry 8/],
    [["--head", "8", "audit"], 2, /--head is SEQ:HASH/],
    [
      ["--public-key", "others/audit.pub.pem", "audit"],
      1,
      /wrong-key\): a checkpoint signed with another key \([0-9a-f]{16}\)/,
    ],
  ];
  assert.ok((await makeKeys(dir.join("others"))).ok);
  for (const [args, code, told] of cases) {
    const outcome = await audit(dir, "verify", ...args);
    assert.equal(outcome.code, code, `${args.join(" ")}\n${outcome.stdout}${outcome.stderr}`);
    assert.match(outcome.stdout + outcome.stderr, told);
  }
});

test("find: the lines of a subject, as they stand there", async () => {
  await using dir = await openFolder();
  const found = await audit(dir, "find", "--subject", subject, "audit");
  assert.equal(found.code, 0);
  assert.deepEqual(
    found.stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { seq: number }).seq),
    [2, 6],
  );
  const cases: readonly (readonly [args: readonly string[], code: number, told: RegExp])[] = [
    [["--subject", "alice", "audit"], 2, /name --subject-key-file/],
    [["--subject", "alice", "--subject-key-file", "empty", "audit"], 1, /a key has 16 to 4096 characters/],
  ];
  await writeFile(dir.join("empty"), "\n");
  for (const [args, code, told] of cases) {
    const outcome = await audit(dir, "find", ...args);
    assert.deepEqual([outcome.code, told.test(outcome.stderr)], [code, true], outcome.stderr);
  }
});

test("key: nothing that is there is written over, and private keys are their owner's alone; export needs Redis", async () => {
  await using dir = await openTempDir();
  const { code: made, stdout } = await audit(dir, "key", "keys");
  assert.deepEqual([made, stdout], [0, "keys/audit.key.pem\nkeys/audit.pub.pem\nkeys/audit.subject.key\n"]);
  const modes = await Promise.all(
    ["audit.key.pem", "audit.subject.key"].map(async (name) => (await stat(dir.join(`keys/${name}`))).mode & 0o777),
  );
  assert.deepEqual(modes, [0o600, 0o600]);
  const again = await audit(dir, "key", "keys");
  assert.deepEqual([again.code, /audit\.key\.pem: is there already, and is kept/.test(again.stderr)], [1, true]);
  await writeFile(dir.join("guard.yaml"), "kind: Config\nversion: 1\naudit: { to: stdout }\n");
  const { code, stderr } = await audit(dir, "export", "--config", "guard.yaml");
  assert.deepEqual([code, /has no audit record in Redis/.test(stderr)], [1, true], stderr);
});
