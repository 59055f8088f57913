// A real `serve` with an audit record, its keys and a policy in a folder of its own.

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeKeys } from "../../src/app/audit/make-keys.ts";
import { statusOfBody } from "./ask-prompt.ts";
import { GuardProcess } from "./guard-process.ts";
import { ProcessorClient } from "./processor-client.ts";
import { sallyport } from "./sallyport.ts";
import { openTempDir, type TempDir } from "./temp-dir.ts";

/** In prompts, beside what makes them notable: nothing of it may stand in a record. */
export const canary = "canary-5e1f";
export const blocked = `acme-internal ${canary}`;
export const allowed = `hello ${canary}`;
const policy = `kind: Policy
version: 1
name: plain
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: banned-words, stage: prompt, detect: { keywords: { list: [acme-internal] } }, action: { block: error } }
`;

export class Served implements AsyncDisposable {
  readonly dir: TempDir;
  readonly guard: GuardProcess;
  readonly lines: string[];
  #client: ProcessorClient | null = null;

  private constructor(dir: TempDir, guard: GuardProcess, lines: string[]) {
    this.dir = dir;
    this.guard = guard;
    this.lines = lines;
  }

  /** `report`: what the policy says of records. */
  static async open(audit: object, more: object = {}, report = ""): Promise<Served> {
    const dir = await openTempDir();
    const made = await makeKeys(dir.path);
    assert.ok(made.ok);
    await writeFile(dir.join("policy.yaml"), `${policy}${report}`);
    const settings = { keyFile: "audit.key.pem", subjectKeyFile: "audit.subject.key", checkpointS: 1, ...audit };
    const config = { kind: "Config", version: 1, audit: settings, ...more };
    await writeFile(dir.join("guard.yaml"), JSON.stringify(config));
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const args = ["--config", dir.join("guard.yaml")];
    return new Served(dir, await GuardProcess.open({ policy: dir.join("policy.yaml"), args, onLine }), lines);
  }

  /** `metadata`: of the gRPC stream, as Envoy sets it. */
  ask(content: string, metadata: Readonly<Record<string, string>> = {}): Promise<number> {
    this.#client ??= new ProcessorClient(`unix:${this.guard.socket}`);
    return statusOfBody(
      this.#client,
      JSON.stringify({ model: canary, messages: [{ role: "user", content }] }),
      metadata,
    );
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

export const entriesIn = (record: string, kind: string): number => record.split(`"kind":"${kind}"`).length - 1;
