/**
 * Bytes of a JSON array that is sent piece by piece -> frames: each item with what stands before it ("[" or ",", white
 * space), then the "]" with all that follows. An object in place of the array is one frame. Invariant: frames and the
 * rest, joined, are the bytes that came, divided in the same places however they were cut.
 *
 * Knows strings and depth, not JSON: whether an item is JSON its reader says. An item is given out with the byte that ends
 * it, or before the byte that shows its end (numbers, literals). One state and one number: no recursion, whatever the depth.
 */
import type { Framed, Framer } from "../../domain/dialect.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import { PendingBytes } from "../frames/pending.ts";
import { isSpace } from "../json/scan.ts";

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const opensList = 0x5b;
const backslash = 0x5c;
const closesList = 0x5d;
const opensObject = 0x7b;
const closesObject = 0x7d;

/**
 * `start`: before all. `first`, `next`: after "[" and ",". `inside`: within a list or an object. `string`, `escape`: within
 * a string, at any depth. `scalar`: within a number or a literal that is an item. `after`: after an item. `over`: after the end.
 */
type State = "start" | "first" | "next" | "inside" | "string" | "escape" | "scalar" | "after" | "over";

/** What a byte does: the item ends with it, ended before it, or nothing; or it cannot stand there. */
type Turn = "goes-on" | "ends-here" | "ended" | "wrong";

export class ArrayFramer implements Framer {
  readonly #maxFrameBytes: number;
  readonly #pending = new PendingBytes();
  #state: State = "start";
  /** Lists and objects open within the item. */
  #depth = 0;
  /** An object stands in place of the array. */
  #isObject = false;
  #failure: Unreadable | null = null;

  /** `maxFrameBytes`: of an item with what stands before it. */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  push(chunk: Uint8Array): Framed {
    const frames: Uint8Array[] = [];
    if (this.#failure !== null) return { frames, failure: this.#failure };
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const turn = this.#step(chunk[at] as number);
      if (turn === "goes-on") continue;
      const end = turn === "ended" ? at : at + 1;
      if (this.#pending.size + end - start > this.#maxFrameBytes) {
        return this.#fail("event-too-large", frames, chunk.subarray(start));
      }
      if (turn === "wrong") return this.#fail("not-json", frames, chunk.subarray(start));
      frames.push(this.#pending.take(chunk.subarray(start, end)));
      start = end;
    }
    if (this.#pending.size + chunk.length - start > this.#maxFrameBytes) {
      return this.#fail("event-too-large", frames, chunk.subarray(start));
    }
    this.#pending.add(chunk.subarray(start));
    return { frames, failure: null };
  }

  /** Without its end an array is no JSON. */
  flush(): Framed {
    const isNothing = this.#state === "start" && this.#pending.size === 0;
    if (this.#failure === null && this.#state !== "over" && !isNothing) this.#failure = "not-json";
    if (this.#failure !== null) return { frames: [], failure: this.#failure };
    const rest = this.#pending.take(new Uint8Array());
    return { frames: rest.length === 0 ? [] : [rest], failure: null };
  }

  rest(): Uint8Array {
    return this.#pending.look();
  }

  #fail(failure: Unreadable, frames: readonly Uint8Array[], rest: Uint8Array): Framed {
    this.#failure = failure;
    this.#pending.add(rest);
    return { frames, failure };
  }

  #step(byte: number): Turn {
    switch (this.#state) {
      case "string":
        if (byte === backslash) this.#state = "escape";
        else if (byte === quote) return this.#close();
        return "goes-on";
      case "escape":
        this.#state = "string";
        return "goes-on";
      case "inside":
        return this.#inside(byte);
      case "scalar":
        return this.#scalar(byte);
      default:
        return isSpace(byte) ? "goes-on" : this.#between(byte);
    }
  }

  #inside(byte: number): Turn {
    if (byte === quote) this.#state = "string";
    else if (byte === opensList || byte === opensObject) this.#depth += 1;
    else if (byte === closesList || byte === closesObject) {
      this.#depth -= 1;
      return this.#close();
    }
    return "goes-on";
  }

  #scalar(byte: number): Turn {
    if (isSpace(byte)) this.#state = "after";
    else if (byte === comma) this.#state = "next";
    else if (byte === closesList) this.#state = "over";
    else return begins(byte) === "scalar" ? "goes-on" : "wrong";
    return "ended";
  }

  /** A string, a list or an object has ended: the item with it, where nothing is open. */
  #close(): Turn {
    if (this.#depth > 0) {
      this.#state = "inside";
      return "goes-on";
    }
    // What follows the object that stands in place of the array belongs to its frame.
    this.#state = this.#isObject ? "over" : "after";
    return this.#isObject ? "goes-on" : "ends-here";
  }

  /** Outside of items. White space may stand there, and was looked for. */
  #between(byte: number): Turn {
    switch (this.#state) {
      case "start":
        this.#isObject = byte === opensObject;
        if (byte === opensList) this.#state = "first";
        else if (byte === opensObject) this.#begin("inside");
        else return "wrong";
        return "goes-on";
      case "after":
        if (byte === comma) this.#state = "next";
        else if (byte === closesList) this.#state = "over";
        else return "wrong";
        return "goes-on";
      case "first":
        if (byte !== closesList) return this.#begin(begins(byte));
        this.#state = "over";
        return "goes-on";
      case "next":
        return this.#begin(begins(byte));
      default:
        return "wrong";
    }
  }

  #begin(state: ReturnType<typeof begins>): Turn {
    if (state === null) return "wrong";
    this.#state = state;
    this.#depth = state === "inside" ? 1 : 0;
    return "goes-on";
  }
}

/** Which item begins with that byte; `null`: none. */
function begins(byte: number): "inside" | "string" | "scalar" | null {
  if (byte === opensList || byte === opensObject) return "inside";
  if (byte === quote) return "string";
  return byte === comma || byte === colon || byte === closesList || byte === closesObject ? null : "scalar";
}
