// The audit record of a real `serve`: in files, over restarts and a kill, on the standard output, and where it cannot be written.

import assert from "node:assert/strict";
import { readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { makeKeys } from "../../src/app/audit/make-keys.ts";
import { statusOfPrompt } from "../helpers/ask-prompt.ts";
import { GuardProcess } from "../helpers/guard-process.ts";
import { ProcessorClient } from "../helpers/processor-client.ts";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../helpers/temp-dir.ts";

/** In prompts, beside what makes them notable: nothing of it may stand in a record. */
const canary = "canary-5e1f";
const blocked = `acme-internal ${canary}`;
const allowed = `hello ${canary}`;
const policy = `kind: Policy
version: 1
name: plain
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: banned-words, stage: prompt, detect: { keywords: { list: [acme-internal] } }, action: { block: error } }
`;

class Served implements AsyncDisposable {
  readonly dir: TempDir;
  readonly guard: GuardProcess;
  readonly lines: string[];
  #client: ProcessorClient | null = null;

  private constructor(dir: TempDir, guard: GuardProcess, lines: string[]) {
    this.dir = dir;
    this.guard = guard;
    this.lines = lines;
  }

  static async open(audit: object, more: object = {}): Promise<Served> {
    const dir = await openTempDir();
    const made = await makeKeys(dir.path);
    assert.ok(made.ok);
    await writeFile(dir.join("policy.yaml"), policy);
    const settings = { keyFile: "audit.key.pem", subjectKeyFile: "audit.subject.key", checkpointS: 1, ...audit };
    const config = { kind: "Config", version: 1, audit: settings, ...more };
    await writeFile(dir.join("guard.yaml"), JSON.stringify(config));
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const args = ["--config", dir.join("guard.yaml")];
    return new Served(dir, await GuardProcess.open({ policy: dir.join("policy.yaml"), args, onLine }), lines);
  }

  ask(content: string): Promise<number> {
    this.#client ??= new ProcessorClient(`unix:${this.guard.socket}`);
    return statusOfPrompt(this.#client, content);
  }

  async restart(how: "kill" | "terminate"): Promise<void> {
    this.#client?.[Symbol.dispose]();
    this.#client = null;
    await this.guard[how]();
    await this.guard.restart();
  }

  async files(): Promise<readonly string[]> {
    const names = await readdir(this.dir.join("audit"));
    return names
      .filter((name) => name.endsWith(".jsonl"))
      .map((name) => this.dir.join(join("audit", name)))
      .sort();
  }

  async record(): Promise<string> {
    return (await Promise.all((await this.files()).map((file) => readFile(file, "latin1")))).join("");
  }

  async until(holds: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await holds())) await pause(10);
  }

  verify(...args: readonly string[]) {
    return sallyport(["audit", "verify", "--public-key", "audit.pub.pem", ...args], { cwd: this.dir.path });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.[Symbol.dispose]();
    await this.guard[Symbol.asyncDispose]();
    await this.dir[Symbol.asyncDispose]();
  }
}

const entriesIn = (record: string, kind: string): number => record.split(`"kind":"${kind}"`).length - 1;

test("files: what is not plainly allowed stands there, chained over a restart, and every change shows", async () => {
  await using served = await Served.open({ to: "file", folder: "audit" });
  assert.equal((await stat(served.dir.join("audit"))).mode & 0o777, 0o700);
  assert.deepEqual([await served.ask(blocked), await served.ask(allowed)], [400, 0]);
  await served.until(async () => entriesIn(await served.record(), "exchange") === 1);
  const [file = ""] = await served.files();
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await served.guard.metrics(), /^sallyport_audit_working 1$/m);
  await served.restart("terminate");
  assert.equal(await served.ask(blocked), 400);
  assert.equal((await served.verify("--running", "audit")).code, 0);
  assert.equal(await served.guard.terminate(), 0);

  const record = await served.record();
  const kinds = ["start", "exchange", "stop"].map((kind) => entriesIn(record, kind));
  assert.deepEqual(kinds, [2, 2, 2]);
  assert.match(record, /"event":"policy-in-force","policy":"plain@[0-9a-f]{12}"/);
  assert.match(record, /"end":"clean"/);
  assert.ok(!record.includes(canary), "no text of a client");
  assert.match(record, /"record":\{.*"verdict":"block".*"rule":"banned-words"/);
  const whole = await served.verify("audit");
  assert.deepEqual([whole.code, whole.stderr], [0, ""]);
  assert.match(whole.stdout, /2 exchanges, 2 starts, 0 lost\n.*\nhead \d+:[0-9a-f]{64}\nwhole: /);

  await writeFile(file, record.replace('"verdict":"block"', '"verdict":"allow"'), "latin1");
  const edited = await served.verify("audit");
  assert.equal(edited.code, 1);
  assert.match(edited.stdout, /\.jsonl:\d+: break \(edited\): entry \d+ was changed/);
  const short = record.split("\n").slice(0, -3).join("\n");
  await writeFile(file, `${short}\n`, "latin1");
  const cut = await served.verify("audit");
  assert.equal(cut.code, 1);
  assert.match(cut.stdout, /break \(cut-tail\): audit\.head\.json knows entry \d+: 2 entries at the end are missing/);
  await served.guard.restart();
  await served.guard.terminate();
  const told = await served.verify("audit");
  assert.equal(told.code, 1);
  assert.match(told.stdout, /break \(cut-tail\): 2 entries of before this start are missing/);
});

test("a kill under traffic: an end that is not clean, no false alarm, and the chain goes on", async () => {
  await using served = await Served.open({ to: "file", folder: "audit" });
  for (let round = 1; round <= 3; round += 1) {
    const asked = Array.from({ length: 40 }, () => served.ask(blocked).catch(() => null));
    await served.until(async () => entriesIn(await served.record(), "exchange") >= round * 2);
    await served.restart("kill");
    await Promise.all(asked);
  }
  const [file = ""] = await served.files();
  assert.equal(await served.guard.terminate(), 0);
  const verified = await served.verify("audit");
  assert.equal(verified.code, 0, verified.stdout);
  assert.equal(verified.stdout.split("note (unclean-end)").length - 1, 3);

  // Torn by hand, as by the loss of power: a line that was not written to its end.
  const size = (await stat(file)).size;
  await truncate(file, size - 100);
  await served.guard.restart();
  await served.guard.terminate();
  const torn = await served.verify("audit");
  assert.match(
    torn.stdout,
    /note \(torn\): a line that was not written to its end when the instance ended \(\d+ bytes\)/,
  );
  assert.match(torn.stdout, /break \(cut-tail\): 1 entry of before this start/, "the head knew the line that was torn");
});

test("files are rotated, and only one guard writes to a folder", async () => {
  await using served = await Served.open({ to: "file", folder: "audit", fileBytesMax: 65_536, checkpointEntries: 20 });
  for (let count = 0; count < 120; count += 1) assert.equal(await served.ask(blocked), 400);
  await served.until(async () => (await served.files()).length > 1);
  const taken = await sallyport(
    [
      "serve",
      "--config",
      "guard.yaml",
      "--policy",
      "policy.yaml",
      "--listen",
      `unix:${served.dir.join("o/s")}`,
      "--admin",
      "127.0.0.1:0",
    ],
    { cwd: served.dir.path },
  );
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /another guard writes its audit record there/);
  assert.equal(await served.guard.terminate(), 0);
  assert.equal((await served.verify("audit")).code, 0);
  const files = await served.files();
  const [first = "", ...rest] = files;
  const later = await served.verify(...rest);
  assert.deepEqual([later.code, /note \(begins-late\)/.test(later.stdout)], [0, true], later.stdout);
  const swapped = await served.verify(...rest, first);
  assert.equal(swapped.code, 1, "the order counts");
});

test("the standard output: between the lines of the log, with a head that is kept", async () => {
  await using served = await Served.open({ to: "stdout", folder: "head" });
  assert.equal(await served.ask(blocked), 400);
  await served.restart("terminate");
  assert.equal(await served.ask(blocked), 400);
  await served.guard.terminate();
  await served.until(() => entriesIn(served.lines.join("\n"), "stop") === 2);
  await writeFile(served.dir.join("all.log"), served.lines.map((line) => `${line}\n`).join(""));
  const verified = await served.verify("--mixed", "all.log");
  assert.equal(verified.code, 0, verified.stdout);
  assert.match(verified.stdout, /2 exchanges, 2 starts/);
  const checkpoint = served.lines.findLast((line) => line.includes("audit checkpoint")) ?? "";
  const { sequence, hash } = JSON.parse(checkpoint) as { sequence: number; hash: string };
  assert.equal((await served.verify("--mixed", "--head", `${sequence}:${hash}`, "all.log")).code, 0);
  const other = await served.verify("--mixed", "--head", `${sequence + 5}:${hash}`, "all.log");
  assert.match(other.stdout, /--head knows entry \d+: 5 entries at the end are missing/);
});

test("a folder that cannot be written: exchanges go on and are counted, or none is taken", async (t) => {
  for (const onFailure of ["continue", "refuse"] as const)
    await t.test(onFailure, async () => {
      await using served = await Served.open({ to: "file", folder: "audit", onFailure, checkpointS: 1 });
      assert.equal(await served.ask(blocked), 400);
      const page = `http://127.0.0.1:${served.guard.adminPort}/readyz`;
      assert.equal((await fetch(page)).status, 200);
      // A file in the place of the folder: nothing can be opened there, by whoever it is.
      const folder = served.dir.join("audit");
      await rename(folder, `${folder}-away`);
      await writeFile(folder, "");
      await served.until(async () => {
        await served.ask(blocked);
        return served.lines.some((line) => line.includes("the audit record cannot be written"));
      });
      const isRefusing = onFailure === "refuse";
      assert.equal(await served.ask(allowed), isRefusing ? 503 : 0);
      assert.equal((await fetch(page)).status, isRefusing ? 503 : 200);
      assert.match(await served.guard.metrics(), /^sallyport_audit_working 0$/m);
      await rm(folder);
      await rename(`${folder}-away`, folder);
      await served.until(() => served.lines.some((line) => line.includes("the audit record is written again")));
      assert.equal(await served.ask(allowed), 0);
      await served.guard.terminate();
      const verified = await served.verify("audit");
      assert.deepEqual([verified.code, (await served.files()).length], [0, 2], verified.stdout);
    });
});
