/**
 * What detectors see of a lane, and the way back. `raw` is the joined decoded text of the lane's pieces, `view` what is
 * judged. All offsets are absolute, in UTF-16 code units from the lane's beginning.
 *
 * Invariant: the views given out, joined, do not depend on how the raw text was cut.
 */
import type { Span } from "../../domain/segment.ts";
import type { Steps } from "../../stdx/paced.ts";
import { JsonLaneView } from "./json-lane-view.ts";

export type LaneView = {
  /** Takes more raw text; gives the view text that this adds. */
  append(raw: string): string;
  /** No more raw text; gives the view text that this adds. */
  end(): string;
  /** The raw text that a range of the view stands for. */
  rawSpan(view: Span): Span;
  /** The raw offset before which everything lies before that offset of the view. */
  rawSettled(viewOffset: number): number;
  /**
   * What to write over the whole `rawSpan` of a masked range; also to be asked where the placeholder is empty.
   * Depends on what stands there, so it must be asked, and its steps be done, before that is forgotten.
   */
  placeholder(view: Span, placeholder: string): Steps<string>;
  /**
   * Where words go that stand `before` what follows that offset of the view, or `after` what stands before it, and how they are
   * written there; `null` where they would break the text.
   */
  beside(viewOffset: number, side: "before" | "after", words: string): Beside | null;
  /** Nothing before that offset will be asked for again. */
  forget(viewOffset: number): void;
};

/** `at`: an offset of the raw text. */
export type Beside = { readonly at: number; readonly text: string };

/** `json`: the text is JSON itself, judged with the escapes in its strings decoded. `text`: the view is the text. */
export function openLaneView(style: "text" | "json"): LaneView {
  return style === "json" ? new JsonLaneView() : textView;
}

const noSteps: readonly undefined[] = [];

/** Keeps nothing, so that one serves all. */
const textView: LaneView = {
  append: (raw) => raw,
  end: () => "",
  rawSpan: (view) => view,
  rawSettled: (viewOffset) => viewOffset,
  *placeholder(_view, placeholder) {
    yield* noSteps;
    return placeholder;
  },
  beside: (at, _side, text) => ({ at, text }),
  forget: () => {},
};
