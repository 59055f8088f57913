/**
 * Another way to read a text: what hides in it, made plain. A view is judged beside the text itself, by the same
 * detectors, and what they find stands for a range of the text.
 *
 * All offsets are absolute, in UTF-16 code units: of the text from the lane's beginning, or of the view from its own.
 * Invariant: what a view gives out, joined, does not depend on how the text was cut.
 */
import type { UnknownCause } from "./detector.ts";
import type { Span } from "./segment.ts";

/**
 * - `clear`: invisible characters taken out, look-alike letters and spaces as the plain ones, HTML entities,
 *   percent-escapes and backslash-u escapes decoded. Reads like the text.
 * - `payloads`: only what base64 or hex runs hold, decoded (and what those hold again), apart by U+0000.
 * - `rot13`: Latin letters moved by 13.
 */
export const viewKinds = ["clear", "payloads", "rot13"] as const;
export type ViewKind = (typeof viewKinds)[number];

export type TextView = {
  /** Takes more of the text; gives the view text that this adds. */
  append(added: string): string;
  /** The text is over; gives the view text that this adds. */
  end(): string;
  /** The part of the text that a range of the view stands for; the whole run where it is decoded. */
  rawSpan(view: Span): Span;
  /** The offset of the text before which everything is given out and lies before that offset of the view. */
  rawSettled(viewOffset: number): number;
  /** Nothing before that offset of the view will be asked for again. */
  forget(viewOffset: number): void;
  /** Why something in the text could not be looked into (too deep, too much); asked after each append and end. Once. */
  takeUnknown(): UnknownCause | null;
};

export type ViewSource = {
  readonly kind: ViewKind;
  /**
   * The first offset >= from at which the view differs from the text, or may once more text comes; -1 where it does not.
   * A view is opened there at the latest. `null`: the view never reads like the text, and is open from the beginning.
   */
  readonly firstChange: ((text: string, from: number) => number) | null;
  /** A view of the text from `base` on; its first offset is `base` too. What stands before `base` is unknown to it. */
  open(base: number): TextView;
};
