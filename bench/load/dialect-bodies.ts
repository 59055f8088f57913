// Bodies of every dialect: the matrix's samples, with one text made long.

import type { CoverageMode } from "../../src/domain/coverage.ts";
import {
  at,
  filled,
  part,
  plain,
  planted,
  type Sample,
  type SampleEvent,
  type Spot,
  spotsOf,
} from "../../test/matrix/sample.ts";
import { samples } from "../../test/matrix/samples/index.ts";
import { promptOf, replyOf } from "../../test/matrix/wire.ts";
import { seeded } from "../../test/helpers/secret-samples.ts";
import { ordinaryText } from "./texts.ts";

export type DialectBody = {
  readonly dialect: string;
  readonly mode: CoverageMode;
  /** Of a body that comes whole: a question or an answer and little else, or every member that there is. */
  readonly fields: "few" | "all" | "stream";
  readonly path: string;
  readonly contentType: string;
  readonly prompt: Uint8Array;
  /** `null`: the prompt is what is measured. `chunks` may make them as they are asked for. */
  readonly reply: {
    readonly contentType: string;
    readonly chunks: () => Iterable<Uint8Array>;
  } | null;
  readonly bytes: number;
  readonly events: number;
};

/** What the page has a row for: an operation of each dialect that people talk through. */
const rows: readonly string[] = [
  "openai/chat-completions",
  "openai/responses",
  "anthropic/messages",
  "gemini/generate-content",
  "gemini/stream-generate-content",
  "bedrock/converse",
  "bedrock/converse-stream",
  "bedrock/invoke-stream",
  "ollama/chat",
  "mcp/send",
];

const seed = 20_261_122;
const mainTexts: readonly string[] = ["user-text", "assistant-text", "tool-result", "text"];

/** A prompt and a reply of about so many bytes, and a stream of so many events, in each dialect that has them. */
export function dialectBodies(bytes: number, events: number): readonly DialectBody[] {
  const text = ordinaryText(seeded(seed), Math.max(bytes, events * 6) * 2);
  return rows.flatMap((dialect) => modes.flatMap((mode) => bodiesOf(dialect, mode, text, bytes, events)));
}

const modes = [
  "prompt-json",
  "reply-json",
  "reply-sse",
  "reply-json-lines",
  "reply-json-array",
  "reply-event-stream",
] as const satisfies readonly CoverageMode[];

function bodiesOf(
  dialect: string,
  mode: (typeof modes)[number],
  text: string,
  bytes: number,
  events: number,
): readonly DialectBody[] {
  const fitting = samples
    .filter((one) => one.dialect === dialect && one.mode === mode && mainSpot(one) !== null)
    .toSorted((a, b) => sizeOf(a) - sizeOf(b));
  if (!mode.endsWith("-json")) return fitting.flatMap((sample) => streamBody(sample, text, events)).slice(0, 1);
  const few = (mode === "prompt-json" ? typicalPrompt(dialect) : typicalReply(dialect)) ?? fitting[0];
  const all = fitting.at(-1);
  if (few === undefined || all === undefined) return [];
  return [
    { ...wholeBody(few, text, bytes), fields: "few" },
    { ...wholeBody(all, text, bytes), fields: "all" },
  ];
}

const sizeOf = (sample: Sample): number => bodyOf(sample, plain).bytes;

/** The prompt that asks for a reply: a question and little else. */
function typicalPrompt(dialect: string): Sample | undefined {
  const [asking] = samples
    .filter((one) => one.dialect === dialect && one.mode.startsWith("reply") && one.prompt.kind === "json")
    .map((one): Sample => ({ ...one, mode: "prompt-json" }))
    .filter((one) => mainSpot(one) !== null)
    .toSorted((a, b) => sizeOf(a) - sizeOf(b));
  return asking;
}

/** The reply to a prompt that is what matters: one text. */
function typicalReply(dialect: string): Sample | undefined {
  const [answering] = samples
    .filter((one) => one.dialect === dialect && one.mode === "prompt-json" && one.reply.kind === "json")
    .map((one): Sample => ({ ...one, mode: "reply-json" }))
    .filter((one) => mainSpot(one) !== null)
    .toSorted((a, b) => sizeOf(a) - sizeOf(b));
  return answering;
}

function mainSpot(sample: Sample): Spot | null {
  const spots = spotsOf(sample);
  for (const location of mainTexts) {
    const spot = spots.find((one) => one.location === location);
    if (spot !== undefined) return spot;
  }
  return null;
}

function wholeBody(sample: Sample, text: string, bytes: number): DialectBody {
  const spot = mainSpot(sample) as Spot;
  const size = (units: number): number => bodyOf(sample, planted(spot, text.slice(0, units))).bytes;
  const room = Math.max(0, bytes - size(0));
  return bodyOf(sample, planted(spot, text.slice(0, room)));
}

function bodyOf(sample: Sample, fill: Parameters<typeof filled>[1]): DialectBody {
  const isPrompt = sample.mode.startsWith("prompt");
  const prompt = promptOf(sample, isPrompt ? fill : plain);
  const reply = isPrompt ? null : replyOf(sample, fill);
  const chunks = reply?.chunks ?? [];
  return {
    dialect: sample.dialect,
    mode: sample.mode,
    fields: sample.mode.endsWith("-json") ? "all" : "stream",
    path: sample.path,
    contentType: prompt?.contentType ?? "application/json",
    prompt: prompt?.bytes ?? new Uint8Array(),
    reply: reply === null ? null : { contentType: reply.contentType, chunks: () => chunks },
    bytes: isPrompt ? (prompt?.bytes.length ?? 0) : chunks.reduce((sum, { length }) => sum + length, 0),
    events: sample.mode.endsWith("-json") ? 0 : chunks.length,
  };
}

/** The event that holds the first piece of the main text, so many times, a piece of the text in each. */
function streamBody(sample: Sample, text: string, count: number): readonly DialectBody[] {
  const grown = manyEvents(sample, mainSpot(sample) as Spot, count);
  return grown === null ? [] : [bodyOf(grown.sample, planted(grown.spot, text.slice(0, count * 6)))];
}

function manyEvents(sample: Sample, spot: Spot, count: number) {
  if (!("events" in sample.reply)) return null;
  const { events } = sample.reply;
  const first = new RegExp(`⟦${spot.location}#${spot.name}/0/\\d+⟧`);
  const index = events.findIndex(({ data }) => first.test(JSON.stringify(data)));
  const model = events[index];
  if (model === undefined) return null;
  const isPiece = (event: SampleEvent): boolean =>
    JSON.stringify(event.data).includes(`⟦${spot.location}#${spot.name}`);
  const written = JSON.stringify(model.data);
  const many = Array.from({ length: count }, (_, at) => ({
    ...model,
    data: JSON.parse(written.replace(first, part(spot.location, at, count, spot.name))) as unknown,
  }));
  const rest = (list: readonly SampleEvent[]): readonly SampleEvent[] => list.filter((event) => !isPiece(event));
  const all = [...rest(events.slice(0, index)), ...many, ...rest(events.slice(index + 1))];
  return { sample: { ...sample, reply: { ...sample.reply, events: all } } as Sample, spot };
}

const chat = (mode: CoverageMode): Sample =>
  samples.find((one) => one.dialect === "openai/chat-completions" && one.mode === mode) as Sample;

export function longPrompt(bytes: number): DialectBody {
  const text = ordinaryText(seeded(seed), 1 << 16);
  const messages = Array.from({ length: Math.ceil(bytes / (1 << 16)) }, () => ({ role: "user", content: text }));
  return bodyOf({ ...chat("prompt-json"), prompt: { kind: "json", body: { model: "m", messages } } }, plain);
}

const chunkOf = (delta: object): Buffer =>
  Buffer.from(
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`,
  );
const done = Buffer.from("data: [DONE]\n\n");

/** Made event by event, so that what is held is the guard's alone. */
export function longStream(count: number): DialectBody {
  const text = ordinaryText(seeded(seed), 1 << 16);
  function* chunks(): Generator<Uint8Array> {
    for (let at = 0; at < count; at++) {
      const from = (at * 5) % (text.length - 5);
      yield chunkOf({ content: text.slice(from, from + 5) });
    }
    yield done;
  }
  return streamOf(chunks, count + 1);
}

/** A tool's argument of so many bytes, in pieces of 5. */
export function argumentStream(bytes: number): DialectBody {
  const written = JSON.stringify({ body: ordinaryText(seeded(seed), bytes).slice(0, bytes - 12) });
  const pieces = written.match(/[^]{1,5}/g) ?? [];
  const call = (fn: object): object => ({ tool_calls: [{ index: 0, function: fn }] });
  const frames = [
    chunkOf(call({ name: "save", arguments: "" })),
    ...pieces.map((piece) => chunkOf(call({ arguments: piece }))),
    done,
  ];
  return streamOf(() => frames, frames.length);
}

function streamOf(chunks: () => Iterable<Uint8Array>, count: number): DialectBody {
  const body = bodyOf(chat("prompt-json"), plain);
  const asked = { model: "m", stream: true, messages: [{ role: "user", content: at("user-text") }] };
  return {
    ...body,
    mode: "reply-sse",
    fields: "stream",
    prompt: Buffer.from(JSON.stringify(filled(asked, plain))),
    reply: { contentType: "text/event-stream", chunks },
    bytes: 0,
    events: count,
  };
}
