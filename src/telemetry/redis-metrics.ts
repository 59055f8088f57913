/** Metrics of the store that replicas share. Labels are words of closed lists. */
import type { Meter } from "./instruments.ts";

/** Why a call gave nothing. `full`: too many under way; `left-out`: the breaker's rest; `refused`: Redis answered with an error. */
export const redisFaults = ["timeout", "disconnected", "refused", "full", "left-out", "too-large"] as const;
export type RedisFault = (typeof redisFaults)[number];

export type RedisMetrics = {
  fault(fault: RedisFault): void;
  breaker(isOpen: boolean): void;
};

export function createRedisMetrics({ counter, gauge }: Meter): RedisMetrics {
  const faults = counter("redis_faults_total", "Calls to Redis that gave nothing, by why", { kind: redisFaults });
  const breaker = gauge("redis_breaker_open", "1 while calls to Redis are left out because they failed", {}).of({});
  return { fault: (kind) => faults.of({ kind }).inc(), breaker: (isOpen) => breaker.set(isOpen ? 1 : 0) };
}
