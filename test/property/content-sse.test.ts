/** Event streams cut anywhere give the same frames and the same events that another reader sees in the whole. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { rewriteFrame } from "../../src/content/sse/edit.ts";
import { SseFramer } from "../../src/content/sse/framer.ts";
import { parseFrame, type SseEvent } from "../../src/content/sse/parse.ts";

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const value = fc.string({ unit: fc.constantFrom(...'abc :{}"é😀'), maxLength: 6 });
const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("data: ", "data:", "data:  ", "event: ", "event:", "id: ", "retry: ", ": ", ":", "Data: ", "x"),
      value,
    )
    .map((parts) => parts.join("")),
  fc.constantFrom("data", "id", "", "", "", "data: [DONE]"),
);
const streamText = fc
  .tuple(
    fc.constantFrom("", "", "\uFEFF"),
    fc.array(fc.tuple(line, lineEnd), { maxLength: 20 }),
    fc.constantFrom("", "data: open"),
  )
  .map(([mark, lines, rest]) => mark + lines.flat().join("") + rest);
const cuts = fc.array(fc.nat(1000), { maxLength: 12 });

function cutBytes(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [0, ...places].map((start, position) => bytes.slice(start, places[position] ?? bytes.length));
}

/** All frames, the rest last. */
function framesOf(pieces: readonly Uint8Array[]): Uint8Array[] {
  const framer = new SseFramer();
  return [...pieces.flatMap((piece) => framer.push(piece).frames), ...framer.flush().frames];
}

function eventsOf(frames: readonly Uint8Array[]): SseEvent[] {
  return frames.map((frame, position) => {
    const event = parseFrame(frame, position === 0);
    assert.ok(event.ok);
    return event.value;
  });
}

type Told = { readonly data: string; readonly event: string; readonly id: string | null };

/** Ours, without the unfinished rest and what dispatches nothing. */
const told = (events: readonly SseEvent[]): Told[] =>
  events
    .filter(({ data, lines }) => data !== null && lines.length > 1 && lines.at(-1)?.field === "blank")
    .map(({ data, event, id }) => ({ data: data as string, event, id }));

/** The other reader's. */
function expected(text: string): Told[] {
  const events: Told[] = [];
  const parser = createParser({
    onEvent: ({ data, event, id }) => void events.push({ data, event: event ?? "", id: id ?? null }),
  });
  parser.feed(text);
  return events;
}

/** Where a "\n" stands that may be in either of two frames, it is put into the first. */
function settled(frames: readonly Uint8Array[]): string[] {
  const out: string[] = [];
  for (const frame of frames) {
    const text = Buffer.from(frame).toString();
    if (text.startsWith("\n") && out.at(-1)?.endsWith("\r") === true) {
      out.push(`${out.pop()}\n`);
      if (text.length > 1) out.push(text.slice(1));
    } else {
      out.push(text);
    }
  }
  return out;
}

describe("event streams", () => {
  it("are the same frames however they are cut, and no byte is lost or added", () => {
    fc.assert(
      fc.property(streamText, cuts, (text, places) => {
        const bytes = Buffer.from(text);
        const frames = framesOf(cutBytes(bytes, places));
        assert.equal(Buffer.concat(frames).toString("hex"), bytes.toString("hex"));
        assert.deepEqual(settled(frames), settled(framesOf([bytes])));
      }),
      { numRuns: 1000 },
    );
  });

  it("hold the events that another reader sees in the whole", () => {
    fc.assert(
      fc.property(streamText, cuts, (text, places) => {
        const events = eventsOf(framesOf(cutBytes(Buffer.from(text), places)));
        assert.deepEqual(told(events), expected(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("fail on the same frame however they are cut", () => {
    fc.assert(
      fc.property(streamText, cuts, fc.integer({ min: 1, max: 30 }), (text, places, limit) => {
        const outcome = (pieces: readonly Uint8Array[]) => {
          const framer = new SseFramer(limit);
          const framed = pieces.map((piece) => framer.push(piece));
          const failure = framed.find((each) => each.failure !== null)?.failure ?? null;
          return { failure, frames: settled(framed.flatMap(({ frames }) => frames)) };
        };
        const bytes = Buffer.from(text);
        const [cut, whole] = [outcome(cutBytes(bytes, places)), outcome([bytes])];
        assert.equal(cut.failure, whole.failure);
        assert.deepEqual(cut.frames.map(trimmed), whole.frames.map(trimmed));
      }),
      { numRuns: 500 },
    );
  });

  it("get new data and keep all else", () => {
    const payload = fc.string({ unit: fc.constantFrom(..."ab :\n"), maxLength: 8 });
    fc.assert(
      fc.property(streamText, payload, (text, data) => {
        for (const event of eventsOf(framesOf([Buffer.from(text)]))) {
          if (event.data === null) continue;
          const after = parseFrame(Buffer.from(rewriteFrame(event, data, [])), event.text.startsWith("\uFEFF"));
          assert.ok(after.ok);
          assert.equal(after.value.data, data);
          assert.deepEqual(others(after.value), others(event));
          assert.equal(framesOf([Buffer.from(after.value.text)]).length, 1);
          assert.equal(rewriteFrame(event, event.data, []), event.text);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** A failure may come before the "\n" of the frame before it was seen. */
const trimmed = (frame: string): string => frame.replace(/\r\n$/, "\r");

/** Lines without data; a line of data that was left over is an empty comment. */
const others = ({ text, lines }: SseEvent): string[] =>
  lines
    .filter(({ field, name, value }) => field !== "data" && !(field === "comment" && value.end === name.start + 1))
    .map(({ whole }) => text.slice(whole.start, whole.end));
