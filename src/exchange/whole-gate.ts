/**
 * The gate for a body that is judged whole: a prompt, or a reply that is not a stream. Holds all of it until its end.
 * A body in which nothing is masked leaves byte for byte as it came, content coding included.
 */
import { decodeUtf8, encodeUtf8 } from "../content/json/decode.ts";
import { decodeWhole, encodeWhole } from "../content/encoding/index.ts";
import { bytesAsText, textAsBytes } from "../content/multipart/bytes.ts";
import { keepsParts } from "../content/multipart/parts.ts";
import { estimateTokens } from "../content/tokens.ts";
import type { Extraction, Piece } from "../domain/dialect.ts";
import type { Pace } from "../domain/ports.ts";
import type { BlockCause, Unreadable } from "../domain/verdict.ts";
import { type Cleared, clear } from "../guard/cleared.ts";
import type { StageJudge } from "../guard/judge.ts";
import { openDeadline } from "../stdx/deadline.ts";
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import { runToEnd, type Steps } from "../stdx/paced.ts";
import { ok, type Result } from "../stdx/result.ts";
import { editBody } from "./edits.ts";
import { type Gate, type GateOutput, holding } from "./gate.ts";
import type { Held } from "./held.ts";
import type { StageClock } from "./stage-clock.ts";
import { JoinedParts } from "./joined-parts.ts";
import { createOwner, Tracks } from "./tracks.ts";

export type WholeReading = {
  readonly read: (body: string) => Steps<Result<Extraction, Unreadable>>;
  /**
   * Of multipart forms, which hold more than text: they are read as one code unit a byte, and no edit may divide them anew. `null`:
   * the body is UTF-8.
   */
  readonly boundary: string | null;
};

export type WholeOptions = {
  readonly judge: StageJudge;
  readonly held: Held;
  readonly clock: StageClock;
  readonly pace: Pace;
  readonly contentEncoding: string | null;
  readonly limits: { readonly unpackedBytesMax: number; readonly promptBudgetMs: number };
  readonly cancelled: AbortSignal;
  /** How to read the body, or why nobody can. A body without a byte is never unreadable, unless `strict`. */
  readonly reading: Result<WholeReading, Unreadable>;
  /** How to read it where the policy says to judge an unreadable body as text. */
  readonly readText: (body: string) => Extraction;
  /** An unknown path is refused even without a body. */
  readonly strict: boolean;
  /** What goes unread beside the body. Where the policy lets it pass, the body is judged all the same. */
  readonly unreadHead: Unreadable | null;
  /** What can stand in place of the body where its headers are out already; `null` where nothing can. */
  readonly instead: (cause: BlockCause) => Cleared | null;
  /**
   * Told once, before judging, what was read; judging waits for it. `null`: the body is empty. `clear`: it was read as what it
   * is, and not as a plain text.
   */
  readonly onRead: (extraction: Extraction | null, signal: AbortSignal, clear: boolean) => MaybeAsync<void>;
};

export function openWholeGate(options: WholeOptions): Gate {
  const { judge, held } = options;
  const chunks: Uint8Array[] = [];
  return {
    push(bytes) {
      const cause = held.take(bytes.length);
      if (cause !== null) return Promise.resolve(blocked(options, judge.block(cause)));
      chunks.push(bytes);
      return Promise.resolve(holding);
    },
    async end() {
      using deadline = openDeadline(options.cancelled, options.limits.promptBudgetMs);
      const bytes = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
      chunks.length = 0;
      const output = await judgeWhole(options, bytes, deadline.signal);
      judge.forget();
      held.giveAll(); // what may go is on its way; the exchange may last much longer
      return output;
    },
    close: () => held.giveAll(),
  };
}

async function judgeWhole(options: WholeOptions, bytes: Uint8Array, signal: AbortSignal): Promise<GateOutput> {
  const { judge, reading } = options;
  const asItCame = (): GateOutput => ({
    kind: "clear",
    cleared: [clear(bytes, judge.permit())],
    whole: true,
    changed: false,
  });
  if (options.unreadHead !== null) {
    const treatment = judge.unreadable(options.unreadHead, false);
    if (treatment.kind === "block") return blocked(options, treatment.cause);
  }
  if (bytes.length === 0 && !(options.strict && !reading.ok)) {
    const opening = options.onRead(null, signal, true);
    if (opening !== undefined) await opening;
    return asItCame();
  }

  const { clock } = options;
  const cameMs = clock.nowMs();
  const plain = await decodeWhole(bytes, options.contentEncoding, options.limits.unpackedBytesMax);
  // Unpacked, so that packing hides no size; as it came where it cannot be unpacked.
  const bodyBytes = plain.ok ? plain.value.length : bytes.length;
  const full = plain.ok && plain.value !== bytes ? options.held.reserve(bodyBytes) : null;
  if (full !== null) return blocked(options, judge.block(full));
  const breath = options.pace.breathe();
  if (breath !== undefined) await breath;
  const boundary = reading.ok ? reading.value.boundary : null;
  let source = plain.ok ? sourceOf(plain.value, boundary) : plain;
  const read = !source.ok
    ? source
    : !reading.ok
      ? reading
      : await runToEnd(options.pace, reading.value.read(source.value.text));
  clock.read(cameMs);
  let extraction: Extraction;
  if (read.ok) {
    extraction = read.value;
  } else {
    const tooBig = judge.judgeShape({ bodyBytes, characters: 0, messages: 0, tokens: 0, depth: 0 });
    if (tooBig !== null) return blocked(options, tooBig);
    if (plain.ok && boundary !== null) source = sourceOf(plain.value, null); // no form, but it may be a text
    const treatment = judge.unreadable(read.error, source.ok);
    if (treatment.kind === "block") return blocked(options, treatment.cause);
    if (treatment.kind === "pass" || !source.ok) return asItCame();
    extraction = options.readText(source.value.text);
  }
  const refused = judge.noteUnjudged(extraction.unjudged);
  const opening = options.onRead(extraction, signal, read.ok);
  if (opening !== undefined) await opening;
  if (refused !== null) return blocked(options, refused);
  if (judge.idle) return asItCame();

  const outcome = await judgeExtraction(options, signal, extraction, bodyBytes);
  if (outcome.cause !== null) return blocked(options, outcome.cause);
  if (outcome.edits.size === 0 || !source.ok) return asItCame();
  const judgedMs = clock.nowMs();
  // Judged is judged: a deadline that passes now changes nothing.
  const edited = await runToEnd(options.pace, editedBytes(source.value, extraction, outcome.edits));
  if (edited === null) return blocked(options, judge.block({ kind: "unreadable", why: "malformed-form" }));
  const coded = await encodeWhole(edited, options.contentEncoding);
  clock.decided(judgedMs);
  return { kind: "clear", cleared: [clear(coded, judge.permit())], whole: true, changed: true };
}

/** A body as its reader sees it; `boundary` as in its reading. */
type Source = { readonly text: string; readonly boundary: string | null };

function sourceOf(bytes: Uint8Array, boundary: string | null): Result<Source, Unreadable> {
  if (boundary !== null) return ok({ text: bytesAsText(bytes), boundary });
  const text = decodeUtf8(bytes);
  return text.ok ? ok({ text: text.value, boundary }) : text;
}

/** `null`: what was written in place of something would divide a form anew. */
function* editedBytes(
  { text, boundary }: Source,
  extraction: Extraction,
  edits: Parameters<typeof editBody>[2],
): Steps<Uint8Array | null> {
  const chunks = yield* editBody(text, extraction, edits);
  if (boundary !== null && !(yield* keepsParts(text, chunks.join(""), boundary))) return null;
  const encode = boundary === null ? encodeUtf8 : textAsBytes;
  const bytes: Uint8Array[] = [];
  for (const chunk of chunks) {
    bytes.push(encode(chunk));
    yield;
  }
  return Buffer.concat(bytes);
}

const blocked = ({ instead }: WholeOptions, cause: BlockCause): GateOutput => ({
  kind: "block",
  cause,
  before: [],
  cut: instead(cause),
});

async function judgeExtraction(
  { judge, pace }: WholeOptions,
  signal: AbortSignal,
  extraction: Extraction,
  bodyBytes: number,
) {
  const owner = createOwner();
  const parts = new JoinedParts(judge, pace, extraction);
  const tracks = new Tracks(judge, pace, null, parts.openLane);
  const { messages, depth, pieces } = extraction;
  const { characters, tokens, ends } = await runToEnd(pace, overview(pieces, judge.countsTokens));
  let cause = judge.judgeShape({ bodyBytes, characters, messages, tokens, depth });
  for (const piece of pieces) {
    if (cause !== null) break;
    // What is known to be whole needs no look at what might follow.
    const judged = tracks.add(signal, piece, owner, piece.lane === null || ends.get(piece.lane) === piece);
    cause = judged instanceof Promise ? await judged : judged;
  }
  // What reads texts for their words comes before what costs more.
  cause ??= await parts.judge(signal);
  cause ??= await tracks.end(signal);
  if (cause === null) await parts.write(owner);
  return { cause, edits: owner.edits };
}

/** So much is counted at once: UTF-16 code units, and pieces. */
const countedUnits = 65_536;
const countedPieces = 4_096;

/** `ends`: the last piece of each lane. */
function* overview(pieces: readonly Piece[], countsTokens: boolean) {
  const ends = new Map<string, Piece>();
  let characters = 0;
  let tokens = 0;
  for (const [index, piece] of pieces.entries()) {
    const { text, lane } = piece;
    if (index % countedPieces === countedPieces - 1) yield;
    if (lane !== null) ends.set(lane, piece);
    characters += text.length;
    if (countsTokens) tokens += yield* tokensOf(text);
  }
  return { characters, tokens, ends };
}

function* tokensOf(text: string): Steps<number> {
  let tokens = 0;
  for (let at = 0; at < text.length; at += countedUnits) {
    if (at > 0) yield;
    tokens += estimateTokens(text.slice(at, at + countedUnits));
  }
  return tokens;
}
