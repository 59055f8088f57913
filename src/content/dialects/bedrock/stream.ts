/** What a stream of Converse needs to be ended early in good form: which blocks are open, and how far the message is. */
import type { AnswerFacts, Asked, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { indexOf } from "../../table/here.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { growing, type Spec } from "../../table/spec.ts";
import { blockStop, messageStop, metadata, refusalStream } from "./answers.ts";
import { blockStopEvent, converseEvent, eventNames } from "./replies.ts";

type Block = { readonly begunBy: number; finishedBy: number | null };

const unknownEvent = growing("event");

function specOf(name: string): Spec {
  if (name === "contentBlockStop") return blockStopEvent;
  return eventNames.has(name) ? converseEvent : unknownEvent;
}

export function openConverseStream(asked?: Asked): StreamReader {
  return openTableStream(
    {
      specOf,
      terminator: null,
      loose: ["p"],
      openTrack: () => new ConverseTrack(),
    },
    asked,
  );
}

/** How far the one message of a stream is, by events from 1. */
export class MessageProgress {
  readonly #blocks = new Map<number, Block>();
  #begunBy: number | null = null;
  #endedBy: number | null = null;

  begin(at: number): void {
    this.#begunBy ??= at;
  }

  /** Something of the block came. `holder` tells its index, by the member of that name. */
  block(holder: JsonNode, key: string, at: number): Block {
    const index = indexOf(lastMember(holder, key)) ?? 0;
    const block: Block = this.#blocks.get(index) ?? { begunBy: at, finishedBy: null };
    if (this.#blocks.size < LaneCount.maxLanes) this.#blocks.set(index, block);
    return block;
  }

  endBlock(holder: JsonNode, key: string, at: number): void {
    this.block(holder, key, at).finishedBy ??= at;
  }

  end(at: number): void {
    this.#endedBy ??= at;
  }

  /** For a client that got the first `released` events. `open`: indexes of the blocks that are to be ended. */
  seenBy(released: number): { readonly is: "not-begun" | "begun" | "ended"; readonly open: readonly number[] } {
    const isPast = (at: number | null): boolean => at !== null && at <= released;
    if (isPast(this.#endedBy)) return { is: "ended", open: [] };
    const seen = [...this.#blocks].filter(([, { begunBy }]) => isPast(begunBy));
    if (seen.length === 0 && !isPast(this.#begunBy)) return { is: "not-begun", open: [] };
    return { is: "begun", open: seen.filter(([, { finishedBy }]) => !isPast(finishedBy)).map(([index]) => index) };
  }
}

const key = "contentBlockIndex";

/** One event by its name, whose members `event` has. */
export function noteConverse(progress: MessageProgress, name: string, event: JsonNode, at: number): void {
  switch (name) {
    case "messageStart":
      return progress.begin(at);
    case "contentBlockStart":
    case "contentBlockDelta":
      progress.block(event, key, at);
      return;
    case "contentBlockStop":
      return progress.endBlock(event, key, at);
    case "messageStop":
      return progress.end(at);
    default:
  }
}

class ConverseTrack implements Track {
  readonly #progress = new MessageProgress();

  /** Metadata are the last event of all. */
  note(root: JsonNode, name: string, at: number): "goes-on" | "ends" {
    noteConverse(this.#progress, name, root, at);
    return name === "metadata" ? "ends" : "goes-on";
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    const { is, open } = this.#progress.seenBy(released);
    if (is === "not-begun") return refusalStream(facts);
    return is === "ended" ? [metadata] : [...open.map(blockStop), messageStop, metadata];
  }
}
