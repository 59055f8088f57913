// What a batcher promises, whatever comes and in whatever order the runner answers. The runner and the clock are the test's own.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { BackendProblem, RunAnswer, TokenBatch } from "../backend.ts";
import { Batcher, type BatcherLimits, type BatchSeen, patienceMs } from "./batcher.ts";
import type { Row } from "./rows.ts";

const never = new AbortController().signal;
const wide: BatcherLimits = { batchTokensMax: 1_000, batchRowsMax: 8, queueTokensMax: 100_000 };

/** What the rig's batches teach: nothing, so that it stays at what it is first. */
const paddingMax = 8;

/** `id` is each of its tokens, so that an answer shows whose it is. */
const rowOf = (id: number, length: number): Row => ({
  ids: new Int32Array(length).fill(id),
  types: new Uint8Array(length),
});

type Batch = { readonly batch: TokenBatch; readonly ids: readonly number[]; readonly lengths: readonly number[] };
type Answer = Result<RunAnswer, BackendProblem>;

/** Answers when the test says so: with the id of each row. */
class Rig {
  nowMs = 0;
  streams: number;
  readonly running: (Batch & { answer: (given?: Answer) => void })[] = [];
  readonly begun: Batch[] = [];
  readonly seen: BatchSeen[] = [];
  readonly batcher: Batcher;

  constructor(streams: number, limits: Partial<BatcherLimits> = {}) {
    this.streams = streams;
    this.batcher = new Batcher({
      runner: this,
      padId: 0,
      limits: { ...wide, ...limits },
      nowMs: () => this.nowMs,
      onBatch: (seen) => this.seen.push(seen),
    });
  }

  run(batch: TokenBatch): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const lengths = Array.from({ length: batch.rows }, (_, row) => {
      const mask = batch.mask.subarray(row * batch.columns, (row + 1) * batch.columns);
      return Number(mask.reduce((sum, each) => sum + each, 0n));
    });
    const ids = lengths.map((_, row) => Number(batch.ids[row * batch.columns]));
    const data = Float32Array.from(ids);
    const own: Answer = ok({ outputs: [{ name: "ids", dims: [batch.rows, 1], data }], runMs: 1 });
    const begun = { batch, ids, lengths };
    this.begun.push(begun);
    this.running.push({ ...begun, answer: (given = own) => resolve(given) });
    return promise;
  }

  /** Ends the batch that began first, or the named one, and lets what follows from it happen. */
  async end(at = 0, given?: Answer): Promise<void> {
    this.running.splice(at, 1)[0]?.answer(given);
    await settled();
  }

  async endAll(): Promise<void> {
    while (this.running.length > 0) await this.end();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("each row", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 });
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("text" as const),
      lengths,
      deadlineMs: fc.oneof(fc.nat(3_000), fc.constant(Infinity)),
    }),
    fc.record({ kind: fc.constant("end" as const), at: fc.nat(3), fails: fc.boolean() }),
    fc.record({ kind: fc.constant("abort" as const), at: fc.nat(20) }),
    fc.record({ kind: fc.constant("time" as const), ms: fc.nat(700) }),
  );

  it("is answered once, with its own numbers, in batches that are like and within the budget", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 60 }), async (streams, steps) => {
        const rig = new Rig(streams, { batchTokensMax: 200, batchRowsMax: 4, queueTokensMax: 3_000 });
        const texts: {
          controller: AbortController;
          first: number;
          count: number;
          answers: Promise<readonly unknown[]>;
        }[] = [];
        let nextId = 1;
        for (const each of steps) {
          if (each.kind === "time") rig.nowMs += each.ms;
          else if (each.kind === "abort") texts[each.at]?.controller.abort(new Error("gone"));
          else if (each.kind === "end") {
            const at = Math.min(each.at, rig.running.length - 1);
            await rig.end(Math.max(0, at), each.fails ? err({ kind: "failed", message: "so it is" }) : undefined);
          } else {
            const first = nextId;
            nextId += each.lengths.length;
            const controller = new AbortController();
            const rows = each.lengths.map((length, at) => rowOf(first + at, length));
            const answers = rig.batcher.submit(controller.signal, rows, rig.nowMs + each.deadlineMs);
            texts.push({ controller, first, count: rows.length, answers });
          }
          assert.ok(rig.running.length <= streams);
          assert.ok(
            rig.batcher.queuedTokens === 0 || rig.running.length === streams,
            "no stream is idle while rows wait",
          );
        }
        await rig.endAll();
        assert.equal(rig.batcher.queuedTokens, 0);
        for (const { first, count, answers } of texts) {
          const given = (await answers) as readonly Result<
            readonly { readonly data: Float32Array }[],
            { kind: string }
          >[];
          assert.equal(given.length, count);
          for (const [at, answer] of given.entries()) if (answer.ok) assert.equal(answer.value[0]?.data[0], first + at);
          // Of a text all rows are turned away, or none.
          const overloaded = given.filter((answer) => !answer.ok && answer.error.kind === "overloaded").length;
          assert.ok(overloaded === 0 || overloaded === count);
        }
        const ran = rig.begun.flatMap(({ ids }) => ids);
        assert.equal(new Set(ran).size, ran.length, "no row runs twice");
        for (const { batch, lengths: own } of rig.begun) {
          assert.equal(batch.columns, Math.max(...own));
          const tokens = own.reduce((sum, length) => sum + length, 0);
          assert.ok(batch.rows * batch.columns - tokens <= (batch.rows - 1) * paddingMax);
          assert.ok(batch.rows === 1 || (batch.rows * batch.columns <= 200 && batch.rows <= 4));
        }
      }),
    );
  });
});

describe("order", () => {
  /** What runs on one stream when the first row keeps it busy while the others come. */
  async function orderOf(
    rows: readonly { length: number; deadlineMs: number }[],
  ): Promise<readonly (readonly number[])[]> {
    const rig = new Rig(1);
    void rig.batcher.submit(never, [rowOf(999, 1)], 0);
    for (const [id, { length, deadlineMs }] of rows.entries())
      void rig.batcher.submit(never, [rowOf(id, length)], deadlineMs);
    await rig.endAll();
    return rig.begun.slice(1).map(({ ids }) => ids);
  }

  it("is that of deadlines, and rows of like length go along", async () => {
    const batches = await orderOf([
      { length: 100, deadlineMs: 500 },
      { length: 20, deadlineMs: 400 },
      { length: 93, deadlineMs: 900 },
      { length: 21, deadlineMs: 300 },
      { length: 50, deadlineMs: 100 },
    ]);
    assert.deepEqual(batches, [[4], [3, 1], [0, 2]]);
  });

  it("among equals is that of coming", async () => {
    assert.deepEqual(await orderOf(Array.from({ length: 5 }, () => ({ length: 10, deadlineMs: Infinity }))), [
      [0, 1, 2, 3, 4],
    ]);
  });

  it("has the most urgent row in each batch", async () => {
    const some = fc.array(fc.record({ length: fc.integer({ min: 1, max: 500 }), deadlineMs: fc.nat(patienceMs) }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(some, async (rows) => {
        const batches = await orderOf(rows);
        const left = new Set(rows.keys());
        assert.equal(batches.flat().length, rows.length);
        for (const batch of batches) {
          const soonest = Math.min(...Array.from(left, (id) => rows[id]?.deadlineMs ?? 0));
          assert.equal(rows[batch[0] as number]?.deadlineMs, soonest);
          for (const id of batch) left.delete(id);
        }
      }),
    );
  });

  it("lets nobody wait for ever: after a while a row without a deadline goes before urgent ones", async () => {
    const rig = new Rig(1, { batchRowsMax: 1 });
    void rig.batcher.submit(never, [rowOf(999, 1)], 0);
    void rig.batcher.submit(never, [rowOf(0, 100)], Infinity);
    const urgentMs = 50;
    for (let id = 1; id <= 100; id += 1) {
      rig.nowMs += 20;
      void rig.batcher.submit(never, [rowOf(id, 10)], rig.nowMs + urgentMs);
      await rig.end();
    }
    const place = rig.begun.findIndex(({ ids }) => ids[0] === 0);
    assert.ok(place > 0);
    assert.equal(rig.begun[place]?.ids.length, 1);
    assert.ok(Math.abs(place * 20 - (patienceMs - urgentMs)) <= 40, `it went as number ${place}`);
    await rig.endAll();
  });

  it("gives a deadline that has passed no right before all that comes later", async () => {
    const rig = new Rig(1, { batchRowsMax: 1 });
    void rig.batcher.submit(never, [rowOf(999, 1)], 0);
    rig.nowMs = 5_000;
    void rig.batcher.submit(never, [rowOf(1, 10)], 5_001);
    rig.nowMs = 5_002;
    void rig.batcher.submit(never, [rowOf(2, 10)], 0);
    await rig.endAll();
    assert.deepEqual(
      rig.begun.flatMap(({ ids }) => ids),
      [999, 1, 2],
    );
  });
});

describe("streams", () => {
  it("run a lone row at once", () => {
    const rig = new Rig(2);
    void rig.batcher.submit(never, [rowOf(1, 10)], Infinity);
    assert.equal(rig.begun.length, 1);
  });

  it("share what waits", async () => {
    const rig = new Rig(2);
    void rig.batcher.submit(
      never,
      Array.from({ length: 8 }, (_, id) => rowOf(id, 20)),
      Infinity,
    );
    assert.deepEqual(
      rig.begun.map(({ ids }) => ids.length),
      [4, 4],
    );
    await rig.endAll();
  });

  it("may all be gone: the runner says so, and nothing hangs", async () => {
    const rig = new Rig(0);
    const answers = rig.batcher.submit(never, [rowOf(1, 10), rowOf(2, 100)], Infinity);
    await rig.end(0, err({ kind: "died", message: "" }));
    assert.deepEqual(
      (await answers).map((answer) => !answer.ok && answer.error.kind),
      ["died", "died"],
    );
    assert.equal(rig.begun.length, 1, "what is left of a text that failed is not run");
  });

  it("are told of: rows, padding, and who waited longest", async () => {
    const rig = new Rig(1);
    void rig.batcher.submit(never, [rowOf(1, 10)], Infinity);
    void rig.batcher.submit(never, [rowOf(2, 12)], Infinity);
    rig.nowMs = 7;
    void rig.batcher.submit(never, [rowOf(3, 14)], Infinity);
    rig.nowMs = 9;
    await rig.endAll();
    assert.deepEqual(rig.seen, [
      { rows: 1, columns: 10, tokens: 10, runMs: 1, waitedMs: 0 },
      { rows: 2, columns: 14, tokens: 28, runMs: 1, waitedMs: 9 },
    ]);
  });
});

describe("the queue", () => {
  it("is bounded in tokens: one below, at it, one above", async () => {
    for (const [length, isTaken] of [
      [99, true],
      [100, true],
      [101, false],
    ] as const) {
      const rig = new Rig(1, { queueTokensMax: 150 });
      void rig.batcher.submit(never, [rowOf(0, 1)], 0);
      void rig.batcher.submit(never, [rowOf(1, 50)], 0);
      const answers = rig.batcher.submit(never, [rowOf(2, length - 1), rowOf(3, 1)], 0);
      assert.equal(rig.batcher.queuedTokens, isTaken ? 50 + length : 50);
      await rig.endAll();
      assert.deepEqual(
        (await answers).map((answer) => (answer.ok ? "ran" : answer.error.kind)),
        isTaken ? ["ran", "ran"] : ["overloaded", "overloaded"],
      );
    }
  });

  it("takes a text that is longer than it where nobody waits", async () => {
    const rig = new Rig(1, { queueTokensMax: 10 });
    const answers = rig.batcher.submit(never, [rowOf(1, 20), rowOf(2, 20)], 0);
    await rig.endAll();
    assert.ok((await answers).every((answer) => answer.ok));
  });

  it("is left by those whose caller has gone, who are answered at once", async () => {
    const rig = new Rig(1);
    const controller = new AbortController();
    void rig.batcher.submit(never, [rowOf(1, 10)], 0);
    const answers = rig.batcher.submit(controller.signal, [rowOf(2, 10), rowOf(3, 100)], 0);
    assert.equal(rig.batcher.queuedTokens, 110);
    controller.abort();
    assert.deepEqual(
      (await answers).map((answer) => !answer.ok && answer.error.kind),
      ["gone", "gone"],
    );
    assert.equal(rig.batcher.queuedTokens, 0);
    const late = rig.batcher.submit(controller.signal, [rowOf(4, 10)], 0);
    assert.deepEqual(await late, [err({ kind: "gone" })]);
    await rig.endAll();
    assert.deepEqual(
      rig.begun.map(({ ids }) => ids),
      [[1]],
    );
  });

  it("answers who leaves while its batch runs without waiting for it", async () => {
    const rig = new Rig(1);
    const controller = new AbortController();
    const answers = rig.batcher.submit(controller.signal, [rowOf(1, 10)], 0);
    controller.abort();
    assert.deepEqual(await answers, [err({ kind: "gone" })]);
    assert.equal(rig.running.length, 1);
    await rig.endAll();
  });

  it("has room for thousands", async () => {
    const rig = new Rig(1, { queueTokensMax: 10_000_000, batchTokensMax: 4_096, batchRowsMax: 32 });
    const rows = 20_000;
    for (let id = 0; id < rows; id += 1)
      void rig.batcher.submit(new AbortController().signal, [rowOf(id, 1 + ((id * 7919) % 256))], id % 997);
    await rig.endAll();
    assert.equal(
      rig.begun.reduce((sum, { ids }) => sum + ids.length, 0),
      rows,
    );
  });

  it("takes no rows for none", async () => assert.deepEqual(await new Rig(1).batcher.submit(never, [], 0), []));
});

describe("faults", () => {
  const numbers = (data: readonly number[], dims: readonly number[]): Answer =>
    ok({ outputs: [{ name: "logits", dims, data: Float32Array.from(data) }], runMs: 1 });
  const kindsOf = async (given: Answer): Promise<readonly string[]> => {
    const rig = new Rig(1);
    const one = rig.batcher.submit(never, [rowOf(0, 2)], 0);
    await rig.end();
    await one;
    void rig.batcher.submit(never, [rowOf(9, 300)], 0);
    const answers = [1, 2].map((id) => rig.batcher.submit(never, [rowOf(id, id + 1)], 0));
    await rig.end();
    await rig.end(0, given);
    return (await Promise.all(answers)).map(([answer]) => (answer?.ok === true ? "ran" : (answer?.error.kind ?? "")));
  };

  it("of one row are its own: a number that is none is no score", async () => {
    assert.deepEqual(await kindsOf(numbers([1, NaN], [2, 1])), ["ran", "failed"]);
    assert.deepEqual(await kindsOf(numbers([Infinity, 1], [2, 1])), ["failed", "ran"]);
  });

  it("in what padding came to are none", async () => {
    assert.deepEqual(await kindsOf(numbers([1, 2, NaN, 4, 5, 6], [2, 3, 1])), ["ran", "ran"]);
    assert.deepEqual(await kindsOf(numbers([1, NaN, 3, 4, 5, 6], [2, 3, 1])), ["failed", "ran"]);
  });

  it("are an output of other rows, and a runner that throws", async () => {
    assert.deepEqual(await kindsOf(numbers([1, 2, 3], [3, 1])), ["failed", "failed"]);
    const batcher = new Batcher({
      runner: { streams: 1, run: () => Promise.reject(new Error("a bug")) },
      padId: 0,
      limits: wide,
      nowMs: () => 0,
    });
    for (const _ of [1, 2]) {
      assert.deepEqual(await batcher.submit(never, [rowOf(1, 2)], 0), [err({ kind: "failed", message: "a bug" })]);
    }
  });
});
