// The audit record that a guard writes to a folder of its own, with keys made by the command, read while it grows.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { sallyport } from "../../helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../../helpers/temp-dir.ts";

export type AuditEntry = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly record?: Readonly<Record<string, unknown>>;
};

export class AuditRecord implements AsyncDisposable {
  readonly #dir: TempDir;

  private constructor(dir: TempDir) {
    this.#dir = dir;
  }

  static async open(): Promise<AuditRecord> {
    const dir = await openTempDir();
    const made = await sallyport(["audit", "key", dir.join("keys")], { cwd: dir.path });
    assert.equal(made.code, 0, made.stderr);
    return new AuditRecord(dir);
  }

  /** Of the guard's configuration. */
  get config(): object {
    const keyFile = this.#dir.join("keys/audit.key.pem");
    return { to: "file", folder: this.#folder, keyFile, subjectKeyFile: this.#subjectKey };
  }

  /** All that stand there by now. */
  async entries(): Promise<readonly AuditEntry[]> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(".jsonl")).sort();
    const texts = await Promise.all(names.map((name) => readFile(`${this.#folder}/${name}`, "utf8")));
    const lines = texts.join("").split("\n").slice(0, -1); // what stands behind the last line end is being written
    return lines.map((line) => JSON.parse(line) as AuditEntry);
  }

  /** The entry of one exchange, now or when it is written. */
  async exchange(reference: string): Promise<AuditEntry> {
    for (;;) {
      const entries = await this.entries();
      const found = entries.find(({ record }) => record?.["exchange"] === reference);
      if (found !== undefined) return found;
    }
  }

  /** As an operator does it, when the guard has ended. */
  verify(): Promise<{ readonly code: number | null; readonly stdout: string }> {
    const key = ["--public-key", this.#dir.join("keys/audit.pub.pem")];
    return sallyport(["audit", "verify", ...key, this.#folder], { cwd: this.#dir.path });
  }

  /** References of one subject's exchanges. */
  async find(subject: string): Promise<readonly unknown[]> {
    const who = ["--subject", subject, "--subject-key-file", this.#subjectKey];
    const { stdout } = await sallyport(["audit", "find", ...who, this.#folder], { cwd: this.#dir.path });
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    return lines.map((line) => (JSON.parse(line) as AuditEntry).record?.["exchange"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#dir[Symbol.asyncDispose]();
  }

  get #folder(): string {
    return this.#dir.join("audit");
  }

  get #subjectKey(): string {
    return this.#dir.join("keys/audit.subject.key");
  }
}
