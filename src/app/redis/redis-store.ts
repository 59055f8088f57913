/**
 * Redis as the store that replicas share: small values by key, each for a while.
 *
 * A cache: a call that is late, refused or cannot be made is a value that is not there. Each has its own time-out, what is under
 * way is bounded, and a breaker leaves calls out while they fail. Needs GETRANGE and SET alone. Never throws, never logs.
 */
import type { RedisSettings } from "../../config/redis.ts";
import type { SharedStore } from "../../domain/ports.ts";
import type { RedisFault } from "../../telemetry/redis-metrics.ts";
import { Breaker, type BreakerCall } from "./breaker.ts";
import { createClient, failureOf, isReply, type RedisClient, type RedisFiles } from "./redis-client.ts";

/** Of one value, in bytes; a longer one is neither written nor read. */
export const valueBytesMax = 1024 * 1024;
/** Calls under way, those that nobody waits for any longer counted. */
const readsMax = 4096;
const writesMax = 512;
const faultsMax = 5;
const restMs = 500;
const restMostMs = 10_000;

export type RedisStoreParts = {
  readonly settings: RedisSettings;
  readonly files: RedisFiles;
  readonly password: string | null;
  /** Asked again when a connection was lost; `null`: what it was. */
  readonly readPassword: () => Promise<string | null>;
  readonly nowMs: () => number;
  readonly onFault: (fault: RedisFault) => void;
  /** Told at changes alone. `why`: a code of the system's or of Redis's. */
  readonly onConnection: (isThere: boolean, why: string) => void;
  readonly onBreaker: (isOpen: boolean, why: string) => void;
};

export type OpenStore = SharedStore & { close(): void };

export function openRedisStore(parts: RedisStoreParts): OpenStore {
  return new RedisStore(parts);
}

class RedisStore implements OpenStore {
  readonly #parts: RedisStoreParts;
  readonly #client: RedisClient;
  readonly #breaker: Breaker;
  #reads = 0;
  #writes = 0;
  /** `null`: not known yet. */
  #isThere: boolean | null = null;
  #why = "";
  #closed = false;

  constructor(parts: RedisStoreParts) {
    this.#parts = parts;
    this.#client = createClient(parts);
    this.#breaker = new Breaker({
      nowMs: parts.nowMs,
      faultsMax,
      restMs,
      restMostMs,
      onChange: (isOpen) => parts.onBreaker(isOpen, isOpen ? this.#why : ""),
    });
    this.#client.on("error", (error: unknown) => {
      this.#why = failureOf(error);
    });
    this.#client.on("ready", () => this.#connection(true));
    this.#client.on("close", () => {
      this.#connection(false);
      void this.#renewPassword();
    });
    // What goes wrong is told by the events, and it is tried again.
    this.#client.connect().catch(() => undefined);
  }

  async get(key: string): Promise<Uint8Array | null> {
    const call = this.#begin(this.#reads >= readsMax);
    if (call === null) return null;
    this.#reads += 1;
    // Whoever can write there may write anything: no more is read of a value than what could be one.
    const asked = this.#client.getrangeBuffer(`${this.#parts.settings.prefix}${key}`, 0, valueBytesMax);
    const value = await this.#within(asked, call, () => {
      this.#reads -= 1;
    });
    if (value === null || value.length === 0) return null;
    if (value.length <= valueBytesMax) return value;
    this.#parts.onFault("too-large");
    return null;
  }

  put(key: string, value: Uint8Array, ttlS: number): void {
    if (value.length > valueBytesMax) return this.#parts.onFault("too-large");
    const call = this.#begin(this.#writes >= writesMax);
    if (call === null) return;
    this.#writes += 1;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const asked = this.#client.set(`${this.#parts.settings.prefix}${key}`, bytes, "EX", Math.max(1, Math.floor(ttlS)));
    void this.#within(asked, call, () => {
      this.#writes -= 1;
    });
  }

  close(): void {
    this.#closed = true;
    this.#client.disconnect();
  }

  /** `null`: no call now. */
  #begin(isFull: boolean): BreakerCall | null {
    const { onFault } = this.#parts;
    if (this.#closed) return null;
    if (this.#client.status !== "ready") {
      onFault("disconnected");
      return null;
    }
    if (isFull) {
      onFault("full");
      return null;
    }
    const call = this.#breaker.tryCall();
    if (call === null) onFault("left-out");
    return call;
  }

  /** The answer, or `null` when it is late or none. `ended`: the call is over, which may be later than its time. */
  #within<T>(asked: Promise<T>, call: BreakerCall, ended: () => void): Promise<T | null> {
    const { settings, onFault } = this.#parts;
    return new Promise((resolve) => {
      let isOver = false;
      const over = (answer: T | null, fault: RedisFault | null, why: string): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        if (fault !== null) {
          onFault(fault);
          this.#why = why;
        }
        // A value of another type was put there by somebody, and says nothing of Redis.
        if (fault === null || why === "WRONGTYPE") call.ok();
        else call.fault();
        resolve(answer);
      };
      // When this process itself was late, an answer may be there that was not read yet: that is done first.
      const late = (): void => void setImmediate(() => over(null, "timeout", "timeout"));
      const timer = setTimeout(late, settings.timeoutMs);
      asked.then(
        (answer) => {
          ended();
          over(answer, null, "");
        },
        (error: unknown) => {
          ended();
          const why = failureOf(error);
          over(null, isReply(error) ? "refused" : "disconnected", why);
        },
      );
    });
  }

  #connection(isThere: boolean): void {
    if (this.#isThere === isThere || this.#closed) return;
    this.#isThere = isThere;
    this.#parts.onConnection(isThere, isThere ? "" : this.#why || "closed");
    this.#why = "";
  }

  /** It may have changed while the connection lasted, or be why it was refused. */
  async #renewPassword(): Promise<void> {
    const password = await this.#parts.readPassword();
    if (password !== null) this.#client.options.password = password;
  }
}
