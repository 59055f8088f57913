// Who else is in a batch changes a text's scores by rounding only: padding and neighbours have no say. Real runtimes, real
// architectures, each precision.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { batchRowsMaxOf } from "../../../src/app/models/open-model.ts";
import type { Backend, LoadedModel, Precision } from "../../../src/inference/backend.ts";
import { Batcher, type BatchSeen } from "../../../src/inference/batching/batcher.ts";
import type { Row } from "../../../src/inference/batching/rows.ts";
import type { Bundle } from "../../../src/inference/bundle/bundle.ts";
import { loadTokenizer } from "../../../src/inference/tokens/tokenizer.ts";
import { mustBe, requestOf, runtimes } from "../backends/runtimes.ts";
import { bundleIn, bundleNames, fixture, quantizedNames } from "../bundles/fixture.ts";

type Case = {
  readonly name: string;
  readonly precision: Precision;
  /** A number may differ so much, as a share of the largest that the model gives, or of 1. */
  readonly tolerance: number;
  readonly onlyOn?: string;
};

/** BF16 has 8 bits, INT8 steps: where sums are taken in another order, a number may fall to the next. Dynamic INT8 runs row by row. */
const tolerances = { f32: 1e-4, bf16: 0.05, "bert-qdq": 0.05, "bert-dynamic": 1e-4 } as const;
const cases: readonly Case[] = [
  ...bundleNames.map((name) => ({
    name,
    precision: "f32" as const,
    tolerance: tolerances.f32,
    ...(name === "bert-ir" ? { onlyOn: "OpenVINO" } : {}), // its own form
  })),
  // ONNX Runtime runs what the file says, which is never BF16 here.
  ...(["bert", "deberta-v3", "roberta", "modernbert"] as const).map((name) => ({
    name,
    precision: "bf16" as const,
    tolerance: tolerances.bf16,
    onlyOn: "OpenVINO",
  })),
  ...quantizedNames.map((name) => ({ name, precision: "auto" as const, tolerance: tolerances[name] })),
];

const never = new AbortController().signal;
const { singles } = JSON.parse(readFileSync(fixture("texts.json"), "utf8")) as { singles: readonly string[] };

for (const { name: runtime, needs, open } of runtimes) {
  for (const each of cases) {
    if (each.onlyOn !== undefined && !runtime.startsWith(each.onlyOn)) continue;
    test(`${runtime}, ${each.name}, ${each.precision}: a batch's size changes no score`, needs, async (t) => {
      await using parts = new AsyncDisposableStack();
      const { model, bundle, rows } = await opened(parts, await open(), each);
      const runsAs = model.description.precision;
      if (each.precision === "bf16" && runsAs !== "bf16")
        return t.skip(`this CPU has no BF16: OpenVINO runs ${runsAs}`);
      const { farthest, largest } = await compare(model, bundle, rows, rowsTogether(bundle));
      t.diagnostic(`the largest difference is ${farthest.toExponential(1)} of ${largest.toFixed(1)}`);
      assert.ok(farthest <= each.tolerance * Math.max(1, largest), `${farthest} of ${largest}`);
    });
  }

  test(`${runtime}, bert-dynamic: joined, texts would change each other's scores`, needs, async (t) => {
    await using parts = new AsyncDisposableStack();
    const { model, bundle, rows } = await opened(parts, await open(), { name: "bert-dynamic", precision: "auto" });
    const { farthest, largest } = await compare(model, bundle, rows, [2, 7, 32]);
    t.diagnostic(`the largest difference is ${farthest.toExponential(1)} of ${largest.toFixed(1)}`);
    assert.ok(farthest > 0.01 && bundle.files.hasBatchScales, "this is why they are not");
  });
}

async function opened(parts: AsyncDisposableStack, backend: Backend, { name, precision }: Omit<Case, "tolerance">) {
  parts.defer(() => backend.close());
  const bundle = await bundleIn(name);
  const { model: path, weights } = bundle.files;
  const model = mustBe(await backend.load(requestOf(path, { weights, precision, threads: 1, streams: 1 })));
  parts.defer(() => model.close());
  return { model, bundle, rows: await rowsOf(bundle.files.tokenizer) };
}

const rowsTogether = ({ files }: Bundle): readonly number[] =>
  [2, 7, 32].map((rows) => Math.min(rows, batchRowsMaxOf(files)));

async function compare(model: LoadedModel, { padId }: Bundle, rows: readonly Row[], sizes: readonly number[]) {
  const alone = await numbersOf(model, padId, rows, 1);
  assert.deepEqual(new Set(alone.seen.map((seen) => seen.rows)), new Set([1]));
  let farthest = 0;
  for (const atOnce of sizes) {
    const together = await numbersOf(model, padId, rows, atOnce);
    assert.equal(
      together.seen.some((seen) => seen.rows > 1),
      atOnce > 1,
      "rows ran together",
    );
    for (const [at, one] of alone.numbers.entries())
      farthest = Math.max(farthest, differenceOf(one, together.numbers[at] ?? []));
  }
  return { farthest, largest: Math.max(...alone.numbers.flat().map(Math.abs)) };
}

/** Texts of all lengths, each more than once, so that there are others of like length. */
async function rowsOf(tokenizerFile: string): Promise<readonly Row[]> {
  const { single, encode } = mustBe(await loadTokenizer(tokenizerFile));
  const rows: Row[] = [];
  for (const text of [...singles, ...singles.map((each) => `${each} a`), ...singles.map((each) => `b ${each}`)]) {
    const ids = [...single.before, ...(await encode(never, text)).ids.subarray(0, 24), ...single.after];
    rows.push({ ids, types: ids.map(() => 0) });
  }
  return rows;
}

/** What all rows come to, through the batcher, submitted together: all but the first find the stream busy. */
async function numbersOf(runner: LoadedModel, padId: number, rows: readonly Row[], batchRowsMax: number) {
  const seen: BatchSeen[] = [];
  const batcher = new Batcher({
    runner,
    padId,
    limits: { batchTokensMax: 4_096, batchRowsMax, queueTokensMax: 100_000 },
    nowMs: () => 0,
    onBatch: (each) => seen.push(each),
  });
  const answers = await Promise.all(rows.map((row) => batcher.submit(never, [row], Infinity)));
  const numbers = answers.map(([answer]) => {
    assert.ok(answer !== undefined && answer.ok, JSON.stringify(answer));
    return answer.value.flatMap(({ data }) => Array.from(data));
  });
  return { numbers, seen };
}

function differenceOf(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, each, at) => Math.max(most, Math.abs(each - (b[at] as number))), 0);
}
