import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openTempDir, type TempDir } from "../../../test/helpers/temp-dir.ts";
import { readConfig } from "../../config/config.ts";
import { createLogger } from "../../telemetry/log.ts";
import { createMetrics } from "../../telemetry/metrics.ts";
import { openAudit } from "./open-audit.ts";
import { findRecords, loadPublicKey } from "./verify-files.ts";

/** As `serve` opens it, from a configuration's text; what is wrong with it, or null. */
async function open(dir: TempDir, audit: object): Promise<string | null> {
  const text = JSON.stringify({ kind: "Config", version: 1, audit });
  const config = readConfig({ file: { path: dir.join("guard.yaml"), bytes: Buffer.from(text) }, env: {}, flags: {} });
  if (!config.ok) return config.error.map(({ message }) => message).join("; ");
  const opened = await openAudit({
    settings: config.value.audit,
    redis: config.value.redis,
    metrics: createMetrics({ heldBytes: () => 0 }).audit,
    log: createLogger({ level: "silent", write: () => undefined }),
    writeOut: (_text, done) => done(),
  });
  if (!opened.ok) return opened.error;
  await opened.value.close();
  return null;
}

test("what of the settings cannot be used, and which key names it", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("file"), "x");
  const cases: readonly (readonly [settings: object, told: RegExp])[] = [
    [{ to: "file" }, /^audit to file also needs folder$/],
    [{ to: "redis" }, /^audit to redis also needs redis with its url$/],
    [{ to: "paper" }, /must be one of stdout, file, redis/],
    [{ folder: "x" }, /to/],
    [{ to: "stdout", stream: "a b" }, /stream/],
    [{ to: "stdout", fileAgeS: 1 }, /fileAgeS/],
    [{ to: "stdout", keyFile: "none" }, /none: cannot be read; it is named in audit\.keyFile$/],
    [{ to: "stdout", keyFile: "file" }, /file: is no Ed25519 private key in PEM.*audit\.keyFile$/],
    [{ to: "stdout", subjectKeyFile: "file" }, /file: a key has 16 to 4096 characters.*audit\.subjectKeyFile$/],
    [{ to: "file", folder: "file" }, /file: cannot be used \(EEXIST\); it is named in audit\.folder$/],
  ];
  for (const [settings, told] of cases) assert.match((await open(dir, settings)) ?? "", told, JSON.stringify(settings));
  assert.equal(await open(dir, { to: "stdout" }), null);
  assert.equal(await open(dir, { to: "file", folder: "made/for/it" }), null);
});

test("variables say it without a file, and what they miss is told", () => {
  const read = (env: Readonly<Record<string, string>>) => readConfig({ file: null, env, flags: {} });
  const config = read({ SALLYPORT_AUDIT_TO: "file", SALLYPORT_AUDIT_FOLDER: "a", SALLYPORT_AUDIT_CHECKPOINT_S: "3" });
  assert.ok(config.ok);
  const { to, folder, checkpointS, onFailure } = config.value.audit ?? {};
  assert.deepEqual([to, folder, checkpointS, onFailure], ["file", "a", 3, "continue"]);
  const missing = read({ SALLYPORT_AUDIT_FOLDER: "a" });
  assert.deepEqual(missing.ok ? [] : missing.error.map(({ message }) => message), ["audit also needs to"]);
});

test("paths that are no record, and keys that are none", async () => {
  await using dir = await openTempDir();
  const found = await findRecords([dir.path]);
  assert.match(found.ok ? "" : found.error, /no file of an audit record is there$/);
  const none = await findRecords([dir.join("none")]);
  assert.match(none.ok ? "" : none.error, /none: cannot be read \(ENOENT\)$/);
  const key = await loadPublicKey(dir.join("none"));
  assert.match(key.ok ? "" : key.error, /none: cannot be read \(ENOENT\)$/);
});
