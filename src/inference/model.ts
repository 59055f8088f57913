/**
 * One loaded bundle: texts in, what its heads say out. Tokenises, cuts windows, sends their rows through the batcher, and keeps
 * count of what was seen: a text of which a part was not judged is never called judged.
 */
import { isDeadline } from "../stdx/deadline.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import type { Batcher, RowProblem } from "./batching/batcher.ts";
import type { Row, RowOutputs } from "./batching/rows.ts";
import { type Bundle, windowShape } from "./bundle/bundle.ts";
import type { Frame, Tokenizer, Tokens } from "./tokens/tokenizer.ts";
import { sightOf, type TokenWindow, unitsCovered, unseenShare, windowsOf } from "./tokens/windows.ts";

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
  /** UTF-16 code units from the beginning that were judged; less than the text's length where it has more windows than the cap. */
  readonly coveredUnits: number;
  /** Of those the ones that the model did not see: unknown tokens, and what its tokenizer drops. */
  readonly unseenUnits: number;
};

/** Which text of a pair is cut into windows. The other stands in each of them, whole. */
export type PairCut = "first" | "second" | "longer";

/** `cut`: the text that `windows`, `tokens` and units speak of. */
export type JudgedPair = Judged & { readonly cut: "first" | "second" };

export type ModelParts = {
  readonly bundle: Bundle;
  readonly tokenizer: Tokenizer;
  readonly batcher: Batcher;
};

type Encoded = { readonly text: string; readonly tokens: Tokens };

/** What stands around a text's window in its row. */
type Setting = {
  readonly specialTokens: number;
  /** Tokens of the row before the window's first. */
  readonly before: number;
  rowOf(ids: Int32Array): Row;
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
    const tokens = await this.#encode(signal, text);
    if (!tokens.ok) return tokens;
    const { single } = this.#tokenizer;
    return this.#judge(signal, { text, tokens: tokens.value }, deadlineMs, {
      specialTokens: single.before.length + single.after.length,
      before: single.before.length,
      rowOf: (ids) => rowOf(single, ids, none),
    });
  }

  /** The text that is not cut must leave room for the other, else it is `too-long`. */
  async judgePair(
    signal: AbortSignal,
    first: string,
    second: string,
    deadlineMs: number,
    cut: PairCut = "longer",
  ): Promise<Result<JudgedPair, ModelProblem>> {
    const frame = this.#tokenizer.pair;
    if (frame === null) return err({ cause: "backend", message: "its tokenizer takes no pairs" });
    const [one, other] = [await this.#encode(signal, first), await this.#encode(signal, second)];
    if (!one.ok) return one;
    if (!other.ok) return other;
    const isFirstCut = cut === "first" || (cut === "longer" && one.value.ids.length >= other.value.ids.length);
    const [moving, whole]: readonly Encoded[] = isFirstCut
      ? [
          { text: first, tokens: one.value },
          { text: second, tokens: other.value },
        ]
      : [
          { text: second, tokens: other.value },
          { text: first, tokens: one.value },
        ];
    const { ids } = (whole as Encoded).tokens;
    const special = frame.before.length + frame.between.length + frame.after.length;
    const room = this.bundle.window.tokens - special - ids.length;
    if (room < Math.min(minRoom, (moving as Encoded).tokens.ids.length)) {
      return err({ cause: "too-long", message: "the text of a pair that is not cut leaves no room for the other" });
    }
    if (this.#isUnseen(whole as Encoded, [{ from: 0, to: ids.length }]))
      return err({ cause: "vocabulary", message: "" });
    const judged = await this.#judge(signal, moving as Encoded, deadlineMs, {
      specialTokens: special + ids.length,
      before: frame.before.length + (isFirstCut ? 0 : ids.length + frame.between.length),
      rowOf: (part) => (isFirstCut ? rowOf(frame, part, ids) : rowOf(frame, ids, part)),
    });
    return judged.ok ? ok({ ...judged.value, cut: isFirstCut ? "first" : "second" }) : judged;
  }

  async #judge(
    signal: AbortSignal,
    { text, tokens }: Encoded,
    deadlineMs: number,
    setting: Setting,
  ): Promise<Result<Judged, ModelProblem>> {
    const { windows, covered } = windowsOf(tokens.ids.length, windowShape(this.bundle, setting.specialTokens));
    if (this.#isUnseen({ text, tokens }, windows)) return err({ cause: "vocabulary", message: "" });
    const rows = windows.map(({ from, to }) => setting.rowOf(tokens.ids.subarray(from, to)));
    const outputs: RowOutputs[] = [];
    for (const answer of await this.#batcher.submit(signal, rows, deadlineMs)) {
      if (!answer.ok) return err(problemOf(answer.error, signal));
      outputs.push(answer.value);
    }
    return ok({
      tokens,
      coveredUnits: unitsCovered(tokens, covered, text),
      unseenUnits: sightOf(tokens, { from: 0, to: covered }, text).unseen,
      windows: windows.map((window, index) => ({
        start: window.from === 0 ? 0 : (tokens.starts[window.from] as number),
        end: unitsCovered(tokens, window.to, text),
        tokens: window,
        before: setting.before,
        outputs: outputs[index] as RowOutputs,
      })),
    });
  }

  #isUnseen({ tokens, text }: Encoded, windows: readonly TokenWindow[]): boolean {
    return unseenShare(tokens, windows, text) > this.bundle.unknownShareMax;
  }

  async #encode(signal: AbortSignal, text: string): Promise<Result<Tokens, ModelProblem>> {
    try {
      return ok(await this.#tokenizer.encode(signal, text));
    } catch {
      if (isDeadline(signal)) return err({ cause: "deadline", message: "" });
      return err({ cause: "backend", message: signal.aborted ? "the exchange is over" : "the tokenizer failed" });
    }
  }
}

/** Tokens of the text that is cut that a window of a pair has at least. */
const minRoom = 16;

const none = new Int32Array();

function problemOf(problem: RowProblem, signal: AbortSignal): ModelProblem {
  if (problem.kind === "overloaded") return { cause: "overloaded", message: "" };
  if (problem.kind === "gone") return { cause: isDeadline(signal) ? "deadline" : "backend", message: "" };
  return { cause: "backend", message: "message" in problem ? problem.message : "" };
}

/** `second` is empty where there is one text. */
function rowOf(frame: Frame, first: Int32Array, second: Int32Array): Row {
  const { before, between, after, types } = frame;
  const parts: readonly (readonly [readonly number[] | Int32Array, number])[] = [
    [before, types[0]],
    [first, types[1]],
    [between, types[2]],
    [second, types[3]],
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
