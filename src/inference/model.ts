/**
 * One loaded bundle: texts in, what its heads say out. Tokenises, cuts windows, sends their rows through the batcher, and keeps
 * count of what was seen: a text of which a part was not judged is never called judged.
 */
import { type ModelIdentity, meterOf } from "../domain/times.ts";
import { isDeadline } from "../stdx/deadline.ts";
import { err, ok, type Result } from "../stdx/result.ts";
import type { Batcher, RowProblem, RowSeen } from "./batching/batcher.ts";
import type { Row, RowOutputs } from "./batching/rows.ts";
import { type Bundle, windowShape } from "./bundle/bundle.ts";
import { shortDigest } from "./bundle/files.ts";
import { pairWindowsOf } from "./pair-windows.ts";
import { RunTimes } from "./run-times.ts";
import type { Frame, Tokenizer, Tokens } from "./tokens/tokens.ts";
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

/** A part of a claim, held against all of the evidence, window by window. */
export type JudgedClaim = {
  /** UTF-16 code units of the claim: [start, end). */
  readonly start: number;
  readonly end: number;
  /** Tokens of the claim in it: [from, to). */
  readonly tokens: TokenWindow;
  /** Places are the evidence's; `before`: tokens of the row before the claim's first, which are the evidence's and special ones. */
  readonly windows: readonly Pick<JudgedWindow, "start" | "end" | "before" | "outputs">[];
};

/** Units and tokens are the claim's. */
export type JudgedPair = {
  readonly tokens: Tokens;
  readonly parts: readonly JudgedClaim[];
  readonly coveredUnits: number;
};

export type ModelParts = {
  readonly bundle: Bundle;
  readonly tokenizer: Tokenizer;
  readonly batcher: Batcher;
  /** As it is told of; by its bundle alone where left out. */
  readonly runsOn?: Pick<ModelIdentity, "runtime" | "precision">;
};

type Encoded = { readonly text: string; readonly tokens: Tokens };

export class Model {
  readonly bundle: Bundle;
  readonly #tokenizer: Tokenizer;
  readonly #batcher: Batcher;
  readonly #identity: ModelIdentity;

  constructor({ bundle, tokenizer, batcher, runsOn = { runtime: "", precision: "" } }: ModelParts) {
    this.bundle = bundle;
    this.#tokenizer = tokenizer;
    this.#batcher = batcher;
    this.#identity = { model: bundle.name, digest: shortDigest(bundle.digest), ...runsOn };
  }

  /** `deadlineMs`: monotonic; the most urgent go first. A text without tokens has no windows. */
  judge(signal: AbortSignal, text: string, deadlineMs: number): Promise<Result<Judged, ModelProblem>> {
    return this.#timed(signal, (times) => this.#judge(signal, text, deadlineMs, times));
  }

  /** Of two long texts each part of the claim is held against each of the evidence, `windowsMax` times at most. */
  judgePair(
    signal: AbortSignal,
    evidence: string,
    claim: string,
    deadlineMs: number,
  ): Promise<Result<JudgedPair, ModelProblem>> {
    return this.#timed(signal, (times) => this.#judgePair(signal, [evidence, claim], deadlineMs, times));
  }

  /** Tells whoever asked how long it took, whatever came of it. */
  async #timed<T>(
    signal: AbortSignal,
    ask: (times: RunTimes | null) => Promise<Result<T, ModelProblem>>,
  ): Promise<Result<T, ModelProblem>> {
    const meter = meterOf(signal);
    if (meter === null) return ask(null);
    const times = new RunTimes(() => this.#batcher.nowMs());
    const answer = await ask(times);
    meter.ran(times.end(this.#identity, !answer.ok));
    return answer;
  }

  async #judge(
    signal: AbortSignal,
    text: string,
    deadlineMs: number,
    times: RunTimes | null,
  ): Promise<Result<Judged, ModelProblem>> {
    const encoded = await this.#encode(signal, text);
    times?.tokenised();
    if (!encoded.ok) return encoded;
    const { single } = this.#tokenizer;
    const one: Encoded = { text, tokens: encoded.value };
    const shape = windowShape(this.bundle, single.before.length + single.after.length);
    const { windows, covered } = windowsOf(one.tokens.ids.length, shape);
    if (this.#isUnseen(one, windows)) return err({ cause: "vocabulary", message: "" });
    const rows = windows.map((window) => rowOf(single, idsIn(one, window), none));
    const outputs = await this.#run(signal, rows, deadlineMs, times);
    if (!outputs.ok) return outputs;
    return ok({
      tokens: one.tokens,
      coveredUnits: unitsCovered(one.tokens, covered, text),
      unseenUnits: sightOf(one.tokens, { from: 0, to: covered }, text).unseen,
      windows: windows.map((window, index) => ({
        ...placeOf(one, window),
        tokens: window,
        before: single.before.length,
        outputs: outputs.value[index] as RowOutputs,
      })),
    });
  }

  async #judgePair(
    signal: AbortSignal,
    [evidence, claim]: readonly [string, string],
    deadlineMs: number,
    times: RunTimes | null,
  ): Promise<Result<JudgedPair, ModelProblem>> {
    const { pair } = this.#tokenizer;
    if (pair === null) return err({ cause: "backend", message: "its tokenizer takes no pairs" });
    const [held, told] = [await this.#encode(signal, evidence), await this.#encode(signal, claim)];
    times?.tokenised();
    if (!held.ok) return held;
    if (!told.ok) return told;
    const special = pair.before.length + pair.between.length + pair.after.length;
    const cut = pairWindowsOf(held.value.ids.length, told.value.ids.length, (tokens) =>
      windowShape(this.bundle, special + tokens),
    );
    if (cut === null) return err({ cause: "too-long", message: "the evidence has more windows than windowsMax" });
    const [one, other]: readonly [Encoded, Encoded] = [
      { text: evidence, tokens: held.value },
      { text: claim, tokens: told.value },
    ];
    if (this.#isUnseen(one, cut.evidence) || this.#isUnseen(other, cut.claim))
      return err({ cause: "vocabulary", message: "" });
    const rows = cut.claim.flatMap((part) =>
      cut.evidence.map((window) => rowOf(pair, idsIn(one, window), idsIn(other, part))),
    );
    const outputs = await this.#run(signal, rows, deadlineMs, times);
    if (!outputs.ok) return outputs;
    const parts = cut.claim.map((part, at) => ({
      ...placeOf(other, part),
      tokens: part,
      windows: cut.evidence.map((window, index) => ({
        ...placeOf(one, window),
        before: pair.before.length + window.to - window.from + pair.between.length,
        outputs: outputs.value[at * cut.evidence.length + index] as RowOutputs,
      })),
    }));
    return ok({ tokens: other.tokens, parts, coveredUnits: unitsCovered(other.tokens, cut.covered, claim) });
  }

  /** In the order of the rows. */
  async #run(
    signal: AbortSignal,
    rows: readonly Row[],
    deadlineMs: number,
    times: RunTimes | null,
  ): Promise<Result<readonly RowOutputs[], ModelProblem>> {
    const outputs: RowOutputs[] = [];
    const onRow = times === null ? null : (seen: RowSeen) => times.ranRow(seen);
    for (const answer of await this.#batcher.submit(signal, rows, deadlineMs, onRow)) {
      if (!answer.ok) return err(problemOf(answer.error, signal));
      outputs.push(answer.value);
    }
    return ok(outputs);
  }

  #isUnseen({ tokens, text }: Encoded, windows: readonly TokenWindow[]): boolean {
    return unseenShare(tokens, windows, text) > this.bundle.unknownShareMax;
  }

  /** One token beyond what all windows can hold tells that there is more; what lies behind is not tokenised. */
  async #encode(signal: AbortSignal, text: string): Promise<Result<Tokens, ModelProblem>> {
    const { size, most } = windowShape(this.bundle, 0);
    try {
      return ok(await this.#tokenizer.encode(signal, text, size * most + 1));
    } catch {
      if (isDeadline(signal)) return err({ cause: "deadline", message: "" });
      return err({ cause: "backend", message: signal.aborted ? "the exchange is over" : "the tokenizer failed" });
    }
  }
}

const none = new Int32Array();

const idsIn = ({ tokens }: Encoded, { from, to }: TokenWindow): Int32Array => tokens.ids.subarray(from, to);

/** Of a window, in its text. */
const placeOf = ({ tokens, text }: Encoded, { from, to }: TokenWindow) => ({
  start: from === 0 ? 0 : (tokens.starts[from] as number),
  end: unitsCovered(tokens, to, text),
});

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
