/**
 * Parts of one message are judged by themselves, as any text is, and then joined, since readers may take them for one text: what is
 * split over them is found there. What is masked in either reading goes back to each part.
 */
import type { Extraction, Piece } from "../domain/dialect.ts";
import type { Pace } from "../domain/ports.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { JoinedTexts, type JoinedLane } from "../guard/joined.ts";
import type { StageJudge } from "../guard/judge.ts";
import { runToEnd, type Steps } from "../stdx/paced.ts";
import type { PieceEdit } from "./edits.ts";
import { createOwner, type OpenLane, type Owner, Tracks } from "./tracks.ts";

type Run = { readonly pieces: readonly Piece[]; readonly texts: JoinedTexts };

export class JoinedParts {
  readonly #judge: StageJudge;
  readonly #pace: Pace;
  readonly #runs: readonly Run[];
  readonly #edits = new Map<Piece, readonly PieceEdit[]>();
  readonly #laneOf = new Map<Piece, JoinedLane>();

  constructor(judge: StageJudge, pace: Pace, { joined = [] }: Pick<Extraction, "joined">) {
    this.#judge = judge;
    this.#pace = pace;
    this.#runs = joined.map((pieces) => {
      const texts = new JoinedTexts();
      for (const piece of pieces) this.#laneOf.set(piece, texts.add(piece.location, piece.text.length));
      return { pieces, texts };
    });
  }

  /** For each text by itself. */
  readonly openLane: OpenLane = (piece, json) => {
    const { location, call } = piece;
    return this.#judge.openLane({ location, call }, { json, joined: this.#laneOf.get(piece) });
  };

  /** To be called when what reads texts for their words has judged each of them. */
  async judge(signal: AbortSignal): Promise<BlockCause | null> {
    for (const { pieces, texts } of this.#runs) {
      const own = createOwner();
      const tracks = new Tracks(this.#judge, this.#pace, null, ({ location, call }) =>
        this.#judge.openJoined({ location, call }, texts),
      );
      const originals = new Map<Piece, Piece>();
      for (const [index, piece] of pieces.entries()) {
        const one = { ...piece, lane: "joined" };
        originals.set(one, piece);
        const judged = tracks.add(signal, one, own, index === pieces.length - 1);
        const cause = judged instanceof Promise ? await judged : judged;
        if (cause !== null) return cause;
      }
      for (const [one, edits] of own.edits) this.#edits.set(originals.get(one) ?? one, edits);
    }
    return null;
  }

  /** To be called when all was judged. `owner`: of what is masked in each text by itself. */
  async write({ edits }: Owner): Promise<void> {
    for (const [piece, own] of this.#edits) {
      const both = runToEnd(this.#pace, bothEdits(edits.get(piece) ?? [], own));
      edits.set(piece, both instanceof Promise ? await both : both);
    }
  }
}

/** So many edits are put together between two breaths. */
const editsAtOnce = 1_024;

/**
 * Edits of one piece by two readings, each in order and apart. Where they overlap all is written over, and what begins first says by
 * what; of the same place, what covers more, or the second. Words that stand beside a text are written once, and into no mask.
 */
export function* bothEdits(first: readonly PieceEdit[], second: readonly PieceEdit[]): Steps<PieceEdit[]> {
  const edits: PieceEdit[] = [];
  let [ofFirst, ofSecond] = [0, 0];
  for (let taken = 1; taken <= first.length + second.length; taken += 1) {
    if (taken % editsAtOnce === 0) yield;
    const [one, other] = [first[ofFirst], second[ofSecond]];
    const isOther = one === undefined || (other !== undefined && order(other, one) <= 0);
    const edit = (isOther ? other : one) as PieceEdit;
    if (isOther) ofSecond += 1;
    else ofFirst += 1;
    const last = edits.at(-1);
    if (last === undefined || edit.start >= last.end) {
      if (!isThere(edits, edit)) edits.push(edit);
    } else if (edit.end > last.end)
      edits[edits.length - 1] = { start: last.start, end: edit.end, text: last.text + edit.text };
  }
  return edits;
}

const isEmpty = ({ start, end }: PieceEdit): boolean => start === end;

/** Words beside a text before what is written over it, and what covers more before what covers less. */
const order = (a: PieceEdit, b: PieceEdit): number =>
  a.start - b.start || Number(isEmpty(b)) - Number(isEmpty(a)) || b.end - a.end;

/** Several rules may write words at one place. */
function isThere(edits: readonly PieceEdit[], { start, end, text }: PieceEdit): boolean {
  if (start !== end) return false;
  for (let at = edits.length - 1; at >= 0; at -= 1) {
    const known = edits[at] as PieceEdit;
    if (known.start !== start || known.end !== end) return false;
    if (known.text === text) return true;
  }
  return false;
}
