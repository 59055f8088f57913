/** How long an exchange took, where, and which models were asked. Milliseconds; points in time are `Clock.nowMs`. */
import { carriedBy, carry } from "../stdx/carried.ts";
import type { Cost } from "./detector.ts";
import type { Stage } from "./segment.ts";

export type StageTimes = {
  readonly beganMs: number;
  /** Of the last step by now. */
  readonly endedMs: number;
  /** Spent reading bodies: unpacked, parsed, divided into events. */
  readonly readMs: number;
  /** Spent writing what was decided: edits, and what may go. */
  readonly decideMs: number;
  /** The longest that bytes were held back, from their arrival to their release. */
  readonly holdMs: number;
  /** What somebody waited for the guard: from the last byte of a whole body to its release, from the first of a stream to the first that went. */
  readonly addedMs: number;
};

/** `null`: nothing of that stage has come. */
export type ExchangeTimes = {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly prompt: StageTimes | null;
  readonly reply: StageTimes | null;
};

/** Which model it was: `digest` is the first 12 digits of its files' SHA-256. */
export type ModelIdentity = {
  readonly model: string;
  readonly digest: string;
  readonly runtime: string;
  readonly precision: string;
};

/** All that an exchange asked of one model. Its texts may be judged side by side: sums may be longer than the exchange. */
export type ModelUse = ModelIdentity & {
  readonly texts: number;
  /** Of them those that got no answer. */
  readonly failed: number;
  readonly tokeniseMs: number;
  /** Waiting for a place in a batch. */
  readonly queueMs: number;
  /** In the runtime, with what else was in the batch. */
  readonly inferMs: number;
};

/** One text, or pair, that a model was asked about. Of several windows the times are of the longest. */
export type ModelRun = ModelIdentity & {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly tokeniseMs: number;
  readonly queueMs: number;
  readonly inferMs: number;
  /** Windows of the text. */
  readonly rows: number;
  /** Of the largest batch that one of them was in. */
  readonly batchRows: number;
  readonly batchTokens: number;
  readonly failed: boolean;
};

/** Told of what models were asked for an exchange. */
export type ModelMeter = {
  ran(run: ModelRun): void;
  /** What the model had said of that text before was asked in its place. */
  recalled(model: string, digest: string): void;
};

/** In place of a runtime, of what was not run again. */
export const recalledRuntime = "remembered";

/** Whoever is asked with the signal, or a deadline below it, tells the meter. */
export const meterWith = (signal: AbortSignal, meter: ModelMeter): void => carry(signal, meter);
/** `null`: nobody wants to know. */
export const meterOf = (signal: AbortSignal): ModelMeter | null => carriedBy(signal) as ModelMeter | null;

/** One detector's work on one stage; `rules` share it. */
export type DetectorTime = {
  readonly stage: Stage;
  readonly rules: readonly string[];
  readonly cost: Cost;
  readonly beganMs: number;
  readonly endedMs: number;
  /** From each question to its answer, summed. */
  readonly busyMs: number;
  readonly windows: number;
};

/** What a trace tells beyond the times. */
export type ExchangeSpans = {
  readonly detectors: readonly DetectorTime[];
  readonly runs: readonly (ModelRun & { readonly stage: Stage })[];
  /** Those that were beyond the bound. */
  readonly left: number;
};
