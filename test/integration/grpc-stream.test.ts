// One stream of the guard's server, driven by a real gRPC client: order, back-pressure, and each way to end.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { GuardStream } from "../../src/extproc/guard-stream.ts";
import type { ProcessingResponse } from "../../src/extproc/wire.ts";
import { createGate } from "../helpers/gate.ts";
import { openGuard, TEST_MESSAGE_BYTES_MAX, transports } from "../helpers/open-guard.ts";
import { bodyOf, codec, echo, requestBody } from "../helpers/processor-client.ts";

const OK = { code: 0, details: "" };
const GUARD_FAULT = { code: 13, details: "guard_fault" };

async function echoAll(stream: GuardStream): Promise<void> {
  for await (const message of stream.messages) await stream.send(echo(message.requestBody?.body));
}

/** Takes what comes until the stream is over, and answers nothing. */
async function drink(stream: GuardStream): Promise<void> {
  for await (const message of stream.messages) void message;
}

for (const transport of transports) {
  test(`answers keep the order of the messages (${transport})`, async () => {
    await using guard = await openGuard(echoAll, transport);
    const call = guard.client.open();
    for (let n = 0; n < 500; n++) call.send(requestBody(`${n}`));
    for (let n = 0; n < 500; n++) assert.equal(bodyOf(await call.next()), `${n}`);
    call.halfClose();
    assert.deepEqual(await call.status, OK);
    assert.deepEqual(guard.faults, []);
  });

  test(`1,000 streams of one connection do not cross (${transport})`, async () => {
    await using guard = await openGuard(echoAll, transport);
    const calls = Array.from({ length: 1000 }, () => guard.client.open());
    for (let n = 0; n < 3; n++) calls.forEach((call, id) => call.send(requestBody(`${id}/${n}`)));
    for (const [id, call] of calls.entries()) {
      for (let n = 0; n < 3; n++) assert.equal(bodyOf(await call.next()), `${id}/${n}`);
    }
    for (const call of calls) call.halfClose();
    for (const call of calls) assert.deepEqual(await call.status, OK);
  });
}

test("a consumer that does not pull stalls the sender, then everything arrives", async () => {
  const pull = createGate();
  const sizes: number[] = [];
  await using guard = await openGuard(async (stream) => {
    if (stream.metadata("x-part") === "barrier") return echoAll(stream);
    await pull.opened;
    for await (const message of stream.messages) {
      assert.equal(message.requestBody?.body?.[0], sizes.length);
      sizes.push(message.requestBody?.body?.length ?? 0);
    }
  });
  const total = 250;
  let taken = 0;
  const sender = guard.client.open();
  for (let n = 0; n < total; n++) sender.send({ requestBody: { body: Buffer.alloc(65_536, n) } }, () => taken++);
  sender.halfClose();
  // Round trips of a neighbour on the same connection: what could move, has moved.
  const barrier = guard.client.open({ "x-part": "barrier" });
  for (let n = 0; n < 300; n++) {
    barrier.send(requestBody(`${n}`));
    assert.equal(bodyOf(await barrier.next()), `${n}`);
  }
  assert.ok(taken < total / 4, `the sender stalled (${taken} of ${total} messages were taken)`);
  pull.open();
  assert.deepEqual(await sender.status, OK);
  assert.deepEqual(sizes, Array(total).fill(65_536));
});

test("a client that does not read makes send wait, then everything arrives", async () => {
  const full = createGate();
  const chunk = Buffer.alloc(65_536, 1);
  await using guard = await openGuard(async (stream) => {
    for (let n = 0; n < 100; n++) {
      const room = stream.send(echo(chunk));
      if (room === undefined) continue;
      full.open();
      await room;
    }
    await drink(stream);
  });
  const call = guard.client.open();
  call.pause();
  await full.opened;
  call.resume();
  for (let n = 0; n < 100; n++) assert.equal(bodyOf(await call.next()).length, 65_536);
  call.halfClose();
  assert.deepEqual(await call.status, OK);
});

type CancelCase = {
  readonly when: string;
  /** Calls `reached` where the client is to cancel; must return once the stream is over. */
  readonly handler: (stream: GuardStream, reached: () => void) => Promise<void>;
};
const cancelCases: readonly CancelCase[] = [
  {
    when: "waiting for a message",
    handler: async (stream, reached) => {
      const rest = drink(stream);
      reached();
      await rest;
    },
  },
  {
    when: "working",
    handler: async (stream, reached) => {
      reached();
      await new Promise((resolve) => stream.cancelled.addEventListener("abort", resolve, { once: true }));
    },
  },
  {
    when: "working, told by an error",
    handler: async (stream, reached) => {
      reached();
      await new Promise((_, reject) =>
        stream.cancelled.addEventListener("abort", () => reject(stream.cancelled.reason), { once: true }),
      );
    },
  },
  {
    when: "waiting for room to send",
    handler: async (stream, reached) => {
      const chunk = codec.encode(echo(Buffer.alloc(65_536)));
      while (!stream.closed) {
        const room = stream.send(chunk);
        if (room === undefined) continue;
        reached();
        await room;
      }
    },
  },
  {
    when: "with messages not taken",
    handler: async (stream, reached) => {
      reached();
      await new Promise((resolve) => stream.cancelled.addEventListener("abort", resolve, { once: true }));
      const left: unknown[] = [];
      for await (const message of stream.messages) left.push(message);
      assert.deepEqual(left, []);
    },
  },
];
for (const { when, handler } of cancelCases) {
  test(`cancel while ${when} ends the handler quietly`, async () => {
    const reached = createGate();
    const done = Promise.withResolvers<GuardStream>();
    await using guard = await openGuard(async (stream) => {
      try {
        await handler(stream, reached.open);
      } finally {
        done.resolve(stream);
      }
    });
    const call = guard.client.open();
    call.pause();
    for (let n = 0; n < 3; n++) call.send(requestBody("x"));
    await reached.opened;
    call.cancel();
    const stream = await done.promise;
    assert.ok(stream.cancelled.aborted && stream.closed);
    assert.equal(stream.send(echo(undefined)), undefined);
    stream.end();
    stream.fail(13, "late");
    assert.deepEqual(guard.faults, []);
  });
}

test("a stream that was cancelled at once is over when its handler looks", async () => {
  const done = createGate();
  await using guard = await openGuard(async (stream) => {
    await drink(stream);
    done.open();
  });
  const call = guard.client.open();
  call.send(requestBody("x"));
  setImmediate(() => call.cancel());
  assert.equal((await call.status).code, 1);
  const next = guard.client.open();
  next.halfClose();
  assert.deepEqual(await next.status, OK);
  await done.opened;
  assert.deepEqual(guard.faults, []);
});

type EndCase = {
  readonly what: string;
  readonly handler: (stream: GuardStream) => void | Promise<void>;
  readonly status: { readonly code: number; readonly details: string };
  readonly fault?: string;
};
const unencodable = { requestHeaders: 7 } as unknown as ProcessingResponse;
const endsBeforeEnvoy: readonly EndCase[] = [
  {
    what: "a handler that throws",
    handler: () => {
      throw new Error("bug");
    },
    status: GUARD_FAULT,
    fault: "handler-threw",
  },
  {
    what: "a handler that rejects",
    handler: () => Promise.reject(new Error("bug")),
    status: GUARD_FAULT,
    fault: "handler-threw",
  },
  {
    what: "a handler that rejects later",
    handler: async (s) => {
      for await (const m of s.messages) throw new Error(m.request);
    },
    status: GUARD_FAULT,
    fault: "handler-threw",
  },
  {
    what: "an AbortError of an open stream",
    handler: () => Promise.reject(new DOMException("x", "AbortError")),
    status: GUARD_FAULT,
    fault: "handler-threw",
  },
  { what: "a handler that returns at once", handler: () => undefined, status: GUARD_FAULT, fault: "handler-left" },
  {
    what: "a handler that leaves early",
    handler: async (s) => {
      for await (const m of s.messages) {
        void m;
        break;
      }
    },
    status: GUARD_FAULT,
    fault: "handler-left",
  },
  {
    what: "a clean end too early",
    handler: async (s) => {
      s.end();
      await drink(s);
    },
    status: { code: 13, details: "clean_end_refused" },
    fault: "clean-end-refused",
  },
  {
    what: "an answer that cannot be encoded",
    handler: async (s) => {
      await s.send(unencodable);
      await drink(s);
    },
    status: { code: 13, details: "unencodable_answer" },
    fault: "unencodable-answer",
  },
  {
    what: "fail",
    handler: async (s) => {
      s.fail(14, "overloaded");
      s.fail(13, "again");
      await drink(s);
    },
    status: { code: 14, details: "overloaded" },
  },
  {
    what: "fail with an answer on its way",
    handler: async (s) => {
      void s.send(echo(Buffer.alloc(200_000)));
      s.fail(4, "deadline");
      await drink(s);
    },
    status: { code: 4, details: "deadline" },
  },
  {
    what: "fail with free text",
    handler: async (s) => {
      s.fail(14, "said: hello");
      await drink(s);
    },
    status: { code: 14, details: "guard_fault" },
  },
];
for (const { what, handler, status, fault } of endsBeforeEnvoy) {
  test(`${what} fails its own stream only`, async () => {
    await using guard = await openGuard((stream) =>
      stream.metadata("x-part") === "neighbour" ? echoAll(stream) : handler(stream),
    );
    const neighbour = guard.client.open({ "x-part": "neighbour" });
    neighbour.send(requestBody("before"));
    assert.equal(bodyOf(await neighbour.next()), "before");
    const call = guard.client.open();
    call.send(requestBody("x"));
    assert.deepEqual(await call.status, status);
    assert.deepEqual(
      guard.faults.map(({ kind }) => kind),
      fault === undefined ? [] : [fault],
    );
    neighbour.send(requestBody("after"));
    assert.equal(bodyOf(await neighbour.next()), "after");
    neighbour.halfClose();
    assert.deepEqual(await neighbour.status, OK);
  });
}

const endsAfterEnvoy: readonly EndCase[] = [
  { what: "a handler that returns", handler: drink, status: OK },
  {
    what: "a handler that ends",
    handler: async (s) => {
      await drink(s);
      assert.ok(s.halfClosed);
      s.end();
      s.end();
    },
    status: OK,
  },
  {
    what: "a handler that fails",
    handler: async (s) => {
      await drink(s);
      s.fail(10, "blocked");
    },
    status: { code: 10, details: "blocked" },
  },
  {
    what: "a handler that throws",
    handler: async (s) => {
      await drink(s);
      throw new Error("bug");
    },
    status: GUARD_FAULT,
    fault: "handler-threw",
  },
  {
    what: "a handler that leaves messages",
    handler: async (s) => {
      for await (const m of s.messages) {
        void m;
        break;
      }
    },
    status: GUARD_FAULT,
    fault: "handler-left",
  },
];
for (const { what, handler, status, fault } of endsAfterEnvoy) {
  test(`after Envoy has half-closed: ${what}`, async () => {
    await using guard = await openGuard(handler);
    const call = guard.client.open();
    for (let n = 0; n < 3; n++) call.send(requestBody("x"));
    call.halfClose();
    assert.deepEqual(await call.status, status);
    assert.deepEqual(
      guard.faults.map(({ kind }) => kind),
      fault === undefined ? [] : [fault],
    );
  });
}

test("answers sent after the half-close arrive before the status", async () => {
  await using guard = await openGuard(async (stream) => {
    await drink(stream);
    for (let n = 0; n < 10; n++) await stream.send(echo(Buffer.from(`${n}`)));
    stream.end();
  });
  const call = guard.client.open();
  call.halfClose();
  assert.deepEqual(await call.status, OK);
  assert.deepEqual(call.arrived.map(bodyOf), ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

for (const [size, wanted] of [
  [TEST_MESSAGE_BYTES_MAX, 0],
  [TEST_MESSAGE_BYTES_MAX + 65_536, 8],
] as const) {
  test(`a body of ${size} bytes ends with ${wanted} and hits no other stream`, async () => {
    await using guard = await openGuard(echoAll);
    const neighbour = guard.client.open();
    neighbour.send(requestBody("before"));
    assert.equal(bodyOf(await neighbour.next()), "before");
    const call = guard.client.open();
    call.send({ requestBody: { body: Buffer.alloc(size) } });
    call.halfClose();
    assert.equal((await call.status).code, wanted);
    neighbour.send(requestBody("after"));
    assert.equal(bodyOf(await neighbour.next()), "after");
    assert.deepEqual(guard.faults, []);
  });
}
