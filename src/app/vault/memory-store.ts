/** The store of one process: what replicas would share, kept for this one alone. Bounded in bytes; the longest unused goes first. */
import type { Clock, SharedStore } from "../../domain/ports.ts";

/** Beside key and value, about what the maps and the entry itself hold. */
const entryBytes = 200;

type Entry = { readonly value: Uint8Array; readonly endsMs: number; readonly bytes: number };

/** One that does not fit by itself is not kept. */
export function createMemoryStore({ nowMs }: Pick<Clock, "nowMs">, bytesMax: number): SharedStore {
  const entries = new Map<string, Entry>();
  let held = 0;
  const drop = (key: string): void => {
    held -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return Promise.resolve(null);
      entries.delete(key);
      if (entry.endsMs > nowMs()) {
        entries.set(key, entry); // behind all others
        return Promise.resolve(entry.value);
      }
      held -= entry.bytes;
      return Promise.resolve(null);
    },
    put(key, value, ttlS) {
      drop(key);
      const bytes = entryBytes + key.length + value.length;
      if (bytes > bytesMax) return;
      entries.set(key, { value, endsMs: nowMs() + ttlS * 1000, bytes });
      held += bytes;
      for (const oldest of entries.keys()) {
        if (held <= bytesMax) break;
        drop(oldest);
      }
    },
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
