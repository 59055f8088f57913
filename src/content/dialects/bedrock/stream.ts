/** What a stream of Converse needs to be ended early in good form: which blocks are open, and how far the message is. */
import type { AnswerFacts, Asked, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { indexOf } from "../../table/here.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { growing } from "../../table/spec.ts";
import { blockStop, messageStop, metadata, refusalStream } from "./answers.ts";
import { converseEvent, eventNames } from "./replies.ts";

type Block = { readonly begunBy: number; finishedBy: number | null };

const unknownEvent = growing("event");

export function openConverseStream(asked?: Asked): StreamReader {
  return openTableStream(
    {
      specOf: (name) => (eventNames.has(name) ? converseEvent : unknownEvent),
      terminator: null,
      openTrack: () => new ConverseTrack(),
    },
    asked,
  );
}

export class ConverseTrack implements Track {
  readonly #blocks = new Map<number, Block>();
  #startedBy: number | null = null;
  #stoppedBy: number | null = null;

  note(root: JsonNode, name: string, at: number): "goes-on" | "ends" {
    switch (name) {
      case "messageStart":
        this.#startedBy ??= at;
        return "goes-on";
      case "contentBlockStart":
      case "contentBlockDelta":
        this.#blockOf(root, at);
        return "goes-on";
      case "contentBlockStop": {
        const block = this.#blockOf(root, at);
        block.finishedBy ??= at;
        return "goes-on";
      }
      case "messageStop":
        this.#stoppedBy ??= at;
        return "goes-on";
      case "metadata":
        // The last event of all.
        return "ends";
      default:
        return "goes-on";
    }
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    const isPast = (at: number | null): boolean => at !== null && at <= released;
    if (isPast(this.#stoppedBy)) return [metadata];
    const seen = [...this.#blocks].filter(([, { begunBy }]) => isPast(begunBy));
    if (seen.length === 0 && !isPast(this.#startedBy)) return refusalStream(facts);
    const open = seen.filter(([, { finishedBy }]) => !isPast(finishedBy));
    return [...open.map(([index]) => blockStop(index)), messageStop, metadata];
  }

  #blockOf(root: JsonNode, at: number): Block {
    const index = indexOf(lastMember(root, "contentBlockIndex")) ?? 0;
    const block: Block = this.#blocks.get(index) ?? { begunBy: at, finishedBy: null };
    if (this.#blocks.size < LaneCount.maxLanes) this.#blocks.set(index, block);
    return block;
  }
}
