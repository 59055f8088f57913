/**
 * Joins the pieces of a body with the lanes that judge them, and turns masks back into edits of those pieces. What is cheap
 * judges a piece when it is added; what costs more waits for `rest`, so that it is not asked where that was enough.
 *
 * An owner is what is released as one: an event of a stream, or a whole body. It may go when none of its pieces waits.
 */
import type { Piece } from "../domain/dialect.ts";
import type { Pace } from "../domain/ports.ts";
import type { BlockCause } from "../domain/verdict.ts";
import { type LaneView, openLaneView } from "../content/json/lane-view.ts";
import { after, type MaybeAsync } from "../stdx/maybe-async.ts";
import { runToEnd, type Steps } from "../stdx/paced.ts";
import type { StageJudge } from "../guard/judge.ts";
import type { Lane, LaneGo, LaneStep } from "../guard/lane.ts";
import { type TierName, tierNames } from "../guard/lane-plan.ts";
import type { Mask } from "../guard/masks.ts";
import { sliceCodeUnits } from "../guard/strand.ts";
import type { MoreText } from "../guard/tier.ts";
import type { Aside } from "./aside.ts";
import type { PieceEdit } from "./edits.ts";

/** Pieces that are settled, or masks that are applied, between two breaths. */
const piecesAtOnce = 1024;

export type Owner = {
  /** Pieces that wait for more text before they are settled. */
  waiting: number;
  readonly edits: Map<Piece, PieceEdit[]>;
};

export const createOwner = (): Owner => ({ waiting: 0, edits: new Map() });

/** A piece's place in its lane, in UTF-16 code units of the lane's raw text. */
type Placed = { readonly piece: Piece; readonly owner: Owner; readonly start: number; readonly end: number };

type Track = {
  readonly lane: Lane;
  readonly view: LaneView;
  pending: Placed[];
  rawEnd: number;
  /** What later tiers are still to be given. */
  owed: MoreText[];
};

/** `piece`: the lane's first. `json`: it reads JSON. */
export type OpenLane = (piece: Piece, json: boolean) => Lane;

const laneOf =
  (judge: StageJudge): OpenLane =>
  ({ location, call }, json) =>
    judge.openLane({ location, call }, { json });

const laterTiers: readonly TierName[] = tierNames.filter((name) => name !== "scan");

/** Most lists have one entry for as long as they wait; one that grows takes room for sixteen more. */
function withLast<T>(list: T[], added: T): T[] {
  if (list.length === 0) return [added];
  list.push(added);
  return list;
}

export class Tracks {
  readonly #judge: StageJudge;
  readonly #pace: Pace;
  readonly #aside: Aside | null;
  readonly #openLane: OpenLane;
  readonly #open = new Map<string, Track>();
  /** Each once: those with something owed. */
  #owing: Track[] = [];

  /** `aside`: where judges go on that nothing waits for; without one, all are waited for. */
  constructor(judge: StageJudge, pace: Pace, aside: Aside | null = null, openLane = laneOf(judge)) {
    this.#judge = judge;
    this.#pace = pace;
    this.#aside = aside;
    this.#openLane = openLane;
  }

  /** One more piece, for the cheapest tier to judge. Pieces of one lane continue one another; `last`: none will continue this one. */
  add(signal: AbortSignal, piece: Piece, owner: Owner, last = piece.lane === null): MaybeAsync<BlockCause | null> {
    if (piece.text === "") return null;
    const open = piece.lane === null ? undefined : this.#open.get(piece.lane);
    const track = open ?? this.#openTrack(piece);
    if (piece.lane !== null) {
      if (last) this.#open.delete(piece.lane);
      else if (open === undefined) this.#open.set(piece.lane, track);
    }
    return this.#feed(signal, track, piece, owner, last);
  }

  /** Lanes whose names begin with one of `names` get no more text. There are few lanes, and their number is bounded. */
  endOf(signal: AbortSignal, names: readonly string[]): MaybeAsync<BlockCause | null> {
    const ended: Track[] = [];
    for (const [name, track] of this.#open) {
      if (!names.some((start) => name.startsWith(start))) continue;
      this.#open.delete(name);
      ended.push(track);
    }
    return ended.length === 0 ? null : this.#endEach(signal, ended);
  }

  async #endEach(signal: AbortSignal, tracks: Iterable<Track>): Promise<BlockCause | null> {
    for (const track of tracks) {
      const cause = await this.#step(signal, track, { added: track.view.end(), written: "", ended: true });
      if (cause !== null) return cause;
    }
    return null;
  }

  /** No lane will get more text. */
  async end(signal: AbortSignal): Promise<BlockCause | null> {
    const cause = await this.#endEach(signal, this.#open.values());
    if (cause !== null) return cause;
    this.#open.clear();
    return this.rest(signal);
  }

  /** What was added goes through the other tiers: all of it through one, then through the next. */
  rest(signal: AbortSignal): MaybeAsync<BlockCause | null> {
    if (this.#owing.length === 0) return null;
    const owing = this.#owing;
    this.#owing = [];
    return this.#restOf(signal, owing);
  }

  /** Takes tracks out of `owing` as they have been given all: of many none is held to the end. */
  async #restOf(signal: AbortSignal, owing: (Track | null)[]): Promise<BlockCause | null> {
    for (const tier of laterTiers) {
      for (const [index, track] of owing.entries()) {
        if (track === null || !track.lane.waitsFor(tier)) continue;
        for (const text of track.owed) {
          if (tier === "aside" && this.#aside !== null) {
            this.#aside.add(track.lane, text);
            continue;
          }
          const step = this.#judge.step(signal, track.lane, text.added, text.ended, text.written, tier);
          const settled = after(step, (done) => this.#settle(track, done));
          const cause = settled instanceof Promise ? await settled : settled;
          if (cause !== null) return cause;
        }
        if (track.lane.lastTier !== tier) continue;
        track.owed = [];
        owing[index] = null;
      }
    }
    return null;
  }

  #openTrack(piece: Piece): Track {
    const json = piece.mask.kind === "json";
    const view = openLaneView(json ? "json" : "text");
    return {
      lane: this.#openLane(piece, json),
      view,
      pending: [],
      rawEnd: 0,
      owed: [],
    };
  }

  #feed(signal: AbortSignal, track: Track, piece: Piece, owner: Owner, last: boolean): MaybeAsync<BlockCause | null> {
    const { text } = piece;
    const placed = { piece, owner, start: track.rawEnd, end: track.rawEnd + text.length };
    track.rawEnd = placed.end;
    track.pending = withLast(track.pending, placed);
    owner.waiting += 1;
    return text.length <= sliceCodeUnits
      ? this.#feedSlice(signal, track, text, last)
      : this.#feedSlices(signal, track, text, last);
  }

  /** What is done for a slice beside judging it, which breathes by itself, must not add up. */
  async #feedSlices(signal: AbortSignal, track: Track, text: string, last: boolean): Promise<BlockCause | null> {
    for (let from = 0; from < text.length; from += sliceCodeUnits) {
      const isLast = from + sliceCodeUnits >= text.length;
      const cause = await this.#feedSlice(signal, track, text.slice(from, from + sliceCodeUnits), last && isLast);
      if (cause !== null) return cause;
    }
    return null;
  }

  #feedSlice(signal: AbortSignal, track: Track, raw: string, last: boolean): MaybeAsync<BlockCause | null> {
    const seen = track.view.append(raw);
    return this.#step(signal, track, { added: last ? seen + track.view.end() : seen, written: raw, ended: last });
  }

  #step(signal: AbortSignal, track: Track, text: MoreText): MaybeAsync<BlockCause | null> {
    if (track.lane.lastTier !== "scan") {
      if (track.owed.length === 0) this.#owing.push(track);
      track.owed = withLast(track.owed, text);
    }
    const step = this.#judge.step(signal, track.lane, text.added, text.ended, text.written, "scan");
    return after(step, (done) => this.#settle(track, done));
  }

  #settle(track: Track, step: LaneStep): MaybeAsync<BlockCause | null> {
    if (step.kind === "block") return step.cause;
    return after(runToEnd(this.#pace, settling(track, step)), () => null);
  }
}

/** Where all of a stream was held, all of its pieces settle at once, and one mask may cover them all. */
function* settling({ view, pending, rawEnd }: Track, step: LaneGo): Steps<void> {
  let first = 0;
  for (const [index, mask] of step.masks.entries()) {
    if (index % piecesAtOnce === piecesAtOnce - 1) yield;
    first = yield* (mask.beside === null ? applyMask : applyBeside)(view, pending, mask, first);
  }
  const settled = step.over ? rawEnd : view.rawSettled(step.settled);
  let done = 0;
  for (; done < pending.length; done += 1) {
    const { owner, end } = pending[done] as Placed;
    if (end > settled) break;
    owner.waiting -= 1;
    if (done % piecesAtOnce === piecesAtOnce - 1) yield;
  }
  if (done > 0) pending.splice(0, done);
  view.forget(step.settled);
}

/**
 * A mask may cover several pieces: the first gets the placeholder, the others lose what it covers. Pieces before `first`
 * are behind it; tells which are behind the next mask.
 */
function* applyMask(view: LaneView, pending: readonly Placed[], mask: Mask, first: number): Steps<number> {
  const raw = view.rawSpan(mask.span);
  let text = yield* view.placeholder(mask.span, mask.placeholder);
  let behind = first;
  for (let index = first; index < pending.length; index += 1) {
    if (index % piecesAtOnce === piecesAtOnce - 1) yield;
    const { piece, owner, start, end } = pending[index] as Placed;
    if (end <= raw.start) {
      behind = index + 1;
      continue;
    }
    if (start >= raw.end) break;
    addEdit(owner, piece, { start: Math.max(raw.start, start) - start, end: Math.min(raw.end, end) - start, text });
    text = "";
  }
  return behind;
}

/** Words beside a text stand in the piece that they belong to, or at the next one's beginning where that has left. */
function* applyBeside(view: LaneView, pending: readonly Placed[], mask: Mask, first: number): Steps<number> {
  const { beside: side, placeholder, span } = mask;
  const words = side === null ? null : view.beside(span.start, side, placeholder);
  if (words === null) return first;
  for (let index = first; index < pending.length; index += 1) {
    if (index % piecesAtOnce === piecesAtOnce - 1) yield;
    const { piece, owner, start, end } = pending[index] as Placed;
    if (side === "after" ? end < words.at : end <= words.at) continue;
    const at = Math.max(0, words.at - start);
    // What cannot be changed in part keeps its text.
    if (piece.mask.kind !== "drop") addEdit(owner, piece, { start: at, end: at, text: words.text });
    return index;
  }
  return first;
}

function addEdit({ edits }: Owner, piece: Piece, edit: PieceEdit): void {
  const before = edits.get(piece);
  if (before === undefined) edits.set(piece, [edit]);
  else before.push(edit);
}
