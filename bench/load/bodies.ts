// What the load benchmarks send and get back: a prompt of 2 KB, a JSON reply of 0.5 KB, a stream of 200 events. Prose in
// which the default policy finds nothing, so that every exchange passes unchanged and can be compared byte for byte.

/** Which reply the constant upstream gives; travels in this request header. */
export const replyHeader = "x-reply";
/** Names the request of a marked stream; the upstream compares it with the marker in the prompt. */
export const markerHeader = "x-marker";
/** How many marked requests must have come before any of them is answered. */
export const barrierHeader = "x-barrier";
export const chatPath = "/v1/chat/completions";

/** `paced` is the stream with a pause before each event but the first, as a model that writes. */
export const replyKinds = ["json", "stream", "paced", "marked"] as const;
export type ReplyKind = (typeof replyKinds)[number];

const model = "stand-in-small";
const created = 1_760_000_000;
const promptBytes = 2048;
const replyBytes = 512;
/** Data events of a streamed reply, without the terminator. */
export const streamEvents = 200;
/** Events of a marked stream: each carries its marker. */
export const markedEvents = 20;

const prose =
  "The ferry leaves the harbour at half past six, when the nets are dry and the bakery on the quay has sold its first bread. " +
  "Who wants to see the seals should sit on the left, wear something warm and keep the thermos closed until the lighthouse. " +
  "In a year with 52 weeks the crew counts about 300 crossings, 14 storms and one whale, which nobody ever photographs well. " +
  "Tell me how to plan such a trip for a family of four, with a budget, a packing list and a plan for the rain. ";

/** The prompt of every exchange, as JSON bytes. */
export function promptBody(reply: ReplyKind, content: string = promptText): Buffer {
  return Buffer.from(JSON.stringify(promptOf(content, reply !== "json")));
}

const promptOf = (content: string, stream: boolean): object => ({
  model,
  ...(stream ? { stream } : {}),
  messages: [
    { role: "system", content: "You are a patient travel planner." },
    { role: "user", content },
  ],
});

const promptText = fill(prose, promptBytes - JSON.stringify(promptOf("", false)).length);

const completion = (content: string): string =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created,
    model,
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 420, completion_tokens: 60, total_tokens: 480 },
  });

/** The JSON reply. */
export const jsonReply = Buffer.from(completion(fill(prose, replyBytes - completion("").length)));

/** Events of the streamed reply: a role, words, a finish reason, the terminator. */
export const streamReply: readonly Buffer[] = [
  ...chatEvents(Array.from({ length: streamEvents - 2 }, (_, index) => wordAt(index))),
  Buffer.from("data: [DONE]\n\n"),
];

/** Events that say `marker` again and again. */
export function markedReply(marker: string): readonly Buffer[] {
  const words = Array.from({ length: markedEvents }, () => ` ${marker}`);
  return [...chatEvents(words), Buffer.from("data: [DONE]\n\n")];
}

function chatEvents(words: readonly string[]): Buffer[] {
  const event = (delta: object, finish: string | null): Buffer => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    return Buffer.from(
      `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created, model, choices })}\n\n`,
    );
  };
  const said = words.map((content) => event({ content }, null));
  return [event({ role: "assistant", content: "" }, null), ...said, event({}, "stop")];
}

function wordAt(index: number): string {
  const words = prose.trim().split(" ");
  return `${index === 0 ? "" : " "}${words[index % words.length]}`;
}

function fill(text: string, length: number): string {
  return text
    .repeat(Math.ceil(length / text.length))
    .slice(0, length)
    .trimEnd();
}
