/**
 * The port between the guard and what it asks. `guard/` consumes it, `detectors/` implements it, `app/` joins them.
 *
 * A text detector is local: whether [start, end) is a finding depends on nothing outside
 * [start - leftContext, end + rightContext), and end - start <= longestSpan. This is what lets a stream be judged
 * piece by piece with the same result as the whole text.
 */
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import type { Declared } from "./dialect.ts";
import type { Pace } from "./ports.ts";
import type { Score } from "./score.ts";
import type { ScoreMemory } from "./score-memory.ts";
import type { Location, Segment, Span, Stage } from "./segment.ts";

/** `family/name`, for example `pii/email`. From a closed list in each detector: safe as label and metadata. */
export type Category = `${string}/${string}`;

export type Finding = {
  readonly category: Category;
  readonly score: Score;
  /** Where in the text; `null` when it concerns the body as a whole (a size limit). */
  readonly span: Span | null;
  /** All of a unit (a claim): what begins where it ends is another's, and marked by itself. */
  readonly isUnit?: true;
  /** Where in the prompt the texts stand that say most of what it was held against, the best first; for what compares. */
  readonly basis?: readonly Location[];
};

/** What became of a claim. `not-checkable`: it claims nothing of the world, or nobody could answer for it. */
export const claimResults = ["supported", "unsupported", "not-checkable"] as const;
export type ClaimResult = (typeof claimResults)[number];

/** `start` in the window's text. `basis`: where the text stands that says most of it. */
export type JudgedClaim = {
  readonly start: number;
  readonly result: ClaimResult;
  readonly basis: Location | null;
};

/**
 * Not knowing is a case of its own: an absent score must never read as a low one.
 * `too-long`: more text than the detector takes; `unreadable`: it cannot be decoded or parsed; `vocabulary`: the model does
 * not know its words; `no-evidence`: nothing to compare it with; `no-prompt`: the prompt to compare it with was not read, or not
 * to its end.
 */
export const unknownCauses = [
  "deadline",
  "overloaded",
  "backend",
  "vocabulary",
  "unreadable",
  "too-long",
  "no-evidence",
  "no-prompt",
] as const;
export type UnknownCause = (typeof unknownCauses)[number];

/** Of these the guard's own: the same text may be judged at another time. The others are what the text is. */
export const isShortage = (cause: UnknownCause): boolean =>
  cause === "deadline" || cause === "overloaded" || cause === "backend";

export type Detection = DetectionOf & {
  /** Of a detector that holds claims against evidence: all that the window holds, in order. */
  readonly claims?: readonly JudgedClaim[];
};
type DetectionOf =
  /** `unseen`: the window's text from that offset on was not judged. */
  | {
      readonly kind: "scored";
      readonly findings: readonly Finding[];
      readonly unseen?: { readonly from: number; readonly cause: UnknownCause };
    }
  | { readonly kind: "unknown"; readonly cause: UnknownCause };

/**
 * In UTF-16 code units. `longestSpan` is infinite for a detector that may settle nothing before its text has ended: once it
 * does not settle the beginning of `leftContext` units or more, it is asked again when all of the text is there.
 */
export type Reach = { readonly longestSpan: number; readonly leftContext: number; readonly rightContext: number };

/**
 * The part of a text to judge: report the findings that START in [from, to). `text` may hold more on both sides: at
 * least `leftContext` before `from` (unless the text begins there), and all that is decided to the right.
 * `ended` says that nothing will follow `text`.
 */
export type Window = { readonly text: string; readonly from: number; readonly to: number; readonly ended: boolean };

/**
 * What it costs to judge, cheapest first: guards run in this order. `scan`: the text is read once, as all text detectors do;
 * `compare`: it is held against other texts, on a thread of ours; `model`: a model is run.
 */
export const costs = ["scan", "compare", "model"] as const;
export type Cost = (typeof costs)[number];

export type TextDetector = {
  readonly kind: "text";
  /** Names the detector and its settings; equal ids give equal answers. */
  readonly id: string;
  readonly categories: readonly Category[];
  readonly reach: Reach;
  /** Judges JSON as it is written, before the escapes in its strings are decoded; spans are of that text. */
  readonly raw?: true;
  /** What it finds depends on where its text begins: a view is shown to it from there to the end, also where it reads like the text. */
  readonly fromStart?: true;
  /**
   * The smallest offset >= from (and <= text.length) at which something may begin that is not decided yet: all
   * findings that start before it are the same whatever text follows. Pure, synchronous, cheap.
   */
  settled(text: string, from: number): number;
  /**
   * Findings sorted by start, then longest first. Does not depend on how a text was divided into windows at
   * offsets that `settled` gave. Synchronous answers are welcome. Work of more than a few milliseconds breathes with `pace`
   * between its blocks, and looks at `signal` then: once that is aborted the answer is `unknown`, `deadline`.
   */
  detect(signal: AbortSignal, window: Window, pace: Pace): MaybeAsync<Detection>;
};

/** Where a lane of text stands. Pieces of one tool call (its name, its arguments) share `call`. */
export type LanePlace = { readonly location: Location; readonly call: string | null };

/** What an exchange remembers of its prompt, as detectors may see it. */
export type ExchangeMemory = {
  /** In the order of the request. */
  readonly segments: readonly Segment[];
  /** Segments that did not fit: what is compared with the rest is not compared with all. */
  readonly left: number;
  readonly declared: Declared;
  /** The prompt was not read, or not to its end: what is not here may well stand there. */
  readonly unread?: boolean;
  /** How its texts were judged before; left out, nothing is remembered. */
  readonly scores?: ScoreMemory;
};

/** Text detectors made for one exchange. `null`: there is nothing to judge in that lane; the answer is the same when asked again. */
export type LaneDetectors = { lane(place: LanePlace): TextDetector | null };

/** Reads what a lane releases, from its beginning: masks may have made a link where the text itself has none. */
export type ReleaseReader = {
  read(released: string): void;
  /** Reads a placeholder: whether what it stands for may be put back here, to be read then in its place. */
  mayPutBack(placeholder: string): boolean;
};

/** Finds what is to be put back, and has the last word on it when it is released. */
export type LaneRestorer = TextDetector & { openReader(): ReleaseReader };
export type Restorer = { lane(place: LanePlace): LaneRestorer | null };

/**
 * Compares a reply with its prompt, or what it knows of it: opened once for each exchange, when its reply begins.
 * `null`: this exchange has nothing to compare with.
 */
export type ExchangeDetector = {
  readonly kind: "exchange";
  readonly id: string;
  readonly categories: readonly Category[];
  /**
   * Judges prompts too, and so is opened when one was read as well: `memory` then holds those segments alone that its rules
   * look at, `whole` all of them, and a lane's location is that of its segment, the same object.
   */
  readonly prompts?: true;
  /** Of what it opens. */
  readonly cost: Cost;
  /**
   * Breathes as `detect` does. Aborted, the exchange is over, and what it gives is not asked. Runs no model: what is cheaper
   * may decide before one is needed.
   */
  open(
    signal: AbortSignal,
    memory: ExchangeMemory,
    pace: Pace,
    stage: Stage,
    whole: ExchangeMemory,
  ): MaybeAsync<LaneDetectors | null>;
};

/** What can be counted of a body before its text is judged. Totals only grow while a stream runs. */
export type Shape = {
  readonly bodyBytes: number;
  readonly characters: number;
  readonly messages: number;
  /** An estimate from above; see content/tokens.ts. */
  readonly tokens: number;
  /** Of JSON values in each other. */
  readonly depth: number;
};

/** Judges totals, not text. Its findings have no span, so they cannot be redacted. */
export type ShapeDetector = {
  readonly kind: "shape";
  readonly id: string;
  readonly categories: readonly Category[];
  judge(shape: Shape): Detection;
};

export type Detector = TextDetector | ShapeDetector | ExchangeDetector;
