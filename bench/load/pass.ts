// One exchange in this process, through the same code that Envoy's traffic takes, with the clocks around the direction that
// is measured. Nothing is cut short by a deadline: what is measured is all of the work.

import { performance } from "node:perf_hooks";
import { createSharedParts, type SharedParts } from "../../src/app/exchange-parts.ts";
import { createHoldings } from "../../src/app/surroundings.ts";
import { standardLimits } from "../../src/config/limits.ts";
import type { StageVerdict } from "../../src/domain/verdict.ts";
import { Exchange } from "../../src/exchange/exchange.ts";
import type { Gate } from "../../src/exchange/gate.ts";
import type { Plan } from "../../src/guard/plan.ts";
import { cpuMsNow } from "./pauses.ts";
import type { Traffic } from "./traffic.ts";

const minutesMs = 10 * 60 * 1000;
const limits = {
  ...standardLimits,
  requestBytesMax: 64 * 2 ** 20,
  replyBytesMax: 64 * 2 ** 20,
  heldBytesMax: 512 * 2 ** 20,
  memoryCharactersMax: 8_000_000,
  promptBudgetMs: minutesMs,
  windowBudgetMs: minutesMs,
};

/** As Envoy cuts a body. */
const pieceBytes = 16 * 1024;

export type Passed = {
  readonly wallMs: number;
  /** Of this process, its collecting and compiling threads too. */
  readonly cpuMs: number;
  readonly released: readonly Uint8Array[];
  readonly blocked: boolean;
  /** Of the direction that was measured. */
  readonly verdict: StageVerdict;
};

export function openParts(): SharedParts {
  return createSharedParts(createHoldings(1024 * 2 ** 20));
}

/** `apart`: each piece comes in a turn of the event loop of its own, as from a network. */
export async function pass(plan: Plan, parts: SharedParts, traffic: Traffic, apart = false): Promise<Passed> {
  const exchange = new Exchange("ref", { ...parts, plan, limits });
  const head = {
    method: "POST",
    path: "/v1/chat/completions",
    query: "",
    contentType: "application/json",
    contentEncoding: null,
  };
  const { request, reply } = traffic;
  const asked = await timed(() => through(exchange.openRequest(head), cut(request), apart));
  if (reply === null) {
    const verdict = exchange.close("complete").prompt as StageVerdict;
    return { ...asked.times, ...asked.value, verdict };
  }
  const contentType = reply.kind === "json" ? "application/json" : "text/event-stream";
  const pieces = reply.kind === "json" ? cut(reply.body) : reply.events;
  const answered = await timed(() =>
    through(exchange.openReply({ status: 200, contentType, contentEncoding: null }, false).gate, pieces, apart),
  );
  const verdict = exchange.close("complete").reply as StageVerdict;
  return { ...answered.times, ...answered.value, verdict };
}

async function timed<T>(work: () => Promise<T>) {
  const cpu = cpuMsNow();
  const begun = performance.now();
  const value = await work();
  const wallMs = performance.now() - begun;
  return { value, times: { wallMs, cpuMs: cpuMsNow() - cpu } };
}

async function through(gate: Gate, pieces: readonly Uint8Array[], apart: boolean) {
  const released: Uint8Array[] = [];
  for (const piece of [...pieces, null]) {
    if (apart) await new Promise((resolve) => setImmediate(resolve));
    const output = piece === null ? await gate.end() : await gate.push(piece);
    for (const { bytes } of output.kind === "block" ? output.before : output.cleared) released.push(bytes);
    if (output.kind === "block") return { released, blocked: true };
  }
  return { released, blocked: false };
}

function cut(body: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += pieceBytes) pieces.push(body.subarray(at, at + pieceBytes));
  return pieces;
}
