/**
 * What Gemini's replies need beside their tables: what ends a stream early in good form, and which of its parts are of one call.
 */
import type { AnswerFacts, Asked, Extraction, Piece, StreamMessage, StreamReader } from "../../../domain/dialect.ts";
import type { Unreadable } from "../../../domain/verdict.ts";
import { err, ok, type Result } from "../../../stdx/result.ts";
import { type JsonNode, lastMember } from "../../json/parse.ts";
import { openTableStream, type Track } from "../../stream/table-stream.ts";
import { itemName } from "../../table/here.ts";
import { LaneCount } from "../../table/lane-count.ts";
import { isToken } from "../../table/shapes.ts";
import type { Spec } from "../../table/spec.ts";
import { type EventHead, lastEvent, refusalStream } from "./answers.ts";

type Candidate = { readonly begunBy: number; finishedBy: number | null };

/** There is no last event of a kind: the bytes end. */
export function openStream(spec: Spec, asked?: Asked): StreamReader {
  const events = openTableStream(
    { specOf: () => spec, terminator: null, openTrack: () => new CandidateTrack() },
    asked,
  );
  const calls = new CallNumbers();
  return {
    *read(name, data) {
      return calls.apart(yield* events.read(name, data));
    },
    isOver: false,
    cut: (facts, released) => events.cut(facts, released),
  };
}

class CandidateTrack implements Track {
  readonly #candidates = new Map<number, Candidate>();
  #head: EventHead = {};

  cut(facts: AnswerFacts, released: number): readonly StreamMessage[] {
    const seen = [...this.#candidates].filter(([, { begunBy }]) => begunBy <= released);
    if (seen.length === 0) return refusalStream(facts);
    const open = seen.filter(([, { finishedBy }]) => finishedBy === null || finishedBy > released);
    return open.length === 0
      ? []
      : [
          lastEvent(
            facts,
            this.#head,
            open.map(([index]) => index),
          ),
        ];
  }

  note(root: JsonNode, _name: string, at: number): "goes-on" {
    const [modelVersion, responseId] = ["modelVersion", "responseId"].map((key) => lastMember(root, key));
    if (modelVersion?.kind === "string" && isToken(modelVersion.value))
      this.#head = { ...this.#head, modelVersion: modelVersion.value };
    if (responseId?.kind === "string" && isToken(responseId.value))
      this.#head = { ...this.#head, responseId: responseId.value };
    const candidates = lastMember(root, "candidates");
    if (candidates?.kind === "list")
      candidates.items.forEach((item, position) => this.#noteCandidate(item, itemName(item, position), at));
    return "goes-on";
  }

  #noteCandidate(item: JsonNode, index: number, at: number): void {
    const candidate: Candidate = this.#candidates.get(index) ?? { begunBy: at, finishedBy: null };
    if (this.#candidates.size < LaneCount.maxLanes) this.#candidates.set(index, candidate);
    if (lastMember(item, "finishReason")?.kind === "string") candidate.finishedBy ??= at;
  }
}

/** Where the call stands that a piece is of. */
const callPointer = /^.*?\/function(?:C|_c)all(?=\/|$)/;
const isPartial = ({ location }: Piece): boolean => /\/partial(?:A|_a)rgs\//.test(location.pointer);

/**
 * Tells one call of a reply from the next: they have no numbers of their own. A call that has a name is a new one; without one it
 * goes on with the candidate's last.
 *
 * Invariant: a call's arguments are judged as one JSON text only where they come whole. In pieces each string is a text of its own.
 */
export class CallNumbers {
  readonly #lanes = new LaneCount();
  readonly #last = new Map<string, number>();

  apart(read: Result<Extraction, Unreadable>): Result<Extraction, Unreadable> {
    if (!read.ok || read.value.pieces.every(({ call }) => call === null)) return read;
    const numbers = this.#numbersOf(read.value.pieces);
    if (this.#last.size > LaneCount.maxLanes) return err("too-many-values");
    const pieces = read.value.pieces.map((piece) => {
      if (piece.call === null) return piece;
      const call = `${piece.call}/${numbers.get(pointerOf(piece)) ?? 0}`;
      const lane = piece.lane === null ? null : call + piece.lane.slice(piece.call.length);
      return { ...piece, lane, call: isPartial(piece) ? null : call };
    });
    return this.#lanes.check(ok({ ...read.value, pieces }));
  }

  /** By pointer, in the order of the body. */
  #numbersOf(pieces: readonly Piece[]): ReadonlyMap<string, number> {
    const named = new Set(pieces.filter(({ location }) => location.place === "tool-name").map(pointerOf));
    const numbers = new Map<string, number>();
    for (const piece of pieces) {
      const pointer = pointerOf(piece);
      if (piece.call === null || numbers.has(pointer)) continue;
      const number = (this.#last.get(piece.call) ?? 0) + (named.has(pointer) ? 1 : 0);
      this.#last.set(piece.call, number);
      numbers.set(pointer, number);
    }
    return numbers;
  }
}

const pointerOf = ({ location }: Piece): string => callPointer.exec(location.pointer)?.[0] ?? "";
