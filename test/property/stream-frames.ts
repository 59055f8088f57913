// What holds of every form of streams, whatever its frames are.

import assert from "node:assert/strict";
import fc from "fast-check";
import type { StreamEvent, StreamFormat } from "../../src/domain/dialect.ts";
import type { Unreadable } from "../../src/domain/verdict.ts";
import { cutAt } from "../helpers/exchange.ts";

export type Divided = {
  /** Hex. */
  readonly frames: readonly string[];
  readonly failure: Unreadable | null;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const oneMiB = 1_048_576;

/** Also sees that no byte is lost or added. */
export function divide(format: StreamFormat, pieces: readonly Uint8Array[], maxFrameBytes = oneMiB): Divided {
  const framer = format.openFramer(maxFrameBytes);
  const frames: string[] = [];
  let failure: Unreadable | null = null;
  let taken = 0;
  for (const piece of pieces) {
    const framed = framer.push(piece);
    taken += piece.length;
    frames.push(...framed.frames.map(hex));
    failure = framed.failure;
    if (failure !== null) break;
  }
  if (failure === null) {
    const framed = framer.flush();
    frames.push(...framed.frames.map(hex));
    failure = framed.failure;
  }
  const rest = failure === null ? "" : hex(framer.rest());
  assert.equal(frames.join("") + rest, hex(Buffer.concat(pieces)).slice(0, taken * 2));
  for (const frame of frames) assert.ok(frame.length > 0 && frame.length <= maxFrameBytes * 2);
  if (failure !== null) {
    assert.deepEqual(framer.push(Uint8Array.of(0x31)), { frames: [], failure });
    assert.deepEqual(framer.flush(), { frames: [], failure });
  }
  return { frames, failure };
}

const byByte = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));

/** Whole, cut anywhere, cut everywhere: the same frames, or the same frames and then the same failure. */
export function sameHoweverCut(
  format: StreamFormat,
  bytes: Uint8Array,
  cuts: readonly number[],
  maxFrameBytes?: number,
): Divided {
  const whole = divide(format, [bytes], maxFrameBytes);
  assert.deepEqual(divide(format, cutAt(bytes, cuts), maxFrameBytes), whole);
  assert.deepEqual(divide(format, byByte(bytes), maxFrameBytes), whole);
  return whole;
}

/** The events of a stream that can be read. */
export function eventsOf(format: StreamFormat, bytes: Uint8Array): readonly StreamEvent[] {
  const { frames, failure } = divide(format, [bytes]);
  assert.equal(failure, null);
  return frames.map((frame, position) => read(format, Buffer.from(frame, "hex"), position === 0));
}

export function read(format: StreamFormat, frame: Uint8Array, first: boolean): StreamEvent {
  const event = format.parse(frame, first);
  assert.ok(event.ok, event.ok ? "" : event.error);
  return event.value;
}

export const cuts = fc.array(fc.nat(5000), { maxLength: 12 });

/** A frame in pieces of one byte: work that grows with the square of its length would not end before the runner gives up. */
export function growsWithItsLength(format: StreamFormat, bytes: Uint8Array): void {
  const framer = format.openFramer(bytes.length);
  let frames = 0;
  for (let at = 0; at < bytes.length; at += 1) frames += framer.push(bytes.subarray(at, at + 1)).frames.length;
  frames += framer.flush().frames.length;
  assert.ok(frames >= 1);
}

/** What each event says, and what it says when its payload is written anew. `other` is JSON text. */
export function rewrites(format: StreamFormat, bytes: Uint8Array, other: string): void {
  const { frames } = divide(format, [bytes]);
  for (const [position, frame] of frames.entries()) {
    const came = Buffer.from(frame, "hex");
    const event = read(format, came, position === 0);
    for (const same of [null, event.data]) assert.equal(hex(event.rewrite(same, [])), frame);
    if (event.data === null) continue;
    const written = event.rewrite(other, []);
    const after = read(format, written, position === 0);
    assert.equal(after.data, other);
    assert.deepEqual(told(after), told(event));
    assert.equal(hex(after.rewrite(event.data, [])), frame);
  }
}

const told = ({ name, pieces, isKeepAlive, isEnd }: StreamEvent) => ({ name, pieces, isKeepAlive, isEnd });
