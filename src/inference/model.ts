/**
 * One loaded bundle: texts in, what its heads say out. Tokenises, cuts windows, sends their rows through the batcher, and keeps
 * count of what was seen: a text of which a part was not judged is never called judged.
 */
import { err, ok, type Result } from "../stdx/result.ts";
import { isDeadline } from "../stdx/deadline.ts";
import type { Batcher, RowOutputs, RowProblem } from "./batching/batcher.ts";
import type { Row } from "./batching/rows.ts";
import { type Bundle, windowShape } from "./bundle/bundle.ts";
import type { Frame, Tokenizer, Tokens } from "./tokens/tokenizer.ts";
import { type TokenWindow, unitsCovered, unknownShare, windowsOf } from "./tokens/windows.ts";

export type ModelProblem = {
  readonly cause: "deadline" | "overloaded" | "backend" | "vocabulary" | "too-long";
  /** For operators; no text. */
  readonly message: string;
};

/** A window of the text and what the model made of it. */
export type JudgedWindow = {
  /** UTF-16 code units of the text: [start, end). */
  readonly start: number;
  readonly end: number;
  /** Tokens of the text in it: [from, to). */
  readonly tokens: TokenWindow;
  /** Tokens of the row before the text's first. */
  readonly before: number;
  readonly outputs: RowOutputs;
};

export type Judged = {
  readonly tokens: Tokens;
  readonly windows: readonly JudgedWindow[];
  /** UTF-16 code units from the beginning that were seen; less than the text's length where it has more windows than the cap. */
  readonly coveredUnits: number;
};

export type ModelParts = {
  readonly bundle: Bundle;
  readonly tokenizer: Tokenizer;
  readonly batcher: Batcher;
};

export class Model {
  readonly bundle: Bundle;
  readonly #tokenizer: Tokenizer;
  readonly #batcher: Batcher;

  constructor({ bundle, tokenizer, batcher }: ModelParts) {
    this.bundle = bundle;
    this.#tokenizer = tokenizer;
    this.#batcher = batcher;
  }

  /** `deadlineMs`: monotonic; the most urgent go first. A text without tokens has no windows. */
  async judge(signal: AbortSignal, text: string, deadlineMs: number): Promise<Result<Judged, ModelProblem>> {
    const encoded = await this.#encode(signal, text);
    if (!encoded.ok) return encoded;
    const tokens = encoded.value;
    const { single } = this.#tokenizer;
    const shape = windowShape(this.bundle, single.before.length + single.after.length);
    const { windows, covered } = windowsOf(tokens.ids.length, shape);
    const rows = windows.map((window) => rowOf(single, tokens, window));
    const answers = await this.#run(signal, rows, deadlineMs);
    if (!answers.ok) return answers;
    return ok({
      tokens,
      coveredUnits: unitsCovered(tokens, covered, text),
      windows: windows.map((window, index) => ({
        start: index === 0 ? 0 : (tokens.starts[window.from] as number),
        end: unitsCovered(tokens, window.to, text),
        tokens: window,
        before: single.before.length,
        outputs: answers.value[index] as RowOutputs,
      })),
    });
  }

  /** `first` is cut into windows; `second` stands in each of them, whole: it must leave room for the first. */
  async judgePair(
    signal: AbortSignal,
    first: string,
    second: string,
    deadlineMs: number,
  ): Promise<Result<Judged, ModelProblem>> {
    const frame = this.#tokenizer.pair;
    if (frame === null) return err({ cause: "backend", message: "its tokenizer takes no pairs" });
    const [one, other] = [await this.#encode(signal, first), await this.#encode(signal, second)];
    if (!one.ok) return one;
    if (!other.ok) return other;
    const special = frame.before.length + frame.between.length + frame.after.length;
    const room = this.bundle.window.tokens - special - other.value.ids.length;
    if (room < Math.min(minRoom, one.value.ids.length)) return err({ cause: "too-long", message: "the second text leaves no room" });
    const shape = windowShape(this.bundle, special + other.value.ids.length);
    const { windows, covered } = windowsOf(one.value.ids.length, shape);
    const rows = windows.map((window) => pairRowOf(frame, one.value, window, other.value));
    const answers = await this.#run(signal, rows, deadlineMs);
    if (!answers.ok) return answers;
    return ok({
      tokens: one.value,
      coveredUnits: unitsCovered(one.value, covered, first),
      windows: windows.map((window, index) => ({
        start: index === 0 ? 0 : (one.value.starts[window.from] as number),
        end: unitsCovered(one.value, window.to, first),
        tokens: window,
        before: frame.before.length,
        outputs: answers.value[index] as RowOutputs,
      })),
    });
  }

  async #encode(signal: AbortSignal, text: string): Promise<Result<Tokens, ModelProblem>> {
    let tokens: Tokens;
    try {
      tokens = await this.#tokenizer.encode(signal, text);
    } catch {
      if (isDeadline(signal)) return err({ cause: "deadline", message: "" });
      return err({ cause: "backend", message: signal.aborted ? "the exchange is over" : "the tokenizer failed" });
    }
    if (unknownShare(tokens) > this.bundle.unknownShareMax) return err({ cause: "vocabulary", message: "" });
    return ok(tokens);
  }

  async #run(
    signal: AbortSignal,
    rows: readonly Row[],
    deadlineMs: number,
  ): Promise<Result<readonly RowOutputs[], ModelProblem>> {
    const outputs: RowOutputs[] = [];
    for (const answer of await this.#batcher.submit(signal, rows, deadlineMs)) {
      if (!answer.ok) return err(problemOf(answer.error, signal));
      outputs.push(answer.value);
    }
    return ok(outputs);
  }
}

/** Tokens of the first text that a window of a pair has at least. */
const minRoom = 16;

function problemOf(problem: RowProblem, signal: AbortSignal): ModelProblem {
  if (problem.kind === "overloaded") return { cause: "overloaded", message: "" };
  if (problem.kind === "gone") return { cause: isDeadline(signal) ? "deadline" : "backend", message: "" };
  return { cause: "backend", message: "message" in problem ? problem.message : "" };
}

function rowOf({ before, after, types }: Frame, tokens: Tokens, { from, to }: TokenWindow): Row {
  const ids = new Int32Array(before.length + (to - from) + after.length);
  const kinds = new Uint8Array(ids.length);
  ids.set(before);
  ids.set(tokens.ids.subarray(from, to), before.length);
  ids.set(after, before.length + to - from);
  kinds.fill(types[1], before.length, before.length + to - from);
  return { ids, types: kinds };
}

function pairRowOf(frame: Frame, first: Tokens, { from, to }: TokenWindow, second: Tokens): Row {
  const { before, between, after, types } = frame;
  const parts: readonly (readonly [readonly number[] | Int32Array, number])[] = [
    [before, types[0]],
    [first.ids.subarray(from, to), types[1]],
    [between, types[2]],
    [second.ids, types[3]],
    [after, types[4]],
  ];
  const ids = new Int32Array(parts.reduce((sum, [part]) => sum + part.length, 0));
  const kinds = new Uint8Array(ids.length);
  let at = 0;
  for (const [part, type] of parts) {
    ids.set(part, at);
    kinds.fill(type, at, at + part.length);
    at += part.length;
  }
  return { ids, types: kinds };
}
