/**
 * What a stream of the Responses API needs to be ended early in good form: what the response is called, which items and parts are
 * open, and how far its events are numbered.
 */
import type { AnswerFacts, Asked, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { indexOf } from "../../table/here.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { isToken } from "../../table/shapes.ts";
import {
  closing,
  headFor,
  lastEvents,
  numbered,
  refusalStream,
  type ResponseHead,
  type Unfinished,
} from "./answers.ts";
import { responseEvent } from "./replies.ts";

/** Not part of the API, but several servers end their streams with it. */
const terminator = "[DONE]";

export function openStream(asked?: Asked): StreamReader {
  return openTableStream(
    {
      specOf: () => responseEvent,
      terminator,
      loose: ["sequence_number", "obfuscation"],
      openTrack: () => new ResponseTrack(),
    },
    asked,
  );
}

type Life = { readonly what: Unfinished; readonly begunBy: number; endedBy: number | null };

const last: ReadonlySet<string> = new Set(["response.completed", "response.failed", "response.incomplete", "error"]);

class ResponseTrack implements Track {
  #head: Partial<ResponseHead> = {};
  /** By place, each once: items as `N`, parts as `N/part/M`. */
  readonly #open = new Map<string, Life>();
  /** Output indices that came, with the event that brought the first of each. */
  readonly #outputs = new Map<number, number>();
  /** Of the last event with a number: how far ahead of our count it is. */
  #ahead = -1;
  #endedBy: number | null = null;

  note(root: JsonNode, _name: string, at: number): "goes-on" {
    const number = lastMember(root, "sequence_number");
    if (number?.kind === "number" && Number.isSafeInteger(number.value)) this.#ahead = number.value - at;
    const type = wordOf(root, "type") ?? "";
    if (last.has(type)) this.#endedBy ??= at;
    const response = lastMember(root, "response");
    if (response !== null) this.#noteHead(response);
    const output = indexOf(lastMember(root, "output_index"));
    if (output === null) return "goes-on";
    if (!this.#outputs.has(output) && this.#outputs.size < LaneCount.maxLanes) this.#outputs.set(output, at);
    this.#noteLife(root, type, output, at);
    return "goes-on";
  }

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    if (this.#endedBy !== null && this.#endedBy <= released) return [];
    if (released === 0) return refusalStream(facts);
    const seen = [...this.#outputs].filter(([, begunBy]) => begunBy <= released).map(([index]) => index);
    const open = [...this.#open.values()].filter(
      ({ begunBy, endedBy }) => begunBy <= released && (endedBy === null || endedBy > released),
    );
    // What was begun last ends first: parts before their items.
    const events = open.map(({ what }) => closing(what)).toReversed();
    const next = seen.reduce((most, index) => Math.max(most, index), -1) + 1;
    return numbered(
      [...events, ...lastEvents(facts, { ...headFor(facts), ...this.#head }, next)],
      Math.max(0, released + this.#ahead + 1),
    );
  }

  #noteHead(response: JsonNode): void {
    const id = wordOf(response, "id");
    const model = wordOf(response, "model");
    const created = lastMember(response, "created_at");
    if (id !== null && id !== "" && isToken(id)) this.#head = { ...this.#head, id };
    if (model !== null && isToken(model)) this.#head = { ...this.#head, model };
    if (created?.kind === "number" && Number.isSafeInteger(created.value))
      this.#head = { ...this.#head, createdS: created.value };
  }

  #noteLife(root: JsonNode, type: string, index: number, at: number): void {
    const item = lastMember(root, "item");
    const id = item === null ? wordOf(root, "item_id") : wordOf(item, "id");
    const place = placeOf(root, type, index);
    if (place === null) return;
    if (place.event === "done") {
      const life = this.#open.get(place.name);
      if (life !== undefined) life.endedBy ??= at;
      return;
    }
    const kind = wordOf(item ?? lastMember(root, "part") ?? root, "type");
    if (id === null || id === "" || !isToken(id) || this.#open.has(place.name)) return;
    const what = unfinished(kind, { index, id, part: place.part });
    if (what !== null && this.#open.size < LaneCount.maxLanes)
      this.#open.set(place.name, { what, begunBy: at, endedBy: null });
  }
}

type Place = { readonly name: string; readonly part: number | null; readonly event: "added" | "done" };

/** Which item or part an event begins or ends; `null`: none. */
function placeOf(root: JsonNode, type: string, output: number): Place | null {
  const [, what, event] =
    /^response\.(output_item|content_part|reasoning_summary_part)\.(added|done)$/.exec(type) ?? [];
  if (event !== "added" && event !== "done") return null;
  if (what === "output_item") return { name: String(output), part: null, event };
  const part = indexOf(lastMember(root, what === "content_part" ? "content_index" : "summary_index")) ?? 0;
  return { name: `${output}/${what}/${part}`, part, event };
}

function unfinished(
  kind: string | null,
  { index, id, part }: { readonly index: number; readonly id: string; readonly part: number | null },
): Unfinished | null {
  switch (kind) {
    case "message":
    case "reasoning":
      return part === null ? { kind, index, id } : null;
    case "output_text":
    case "refusal":
    case "reasoning_text":
    case "summary_text":
      return part === null ? null : { kind, index, id, part };
    default:
      return null;
  }
}

function wordOf(node: JsonNode, key: string): string | null {
  const value = lastMember(node, key);
  return value?.kind === "string" ? value.value : null;
}
