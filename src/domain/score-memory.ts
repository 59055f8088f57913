/**
 * The port of what remembers how texts were judged, so that a conversation's next turn costs inference for what is new alone. It keeps
 * answers, never texts. A cache: nothing depends on what it knows, and whoever asks judges what it does not.
 */
import type { MaybeAsync } from "../stdx/maybe-async.ts";
import type { Role, Span } from "./segment.ts";

/** All that an answer depends on besides whose exchange it is. Two questions that differ in any of it have nothing in common. */
export type ScoreQuestion = {
  /** The rule's question with its settings, and the version of the code between text and answer. */
  readonly detector: string;
  /** The digest of the model's files. */
  readonly model: string;
  /** Of the text, or of each that a window over neighbours holds parts of, in their order. */
  readonly roles: readonly Role[];
  /** What the text is held against; `null`: it is judged by itself. */
  readonly evidence: string | null;
  readonly text: string;
};

/** What a text was found to say, sure enough for the rule: each span lies within the text, each score in 0 to 1. All of it was judged. */
export type ScoreAnswer = readonly { readonly category: string; readonly score: number; readonly span: Span }[];

export type ScoreRecall =
  | { readonly kind: "known"; readonly answer: ScoreAnswer }
  /** `keep`: the answer to that question, for the next who asks. Only for one that is whole; nobody waits for it. */
  | { readonly kind: "new"; readonly keep: (answer: ScoreAnswer) => void };

/** Of one tenant and policy. Never throws, and takes no longer than the time-out of what it asks. */
export type ScoreMemory = { recall(question: ScoreQuestion): MaybeAsync<ScoreRecall> };

/** `tenant`: whom Envoy vouches for; `null`: nobody is known, which is a case of its own. `policy`: its version. */
export type ScoreMemories = { of(tenant: string | null, policy: string): ScoreMemory };
