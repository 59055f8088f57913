/**
 * Bodies that are not what a dialect says, over every sample: no exception, and the planted words never go out, unless they stand
 * where the coverage says that nothing is judged.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Extraction } from "../../src/domain/dialect.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";
import { operationOf, type Through, through } from "../helpers/sample-exchange.ts";
import { filled, marksIn, plain, type Sample, type SampleEvent } from "../matrix/sample.ts";
import { samples } from "../matrix/samples/index.ts";
import { payloadsOf } from "../matrix/texts.ts";
import { type Body, promptOf, type Reply, replyOf } from "../matrix/wire.ts";
import { blocks, inPrompt, stopWord, titleOf } from "./dialect-texts.ts";
import { bodiesWith, change, jsonOf, planted, spoil, valuesOf } from "./hostile-bodies.ts";

/** For each sample. */
const numRuns = 12;
/** Whole: a keyword is a word of its own. */
const leaked = ` ${stopWord} `;
type Bodies = { readonly prompt: Body | null; readonly reply: Reply };

/** What the model or the client got. */
function outOf(sample: Sample, { prompt, reply }: Through): Buffer {
  if (inPrompt(sample)) return Buffer.concat([prompt.bytes, prompt.cut ?? Buffer.alloc(0)]);
  return reply === null ? Buffer.alloc(0) : Buffer.concat([reply.bytes, reply.cut ?? Buffer.alloc(0)]);
}

function leaks(sample: Sample, got: Through): boolean {
  const out = outOf(sample, got);
  if (out.includes(leaked)) return true;
  if (inPrompt(sample) || sample.reply.kind !== "event-stream-bytes") return false;
  return readable(sample, out).includes(leaked);
}

/** What frames in base64 hold, as far as they can be read. */
function readable(sample: Sample, out: Buffer): string {
  try {
    return payloadsOf(sample, out).join("");
  } catch {
    return "";
  }
}

/** The place itself is one that is counted, not judged. */
function isUnjudged(sample: Sample, chain: unknown): boolean {
  const operation = operationOf(sample);
  const text = jsonOf(chain);
  const read = inPrompt(sample)
    ? operation.readRequest(text)
    : "events" in sample.reply
      ? operation.openStream().read("", text)
      : operation.readReply(text);
  const extraction = runAtOnce(read);
  return extraction.ok && hasUnjudged(extraction.value);
}
const hasUnjudged = ({ unjudged }: Extraction): boolean => Object.keys(unjudged).length > 0;

const cuts = fc.array(fc.nat(1_000_000), { maxLength: 4 });

/** The same verdict however it is cut. */
async function pushed(sample: Sample, bodies: Bodies, at: readonly number[]): Promise<Through> {
  const got = await through(blocks, sample, bodies);
  const parts = await through(blocks, sample, { ...bodies, cuts: at });
  assert.deepEqual(outOf(sample, parts).toString("latin1"), outOf(sample, got).toString("latin1"));
  return got;
}

const jsonTexts = (values: readonly unknown[]): readonly string[] =>
  values.map((value) => (typeof value === "string" ? value : jsonOf(value)));

async function wrongTypes(sample: Sample, values: readonly unknown[]): Promise<void> {
  const events = fc.nat(values.length - 1).filter((at) => typeof values[at] !== "string");
  await fc.assert(
    fc.asyncProperty(events, change, cuts, async (at, one, where) => {
      const { value, chain } = spoil(values[at], one);
      const texts = jsonTexts(values).map((text, index) => (index === at ? jsonOf(value) : text));
      const got = await pushed(sample, bodiesWith(sample, texts), where);
      if (leaks(sample, got))
        assert.ok(isUnjudged(sample, chain), `what goes out is counted as not judged: ${jsonOf(chain)}`);
    }),
    { numRuns },
  );
}

/** A body cut short; more after its end; bytes that are no text; line ends of other kinds. */
async function brokenBytes(sample: Sample): Promise<void> {
  const fill = (): string => planted;
  const bodies = { prompt: promptOf(sample, plain), reply: replyOf(sample, plain) };
  const spoiled = inPrompt(sample)
    ? { ...bodies, prompt: promptOf(sample, fill) }
    : { ...bodies, reply: replyOf(sample, (mark) => (mark.piece === null || mark.piece.index === 0 ? planted : "")) };
  const bytes = inPrompt(sample) ? (spoiled.prompt?.bytes ?? Buffer.alloc(0)) : Buffer.concat(spoiled.reply.chunks);
  const broken = fc
    .tuple(fc.nat(bytes.length), fc.nat(bytes.length), fc.constantFrom(...breaks))
    .map(([from, to, how]) => how(bytes, from, to));
  await fc.assert(
    fc.asyncProperty(broken, cuts, async (now, where) => {
      const body = inPrompt(sample)
        ? { ...spoiled, prompt: { contentType: spoiled.prompt?.contentType ?? "application/json", bytes: now } }
        : { ...spoiled, reply: { ...spoiled.reply, chunks: [now] } };
      const got = await pushed(sample, body, where);
      assert.ok(!leaks(sample, got), "the words do not go out");
    }),
    { numRuns },
  );
}

type Break = (bytes: Buffer, from: number, to: number) => Buffer;
const insert =
  (what: readonly number[]): Break =>
  (bytes, at) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(what), bytes.subarray(at)]);
const breaks: readonly Break[] = [
  (bytes, from) => bytes.subarray(0, from),
  (bytes, from) => bytes.subarray(from),
  (bytes, from, to) => Buffer.concat([bytes.subarray(0, Math.min(from, to)), bytes.subarray(Math.max(from, to))]),
  (bytes, from, to) => Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]),
  (bytes) => Buffer.concat([bytes, bytes]),
  (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r"), "latin1"),
  (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r\n"), "latin1"),
  (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\n\n", "\r\n\n\r\r\n"), "latin1"),
  insert([0xed, 0xa0, 0x80]),
  insert([0xff]),
  insert([0x00]),
  insert([0xef, 0xbb, 0xbf]),
  insert([0x0a, 0x0a]),
  insert([0x0d]),
  insert([0x22]),
  insert([0x7b]),
  (bytes, at) => {
    const flipped = Buffer.from(bytes);
    if (at < flipped.length) flipped[at] = (flipped[at] as number) ^ 0x20;
    return flipped;
  },
];

type Order = (events: readonly SampleEvent[], at: number, other: number) => readonly SampleEvent[];
const empties: readonly SampleEvent[] = [
  { data: "" },
  { data: "{}" },
  { data: "[]" },
  { data: "null" },
  { data: "[DONE]" },
];
const orders: readonly Order[] = [
  (events) => events.toReversed(),
  (events) => [...events, ...events],
  (events, at) => events.toSpliced(at, 1),
  (events, at) => events.slice(at),
  (events, at) => events.toSpliced(at, 0, events[at] as SampleEvent, events[at] as SampleEvent),
  (events, at, to) => events.toSpliced(at, 1, events[to] as SampleEvent).toSpliced(to, 1, events[at] as SampleEvent),
  (events, at, to) => events.toSpliced(at, 0, empties[to % empties.length] as SampleEvent),
  (events, at) => events.map((event, index) => (index === at ? { ...event, name: "made-up" } : event)),
  (events, at) => [...events, events[at] as SampleEvent],
  (events) => events.map(({ data }) => ({ data })),
];

/** Events in another order, repeated, left out, under names that nobody knows; the words in each text. */
async function wrongOrder(sample: Sample, events: readonly SampleEvent[]): Promise<void> {
  const { reply } = sample;
  if (!("events" in reply)) return;
  const place = fc.nat(events.length - 1);
  await fc.assert(
    fc.asyncProperty(place, place, fc.constantFrom(...orders), cuts, async (at, to, order, where) => {
      const now = order(events, at, to).map((event) => ({ ...event, name: event.name ?? "" }));
      const said = replyOf({ reply: { ...reply, events: now } }, () => planted);
      const bodies = { prompt: promptOf(sample, plain), reply: said };
      assert.ok(!leaks(sample, await pushed(sample, bodies, where)), "the words do not go out");
    }),
    { numRuns },
  );
}

/** One event that is larger than one may be, or than all that may be held. */
async function oneGiantEvent(sample: Sample, events: readonly SampleEvent[]): Promise<void> {
  const { reply } = sample;
  if (!("events" in reply)) return;
  const giant = `${"so on and on ".repeat(2_000)} ${planted}`;
  const at = events.findIndex(({ data }) => marksIn(data).length > 0);
  const now = events.map((event, index) => ({
    ...event,
    data: filled(event.data, index === at ? () => giant : plain),
  }));
  const bodies = { prompt: promptOf(sample, plain), reply: replyOf({ reply: { ...reply, events: now } }, plain) };
  for (const limits of [{ eventBytesMax: 16_384 }, { heldBytesMax: 16_384 }]) {
    const got = await through(blocks, sample, { ...bodies, limits, cuts: [3_000, 9_000, 15_000, 21_000] });
    assert.ok(got.reply !== null && got.reply.block !== null, "it is refused");
    assert.ok(!leaks(sample, got));
  }
}

for (const sample of samples) {
  describe(titleOf(sample), () => {
    const values = valuesOf(sample);
    if (values?.some((value) => typeof value !== "string") === true)
      it("values of other types, names that come twice", () => wrongTypes(sample, values));
    it("bytes that are broken", () => brokenBytes(sample));
    const { reply } = sample;
    if (!inPrompt(sample) && "events" in reply) {
      it("events out of order", () => wrongOrder(sample, reply.events));
      it("one giant event", () => oneGiantEvent(sample, reply.events));
    }
  });
}
