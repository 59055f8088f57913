import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { bodyOf, createChain, type Entry, noHead } from "../../telemetry/audit/chain.ts";
import type { Finding } from "../../telemetry/audit/findings.ts";
import { Verifier } from "../../telemetry/audit/verify.ts";
import { AuditWriter } from "./audit-writer.ts";
import { type Appended, type AuditSink, withoutFiles } from "./sink.ts";

/** Timers that a test sets off. */
class Timers {
  readonly waiting = new Set<{ readonly ms: number; readonly run: () => void }>();
  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { ms, run };
    this.waiting.add(timer);
    return () => void this.waiting.delete(timer);
  };
  /** Sets off those of this length, and lets what follows happen. */
  async pass(ms: number): Promise<void> {
    for (const timer of [...this.waiting].filter((each) => each.ms === ms)) {
      this.waiting.delete(timer);
      timer.run();
    }
    for (let count = 0; count < 20; count += 1) await turn();
  }
}
const gather = 50;
const firstRest = 250;

const failures = ["ENOSPC", "EIO"] as const;

/** A sink whose next writes a test decides: how many lines are taken, or that it never answers. */
class FakeSink implements AuditSink {
  readonly lines: string[] = [];
  readonly next: (number | "hang")[] = [];
  readonly batches: number[] = [];
  rotations = 0;
  due = false;
  syncFails = 0;
  append(lines: readonly string[]): Promise<Appended> {
    this.batches.push(lines.length);
    const taken = this.next.shift();
    if (taken === "hang") return new Promise(() => undefined);
    this.lines.push(...lines.slice(0, taken ?? lines.length));
    const written = Math.min(taken ?? lines.length, lines.length);
    return Promise.resolve({ written, why: taken === undefined ? null : failures[0] });
  }
  sync(): Promise<string | null> {
    if (this.syncFails === 0) return Promise.resolve(null);
    this.syncFails -= 1;
    return Promise.resolve(failures[1]);
  }
  isDue(): boolean {
    return this.due;
  }
  rotate(): Promise<null> {
    this.due = false;
    this.rotations += 1;
    return withoutFiles.rotate();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function open({ entriesMax = 100, next = [] as (number | "hang")[] } = {}) {
  const timers = new Timers();
  const sink = new FakeSink();
  sink.next.push(...next);
  const told: string[] = [];
  const counts = { lost: 0, failed: 0 };
  const writer = new AuditWriter({
    chain: createChain("a".repeat(24), noHead),
    sink,
    signer: null,
    limits: { queueEntriesMax: entriesMax, queueBytesMax: 1_000_000, checkpointEntries: 10, checkpointMs: 1000 },
    metrics: {
      written: () => undefined,
      at: (seq) => told.push(`at ${seq}`),
      lost: (count) => (counts.lost += count),
      failed: () => (counts.failed += 1),
      working: (works) => told.push(works ? "works" : "fails"),
      waiting: () => undefined,
    },
    epochMs: () => 1_760_000_000_000,
    after: timers.after,
    onCheckpoint: (_head, reason) => {
      told.push(reason);
      return Promise.resolve();
    },
    onState: (why, lost) => told.push(why === null ? `again, lost ${lost}` : why),
    onEnd: (lost) => told.push(`ended, lost ${lost}`),
  });
  const begun = writer.begin(entry("start", { after: null, end: "none", torn: 0 }));
  await timers.pass(next.includes("hang") ? 5000 : gather);
  await begun;
  const add = (count: number): void => {
    for (let index = 0; index < count; index += 1) writer.add(entry("exchange", { record: {} }));
  };
  return { writer, sink, timers, told, counts, add };
}

const entry = (kind: Entry["kind"], fields: object): Entry => ({
  kind,
  timeMs: 1_760_000_000_000,
  body: bodyOf(fields),
});

function verify(lines: readonly string[]): readonly Finding["kind"][] {
  const verifier = new Verifier({ publicKey: null, heads: [], isMixed: false });
  const found = lines.flatMap((text, index) =>
    verifier.step({ text, bytes: text.length, place: { file: "f", line: index + 1 }, isEnded: true }),
  );
  return [...found, ...verifier.end()].map(({ kind }) => kind);
}
const kindsIn = (lines: readonly string[]): string[] => lines.map((line) => /"kind":"(\w+)"/.exec(line)?.[1] ?? "");

describe("batches and checkpoints", () => {
  test("entries that come together are written together, and a checkpoint follows by number or by time", async () => {
    const { sink, timers, told, add } = await open();
    assert.deepEqual(kindsIn(sink.lines), ["start", "checkpoint"]);
    add(3);
    assert.equal(sink.batches.length, 1, "nothing is written on the path of an exchange");
    await timers.pass(gather);
    assert.deepEqual(sink.batches, [2, 3]);
    await timers.pass(1000);
    assert.deepEqual([sink.batches.at(-1), told.at(-1)], [1, "time"]);
    add(10);
    await timers.pass(gather);
    assert.deepEqual([sink.batches.at(-1), told.at(-1)], [11, "entries"]);
    await timers.pass(1000);
    assert.equal(sink.batches.length, 4, "no checkpoint where there is nothing after the last");
  });

  test("the end: all that waits, a stop, its checkpoint; and what comes later is counted", async () => {
    const { writer, sink, counts, told, add } = await open({ entriesMax: 1000 });
    add(600);
    await writer.close();
    await writer.close();
    assert.deepEqual(kindsIn(sink.lines).slice(-2), ["stop", "checkpoint"]);
    assert.equal(kindsIn(sink.lines).filter((kind) => kind === "exchange").length, 600);
    assert.ok(
      sink.batches.every((count) => count <= 257),
      sink.batches.join(" "),
    );
    assert.deepEqual([verify(sink.lines), told.at(-1)], [[], "stop"]);
    add(1);
    assert.equal(counts.lost, 1);
  });

  test("a file that is due ends with a checkpoint of its own before the next begins", async () => {
    const { writer, sink, timers, told, add } = await open();
    sink.due = true;
    add(1);
    await timers.pass(gather);
    assert.deepEqual([sink.rotations, told.includes("rotate")], [1, true]);
    assert.deepEqual(kindsIn(sink.lines).slice(-3), ["rotate", "checkpoint", "exchange"]);
    await writer.close();
    assert.deepEqual(verify(sink.lines), []);
  });
});

describe("failures", () => {
  test("what was not written is written later, in order, and told once", async () => {
    const { writer, sink, timers, told, counts, add } = await open();
    sink.next.push(2, 0, 0);
    add(5);
    await timers.pass(gather);
    assert.deepEqual([writer.works, sink.lines.length], [false, 4]);
    for (const ms of [firstRest, 500, 1000]) await timers.pass(ms);
    assert.deepEqual([writer.works, sink.lines.length, counts.failed, counts.lost], [true, 7, 3, 0]);
    assert.deepEqual(told.slice(-4), ["fails", "ENOSPC", "works", "again, lost 0"]);
    await writer.close();
    assert.deepEqual(verify(sink.lines), []);
  });

  test("a full queue: what is lost is counted, and stands as one entry where it would have stood", async () => {
    const { writer, sink, timers, told, counts, add } = await open({ entriesMax: 6 });
    sink.next.push(0, 0);
    add(2);
    await timers.pass(gather);
    add(6 + 7);
    await timers.pass(firstRest);
    add(4);
    await timers.pass(500);
    add(1);
    await timers.pass(gather);
    assert.deepEqual([counts.lost, told.includes("again, lost 11")], [11, true]);
    const eight = Array.from({ length: 8 }, () => "exchange");
    assert.deepEqual(kindsIn(sink.lines).slice(2, 11), [...eight, "lost"]);
    assert.match(sink.lines.find((line) => line.includes('"lost"')) ?? "", /"count":11,"why":"ENOSPC"/);
    await writer.close();
    assert.deepEqual(verify(sink.lines), ["lost"]);
  });

  test("a sync that fails is tried again before the checkpoint counts", async () => {
    const { sink, timers, told, add } = await open();
    sink.syncFails = 1;
    add(10);
    await timers.pass(gather);
    assert.deepEqual(told.slice(-2), ["fails", "EIO"]);
    await timers.pass(firstRest);
    assert.deepEqual(told.slice(-2), ["at 13", "entries"]);
  });

  test("a sink that does not answer: told as slow; the end does not wait for ever, and says what is lost", async () => {
    const { writer, sink, timers, told, counts, add } = await open();
    sink.next.push("hang");
    add(3);
    await timers.pass(gather);
    await timers.pass(5000);
    assert.deepEqual([writer.works, told.at(-1)], [false, "slow"]);
    const closing = writer.close();
    await timers.pass(5000);
    await closing;
    assert.deepEqual([counts.lost, told.at(-1)], [4, "ended, lost 4"]);
  });

  test("a sink that fails from the start: it does not work, and goes on trying", async () => {
    assert.equal((await open({ next: ["hang"] })).writer.works, false, "nor does the start wait for it");
    const { writer, sink, timers, told } = await open({ next: [0] });
    assert.deepEqual([writer.works, sink.lines], [false, []]);
    await timers.pass(firstRest);
    assert.deepEqual([writer.works, kindsIn(sink.lines), told.at(-1)], [true, ["start", "checkpoint"], "time"]);
  });
});
