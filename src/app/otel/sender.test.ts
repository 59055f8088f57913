import assert from "node:assert/strict";
import { test } from "node:test";
import type { OtelDropReason } from "../../telemetry/otel-metrics.ts";
import type { Outcome } from "./post.ts";
import { Sender, type SenderLimits } from "./sender.ts";

const took: Outcome = { kind: "took", answer: new Uint8Array() };
const late: Outcome = { kind: "failed", reason: "timeout", why: "timeout", afterMs: 0 };

/** Items are numbers, each its own size. Requests wait for an answer of the test's; time passes when the test says so. */
function open(limits: Partial<SenderLimits> = {}) {
  const told: { sent: number; arrives: string[] } & Partial<Record<OtelDropReason, number>> = { sent: 0, arrives: [] };
  const requests: (readonly number[])[] = [];
  const waits: { readonly ms: number; readonly over: () => void }[] = [];
  let answers: ((outcome: Outcome) => void)[] = [];
  let begun = Promise.withResolvers<void>();
  const step = (): void => {
    const { resolve } = begun;
    begun = Promise.withResolvers();
    resolve();
  };
  const sender = new Sender<number>({
    sizeOf: (item) => item,
    encode: (items) => {
      requests.push(items);
      return new Uint8Array();
    },
    post: (_, ended) =>
      new Promise((resolve) => {
        ended.addEventListener("abort", () => resolve(late), { once: true });
        if (ended.aborted) resolve(late);
        answers.push(resolve);
        step();
      }),
    rejectedIn: (answer) => answer.length,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wait = { ms, over: resolve };
        waits.push(wait);
        signal.addEventListener("abort", () => {
          waits.splice(waits.indexOf(wait), 1);
          resolve();
        });
        step();
      }),
    onSent: (count) => (told.sent += count),
    onDropped: (reason, count) => (told[reason] = (told[reason] ?? 0) + count),
    onArrives: (does, why) => told.arrives.push(does ? "yes" : why),
    limits: { queueMax: 10, batchMax: 4, gatherMs: 7, triesMax: 3, ...limits },
  });
  /** After what is there now has been seen by the sender. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    sender,
    told,
    requests,
    waits,
    settle,
    async pass(): Promise<number> {
      while (waits.length === 0) await begun.promise;
      const wait = waits.shift();
      wait?.over();
      await settle();
      return wait?.ms ?? 0;
    },
    async answer(outcome: Outcome): Promise<void> {
      while (answers.length === 0) await begun.promise;
      const [first, ...rest] = answers;
      answers = rest;
      first?.(outcome);
      await settle();
    },
  };
}

test("what comes together goes together, up to a bound", async () => {
  const at = open();
  at.sender.add(1);
  at.sender.add(2);
  assert.equal(await at.pass(), 7);
  await at.answer(took);
  for (const item of [1, 1, 1, 2, 1]) at.sender.add(item);
  await at.answer(took);
  await at.pass();
  await at.answer(took);
  assert.deepEqual(at.requests, [
    [1, 2],
    [1, 1, 1],
    [2, 1],
  ]);
  assert.deepEqual(at.told, { sent: 9, arrives: ["yes"] });
});

test("an item that is larger than a batch goes alone", async () => {
  const at = open();
  at.sender.add(1);
  at.sender.add(9);
  await at.answer(took);
  await at.answer(took);
  assert.deepEqual(at.requests, [[1], [9]]);
});

test("beyond the bound the newest are dropped; what is on its way counts as waiting", async () => {
  const at = open({ queueMax: 5 });
  at.sender.add(4);
  at.sender.add(1);
  at.sender.add(1);
  await at.settle();
  assert.deepEqual(at.told, { sent: 0, arrives: [], full: 1 });
  at.sender.add(1);
  await at.answer(took);
  at.sender.add(4);
  await at.answer(took);
  await at.answer(took);
  assert.deepEqual([at.told.sent, at.told.full], [9, 2]);
});

test("what fails is tried again, later each time, and then dropped", async () => {
  const at = open();
  at.sender.add(4);
  await at.answer(late);
  assert.equal(await at.pass(), 1000);
  await at.answer({ kind: "failed", reason: "unavailable", why: "HTTP 503", afterMs: 30_000 });
  assert.equal(await at.pass(), 30_000);
  await at.answer({ kind: "failed", reason: "unreachable", why: "ECONNREFUSED", afterMs: 0 });
  assert.deepEqual(at.told, { sent: 0, arrives: ["timeout"], unreachable: 4 });
  at.sender.add(4);
  await at.answer(took);
  assert.deepEqual(at.told, { sent: 4, arrives: ["timeout", "yes"], unreachable: 4 });
});

test("what is refused is not tried again, and what an answer rejects is counted", async () => {
  const at = open();
  at.sender.add(4);
  await at.answer({ kind: "refused", why: "HTTP 400" });
  at.sender.add(4);
  await at.answer({ kind: "took", answer: new Uint8Array(3) });
  assert.deepEqual(at.told, { sent: 1, arrives: ["HTTP 400", "yes"], refused: 4, rejected: 3 });
});

test("closing sends what waits, once", async () => {
  const at = open();
  at.sender.add(1);
  const closed = at.sender.close(new AbortController().signal);
  await at.answer(late);
  await closed;
  assert.deepEqual(at.told, { sent: 0, arrives: ["timeout"], timeout: 1 });
});

test("closing ends a request that lasts too long, and drops what is behind it", async () => {
  const at = open();
  for (const item of [4, 4]) at.sender.add(item);
  const over = new AbortController();
  const closed = at.sender.close(over.signal);
  await at.settle();
  over.abort();
  await closed;
  assert.equal(at.told.shutdown, 8);
  assert.equal(at.told.sent, 0);
});

test("closing with nothing to send is done at once", async () => {
  await open().sender.close(new AbortController().signal);
});
