/** What replicas share: a store, and the keys that seal what is kept there. The one without the other is nothing. */
import type { RedisSettings } from "../../config/redis.ts";
import type { SharedStore } from "../../domain/ports.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { RedisMetrics } from "../../telemetry/redis-metrics.ts";
import { openSharedStore } from "../redis/open-shared-store.ts";
import { openKeyFile } from "./key-file.ts";
import type { Keys } from "./keys.ts";

export type Shared = {
  readonly store: SharedStore;
  /** Those in force now. */
  readonly keys: () => Keys;
  close(): void;
};

/** `null`: nothing is shared. The error says which file of the configuration cannot be used. */
export async function openShared(
  settings: RedisSettings | null,
  metrics: RedisMetrics,
  log: Logger,
): Promise<Result<Shared | null, string>> {
  if (settings === null) return ok(null);
  const { keysFile } = settings;
  if (keysFile === null) {
    log.warn("redis is not used: no keys for what would be kept there; name a file of them in redis.keysFile");
    return ok(null);
  }
  const keys = await openKeyFile(keysFile, (event) => {
    if (event.kind === "swapped") log.info("keys of what replicas share changed", { file: keysFile });
    else log.error("keys not taken; those before are still used", { file: keysFile, why: event.error });
  });
  if (!keys.ok) return err(`${keysFile}: ${keys.error}; it is named in redis.keysFile`);
  const store = await openSharedStore(settings, metrics, log);
  if (!store.ok || store.value === null) {
    keys.value.close();
    return store.ok ? ok(null) : store;
  }
  const { value } = store;
  return ok({
    store: value,
    keys: () => keys.value.current(),
    close() {
      keys.value.close();
      value.close();
    },
  });
}
