/** What a stream of Ollama's lines needs beside its table: what ends it early in good form, and which calls are others than before. */
import type { AnswerFacts, Asked, Extraction, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { ok } from "../../../stdx/result.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { isToken } from "../../table/shapes.ts";
import type { Spec } from "../../table/spec.ts";
import { lastLines, refusalStream, type Saying } from "./answers.ts";

export function openStream(spec: Spec, say: Saying, asked?: Asked): StreamReader {
  const table = openTableStream({ specOf: () => spec, terminator: null, openTrack: () => new LineTrack(say) }, asked);
  let lines = 0;
  return {
    *read(name, data) {
      lines += 1;
      const read = yield* table.read(name, data);
      return read.ok ? ok(ofLine(read.value, lines)) : read;
    },
    get isOver() {
      return table.isOver;
    },
    cut: (facts, released) => table.cut(facts, released),
  };
}

/** Each call comes whole, and older servers give them no number: those of two lines are two. */
function ofLine(extraction: Extraction, line: number): Extraction {
  if (extraction.pieces.every(({ call }) => call === null)) return extraction;
  const pieces = extraction.pieces.map((piece) =>
    piece.call === null ? piece : { ...piece, call: `line/${line}/${piece.call}` },
  );
  return { ...extraction, pieces };
}

class LineTrack implements Track {
  readonly #say: Saying;
  #model: string | null = null;

  constructor(say: Saying) {
    this.#say = say;
  }

  /** After a line that is done, or an error, the server says no more. */
  note(root: JsonNode): "goes-on" | "ends" {
    const model = lastMember(root, "model");
    if (model?.kind === "string" && isToken(model.value)) this.#model = model.value;
    const done = lastMember(root, "done");
    const isDone = done?.kind === "literal" && done.value === true;
    return isDone || lastMember(root, "error")?.kind === "string" ? "ends" : "goes-on";
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    if (released === 0) return refusalStream(facts, this.#say);
    return lastLines(facts, this.#model ?? facts.model, this.#say);
  }
}
