/** The store of one process: what replicas would share, kept for this one alone. Bounded in bytes; the longest unused goes first. */
import type { Clock, SharedStore } from "../../domain/ports.ts";
import { Recent } from "../../stdx/recent.ts";

/** Beside key and value, about what the maps and the entry itself hold. */
const entryBytes = 200;

/** One that does not fit by itself is not kept. */
export function createMemoryStore({ nowMs }: Pick<Clock, "nowMs">, bytesMax: number): SharedStore {
  const recent = new Recent<Uint8Array>({ entriesMax: Infinity, bytesMax });
  return {
    get: (key) => Promise.resolve(recent.get(key, nowMs())),
    put: (key, value, ttlS) => recent.put(key, value, entryBytes + key.length + value.length, nowMs() + ttlS * 1000),
  };
}

/** The one that is shared, and what this process put there itself where that says nothing: it may be gone. */
export function withFallback(shared: SharedStore, own: SharedStore): SharedStore {
  return {
    get: async (key) => (await shared.get(key)) ?? (await own.get(key)),
    put(key, value, ttlS) {
      own.put(key, value, ttlS);
      shared.put(key, value, ttlS);
    },
  };
}
