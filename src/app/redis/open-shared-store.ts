/** The store that replicas share, as the configuration says it. Redis need not be there: it is looked for as long as this runs. */
import type { RedisSettings } from "../../config/redis.ts";
import { ok, type Result } from "../../stdx/result.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { RedisMetrics } from "../../telemetry/redis-metrics.ts";
import { systemClock } from "../surroundings.ts";
import { readRedisAccess } from "./redis-access.ts";
import { openRedisStore, type OpenStore } from "./redis-store.ts";

/** `null`: the configuration names none. The error says which of its files cannot be read, and is for the start only. */
export async function openSharedStore(
  settings: RedisSettings | null,
  metrics: RedisMetrics,
  log: Logger,
): Promise<Result<OpenStore | null, string>> {
  if (settings === null) return ok(null);
  const access = await readRedisAccess(settings);
  if (!access.ok) return access;
  return ok(
    openRedisStore({
      settings,
      ...access.value,
      nowMs: () => systemClock.nowMs(),
      onFault: (fault) => metrics.fault(fault),
      onConnection: (isThere, why) => {
        if (isThere) log.info("redis is there");
        else log.error("redis is not there; it is tried again, and what it would remember is judged anew", { why });
      },
      onBreaker: (isOpen, why) => {
        metrics.breaker(isOpen);
        if (isOpen) log.error("calls to redis fail and are left out for a while", { why });
        else log.info("calls to redis are made again");
      },
    }),
  );
}
