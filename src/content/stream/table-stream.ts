/**
 * Reads a stream of JSON events by a dialect's tables. What the dialects' streams share: how events are read and counted, how many
 * lanes there may be, what may follow the end. What a dialect must know to end a stream early is its track's.
 */
import type { AnswerFacts, Asked, Extraction, StreamMessage, StreamReader } from "../../domain/dialect.ts";
import type { Unreadable } from "../../domain/verdict.ts";
import type { Steps } from "../../stdx/paced.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { type JsonNode, parseLongJson } from "../json/parse.ts";
import { nothing, readDocument } from "../table/extraction.ts";
import { LaneCount } from "../table/lane-count.ts";
import type { Spec } from "../table/spec.ts";
import { SameShape } from "./same-shape.ts";

/** One for each stream. */
export type Track = {
  /**
   * Hears of each event that may have changed what it keeps: the `at`-th of all, from 1. It may keep only what cannot carry text
   * (numbers, short tokens): that is written again in answers. Says whether the stream ends with it. Of events that differ from the one before in a
   * text alone it hears the first.
   */
  note(root: JsonNode, name: string, at: number): "goes-on" | "ends";
  /** What ends the stream for a client that got the first `released` events, none of which was the end. */
  cut(facts: AnswerFacts, released: number): readonly StreamMessage[];
};

export type StreamTable = {
  /** Where text stands in an event of that name. */
  readonly specOf: (name: string) => Spec;
  /** Data that is no JSON and ends the stream, such as `[DONE]`; `null` where there is none. */
  readonly terminator: string | null;
  /** Members whose numbers or tokens change from event to event and mean nothing, such as padding; none where left out. */
  readonly loose?: readonly string[];
  /** Strings that no spec names go on from event to event. They do not where left out, but in objects that say so. */
  readonly grows?: boolean;
  readonly openTrack: () => Track;
};

/** With white space around it; longer data is no terminator. */
const terminatorLongest = 256;

export const openTableStream = (table: StreamTable, asked?: Asked): StreamReader => new TableStream(table, asked);

class TableStream implements StreamReader {
  readonly #table: StreamTable;
  readonly #asked: Asked | undefined;
  readonly #track: Track;
  readonly #lanes = new LaneCount();
  readonly #same: SameShape;
  #events = 0;
  #endedBy: number | null = null;

  constructor(table: StreamTable, asked: Asked | undefined) {
    this.#table = table;
    this.#asked = asked;
    this.#track = table.openTrack();
    this.#same = new SameShape(table.loose);
  }

  get isOver(): boolean {
    return this.#endedBy !== null;
  }

  *read(name: string, data: string): Steps<Result<Extraction, Unreadable>> {
    this.#events += 1;
    if (data === "") return ok(nothing);
    // Gateways write OpenAI's terminator behind streams that end by themselves.
    if (this.#endedBy !== null)
      return this.#table.terminator === null && isTerminator(data, "[DONE]") ? ok(nothing) : err("after-terminator");
    if (this.#table.terminator !== null && isTerminator(data, this.#table.terminator)) {
      this.#endedBy = this.#events;
      return ok(nothing);
    }
    const same = this.#same.read(name, data);
    if (same !== null) return ok(same);
    const document = yield* parseLongJson(data);
    if (!document.ok) return document;
    if (this.#track.note(document.value.root, name, this.#events) === "ends") this.#endedBy = this.#events;
    const spec = this.#table.specOf(name);
    const read = this.#lanes.check(
      yield* readDocument(data, document.value, spec, "assistant", this.#asked, this.#table.grows),
    );
    if (read.ok) this.#same.note(name, data, read.value);
    return read;
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    return this.#endedBy !== null && this.#endedBy <= released ? [] : this.#track.cut(facts, released);
  }
}

const isTerminator = (data: string, terminator: string): boolean =>
  data.length <= terminatorLongest && data.trim() === terminator;
