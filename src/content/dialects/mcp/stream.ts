/** What a stream of messages needs to be ended early in good form: which requests were answered on it. */
import type { AnswerFacts, Asked, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { lastMessages } from "./answers.ts";
import { askingsOf, idOf, requestsMax } from "./declared.ts";
import { serverMessage } from "./replies.ts";

export function openMessages(asked?: Asked): StreamReader {
  return openTableStream(
    { specOf: () => serverMessage, terminator: null, openTrack: () => new ResponseTrack() },
    asked,
  );
}

/** Each event is a whole message, or a batch of them, whatever its name. */
class ResponseTrack implements Track {
  /** Ids of responses, with the event that brought the first of each. */
  readonly #answered = new Map<number | string, number>();

  note(root: JsonNode, _name: string, at: number): "goes-on" {
    for (const message of root.kind === "list" ? root.items : [root]) {
      const id = idOf(message);
      const isResponse = lastMember(message, "result") !== null || lastMember(message, "error") !== null;
      if (id === null || !isResponse || this.#answered.has(id)) continue;
      // A server may bring ids that nobody asked for; more than a batch can hold, and all count as open.
      if (this.#answered.size < requestsMax) this.#answered.set(id, at);
    }
    return "goes-on";
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    const askings = askingsOf(facts.echo);
    const isOpen = (id: number | string): boolean => (this.#answered.get(id) ?? Infinity) > released;
    return lastMessages(facts, askings?.requests.filter(({ id }) => isOpen(id)) ?? null);
  }
}
