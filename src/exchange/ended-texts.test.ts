/** Streams whose events say that a text is at its end: what waited for more of it goes there, exactly as it would have gone later. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { eventStream } from "../content/event-stream/format.ts";
import { chatHead, cutAt, exchangeOf, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";

const plan = planFrom(`
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: mail, stage: reply, detect: { pii: { kinds: [email] } }, action: redact }
`);

type Event = { readonly type: string; readonly [key: string]: unknown };
const frame = (event: Event): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const at = (output_index: number) => ({ item_id: `msg_${output_index}`, output_index, content_index: 0 });
const delta = (index: number, text: string): string =>
  frame({ type: "response.output_text.delta", ...at(index), delta: text, logprobs: [] });
const done = (index: number, text: string): string =>
  frame({ type: "response.output_text.done", ...at(index), text, logprobs: [] });

async function released(pieces: readonly Uint8Array[]) {
  const exchange = exchangeOf({ plan });
  const prompt = Buffer.from(JSON.stringify({ model: "m", stream: true, input: "go" }));
  await pushAll(exchange.openRequest({ ...chatHead, path: "/v1/responses" }), [prompt]);
  const outs: string[] = [];
  const all = await pushAll(exchange.openReply(streamHead, false).gate, pieces, (out) => outs.push(out.toString()));
  return { ...all, outs };
}

const bytes = (frames: readonly string[]): readonly Uint8Array[] => frames.map((text) => Buffer.from(text));

describe("a text at its end", () => {
  it("lets go what waited for more of it, and what came after", async () => {
    const open = delta(0, "ask ada");
    const frames = [open, done(0, "ask ada"), delta(1, "Well. ")];
    const { outs } = await released(bytes(frames));
    assert.equal(outs[0], "", "a name that may go on to an address");
    assert.equal(outs[1], frames.slice(0, 2).join(""));
    assert.equal(outs[2], frames.join(""));
  });

  it("ends its own text alone", async () => {
    const frames = [delta(0, "ask ada"), delta(1, "or bob"), done(1, "or bob"), delta(0, "@example.com"), done(0, "x")];
    const { outs, bytes: all } = await released(bytes(frames));
    assert.equal(outs[2], "");
    assert.match(all.toString(), /"ask \[EMAIL\]"/);
    assert.ok(!all.includes("ada") && !all.includes("@example"));
  });

  it("begins another where more comes under its name", async () => {
    const late = delta(0, "bob@example.com ");
    const { bytes: all } = await released(bytes([delta(0, "ask"), done(0, "ask"), late, done(0, "bob@example.com")]));
    assert.equal(all.toString().match(/\[EMAIL\]/g)?.length, 2);
  });

  it("goes the same however the bytes were cut, and holds in each prefix what the whole would", async () => {
    const piece = fc.constantFrom("ask ", "ada", "@example", ".com", " or ", "bob@exa", "mple.org", ". ", "é😀");
    const texts = fc.array(fc.array(piece, { maxLength: 6 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(), { maxLength: 8 }), async (parts, cuts) => {
        const frames = parts.flatMap((pieces, index) => [
          ...pieces.map((text) => delta(index, text)),
          done(index, pieces.join("")),
        ]);
        const whole = await released(bytes([frames.join("")]));
        const cut = await released(cutAt(Buffer.from(frames.join("")), cuts));
        assert.equal(cut.bytes.toString(), whole.bytes.toString());
        for (const out of cut.outs) assert.ok(whole.bytes.toString().startsWith(out));
        const events = whole.bytes
          .toString()
          .split("\n\n")
          .filter((text) => text !== "")
          .map((text) => JSON.parse(text.slice(text.indexOf("data: ") + 6)) as Event);
        for (const [index] of parts.entries()) {
          const told = events.filter(({ output_index }) => output_index === index);
          const grown = told.map((event) => (event["delta"] as string | undefined) ?? "").join("");
          assert.equal(grown, told.at(-1)?.["text"], "the pieces say what the whole says");
        }
      }),
      { numRuns: 60 },
    );
  });
});

const blockDelta = (index: number, text: string): Event => ({
  type: "content_block_delta",
  index,
  delta: { type: "text_delta", text },
});
const blockStop = (index: number): Event => ({ type: "content_block_stop", index });
/** The same of Bedrock's: names and members of their own. */
const bedrockEvents: Readonly<Record<string, (event: Event) => readonly [name: string, data: object]>> = {
  content_block_delta: ({ index, delta: told }) => [
    "contentBlockDelta",
    { contentBlockIndex: index, delta: { text: (told as { text: string }).text } },
  ],
  content_block_stop: ({ index }) => ["contentBlockStop", { contentBlockIndex: index }],
};

const asConverse = (event: Event): Uint8Array => {
  const [name, data] = bedrockEvents[event.type]?.(event) ?? [event.type, {}];
  return eventStream.encode([{ name, data: JSON.stringify(data) }], true);
};
const asChunk = (event: Event): Uint8Array => {
  const data = { bytes: Buffer.from(JSON.stringify(event)).toString("base64") };
  return eventStream.encode([{ name: "chunk", data: JSON.stringify(data) }], true);
};
const awsHead = { ...streamHead, contentType: "application/vnd.amazon.eventstream" };

describe("a block at its end", () => {
  for (const [name, path, head, written] of [
    ["Anthropic's", "/v1/messages", streamHead, (event: Event) => Buffer.from(frame(event))],
    ["Bedrock's", "/model/m/converse-stream", awsHead, asConverse],
    ["a model's own at Bedrock", "/model/m/invoke-with-response-stream", awsHead, asChunk],
  ] as const) {
    it(`lets go what was held of it before the next begins: ${name}`, async () => {
      const exchange = exchangeOf({ plan });
      const prompt = Buffer.from(JSON.stringify({ stream: true, messages: [{ role: "user", content: "go" }] }));
      await pushAll(exchange.openRequest({ ...chatHead, path }), [prompt]);
      const events = [blockDelta(0, "ask ada"), blockDelta(1, "or bob"), blockStop(0), blockDelta(1, "@example.com")];
      const sizes: number[] = [];
      const pieces = events.map(written);
      const { bytes: all } = await pushAll(exchange.openReply(head, false).gate, pieces, (out) =>
        sizes.push(out.length),
      );
      const [first = 0] = pieces.map((piece) => piece.length);
      assert.deepEqual(sizes.slice(0, 3), [0, 0, first], "its own block alone: the other one goes on");
      assert.ok(!all.includes("bob"));
    });
  }
});
