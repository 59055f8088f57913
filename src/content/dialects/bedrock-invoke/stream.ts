/** What a stream of a model's own events needs to be ended early in good form: whose events they are, and how far the message is. */
import type { AnswerFacts, Asked, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { growing, object } from "../../table/spec.ts";
import { errorMembers } from "../bedrock/parts.ts";
import { exceptionNames } from "../bedrock/replies.ts";
import { MessageProgress, noteConverse } from "../bedrock/stream.ts";
import { type Family, lastChunks, refusalStream } from "./answers.ts";
import { invokeEvent } from "./replies.ts";

const unknownEvent = growing("event");
const exception = object(errorMembers);
const exceptions: ReadonlySet<string> = new Set(exceptionNames);

export function openInvokeStream(asked?: Asked): StreamReader {
  return openTableStream(
    {
      specOf: (name) => (name === "chunk" ? invokeEvent : exceptions.has(name) ? exception : unknownEvent),
      terminator: null,
      openTrack: () => new InvokeTrack(),
    },
    asked,
  );
}

/** Members by which an event tells whose it is. */
const signs: readonly (readonly [key: string, family: Family])[] = [
  ["outputText", "titan"],
  ["generation", "llama"],
  ["outputs", "mistral"],
  ["choices", "choices"],
  ["event_type", "cohere"],
  ["is_finished", "cohere"],
];
/** Members that say in an event that the text is over, where they are a string. */
const ends: readonly string[] = ["completionReason", "stop_reason", "finish_reason"];

class InvokeTrack implements Track {
  readonly #progress = new MessageProgress();
  #family: Family | null = null;

  /** Nothing says which event is the last: Bedrock puts its metrics into one of the model's. */
  note(root: JsonNode, name: string, at: number): "goes-on" {
    if (name !== "chunk" || root.kind !== "object") return "goes-on";
    const type = lastMember(root, "type");
    if (type?.kind === "string") this.#noteAnthropic(type.value, root, at);
    for (const { key, value } of root.members) {
      if (novasEvents.has(key)) {
        this.#family ??= "nova";
        noteConverse(this.#progress, key, value, at);
      }
    }
    const sign = signs.find(([key]) => lastMember(root, key) !== null);
    if (sign !== undefined) this.#notePlain(sign[1], root, at);
    return "goes-on";
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    const { is, open } = this.#progress.seenBy(released);
    if (is === "ended") return [];
    if (is === "not-begun" || this.#family === null) return refusalStream(facts) ?? [];
    return lastChunks(facts, this.#family, open);
  }

  #noteAnthropic(type: string, root: JsonNode, at: number): void {
    switch (type) {
      case "message_start":
        this.#family ??= "anthropic";
        return this.#progress.begin(at);
      case "content_block_start":
        this.#progress.block(root, "index", at);
        return;
      case "content_block_stop":
        return this.#progress.endBlock(root, "index", at);
      case "message_stop":
        return this.#progress.end(at);
      default:
    }
  }

  #notePlain(family: Family, root: JsonNode, at: number): void {
    this.#family ??= family;
    this.#progress.begin(at);
    const items = ["outputs", "choices"].map((key) => lastMember(root, key)).flatMap(itemsOf);
    const isOver = [root, ...items].some((node) => ends.some((key) => lastMember(node, key)?.kind === "string"));
    if (isOver) this.#progress.end(at);
  }
}

const novasEvents: ReadonlySet<string> = new Set([
  ...["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"],
]);

const itemsOf = (node: JsonNode | null): readonly JsonNode[] => (node?.kind === "list" ? node.items : []);
