import assert from "node:assert/strict";
import { test } from "node:test";
import { tracedReport } from "../../../test/helpers/traced.ts";
import { tracedExchange } from "../../telemetry/otel/exchange-spans.ts";
import { verdictRecord } from "../../telemetry/verdict-record.ts";
import { Link, type LinkParts } from "./link.ts";

const exchange = tracedExchange(tracedReport(), verdictRecord(tracedReport()));
assert.ok(exchange !== null);

function open(program: string, more: Partial<LinkParts> = {}) {
  const dropped: Record<string, number> = {};
  const sent: Record<string, number> = {};
  let next = Promise.withResolvers<void>();
  const step = (): void => {
    const { resolve } = next;
    next = Promise.withResolvers();
    resolve();
  };
  const link = new Link({
    start: {
      collector: {
        urls: { traces: null, metrics: null, logs: null },
        headers: {},
        ca: null,
        cert: null,
        key: null,
        timeoutMs: 1,
        gzip: false,
      },
      resource: {},
      version: "1",
      startedMs: 0,
    },
    originMs: () => 0,
    onSent: (signal, count) => {
      sent[signal] = (sent[signal] ?? 0) + count;
      step();
    },
    onDropped: (signal, reason, count) => {
      const key = `${signal} ${reason}`;
      dropped[key] = (dropped[key] ?? 0) + count;
      step();
    },
    onArrives: () => undefined,
    onThreadEnded: step,
    program: new URL(`data:text/javascript,${encodeURIComponent(program)}`),
    ...more,
  });
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await next.promise;
  };
  return { link, dropped, sent, until };
}

const take = `
  import { parentPort as port } from "node:worker_threads";
  port.on("message", (ask) => {
    if (ask.kind === "close") return port.close();
    if (ask.kind === "lines") port.postMessage({ kind: "sent", signal: "logs", count: ask.lines.length });
    if (ask.kind === "exchanges") port.postMessage({ kind: "sent", signal: "traces", count: 6 * ask.exchanges.length });
    port.postMessage({ kind: "took" });
  });`;

test("what is handed over is told of as sent, and closing waits for it", async () => {
  const at = open(take);
  for (let count = 0; count < 200; count += 1) at.link.exchange(exchange);
  for (let count = 0; count < 10; count += 1) at.link.line("{}");
  await at.link.close(10_000);
  assert.deepEqual([at.sent, at.dropped], [{ traces: 1200, logs: 10 }, {}]);
  at.link.exchange(exchange);
  at.link.line("{}");
  assert.deepEqual(at.dropped, { "traces shutdown": 6, "logs shutdown": 1 });
});

test("a thread that takes nothing fills what may wait, and no more", async () => {
  const at = open("import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {});");
  const all = 64 * 16 + 2048;
  for (let count = 0; count < all; count += 1) at.link.exchange(exchange);
  assert.deepEqual(at.dropped, {});
  at.link.exchange(exchange);
  assert.deepEqual(at.dropped, { "traces full": 6 });
  await at.link.close(1);
  assert.deepEqual(at.dropped, { "traces full": 6, "traces shutdown": 6 * all });
});

test("a thread that ends takes what it had with it, which is counted, and another is started", async () => {
  const program = `
    import { parentPort as port, workerData } from "node:worker_threads";
    let asked = 0;
    port.on("message", (ask) => {
      if (ask.kind === "close") return port.close();
      if (ask.lines?.[0] === "end") throw new Error("ended");
      port.postMessage({ kind: "sent", signal: "logs", count: ask.lines.length });
      port.postMessage({ kind: "took" });
    });`;
  const errors: unknown[] = [];
  let restarted: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    restarted = resolve;
  });
  const at = open(program, {
    restartMs: 0,
    onThreadEnded: (error) => {
      errors.push(error);
      restarted();
    },
  });
  at.link.line("end");
  await ended;
  assert.deepEqual(at.dropped, { "logs thread": 1 });
  assert.ok(errors[0] instanceof Error);
  at.link.line("more");
  await at.until(() => at.sent["logs"] === 1);
  await at.link.close(10_000);
  assert.deepEqual(at.dropped, { "logs thread": 1 });
});
