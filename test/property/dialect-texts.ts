// What the properties over all samples share: policies, texts around a planted word, and how a sample says them.

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Cell } from "../../src/domain/coverage.ts";
import type { Extraction, StreamFormat } from "../../src/domain/dialect.ts";
import { runAtOnce } from "../../src/stdx/paced.ts";
import { planFrom } from "../helpers/exchange.ts";
import { operationOf } from "../helpers/sample-exchange.ts";
import { cutsOf, type PieceFill, promptFilled, recutReply } from "../matrix/recut.ts";
import { isAt, marksIn, type Mark, plain, type Sample, type Spot } from "../matrix/sample.ts";
import { payloadsOf, sentinels, type Template, templateOf } from "../matrix/texts.ts";

const policy = (rule: string): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - ${rule}
`;
export const maskedWord = "yellowbrick";
export const stopWord = "zebrastripe";
export const masks = planFrom(
  policy(`{ id: m, stage: [prompt, reply], detect: { keywords: { list: [${maskedWord}] } }, action: redact }`),
);
export const blocks = planFrom(
  policy(`{ id: b, stage: [prompt, reply], detect: { keywords: { list: [${stopWord}] } }, action: { block: error } }`),
);
export const restores = planFrom(
  policy(
    "{ id: r, stage: prompt, detect: { pii: { kinds: [email] } }, action: { redact: { placeholder: { restore: { links: true, toolArguments: true } } } } }",
  ),
);
/** What stands in place of the word. */
export const label = "[KEYWORD]";

export const titleOf = ({ dialect, mode, path }: Sample): string => `${dialect} ${mode} ${path}`;
export const inPrompt = ({ mode }: Sample): boolean => mode.startsWith("prompt");

/** What the tables promise for a place; `null`: they do not know it. */
export const cellOf = (sample: Sample, { location }: Spot): Cell | null =>
  operationOf(sample).cells.find((cell) => cell.mode === sample.mode && cell.location === location) ?? null;

/** How freely a text may be written at a spot: anything a JSON string can say, or what stands in raw bytes as it is. */
export type Freedom = "any" | "plain";

export function freedomAt(sample: Sample, spot: Spot): Freedom {
  const { prompt, reply } = sample;
  if (inPrompt(sample)) return prompt.kind === "json" ? "any" : "plain";
  if (reply.kind === "text") return "plain";
  if (reply.kind === "json") return "any";
  const isRaw = reply.events.some(
    ({ data }) => typeof data === "string" && marksIn(data).some((mark) => isAt(mark, spot)),
  );
  return isRaw ? "plain" : "any";
}

const ours = new RegExp(`[\\uE001\\uE002⟦⟧]|${maskedWord}|${stopWord}`, "i");
const anyMorsel = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('"', "\\", '\\"', "\n", "\r\n", "\u2028", "\u0000", "{", "}", "]", "data: ", ":"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("\ud83d\ude00", "\ud83d", "\ude00", "é", "\u200b", "[DONE]", "\\u0041", "</s>"),
  },
  { weight: 1, arbitrary: fc.nat(3000).map((length) => "so on ".repeat(length / 6)) },
);
const plainMorsel = fc.stringMatching(/^[A-Za-z0-9 .,;é-]{0,12}$/);
const joined = (morsel: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(morsel, { maxLength: 5 })
    .map((parts) => parts.join(""))
    .filter((text) => !ours.test(text));
/** Text that stands around the word, with white space between. */
export const around: Readonly<Record<Freedom, fc.Arbitrary<string>>> = {
  any: joined(anyMorsel),
  plain: joined(plainMorsel),
};

/** How a text is divided over the events: how many there are for one, and where they are cut. */
export type Division = { readonly times: number; readonly numbers: readonly number[] };
export const division: fc.Arbitrary<Division> = fc.record({
  times: fc.constantFrom(1, 1, 2, 3, 7, 40),
  numbers: fc.oneof(fc.constant([]), fc.array(fc.nat(100_000), { maxLength: 6 })),
});

/** A text as it is written at a mark: in the arguments of a call it stands in JSON text. */
export function writtenAt(mark: Spot, text: string): string {
  return mark.location === "tool-arguments" ? JSON.stringify(text).slice(1, -1) : text;
}

/** `text`: what stands at a mark as a whole. */
function slices(text: (mark: Mark) => string, numbers: readonly number[]): PieceFill {
  const known = new Map<string, readonly number[]>();
  return (mark, from, to, of) => {
    const said = text(mark);
    const key = `${said.length}/${of}`;
    const at = known.get(key) ?? cutsOf(said.length, of, numbers);
    known.set(key, at);
    return said.slice(at[from], at[to]);
  };
}

/** The sample's bodies with that text at the spot, in its own side, and harmless words elsewhere. */
export function saying(sample: Sample, spot: Spot, text: string, { times, numbers }: Division) {
  const words = (mark: Mark): string => (isAt(mark, spot) ? writtenAt(mark, text) : "fine");
  const fill = slices(words, numbers);
  const own: PieceFill = (mark) => plain({ ...mark, piece: null });
  return {
    prompt: promptFilled(sample, inPrompt(sample) ? fill : own),
    reply: inPrompt(sample) ? recutReply(sample, own, 1) : recutReply(sample, fill, times),
  };
}

/** The side of the sample that has the marks, with sentinels where the text stands. */
export function templatesOf(sample: Sample, spot: Spot, { times, numbers }: Division): readonly Template[] {
  const others = slices(() => "fine", numbers);
  const standing = sentinels(spot);
  const fill: PieceFill = (mark, from, to, of) => (isAt(mark, spot) ? standing(mark) : others(mark, from, to, of));
  if (inPrompt(sample)) return [promptTemplate(sample, promptFilled(sample, fill))];
  const { chunks } = recutReply(sample, fill, times);
  return replyTemplates(sample, Buffer.concat(chunks));
}

const nothing: Pick<Extraction, "repeats" | "pieces"> = { repeats: [], pieces: [] };

function promptTemplate(sample: Sample, body: ReturnType<typeof promptFilled>): Template {
  const text = body?.bytes.toString() ?? "";
  if (sample.prompt.kind !== "json") return { text, mayGo: [] };
  const read = runAtOnce(operationOf(sample).readRequest(text));
  assert.ok(read.ok, "the sample can be read");
  return templateOf(text, read.value);
}

function replyTemplates(sample: Sample, body: Buffer): readonly Template[] {
  const operation = operationOf(sample);
  const payloads = payloadsOf(sample, body);
  if (sample.reply.kind === "text") return payloads.map((text) => ({ text, mayGo: [] }));
  if (sample.reply.kind === "json") {
    const read = runAtOnce(operation.readReply(body.toString()));
    assert.ok(read.ok, "the sample can be read");
    return payloads.map((text) => templateOf(text, read.value));
  }
  const names = namesIn(sample, body);
  const reader = operation.openStream();
  return payloads.map((text, index) => {
    const read = runAtOnce(reader.read(names[index] as string, text));
    return templateOf(text, read.ok ? read.value : nothing);
  });
}

/** The names of the events that carry data. */
function namesIn(sample: Sample, body: Buffer): readonly string[] {
  const format = streamFormatOf(sample);
  const framer = format.openFramer(body.length);
  const frames = [...framer.push(body).frames, ...framer.flush().frames];
  return frames.flatMap((frame, index) => {
    const event = format.parse(frame, index === 0);
    return event.ok && event.value.data !== null ? [event.value.name] : [];
  });
}

const medias = {
  sse: "event-stream",
  "json-lines": "json-lines",
  "json-array": "json",
  "event-stream": "aws-event-stream",
  "event-stream-bytes": "aws-event-stream",
} as const;

export function streamFormatOf(sample: Sample): StreamFormat {
  const { kind } = sample.reply;
  assert.ok(kind !== "json" && kind !== "text");
  const format = operationOf(sample).streams[medias[kind]];
  assert.ok(format !== undefined, "the operation streams so");
  return format;
}
