/** The events of one stream, from their arrival to their release. Owns what is held; knows no bytes beyond frames. */
import { estimateTokens } from "../content/tokens.ts";
import { replaceText } from "../content/json/splice.ts";
import type { Extraction, Piece, StreamEvent, StreamFormat, StreamReader } from "../domain/dialect.ts";
import type { Pace } from "../domain/ports.ts";
import type { BlockCause, Unreadable } from "../domain/verdict.ts";
import { type Cleared, clear, type Permit } from "../guard/cleared.ts";
import type { StageJudge } from "../guard/judge.ts";
import { Fifo } from "../stdx/fifo.ts";
import { after, type MaybeAsync } from "../stdx/maybe-async.ts";
import { runAtOnce, runToEnd, type Steps } from "../stdx/paced.ts";
import { editBody, editText, type PieceEdit } from "./edits.ts";
import { Aside, type AsideParts } from "./aside.ts";
import type { Held } from "./held.ts";
import type { StageClock } from "./stage-clock.ts";
import { createOwner, type Owner, Tracks } from "./tracks.ts";

export type QueueParts = AsideParts & {
  readonly held: Held;
  readonly clock: StageClock;
  readonly pace: Pace;
  readonly format: StreamFormat;
  readonly reader: StreamReader;
  readonly readText: (body: string) => Extraction;
};

/** Events that go between two breaths. */
const releasedAtOnce = 64;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

type Entry = {
  readonly frame: Uint8Array;
  readonly event: StreamEvent | null;
  readonly extraction: Extraction | null;
  readonly owner: Owner;
  /** The reader has counted it. */
  readonly read: boolean;
};

export class EventQueue {
  readonly #parts: QueueParts;
  readonly #tracks: Tracks;
  readonly #aside: Aside;
  readonly #waiting = new Fifo<Entry>();
  #ready: Cleared[] = [];
  #first = true;
  /** Of the last frame: `open` when a "\n" may still come for it, `sent` when that was sent ahead. */
  #lineEnd: "whole" | "open" | "sent" = "whole";
  #characters = 0;
  #messages = 0;
  #tokens = 0;
  /** Of the deepest event. */
  #depth = 0;
  readonly #countsTokens: boolean;
  /** The stream has ended, and all of it was judged. */
  #isJudged = false;
  /** Events that the reader counted and the client got. */
  released = 0;
  /** Some of the stream went out, keep-alives aside. */
  begun = false;
  /** Some event left otherwise than it came. */
  changed = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#countsTokens = parts.judge.countsTokens;
    this.#aside = new Aside(parts);
    this.#tracks = new Tracks(parts.judge, parts.pace, this.#aside);
  }

  /** Judges one frame; a cause when nothing more may go. */
  async add(signal: AbortSignal, arrived: Uint8Array, bodyBytes: number): Promise<BlockCause | null> {
    const { judge } = this.#parts;
    const late = this.#aside.cause;
    if (late !== null) return judge.block(late);
    const frame = this.#withoutLineEnd(arrived);
    await this.#advance();
    if (frame.length === 0) return null;
    const parsed = this.#parts.format.parse(frame, this.#first);
    this.#first = false;
    if (!parsed.ok) return this.#unreadable(parsed.error, { frame, event: null, read: false });
    const event = parsed.value;
    if (event.isKeepAlive) {
      this.#keepAlive(frame);
      return null;
    }
    const owner = createOwner();
    for (const piece of event.pieces) {
      const judged = this.#judge(signal, piece, owner, bodyBytes);
      const cause = judged instanceof Promise ? await judged : judged;
      if (cause !== null) return cause;
    }
    if (event.data === null) {
      const cause = await this.#judged(signal, event.isEnd);
      if (cause !== null) return cause;
      await this.#enqueue({ frame, event, extraction: null, owner, read: false });
      return null;
    }
    return this.#addData(signal, event, event.data, { frame, event, owner, read: true }, bodyBytes, judge);
  }

  /** The stream is over: no text will follow. */
  async end(signal: AbortSignal): Promise<BlockCause | null> {
    const cause = await this.#tracks.end(signal);
    if (cause !== null) return cause;
    if (!this.#holds) await this.#advance();
    const late = await this.endAside(signal);
    if (late !== null || !this.#holds) return late;
    this.#isJudged = true;
    await this.#advance();
    return null;
  }

  /** Some rule lets nothing go before it has judged all. */
  get #holds(): boolean {
    return !this.#isJudged && this.#parts.judge.holds;
  }

  /** Something is still being judged beside the stream, which goes on. */
  get hasAside(): boolean {
    return this.#aside.isRunning;
  }

  /** Waits for what is judged beside the stream. `all` false: for what may stop it. */
  async endAside(signal: AbortSignal, all = true): Promise<BlockCause | null> {
    const cause = await this.#aside.end(signal, all);
    return cause === null ? null : this.#parts.judge.block(cause);
  }

  /** What may go by now. */
  take(): Cleared[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** Everything, settled or not: for a policy that lets the unreadable pass. */
  takeAll(permit: Permit): Cleared[] {
    this.begun = true;
    const rest = this.#waiting.takeAll().map((entry) => clear(runAtOnce(this.#bytesOf(entry)), permit));
    return [...this.take(), ...rest];
  }

  /** All that came so far was judged. `isLast`: no text will follow, so that nothing can stop the stream after this. */
  #judged(signal: AbortSignal, isLast: boolean): MaybeAsync<BlockCause | null> {
    if (!isLast) return this.#tracks.rest(signal);
    return after(this.#tracks.end(signal), (cause) => cause ?? this.endAside(signal, false));
  }

  async #addData(
    signal: AbortSignal,
    event: StreamEvent,
    data: string,
    entry: Omit<Entry, "extraction">,
    bodyBytes: number,
    judge: StageJudge,
  ): Promise<BlockCause | null> {
    const { pace, reader, readText, clock } = this.#parts;
    const cameMs = clock.nowMs();
    const reading = runToEnd(pace, reader.read(event.name, data));
    const read = reading instanceof Promise ? await reading : reading;
    clock.read(cameMs);
    let extraction: Extraction;
    if (read.ok) {
      extraction = read.value;
    } else {
      const treatment = judge.unreadable(read.error, true);
      if (treatment.kind === "block") return treatment.cause;
      if (treatment.kind === "pass") {
        await this.#enqueue({ ...entry, extraction: null });
        return null;
      }
      extraction = goingOn(readText(data));
    }
    const refused = judge.noteUnjudged(extraction.unjudged);
    if (refused !== null) return refused;
    this.#messages += extraction.messages;
    this.#depth = Math.max(this.#depth, extraction.depth);
    for (const piece of extraction.pieces) {
      const judged = this.#judge(signal, piece, entry.owner, bodyBytes);
      const cause = judged instanceof Promise ? await judged : judged;
      if (cause !== null) return cause;
    }
    if (extraction.ends !== undefined && extraction.ends.length > 0) {
      const ended = await this.#tracks.endOf(signal, extraction.ends);
      if (ended !== null) return ended;
    }
    const rest = this.#judged(signal, event.isEnd || reader.isOver);
    const cause = rest instanceof Promise ? await rest : rest;
    if (cause !== null) return cause;
    await this.#enqueue({ ...entry, extraction });
    return null;
  }

  #judge(signal: AbortSignal, piece: Piece, owner: Owner, bodyBytes: number): MaybeAsync<BlockCause | null> {
    this.#characters += piece.text.length;
    if (this.#countsTokens) this.#tokens += estimateTokens(piece.text);
    const shape = {
      bodyBytes,
      characters: this.#characters,
      messages: this.#messages,
      tokens: this.#tokens,
      depth: this.#depth,
    };
    return this.#parts.judge.judgeShape(shape) ?? this.#tracks.add(signal, piece, owner);
  }

  async #unreadable(why: Unreadable, entry: Omit<Entry, "owner" | "extraction">): Promise<BlockCause | null> {
    const treatment = this.#parts.judge.unreadable(why, false);
    if (treatment.kind === "block") return treatment.cause;
    await this.#enqueue({ ...entry, owner: createOwner(), extraction: null });
    return null;
  }

  /** A keep-alive does not wait for what is held. */
  #keepAlive(frame: Uint8Array): void {
    if (this.#waiting.length === 0 && !this.#holds) return this.#release(frame);
    const { splitsLineEnds } = this.#parts.format;
    // Its line end may have been cut in two by the network: it is sent whole, and the rest dropped when it comes.
    this.#lineEnd = splitsLineEnds && frame.at(-1) === carriageReturn && frame.at(-2) === lineFeed ? "sent" : "whole";
    this.#release(this.#lineEnd === "sent" ? new Uint8Array([...frame, lineFeed]) : frame, frame.length);
  }

  /**
   * The "\n" of a line end that the network cut in two goes with the event that it ends, not with the one that it came
   * with, so that where the bytes were cut changes nothing.
   */
  #withoutLineEnd(frame: Uint8Array): Uint8Array {
    if (!this.#parts.format.splitsLineEnds) return frame;
    const before = this.#lineEnd;
    this.#lineEnd = frame.at(-1) === carriageReturn ? "open" : "whole";
    if (before === "whole" || frame[0] !== lineFeed) return frame;
    if (before === "open") this.#enqueueRaw(frame.subarray(0, 1));
    else this.#parts.held.give(1);
    return frame.subarray(1);
  }

  #enqueueRaw(frame: Uint8Array): void {
    this.#waiting.push({ frame, event: null, extraction: null, owner: createOwner(), read: false });
  }

  #enqueue(entry: Entry): MaybeAsync<void> {
    this.#waiting.push(entry);
    return this.#advance();
  }

  /** What was held for long may go all at once. */
  #advance(): MaybeAsync<void> {
    if (this.#holds) return;
    for (let gone = 0; this.#waiting.first?.owner.waiting === 0; gone += 1) {
      const breath = gone > 0 && gone % releasedAtOnce === 0 ? this.#parts.pace.breathe() : undefined;
      if (breath !== undefined) return breath.then(() => this.#advance());
      const entry = this.#waiting.first;
      const bytes = runToEnd(this.#parts.pace, this.#bytesOf(entry));
      if (bytes instanceof Promise) {
        return bytes.then((late) => {
          this.#goes(entry, late);
          return this.#advance();
        });
      }
      this.#goes(entry, bytes);
    }
  }

  #goes(entry: Entry, bytes: Uint8Array): void {
    this.#waiting.shift();
    if (entry.read) this.released += 1;
    this.begun = true;
    this.#release(bytes, entry.frame.length);
  }

  #release(bytes: Uint8Array, heldBytes = bytes.length): void {
    this.#ready.push(clear(bytes, this.#parts.judge.permit()));
    this.#parts.held.give(heldBytes);
  }

  *#bytesOf({ frame, event, extraction, owner }: Entry): Steps<Uint8Array> {
    const earlier = this.changed && extraction?.repeats.some(({ recalls }) => recalls === true) === true;
    if ((owner.edits.size === 0 && !earlier) || event === null) return frame;
    this.changed = true;
    const dataEdits = new Map<Piece, readonly PieceEdit[]>(owner.edits);
    const outside = event.pieces.flatMap((piece) => {
      const edits = dataEdits.get(piece);
      dataEdits.delete(piece);
      return edits === undefined ? [] : [replaceText(piece, runAtOnce(editText(piece.text, edits)).join(""))];
    });
    const data =
      event.data !== null && extraction !== null && (earlier || dataEdits.size > 0)
        ? (yield* editBody(event.data, extraction, dataEdits, earlier)).join("")
        : null;
    return event.rewrite(data, outside);
  }
}

/** Text that nobody can read goes on from event to event, as far as anybody knows. */
function goingOn(extraction: Extraction): Extraction {
  return { ...extraction, pieces: extraction.pieces.map((piece) => ({ ...piece, lane: "unreadable" })) };
}
