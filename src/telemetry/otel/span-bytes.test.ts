import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readExport } from "../../../test/helpers/otlp-messages.ts";
import type { SpanFacts } from "./exchange-spans.ts";
import type { Attributes } from "./names.ts";
import { createSpanBytes } from "./span-bytes.ts";

const origin = { resource: { "service.name": "s\u00e4llyport" }, version: "1.2.3" };
const id = (digits: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: digits, maxLength: digits });
/** Around the lengths at which a message's own length takes another byte, and beyond ASCII. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.nat(300).map((length) => "x".repeat(length)),
  fc.nat(80).map((length) => `${"y".repeat(length)}\u20ac\u{1f600}`),
);
const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const value = fc.oneof(text, number, fc.boolean(), fc.array(text, { maxLength: 3 }));
const key = fc.constantFrom(
  "sallyport.rule",
  "sallyport.detector.rules",
  "sallyport.judge_ms",
  "gen_ai.operation.name",
);
const attributes = fc.dictionary(key, value) as fc.Arbitrary<Attributes>;
/** Microseconds, as clocks tell them. */
const time = fc.nat(2_000_000_000_000).chain((ms) => fc.nat(999).map((us) => ms + us / 1000));
const span: fc.Arbitrary<SpanFacts> = fc.record({
  name: text,
  kind: fc.constantFrom("server", "internal"),
  traceId: id(32),
  spanId: id(16),
  parentId: fc.option(id(16)),
  beganMs: time,
  endedMs: time,
  failed: fc.boolean(),
  attributes,
  events: fc.array(fc.record({ name: text, atMs: time, attributes }), { maxLength: 3 }),
  eventsLeft: fc.nat(3),
});

test("what a collector reads is what was told, whatever the texts and lengths", () => {
  const bytesOf = createSpanBytes(origin);
  fc.assert(
    fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
      const { spans: read } = readExport("traces", Buffer.from(bytesOf(spans)));
      assert.equal(read.length, spans.length);
      for (const [at, told] of spans.entries()) {
        const { kind, parentId, events, failed } = told;
        assert.deepEqual(read[at], {
          resource: origin.resource,
          scope: "sallyport",
          traceId: told.traceId,
          spanId: told.spanId,
          parentId,
          traceState: "",
          name: told.name,
          kind,
          startNs: nanoseconds(told.beganMs),
          endNs: nanoseconds(told.endedMs),
          attributes: plain(told.attributes),
          events: events.map(({ name, atMs, attributes: of }) => ({
            name,
            timeNs: nanoseconds(atMs),
            attributes: plain(of),
          })),
          links: [],
          status: { code: failed ? "error" : "unset", message: "" },
          flags: kind === "server" && parentId !== null ? 0x301 : 0x101,
        });
      }
    }),
  );
});

test("more than the buffer holds: it grows, and what was written stays", () => {
  const bytesOf = createSpanBytes(origin);
  const [one] = fc.sample(span, { numRuns: 1, seed: 1 }) as [SpanFacts];
  const many = Array.from({ length: 400 }, (_, at) => ({ ...one, name: `${at}${"z".repeat(1000)}` }));
  const { spans: read } = readExport("traces", Buffer.from(bytesOf(many)));
  assert.deepEqual(
    read.map(({ name }) => name),
    many.map(({ name }) => name),
  );
  const kept = bytesOf([one]);
  const before = Buffer.from(kept);
  bytesOf(many);
  assert.deepEqual(Buffer.from(kept), before, "what was given is not written to again");
});

test("times are exact to the nanosecond", () => {
  const [one] = fc.sample(span, { numRuns: 1, seed: 1 }) as [SpanFacts];
  const bytes = createSpanBytes(origin)([{ ...one, beganMs: 1_763_800_000_123.5, endedMs: 1_763_800_000_999.999 }]);
  const [read] = readExport("traces", Buffer.from(bytes)).spans;
  assert.equal(read?.startNs, 1_763_800_000_123_500_000n);
  assert.equal((read?.endNs ?? 0n) / 1000n, 1_763_800_000_999_999n);
});

/** The clock's own fraction, rounded. */
function nanoseconds(ms: number): bigint {
  const seconds = Math.floor(ms / 1000);
  return BigInt(seconds) * 1_000_000_000n + BigInt(Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6)));
}

/** An object of its own kind, as decoding makes it; -0 is 0 on the wire of whole numbers. */
const plain = (of: Attributes): object =>
  Object.fromEntries(Object.entries(of).map(([name, each]) => [name, Object.is(each, -0) ? 0 : each]));
