/**
 * What a stream of message events needs to be ended early in good form: whether the message has begun, which of its blocks are
 * open, and how many tokens it has told.
 */
import type { AnswerFacts, Asked, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { indexOf } from "../../table/here.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { lastEvents, refusalStream } from "./answers.ts";
import { messagesEvents } from "./replies.ts";

type Block = { readonly begunBy: number; finishedBy: number | null };

export function openStream(asked?: Asked): StreamReader {
  const table = { specOf: () => messagesEvents, terminator: null, openTrack: () => new MessageTrack() };
  return openTableStream(table, asked);
}

class MessageTrack implements Track {
  readonly #blocks = new Map<number, Block>();
  #begunBy: number | null = null;
  /** Of the whole message so far; told at its begin and at its end. */
  #outputTokens = 0;

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    if (this.#begunBy === null || this.#begunBy > released) return refusalStream(facts);
    const open = [...this.#blocks]
      .filter(([, { begunBy, finishedBy }]) => begunBy <= released && (finishedBy === null || finishedBy > released))
      .map(([index]) => index);
    return lastEvents(facts, open, this.#outputTokens);
  }

  /** By the type in the data, which is what clients go by. After an error they read no more. */
  note(root: JsonNode, _name: string, at: number): "goes-on" | "ends" {
    const type = lastMember(root, "type");
    if (type?.kind !== "string") return "goes-on";
    switch (type.value) {
      case "message_start":
        this.#begunBy ??= at;
        this.#noteUsage(lastMember(root, "message"));
        return "goes-on";
      case "content_block_start":
      case "content_block_stop":
        this.#noteBlock(type.value, indexOf(lastMember(root, "index")), at);
        return "goes-on";
      case "message_delta":
        this.#noteUsage(root);
        return "goes-on";
      case "message_stop":
      case "error":
        return "ends";
      default:
        return "goes-on";
    }
  }

  #noteBlock(type: "content_block_start" | "content_block_stop", index: number | null, at: number): void {
    if (index === null) return;
    const block = this.#blocks.get(index);
    if (block !== undefined) {
      if (type === "content_block_stop") block.finishedBy ??= at;
    } else if (type === "content_block_start" && this.#blocks.size < LaneCount.maxLanes) {
      this.#blocks.set(index, { begunBy: at, finishedBy: null });
    }
  }

  #noteUsage(holder: JsonNode | null): void {
    const usage = holder === null ? null : lastMember(holder, "usage");
    const told = usage === null ? null : lastMember(usage, "output_tokens");
    if (told?.kind === "number" && Number.isSafeInteger(told.value) && told.value >= 0) this.#outputTokens = told.value;
  }
}
