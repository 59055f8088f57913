/** Metrics of the store that replicas share. Labels are words of closed lists. */
import { Counter, Gauge, type Registry } from "prom-client";

/** Why a call gave nothing. `full`: too many under way; `left-out`: the breaker's rest; `refused`: Redis answered with an error. */
export const redisFaults = ["timeout", "disconnected", "refused", "full", "left-out", "too-large"] as const;
export type RedisFault = (typeof redisFaults)[number];

export type RedisMetrics = {
  fault(fault: RedisFault): void;
  breaker(isOpen: boolean): void;
};

export function createRedisMetrics(registry: Registry): RedisMetrics {
  const registers = [registry];
  const faults = new Counter({
    name: "sallyport_redis_faults_total",
    help: "Calls to Redis that gave nothing, by why",
    labelNames: ["kind"],
    registers,
  });
  const breaker = new Gauge({
    name: "sallyport_redis_breaker_open",
    help: "1 while calls to Redis are left out because they failed",
    registers,
  });
  for (const kind of redisFaults) faults.inc({ kind }, 0);
  return { fault: (kind) => faults.inc({ kind }), breaker: (isOpen) => breaker.set(isOpen ? 1 : 0) };
}
