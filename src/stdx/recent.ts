/**
 * Values by key: those used last, within bounds on entries and bytes, each up to its end. Reads no clock: whoever asks says what
 * time it is, in the unit of the ends.
 */

export type RecentBounds = { readonly entriesMax: number; readonly bytesMax: number };

type Entry<T> = { readonly value: T; readonly bytes: number; readonly ends: number };

export class Recent<T> {
  readonly #bounds: RecentBounds;
  /** The one used longest ago first. */
  readonly #entries = new Map<string, Entry<T>>();
  #bytes = 0;

  constructor(bounds: RecentBounds) {
    this.#bounds = bounds;
  }

  /** Of all that is kept, as its keepers told. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string, now: number): T | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.ends <= now) {
      this.#drop(key);
      return null;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry); // behind all others
    return entry.value;
  }

  /** One that does not fit by itself is not kept. */
  put(key: string, value: T, bytes: number, ends: number): void {
    const { entriesMax, bytesMax } = this.#bounds;
    this.#drop(key);
    if (bytes > bytesMax) return;
    this.#entries.set(key, { value, bytes, ends });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= entriesMax && this.#bytes <= bytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
