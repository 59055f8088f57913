// An exchange without a transport, for tests that push bytes through its gates.

import { createSharedParts, type SharedParts } from "../../src/app/exchange-parts.ts";
import { planOf } from "../../src/app/plan.ts";
import { readPolicy } from "../../src/app/read-policy.ts";
import { createHoldings } from "../../src/app/surroundings.ts";
import { standardLimits } from "../../src/config/limits.ts";
import type { ModelSource } from "../../src/detectors/index.ts";
import type { ReplyHead, RequestHead } from "../../src/domain/dialect.ts";
import type { BlockCause } from "../../src/domain/verdict.ts";
import { Exchange } from "../../src/exchange/exchange.ts";
import { type ExchangeLimits } from "../../src/exchange/parts.ts";
import type { Gate } from "../../src/exchange/gate.ts";
import type { Plan } from "../../src/guard/plan.ts";

/** Throws on a mistake in the policy. */
export function planFrom(yaml: string, models?: ModelSource): Plan {
  const policy = readPolicy(Buffer.from(yaml));
  if (!policy.ok) throw new Error(JSON.stringify(policy.error));
  return planOf(policy.value, models);
}

export type ExchangeOptions = {
  readonly plan: Plan;
  readonly limits?: Partial<ExchangeLimits>;
  readonly holdings?: ReturnType<typeof createHoldings>;
  /** In place of what every exchange shares. */
  readonly shared?: Partial<SharedParts>;
};

export function exchangeOf({
  plan,
  limits = {},
  holdings = createHoldings(512 * 1024 * 1024),
  shared = {},
}: ExchangeOptions): Exchange {
  const clock = { nowMs: () => 0, epochS: () => 1_700_000_000 };
  const pace = { breathe: () => undefined };
  const parts = { ...createSharedParts(holdings), clock, pace, ...shared };
  return new Exchange("ref-test", { ...parts, plan, limits: { ...standardLimits, ...limits } });
}

export const chatHead: RequestHead = {
  method: "POST",
  path: "/v1/chat/completions",
  query: "",
  contentType: "application/json",
  contentEncoding: null,
};
export const streamHead: ReplyHead = { status: 200, contentType: "text/event-stream", contentEncoding: null };
export const jsonHead: ReplyHead = { status: 200, contentType: "application/json", contentEncoding: null };

export type Released = {
  readonly bytes: Buffer;
  readonly block: BlockCause | null;
  readonly cut: Buffer | null;
  readonly changed: boolean;
};

/** Pushes the pieces, then the end; `onRelease` sees all that has gone out by then. */
export async function pushAll(
  gate: Gate,
  pieces: readonly Uint8Array[],
  onRelease: (out: Buffer) => void = () => undefined,
): Promise<Released> {
  let bytes = Buffer.alloc(0);
  let changed = false;
  for (const piece of [...pieces, null]) {
    const output = piece === null ? await gate.end() : await gate.push(piece);
    const cleared = output.kind === "block" ? output.before : output.cleared;
    bytes = Buffer.concat([bytes, ...cleared.map((each) => each.bytes)]);
    if (output.kind === "block")
      return { bytes, block: output.cause, cut: output.cut === null ? null : Buffer.from(output.cut.bytes), changed };
    changed ||= output.changed;
    onRelease(bytes);
  }
  return { bytes, block: null, cut: null, changed };
}

/** Cuts bytes at the given places, taken modulo the length. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...at, bytes.length].map((to, index) => bytes.subarray(index === 0 ? 0 : at[index - 1], to));
}
