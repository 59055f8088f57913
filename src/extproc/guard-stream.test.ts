import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExchangeIds } from "../domain/verdict.ts";
import fc from "fast-check";
import { type Encoded, MALFORMED } from "./codec.ts";
import {
  OpenStream,
  READ_AHEAD_BYTES_MAX,
  READ_AHEAD_MESSAGES_MAX,
  type StreamFault,
  UNSENT_BYTES_MAX,
} from "./guard-stream.ts";
import { GrpcCode, type ProcessingRequest } from "./wire.ts";

/** A transport that records, and gives messages only when asked, as gRPC does. */
class FakeTransport {
  readonly statuses: { readonly code: number; readonly details: string }[] = [];
  readonly faults: StreamFault["kind"][] = [];
  readonly ids: (ExchangeIds | null)[] = [];
  readonly unwritten: (() => void)[] = [];
  sent = 0;
  reading = 0;
  gone = 0;
  /** What Envoy sent and the stream has not asked for yet. */
  readonly queue: (ProcessingRequest | "half-close")[] = [];
  readonly stream: OpenStream = new OpenStream(
    1,
    {
      startRead: () => {
        this.reading += 1;
        this.pump();
      },
      sendMessage: (_bytes, written) => {
        this.sent += 1;
        this.unwritten.push(written);
      },
      sendStatus: (code, details) => this.statuses.push({ code, details }),
      metadata: () => undefined,
    },
    {
      encode: () => Buffer.alloc(1) as unknown as Encoded,
      onFault: ({ kind }, ids) => {
        this.faults.push(kind);
        this.ids.push(ids);
      },
      onGone: () => (this.gone += 1),
    },
  );

  pump(): void {
    if (this.reading === 0 || this.queue.length === 0) return;
    this.reading -= 1;
    const next = this.queue.shift();
    if (next === "half-close") this.stream.receiveHalfClose();
    else if (next !== undefined) this.stream.receive(next);
  }
}

const forever = (): Promise<void> => new Promise(() => undefined);
const message = (n: number, bytes = 1): ProcessingRequest => ({ requestBody: { body: Buffer.alloc(bytes, n) } });

test("reads ahead so many messages and no more until one is taken", async () => {
  const transport = new FakeTransport();
  for (let n = 0; n < 10; n++) transport.queue.push(message(n));
  transport.stream.run(forever);
  assert.equal(10 - transport.queue.length, READ_AHEAD_MESSAGES_MAX);
  await transport.stream.messages[Symbol.asyncIterator]().next();
  assert.equal(10 - transport.queue.length, READ_AHEAD_MESSAGES_MAX + 1);
});

for (const [bytes, read] of [
  [READ_AHEAD_BYTES_MAX - 1, 2],
  [READ_AHEAD_BYTES_MAX, 1],
  [READ_AHEAD_BYTES_MAX + 1, 1],
] as const) {
  test(`reads ahead ${read} bodies of ${bytes} bytes`, () => {
    const transport = new FakeTransport();
    for (let n = 0; n < 5; n++) transport.queue.push(message(n, bytes));
    transport.stream.run(forever);
    assert.equal(5 - transport.queue.length, read);
  });
}

for (const [bytes, waits] of [
  [UNSENT_BYTES_MAX - 1, false],
  [UNSENT_BYTES_MAX, false],
  [UNSENT_BYTES_MAX + 1, true],
] as const) {
  test(`${bytes} unsent bytes ${waits ? "make" : "do not make"} the sender wait`, async () => {
    const transport = new FakeTransport();
    transport.stream.run(forever);
    const room = transport.stream.send(Buffer.alloc(bytes) as unknown as Encoded);
    assert.equal(room !== undefined, waits);
    transport.unwritten.shift()?.();
    await room;
  });
}

test("closing lets a waiting sender go", async () => {
  const transport = new FakeTransport();
  transport.stream.run(forever);
  const room = transport.stream.send(Buffer.alloc(UNSENT_BYTES_MAX + 1) as unknown as Encoded);
  transport.stream.receiveCancel();
  await room;
});

test("the signal tells a stream that was over before anyone asked", () => {
  const transport = new FakeTransport();
  transport.stream.run(forever);
  transport.stream.receiveCancel();
  assert.ok(transport.stream.cancelled.aborted);
  assert.equal((transport.stream.cancelled.reason as Error).name, "AbortError");
});

test("two consumers at once are a bug", () => {
  const transport = new FakeTransport();
  transport.stream.run(forever);
  const iterator = transport.stream.messages[Symbol.asyncIterator]();
  void iterator.next();
  assert.throws(() => iterator.next(), { name: "InvariantError" });
});

test("a malformed request fails the stream", () => {
  const transport = new FakeTransport();
  transport.stream.run(forever);
  transport.stream.receive(MALFORMED);
  assert.deepEqual(transport.statuses, [{ code: GrpcCode.INTERNAL, details: "malformed_request" }]);
  assert.deepEqual(transport.faults, ["malformed-request"]);
});

test("a fault is told with the exchange whose stream it is, once that is known", async () => {
  const early = new FakeTransport();
  early.stream.run(forever);
  early.stream.receive(MALFORMED);
  const late = new FakeTransport();
  late.stream.run(async (stream) => {
    stream.ids = { exchange: "e1" };
    await Promise.resolve();
    stream.ids = { exchange: "e1", trace_id: "t" };
    throw new Error("bug");
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([early.ids, late.ids], [[null], [{ exchange: "e1", trace_id: "t" }]]);
});

test("an error after the close is reported, but the calling off of work is not", async () => {
  for (const [error, faults] of [
    [new Error("bug"), ["handler-threw"]],
    [new DOMException("x", "AbortError"), []],
  ] as const) {
    const transport = new FakeTransport();
    const done = Promise.withResolvers<void>();
    transport.stream.run(() => done.promise);
    transport.stream.receiveCancel();
    done.reject(error);
    await done.promise.catch(() => undefined);
    assert.deepEqual(transport.faults, faults);
    assert.deepEqual(transport.statuses, []);
  }
});

type Step = "arrive" | "half-close" | "take" | "send" | "written" | "end" | "fail" | "cancel" | "return" | "throw";
/** Ends are rare, so that most runs get somewhere first. */
const weights = {
  arrive: 8,
  take: 8,
  "half-close": 4,
  send: 4,
  written: 4,
  end: 2,
  return: 1,
  fail: 1,
  cancel: 1,
  throw: 1,
};
const step = fc.oneof(
  ...Object.entries(weights).map(([what, weight]) => ({ weight, arbitrary: fc.constant(what as Step) })),
);

test("whatever happens in whatever order: one status at most, clean only when Envoy is done, messages in order", async () => {
  let cleanEnds = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const transport = new FakeTransport();
      const { stream } = transport;
      const handler = Promise.withResolvers<void>();
      let [arrived, halfClosed, cancelled] = [0, false, false];
      const taken: number[] = [];
      stream.run(() => handler.promise);
      const iterator = stream.messages[Symbol.asyncIterator]();
      let pending: Promise<void> | undefined;
      let takenAtClose: number | undefined;
      for (const what of steps) {
        if (what === "arrive" && !halfClosed) transport.queue.push(message(arrived++));
        if (what === "half-close" && !halfClosed) {
          halfClosed = true;
          transport.queue.push("half-close");
        }
        transport.pump();
        if (what === "take" && pending === undefined) {
          pending = iterator.next().then((next) => {
            if (!next.done) taken.push(next.value.requestBody?.body?.[0] ?? -1);
            pending = undefined;
          });
        }
        const sent = transport.sent;
        if (what === "send") void stream.send(Buffer.alloc(1) as unknown as Encoded);
        if (stream.closed) assert.equal(transport.sent, sent, "nothing is sent after the end");
        if (what === "written") transport.unwritten.shift()?.();
        if (what === "end") stream.end();
        if (what === "fail") stream.fail(GrpcCode.UNAVAILABLE, "token");
        if (what === "return") handler.resolve();
        if (what === "throw") handler.reject(new Error("bug"));
        if (what === "cancel" && !cancelled) {
          cancelled = true;
          stream.receiveCancel();
        }
        await new Promise(setImmediate);
        assert.ok(transport.reading <= 1, "one read at a time");
        if (stream.closed) takenAtClose ??= taken.length;
        const clean = transport.statuses.some(({ code }) => code === GrpcCode.OK);
        if (clean) assert.ok(halfClosed && taken.length === arrived, "a clean end only after all was taken");
        if (clean) cleanEnds += 1;
      }
      assert.ok(transport.statuses.length <= 1);
      assert.equal(transport.gone, cancelled ? 1 : 0);
      assert.deepEqual(
        taken,
        Array.from({ length: taken.length }, (_, n) => n),
      );
      if (stream.closed) assert.equal(taken.length, takenAtClose, "nothing is delivered after the end");
      handler.resolve();
    }),
    { numRuns: 500 },
  );
  assert.ok(cleanEnds > 10, "clean ends were among the runs");
});
