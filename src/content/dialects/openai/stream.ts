/**
 * Reads a stream of chat or completion chunks. Remembers which choices are open and by what name the stream goes, so
 * that it can be ended early in good form.
 */
import type { AnswerFacts, Asked, Extraction, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import type { Unreadable } from "../../../domain/verdict.ts";
import type { Steps } from "../../../stdx/paced.ts";
import { err, ok, type Result } from "../../../stdx/result.ts";
import { type JsonNode, lastMember, parseLongJson } from "../../json/parse.ts";
import { nothing, readDocument } from "../../table/extraction.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { isToken } from "../../table/shapes.ts";
import type { Spec } from "../../table/spec.ts";
import { itemName } from "../../table/here.ts";
import { SameShape } from "./same-shape.ts";
import { type Answers, type ChunkHead, event, terminator } from "./answers.ts";

/** Events are counted from 1, in the order in which they were read. */
type Choice = { readonly begunBy: number; finishedBy: number | null };

/** With white space around it; longer data is no terminator. */
const terminatorLongest = 256;

export function openStream(spec: Spec, answers: Answers, asked?: Asked): StreamReader {
  return new ChunkReader(spec, answers, asked);
}

class ChunkReader implements StreamReader {
  readonly #spec: Spec;
  readonly #answers: Answers;
  readonly #asked: Asked | undefined;
  readonly #lanes = new LaneCount();
  readonly #same = new SameShape();
  readonly #choices = new Map<number, Choice>();
  #events = 0;
  #endedBy: number | null = null;
  #head: Partial<ChunkHead> = {};

  constructor(spec: Spec, answers: Answers, asked: Asked | undefined) {
    this.#spec = spec;
    this.#asked = asked;
    this.#answers = answers;
  }

  isTerminator(data: string): boolean {
    return data.length <= terminatorLongest && data.trim() === terminator;
  }

  *read(_eventName: string, data: string): Steps<Result<Extraction, Unreadable>> {
    this.#events += 1;
    if (data === "") return ok(nothing);
    if (this.#endedBy !== null) return err("after-terminator");
    if (this.isTerminator(data)) {
      this.#endedBy = this.#events;
      return ok(nothing);
    }
    const same = this.#same.read(data);
    if (same !== null) return ok(same);
    const document = yield* parseLongJson(data);
    if (!document.ok) return document;
    this.#note(document.value.root);
    const read = this.#lanes.check(yield* readDocument(data, document.value, this.#spec, "assistant", this.#asked));
    if (read.ok) this.#same.note(data, read.value);
    return read;
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    if (this.#endedBy !== null && this.#endedBy <= released) return [];
    const seen = this.#seenIn(released);
    if (seen.length === 0) return this.#answers.refusalStream(facts);
    const head = { ...this.#answers.headFor(facts), ...this.#head };
    const open = seen.filter(([, { finishedBy }]) => finishedBy === null || finishedBy > released);
    return [...open.map(([index]) => this.#answers.lastChunk(facts, head, index)), event(terminator)];
  }

  #seenIn(released: number): readonly (readonly [number, Choice])[] {
    return [...this.#choices].filter(([, choice]) => choice.begunBy <= released);
  }

  /** Only values that cannot carry text are kept: they are written again in answers. */
  #note(root: JsonNode): void {
    const [id, model, created] = ["id", "model", "created"].map((key) => lastMember(root, key));
    if (id?.kind === "string" && id.value !== "" && isToken(id.value)) this.#head = { ...this.#head, id: id.value };
    if (model?.kind === "string" && isToken(model.value)) this.#head = { ...this.#head, model: model.value };
    if (created?.kind === "number" && Number.isSafeInteger(created.value))
      this.#head = { ...this.#head, created: created.value };
    const choices = lastMember(root, "choices");
    if (choices?.kind !== "list") return;
    choices.items.forEach((item, position) => this.#noteChoice(item, itemName(item, position)));
  }

  #noteChoice(item: JsonNode, index: number): void {
    const choice: Choice = this.#choices.get(index) ?? { begunBy: this.#events, finishedBy: null };
    if (this.#choices.size < LaneCount.maxLanes) this.#choices.set(index, choice);
    if (lastMember(item, "finish_reason")?.kind === "string") choice.finishedBy ??= this.#events;
  }
}
