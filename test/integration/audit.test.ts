// The audit record of a real `serve`: in files, over restarts and a kill, on the standard output, and where it cannot be written.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { allowed, blocked, canary, entriesIn, Served } from "../helpers/audited.ts";
import { sallyport } from "../helpers/sallyport.ts";

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

test("all exchanges where the policy says so; whose they are by a keyed name, and the trace; the name finds them", async () => {
  const identity = { tenant: { grpcMetadata: "x-tenant" }, principal: { grpcMetadata: "x-user" } };
  await using served = await Served.open({ to: "file", folder: "audit" }, { identity }, "report: { audit: all }\n");
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  assert.equal(await served.ask(allowed, { "x-user": "alice", "x-tenant": "acme", traceparent }), 0);
  assert.equal(await served.ask(allowed, { "x-user": "bob", "x-tenant": "acme" }), 0);
  assert.equal(await served.ask(blocked, { "x-tenant": "acme" }), 400);
  assert.equal(await served.guard.terminate(), 0);
  const record = await served.record();
  assert.equal(entriesIn(record, "exchange"), 3);
  for (const text of [canary, "alice", "bob"]) assert.ok(!record.includes(text), `${text} stands in the record`);
  const find = async (...args: readonly string[]): Promise<readonly string[]> => {
    const found = await sallyport(["audit", "find", ...args, "audit"], { cwd: served.dir.path });
    assert.equal(found.code, 0, found.stderr);
    return found.stdout.split("\n").filter((line) => line !== "");
  };
  const key = ["--subject-key-file", "audit.subject.key"];
  const [alice = "", ...more] = await find(...key, "--subject", "alice");
  assert.deepEqual([more, JSON.parse(alice).trace_id], [[], traceId]);
  const { subject } = JSON.parse(alice) as { subject: string };
  assert.deepEqual(await find("--subject", subject), [alice]);
  assert.equal((await find(...key, "--subject", "acme")).length, 1, "a tenant where there is no principal");
  assert.deepEqual(await find(...key, "--subject", "carol"), []);
  const hmac = createHmac("sha256", (await readFile(served.dir.join("audit.subject.key"), "utf8")).trim());
  assert.equal(subject, hmac.update("alice").digest("hex").slice(0, 32), "as any other program makes it");
});
