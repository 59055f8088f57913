import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { test } from "node:test";
import { openTempDir, type TempDir } from "../../../test/helpers/temp-dir.ts";
import { bodyOf, createChain, type Entry, type Head, noHead } from "../../telemetry/audit/chain.ts";
import { createFileSink, type FileSinkParts } from "./file-sink.ts";
import { auditFileName, auditFilesIn, headName, readFileName, readKeptHead, writeKeptHead } from "./folder.ts";
import { recoverFiles, recoverHead } from "./recover.ts";

const epochMs = Date.parse("2026-11-22T08:00:00Z");
const hour = 3_600_000;

function sinkIn(dir: TempDir, more: Partial<FileSinkParts> = {}) {
  const limits = { fileBytesMax: 1000, fileMsMax: hour };
  return createFileSink({ folder: dir.path, ...limits, goOn: null, firstSeq: 1, epochMs: () => epochMs, ...more });
}
const textIn = async (dir: TempDir): Promise<string> =>
  (await Promise.all((await auditFilesIn(dir.path)).map((file) => readFile(file, "latin1")))).join("|");

test("a file is begun with the number of its first entry, for its owner alone, and is due by size, by age and when moved", async () => {
  await using dir = await openTempDir();
  const sink = sinkIn(dir);
  assert.deepEqual(await sink.append(["one", "two"]), { written: 2, why: null });
  const [path = ""] = await auditFilesIn(dir.path);
  assert.equal(basename(path), "audit-0000000000000001-20261122T080000Z.jsonl");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual([sink.isDue(epochMs), sink.isDue(epochMs + hour)], [false, true]);
  await sink.append(["x".repeat(1000)]);
  assert.equal(sink.isDue(epochMs), true);
  assert.equal(await sink.rotate(4, epochMs + 1000), null);
  assert.equal(sink.isDue(epochMs), false);
  await sink.append(["four"]);
  assert.equal(await textIn(dir), `one\ntwo\n${"x".repeat(1000)}\n|four\n`);
  assert.equal(await sink.sync(), null);
  assert.equal(sink.isDue(epochMs), false);
  const [, second = ""] = await auditFilesIn(dir.path);
  await rename(second, dir.join("taken"));
  assert.equal(await sink.sync(), null);
  assert.equal(sink.isDue(epochMs), true);
  await sink.close();
});

test("a write that ends early: whole lines count, the torn one is written again behind it", async () => {
  await using dir = await openTempDir();
  const room = [6, 0, 3, 0];
  const sink = sinkIn(dir, {
    // As a disk that fills up: what there is room for, and then no more.
    write: async (file, bytes) => {
      const next = room.shift();
      if (next === 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      return (await file.write(bytes.subarray(0, next ?? bytes.length))).bytesWritten;
    },
  });
  assert.deepEqual(await sink.append(["one", "two", "three"]), { written: 1, why: "ENOSPC" });
  assert.deepEqual(await sink.append(["two", "three"]), { written: 0, why: "ENOSPC" });
  assert.deepEqual(await sink.append(["two", "three"]), { written: 2, why: null });
  assert.equal(await textIn(dir), "one\ntw\ntw\ntwo\nthree\n");
  await sink.close();
});

test("a folder that is gone is a failure with its code, and no error", async () => {
  const dir = await openTempDir();
  const sink = sinkIn(dir);
  await dir[Symbol.asyncDispose]();
  assert.deepEqual(await sink.append(["one"]), { written: 0, why: "ENOENT" });
  assert.equal(await sink.sync(), "ENOENT");
  assert.equal(await sink.rotate(2, epochMs), "ENOENT");
  await sink.close();
});

test("a full device", async (t) => {
  if (!(await stat("/dev/full").catch(() => null))) return t.skip("this system has no /dev/full");
  await using dir = await openTempDir();
  const goOn = { path: "/dev/full", begunMs: epochMs, needsLineEnd: false };
  const sink = sinkIn(dir, { goOn });
  assert.deepEqual(await sink.append(["one"]), { written: 0, why: "ENOSPC" });
  await sink.close();
});

const entry = (kind: Entry["kind"]): Entry => ({ kind, timeMs: epochMs, body: bodyOf({}) });
const instance = "a".repeat(24);

/** Lines of an instance that ends so; each with its line end. */
function linesOf(after: Head, end: "stop" | "rotate" | "open") {
  const chain = createChain(instance, after);
  const lines = [chain.seal(entry("start")), chain.seal(entry("exchange"))];
  if (end !== "open") lines.push(chain.seal(entry(end)), chain.sealCheckpoint(end, epochMs, null));
  return { text: lines.map((line) => `${line}\n`).join(""), head: chain.head };
}

test("what a start finds: nothing, a clean end, a crash, a torn line, a whole line without its end", async () => {
  await using dir = await openTempDir();
  assert.deepEqual(await recoverFiles(dir.path), { after: null, end: "none", torn: 0, goOn: null });
  const path = dir.join(auditFileName(1, epochMs));
  const stopped = linesOf(noHead, "stop");
  await writeFile(path, stopped.text);
  const goOn = { path, begunMs: epochMs, needsLineEnd: false };
  const after = { instance, ...stopped.head };
  assert.deepEqual(await recoverFiles(dir.path), { after, end: "clean", torn: 0, goOn });
  await appendFile(path, '{"audit":1,"ins');
  const torn = { after, end: "unclean", torn: 15, goOn: { ...goOn, needsLineEnd: true } };
  assert.deepEqual(await recoverFiles(dir.path), torn);
  await truncate(path, stopped.text.length - 1);
  const whole = { after, end: "clean", torn: 0, goOn: { ...goOn, needsLineEnd: true } };
  assert.deepEqual(await recoverFiles(dir.path), whole);
  const open = linesOf(noHead, "open");
  await writeFile(path, open.text);
  assert.deepEqual(await recoverFiles(dir.path), { after: { instance, ...open.head }, end: "unclean", torn: 0, goOn });
});

test("what a start finds: a rotated file, an empty one, one of another's", async () => {
  await using dir = await openTempDir();
  const path = dir.join(auditFileName(1, epochMs));
  const rotated = linesOf(noHead, "rotate");
  await writeFile(path, rotated.text);
  const after = { instance, ...rotated.head };
  assert.deepEqual(await recoverFiles(dir.path), { after, end: "unclean", torn: 0, goOn: null });
  const next = dir.join(auditFileName(5, epochMs));
  await writeFile(next, "");
  const goOn = { path: next, begunMs: epochMs, needsLineEnd: false };
  assert.deepEqual(await recoverFiles(dir.path), { after, end: "unclean", torn: 0, goOn });
  await rename(next, dir.join(auditFileName(9, epochMs)));
  assert.deepEqual((await recoverFiles(dir.path)).goOn, null);
  await writeFile(dir.join("audit-notes.txt"), "mine");
  await rm(dir.join(auditFileName(9, epochMs)));
  await writeFile(path, "nothing of ours\n");
  const lost = { after: null, end: "none", torn: 0, goOn: { path, begunMs: epochMs, needsLineEnd: false } };
  assert.deepEqual(await recoverFiles(dir.path), lost);
});

test("a kept head that knows more than the files is where the chain goes on", async () => {
  await using dir = await openTempDir();
  const { text, head } = linesOf(noHead, "open");
  await writeFile(dir.join(auditFileName(1, epochMs)), text);
  const known = { instance, seq: head.seq + 3, hash: "b".repeat(64) };
  await writeKeptHead(dir.path, { ...known, isEnd: true });
  assert.deepEqual(await recoverFiles(dir.path).then(({ after, end }) => [after, end]), [known, "cut"]);
  await writeKeptHead(dir.path, { instance, ...head, isEnd: false });
  assert.equal((await recoverFiles(dir.path)).end, "unclean");
  await rm(dir.join(auditFileName(1, epochMs)));
  assert.deepEqual(await recoverFiles(dir.path).then(({ after, end }) => [after, end]), [
    { instance, ...head },
    "unclean",
  ]);
  assert.deepEqual(await recoverHead(dir.path).then(({ after, end }) => [after, end]), [
    { instance, ...head },
    "unclean",
  ]);
  for (const bad of ["", "{", "null", "[]", '{"instance":"x"}']) {
    await writeFile(dir.join(headName), bad);
    assert.equal(await readKeptHead(dir.path), null, bad);
  }
  assert.deepEqual(await readdir(dir.path), [headName]);
});

test("names of files", () => {
  assert.deepEqual(readFileName(auditFileName(42, epochMs)), { firstSeq: 42, begunMs: epochMs });
  for (const name of ["audit.head.json", "audit-1-20261122T080000Z.jsonl", "x.jsonl"])
    assert.equal(readFileName(name), null);
});
