// A model that a test writes: one token a word, and numbers told by the text. It judges as the real one does, without a runtime.

import type { ModelSource, ServedModel } from "../../src/detectors/model/served.ts";
import type { Bundle, HeadSpec } from "../../src/inference/bundle/bundle.ts";
import type { Judged, JudgedWindow, ModelProblem } from "../../src/inference/model.ts";
import type { Tokens } from "../../src/inference/tokens/tokens.ts";
import { err, ok, type Result } from "../../src/stdx/result.ts";

export type FakeModel = {
  readonly head?: Partial<HeadSpec>;
  /** Of a text (or of two): a row for each window, or for each word (of two texts the second's). */
  readonly numbers: (text: string, second: string | null, words: readonly string[]) => readonly (readonly number[])[];
  readonly problem?: (text: string) => ModelProblem["cause"] | null;
  /** Before it answers for the text; what it is asked is known at once. */
  readonly waits?: (text: string) => Promise<void> | undefined;
  /** Of the text, in UTF-16 code units; all where left out. */
  readonly covered?: (text: string) => number;
};

export const binary: Pick<HeadSpec, "task" | "labels" | "tags"> = {
  task: "sequence",
  labels: [null, "attack"],
  tags: [null, null],
};

const standardHead: HeadSpec = {
  ...binary,
  name: "main",
  output: null,
  calibration: { kind: "temperature", temperature: 1 },
  threshold: 0.5,
  thresholds: { "fpr-1%": 0.9 },
  pooling: "max",
  vector: "mean",
};

/** A bundle without files, for what only reads its settings. */
export const emptyBundle: Bundle = {
  name: "m",
  digest: "sha256:0",
  files: {
    folder: "",
    format: "onnx",
    model: "",
    weights: null,
    external: [],
    hasBatchScales: false,
    tokenizer: "",
    config: "",
    manifest: null,
  },
  licence: null,
  padId: 0,
  vocabularySize: null,
  window: { tokens: 256, stride: null, most: 256 },
  unknownShareMax: 0.2,
  heads: [],
};

/** All texts that it was asked about, in order. */
export type Asked = string[];

export function fakeModel(name: string, fake: FakeModel): { readonly models: ModelSource; readonly asked: Asked } {
  const asked: Asked = [];
  const head: HeadSpec = { ...standardHead, ...fake.head };
  const bundle: Bundle = { ...emptyBundle, name, heads: [head] };
  const judge = async (text: string, second: string | null): Promise<Result<Judged, ModelProblem>> => {
    asked.push(second === null ? text : `${text} | ${second}`);
    await fake.waits?.(text);
    const cause = fake.problem?.(text) ?? null;
    if (cause !== null) return err({ cause, message: "" });
    const ofClaim = second !== null && head.task === "pair-token";
    const { tokens, words } = tokensOf(ofClaim ? second : text);
    const rows = fake.numbers(text, second, words);
    const width = rows[0]?.length ?? 0;
    const data = Float32Array.from(rows.flat());
    const dims = head.task === "token" || ofClaim ? [rows.length, width] : [width];
    const window: JudgedWindow = {
      start: 0,
      end: text.length,
      tokens: { from: 0, to: words.length },
      before: 0,
      outputs: [{ name: "logits", dims, data }],
    };
    const windows = words.length === 0 ? [] : [window];
    return ok({ tokens, windows, coveredUnits: fake.covered?.(text) ?? text.length, unseenUnits: 0 });
  };
  const served: ServedModel = {
    bundle,
    model: {
      judge: (_signal, text) => judge(text, null),
      async judgePair(_signal, first, second) {
        const judged = await judge(first, second);
        if (!judged.ok) return judged;
        const { length } = second;
        const { tokens, windows } = judged.value;
        const part = { start: 0, end: length, tokens: { from: 0, to: tokens.ids.length }, windows };
        return ok({ tokens, parts: [part], coveredUnits: length });
      },
    },
  };
  return { asked, models: { get: (wanted) => (wanted === name ? served : null) } };
}

function tokensOf(text: string): { readonly tokens: Tokens; readonly words: readonly string[] } {
  const found = [...text.matchAll(/\S+/g)];
  const starts = Uint32Array.from(found, ({ index }) => index);
  const ends = Uint32Array.from(found, ({ index, 0: word }) => index + word.length);
  const tokens = { ids: new Int32Array(found.length), starts, ends, unknown: new Uint8Array(found.length) };
  return { tokens, words: found.map(([word]) => word) };
}
