/** The real clock, pace and holdings. The only home of time and randomness beside `stdx/`. */
import { hash, randomBytes, randomInt } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Clock, Holdings, Pace } from "../domain/ports.ts";

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochS: () => Math.floor(Date.now() / 1000),
};

/** How long judging may hold the event loop before it lets others run, in milliseconds. */
const turnMaxMs = 4;

/** Whoever has to wait goes on in turn, one between two looks at what came in: so many at once hold the loop no longer than one. */
export function createPace(clock: Clock): Pace {
  /** When the turn under way was first asked about; `null` before that. */
  let turnBegan: number | null = null;
  const waiting: (() => void)[] = [];
  const turnBegins = (): void => {
    turnBegan = clock.nowMs();
    setImmediate(turnEnds);
  };
  const turnEnds = (): void => {
    turnBegan = null;
    const next = waiting.shift();
    if (next === undefined) return;
    turnBegins();
    next();
  };
  return {
    breathe() {
      if (turnBegan === null) {
        turnBegins();
        return undefined;
      }
      if (clock.nowMs() - turnBegan < turnMaxMs) return undefined;
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** One account for the bytes that all exchanges hold. */
export function createHoldings(bytesMax: number): Holdings & { readonly bytes: number } {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > bytesMax) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
    get bytes() {
      return held;
    },
  };
}

/** References are random, so that they tell nothing and cannot be guessed; bytes are drawn in bulk, which is cheaper. */
export function createReferences(): () => string {
  const poolBytes = 12 * 256;
  let pool = randomBytes(poolBytes);
  let at = 0;
  return () => {
    if (at === poolBytes) {
      pool = randomBytes(poolBytes);
      at = 0;
    }
    at += 12;
    return pool.toString("hex", at - 12, at);
  };
}

/** Without letters and digits that look alike. */
const tailCharacters = "abcdefghijkmnpqrstuvwxyz23456789";
/** Over a thousand million tails: a reply cannot guess one within an exchange. */
const tailLength = 6;

/** The unguessable end of an exchange's placeholders. */
export function drawTail(): string {
  return Array.from({ length: tailLength }, () => tailCharacters.charAt(randomInt(tailCharacters.length))).join("");
}

/** In hex digits. */
const pseudonymLength = 12;

/** Names for texts that nobody can work back without the key; another key each time the program starts, unless given one. */
export function createPseudonyms(key: Uint8Array = randomBytes(32)): (text: string) => string {
  const hmac = hmacSha256(key);
  return (text) => hmac(text).slice(0, pseudonymLength);
}

const blockBytes = 64;
const digestBytes = 32;

/** RFC 2104, in hex. `node:crypto`'s own makes a key object each time, which costs twenty times as much as the hash. */
export function hmacSha256(key: Uint8Array): (text: string) => string {
  const short = key.length > blockBytes ? hash("sha256", key, "buffer") : key;
  const padded = (fill: number, more: number): Buffer =>
    Buffer.concat([
      Buffer.alloc(blockBytes)
        .fill(short, 0, short.length)
        .map((byte) => byte ^ fill),
      Buffer.alloc(more),
    ]);
  const inner = padded(0x36, 0);
  const outer = padded(0x5c, digestBytes);
  return (text) => {
    hash("sha256", Buffer.concat([inner, Buffer.from(text)]), "buffer").copy(outer, blockBytes);
    return hash("sha256", outer, "hex");
  };
}
