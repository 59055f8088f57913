/**
 * What a stream of chat or completion chunks needs to be ended early in good form: which choices are open, and by what name the
 * stream goes.
 */
import type { AnswerFacts, Asked, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { itemName } from "../../table/here.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { isToken } from "../../table/shapes.ts";
import type { Spec } from "../../table/spec.ts";
import { type Answers, type ChunkHead, event, terminator } from "./answers.ts";

type Choice = { readonly begunBy: number; finishedBy: number | null };

export function openStream(spec: Spec, answers: Answers, asked?: Asked): StreamReader {
  return openTableStream(
    { specOf: () => spec, terminator, loose: ["obfuscation"], grows: true, openTrack: () => new ChunkTrack(answers) },
    asked,
  );
}

class ChunkTrack implements Track {
  readonly #answers: Answers;
  readonly #choices = new Map<number, Choice>();
  #head: Partial<ChunkHead> = {};

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    const seen = [...this.#choices].filter(([, choice]) => choice.begunBy <= released);
    if (seen.length === 0) return this.#answers.refusalStream(facts);
    const head = { ...this.#answers.headFor(facts), ...this.#head };
    const open = seen.filter(([, { finishedBy }]) => finishedBy === null || finishedBy > released);
    return [...open.map(([index]) => this.#answers.lastChunk(facts, head, index)), event(terminator)];
  }

  note(root: JsonNode, _name: string, at: number): "goes-on" {
    const [id, model, created] = ["id", "model", "created"].map((key) => lastMember(root, key));
    if (id?.kind === "string" && id.value !== "" && isToken(id.value)) this.#head = { ...this.#head, id: id.value };
    if (model?.kind === "string" && isToken(model.value)) this.#head = { ...this.#head, model: model.value };
    if (created?.kind === "number" && Number.isSafeInteger(created.value))
      this.#head = { ...this.#head, created: created.value };
    const choices = lastMember(root, "choices");
    if (choices?.kind === "list")
      choices.items.forEach((item, position) => this.#noteChoice(item, itemName(item, position), at));
    return "goes-on";
  }

  #noteChoice(item: JsonNode, index: number, at: number): void {
    const choice: Choice = this.#choices.get(index) ?? { begunBy: at, finishedBy: null };
    if (this.#choices.size < LaneCount.maxLanes) this.#choices.set(index, choice);
    if (lastMember(item, "finish_reason")?.kind === "string") choice.finishedBy ??= at;
  }
}
