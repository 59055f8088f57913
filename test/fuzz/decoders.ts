// All that reads bytes which others wrote, each with a corpus to begin with and what must hold of every input.

import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { decodeWhole, openDecoder } from "../../src/content/encoding/index.ts";
import { eventStream } from "../../src/content/event-stream/format.ts";
import { anyJson, anySse, plainText } from "../../src/content/generic/index.ts";
import { jsonArray } from "../../src/content/json-array/format.ts";
import { jsonLines } from "../../src/content/json-lines/format.ts";
import { openLaneView } from "../../src/content/json/lane-view.ts";
import { parseLongJson } from "../../src/content/json/parse.ts";
import { boundaryOf } from "../../src/content/multipart/parameters.ts";
import { keepsParts } from "../../src/content/multipart/parts.ts";
import { sse } from "../../src/content/sse/format.ts";
import type { Operation, StreamFormat } from "../../src/domain/dialect.ts";
import { cutAt } from "../helpers/exchange.ts";
import { operationOf } from "../helpers/sample-exchange.ts";
import { type Fill, plain, type Sample } from "../matrix/sample.ts";
import { samples } from "../matrix/samples/index.ts";
import { promptOf, replyOf } from "../matrix/wire.ts";
import { inPrompt, streamFormatOf } from "../property/dialect-texts.ts";
import { divide } from "../property/stream-frames.ts";
import { checkReading, counted } from "./extractions.ts";
import type { Random } from "./mutate.ts";
import { answerFacts } from "../helpers/answer-facts.ts";

export type Decoder = {
  readonly name: string;
  readonly corpus: readonly Buffer[];
  /** Throws where something does not hold. Draws the same for the same input. */
  readonly check: (bytes: Buffer, random: Random) => void | Promise<void>;
};

const frameBytesMax = 65_536;
const cutsFrom = (random: Random): readonly number[] =>
  Array.from({ length: random.next(6) }, () => random.next(65_536));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const escapes: Fill = ({ piece }) => (piece === null || piece.index === 0 ? 'say "hi" \\ \u00e9\ud83d\ude00\n' : "on");
const bodiesOf = (sample: Sample): readonly Buffer[] =>
  [plain, escapes].map((fill) => Buffer.concat(replyOf(sample, fill).chunks));

const facts = answerFacts({ model: null });

/** Frames, events, what they say, and how the stream would end after each. */
function checkStream(operation: Operation, format: StreamFormat, bytes: Buffer): void {
  const { frames } = divide(format, [bytes], frameBytesMax);
  const reader = operation.openStream();
  let read = 0;
  for (const [index, hex] of frames.entries()) {
    const event = format.parse(Buffer.from(hex, "hex"), index === 0);
    if (!event.ok) return;
    const { data, name } = event.value;
    if (data === null) continue;
    checkReading(data, (text) => reader.read(name, text), isJson);
    read += 1;
  }
  for (const released of new Set([0, read >> 1, read])) {
    const messages = reader.cut(facts, released);
    for (const { data } of messages) assert.ok(data === "[DONE]" || isJson(data), "the end is well formed");
    format.encode(messages, released > 0);
  }
}

/** One for each group of operations of a dialect: the first byte of an input says which. */
function ofDialect(dialect: string, of: readonly Sample[]): readonly Decoder[] {
  const known = [...new Map(of.map((sample) => [operationOf(sample).id, sample])).values()];
  const chosen = (bytes: Buffer): Sample => known[(bytes[0] ?? 0) % known.length] as Sample;
  const tagged = (sample: Sample, bytes: Buffer): Buffer => {
    const at = known.findIndex((one) => operationOf(one).id === operationOf(sample).id);
    return Buffer.concat([Buffer.from([at]), bytes]);
  };
  const rest = (bytes: Buffer): string => bytes.subarray(1).toString();
  const prompts = of.filter(({ prompt }) => prompt.kind === "json");
  const replies = of.filter(({ reply }) => reply.kind === "json");
  const decoders: Decoder[] = [
    {
      name: `${dialect} request`,
      corpus: prompts.map((sample) =>
        tagged(sample, promptOf(sample, inPrompt(sample) ? escapes : plain)?.bytes ?? none),
      ),
      check: (bytes) => checkReading(rest(bytes), (text) => operationOf(chosen(bytes)).readRequest(text), isJson),
    },
    {
      name: `${dialect} reply`,
      corpus: replies.flatMap((sample) => bodiesOf(sample).map((body) => tagged(sample, body))),
      check: (bytes) => checkReading(rest(bytes), (text) => operationOf(chosen(bytes)).readReply(text), isJson),
    },
  ];
  return [...decoders.filter(({ corpus }) => corpus.length > 0), ...streamsOf(dialect, of), ...formsOf(dialect, of)];
}

const none = Buffer.alloc(0);

function streamsOf(dialect: string, of: readonly Sample[]): readonly Decoder[] {
  const streams = of.filter(({ mode, reply }) => !mode.startsWith("prompt") && "events" in reply);
  const kinds = [
    ...new Map(streams.map((sample) => [`${operationOf(sample).id} ${sample.reply.kind}`, sample])).values(),
  ];
  if (kinds.length === 0) return [];
  const keyOf = (sample: Sample): string => `${operationOf(sample).id} ${sample.reply.kind}`;
  const corpus = streams.flatMap((sample) => {
    const at = kinds.findIndex((one) => keyOf(one) === keyOf(sample));
    return bodiesOf(sample).map((body) => Buffer.concat([Buffer.from([at]), body]));
  });
  const check = (bytes: Buffer): void => {
    const sample = kinds[(bytes[0] ?? 0) % kinds.length] as Sample;
    checkStream(operationOf(sample), streamFormatOf(sample), bytes.subarray(1));
  };
  return [{ name: `${dialect} stream`, corpus, check }];
}

function formsOf(dialect: string, of: readonly Sample[]): readonly Decoder[] {
  const forms = of.filter(({ prompt }) => prompt.kind === "form");
  const [first] = forms;
  if (first === undefined) return [];
  const boundary = boundaryOf(promptOf(first, plain)?.contentType ?? "") ?? assert.fail("there is a boundary");
  const { readForm } = operationOf(first);
  assert.ok(readForm !== undefined);
  const corpus = forms.map((sample) => promptOf(sample, plain)?.bytes ?? none);
  const read = (text: string) => readForm(text, boundary);
  const check = (bytes: Buffer): void => {
    const body = bytes.toString("latin1");
    // What a mask would divide anew is refused by the gate, which asks this.
    checkReading(
      body,
      read,
      (edited) => typeof counted(keepsParts(body, edited, boundary), edited.length) === "boolean",
    );
  };
  return [{ name: `${dialect} form`, corpus, check }];
}

const streamed = samples.filter(({ reply }) => "events" in reply);
const framer = (name: string, format: StreamFormat, kinds: readonly string[], sameCuts: boolean): Decoder => ({
  name,
  corpus: [
    Buffer.from('{"a":"b"}\n\n[{"a":1},{"b":[2]}]\ndata: x\n\n'),
    ...streamed.filter(({ reply }) => kinds.includes(reply.kind)).flatMap(bodiesOf),
  ],
  check(bytes, random) {
    const whole = divide(format, [bytes], frameBytesMax);
    const parts = divide(format, cutAt(bytes, cutsFrom(random)), frameBytesMax);
    if (sameCuts) assert.deepEqual(parts, whole);
    for (const [index, hex] of whole.frames.entries()) {
      const frame = Buffer.from(hex, "hex");
      const event = format.parse(frame, index === 0);
      if (!event.ok) continue;
      const { data, rewrite } = event.value;
      assert.ok(frame.equals(rewrite.call(event.value, null, [])), "what is not edited stays");
      if (data === null || !isJson(data)) continue;
      const again = format.parse(event.value.rewrite('{"a":"b"}', []), index === 0);
      assert.ok(again.ok && again.value.data === '{"a":"b"}', "another payload can be read");
    }
  },
});

const text = Buffer.from('{"a":"so on and on and on"}'.repeat(20));
const packed = {
  gzip: gzipSync(text),
  deflate: deflateSync(text),
  br: brotliCompressSync(text),
  zstd: zstdCompressSync(text),
};
const unpackedBytesMax = 1_048_576;
const coding = (name: string, corpus: readonly Buffer[]): Decoder => ({
  name: `coding ${name}`,
  corpus,
  async check(bytes, random) {
    const whole = await decodeWhole(bytes, name, unpackedBytesMax);
    assert.ok(!whole.ok || whole.value.length <= unpackedBytesMax, "what is unpacked is bounded");
    const decoder = openDecoder(name, unpackedBytesMax);
    assert.ok(decoder.ok);
    const out: Uint8Array[] = [];
    let good = true;
    for (const piece of [...cutAt(bytes, cutsFrom(random)), null]) {
      const step = await (piece === null ? decoder.value.end() : decoder.value.push(piece));
      good = step.ok;
      if (!step.ok) break;
      out.push(step.value);
    }
    decoder.value.close();
    assert.equal(good, whole.ok);
    if (whole.ok) assert.ok(Buffer.concat(out).equals(whole.value), "the same however it is cut");
  },
});

const jsonCorpus = samples.slice(0, 60).flatMap((sample) => promptOf(sample, escapes)?.bytes ?? []);
const json: Decoder = {
  name: "json",
  corpus: jsonCorpus,
  check(bytes) {
    const body = bytes.toString();
    const read = counted(parseLongJson(body), body.length);
    if (read.ok || read.error === "not-json") assert.equal(read.ok, isJson(body), "it takes what JSON.parse takes");
  },
};

const laneView: Decoder = {
  name: "lane-view",
  corpus: [...jsonCorpus, Buffer.from('{"a":"\\u00e9\\ud83d\\ude00\\"","b":[1,null,"x"]} "next" {')],
  check(bytes, random) {
    const raw = bytes.toString();
    const whole = openLaneView("json");
    const view = whole.append(raw) + whole.end();
    const parts = openLaneView("json");
    const at = [...new Set(cutsFrom(random).map((cut) => cut % (raw.length + 1)))].sort((one, two) => one - two);
    const said = [0, ...at].map((from, index) => parts.append(raw.slice(from, at[index] ?? raw.length)));
    assert.equal(said.join("") + parts.end(), view, "the same however it is cut");
    for (let times = 0; times < 4 && view.length > 0; times += 1) {
      const start = random.next(view.length);
      const end = start + 1 + random.next(view.length - start);
      const span = whole.rawSpan({ start, end });
      assert.ok(span.start >= 0 && span.start <= span.end && span.end <= raw.length, "it stands for what is there");
      assert.deepEqual(parts.rawSpan({ start, end }), span);
      counted(whole.placeholder({ start, end }, "[X]"), raw.length);
    }
  },
};

const generic = (name: string, operation: Operation): Decoder => ({
  name: `generic ${name}`,
  corpus: streamed
    .filter(({ reply }) => reply.kind === "sse")
    .slice(0, 20)
    .flatMap(bodiesOf),
  check: (bytes) => checkAnyStream(operation, bytes),
});

/** Data of no known form may be no JSON. */
function checkAnyStream(operation: Operation, bytes: Buffer): void {
  const reader = operation.openStream();
  for (const [index, hex] of divide(sse, [bytes], frameBytesMax).frames.entries()) {
    const event = sse.parse(Buffer.from(hex, "hex"), index === 0);
    if (event.ok && event.value.data !== null)
      checkReading(
        event.value.data,
        (data) => reader.read(event.value.name, data),
        () => true,
      );
  }
}

const dialectOf = (sample: Sample): string => operationOf(sample).id.split("/")[0] as string;

export function allDecoders(): readonly Decoder[] {
  const dialects = [...new Set(samples.map(dialectOf))];
  return [
    ...dialects.flatMap((dialect) =>
      ofDialect(
        dialect,
        samples.filter((sample) => dialectOf(sample) === dialect),
      ),
    ),
    generic("json", anyJson),
    generic("sse", anySse),
    generic("text", plainText),
    framer("framer sse", sse, ["sse"], false),
    framer("framer json-lines", jsonLines, ["json-lines"], true),
    framer("framer json-array", jsonArray, ["json-array"], true),
    framer("framer event-stream", eventStream, ["event-stream", "event-stream-bytes"], true),
    ...Object.entries(packed).map(([name, bytes]) => coding(name, [bytes])),
    coding("gzip, br", [brotliCompressSync(packed.gzip)]),
    json,
    laneView,
  ];
}
