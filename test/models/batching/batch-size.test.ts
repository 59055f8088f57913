// Who else is in a batch changes a text's scores by rounding only: padding and neighbours have no say. Real runtimes, real
// architectures, FP32.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import type { Backend, LoadedModel } from "../../../src/inference/backend.ts";
import { Batcher, type BatchSeen } from "../../../src/inference/batching/batcher.ts";
import type { Row } from "../../../src/inference/batching/rows.ts";
import { loadTokenizer } from "../../../src/inference/tokens/tokenizer.ts";
import { mustBe, requestOf, runtimes } from "../backends/runtimes.ts";
import { bundleIn, bundleNames, fixture } from "../bundles/fixture.ts";

/** Of a logit, or of a part of a vector. */
const tolerance = 1e-4;
const never = new AbortController().signal;
const { singles } = JSON.parse(readFileSync(fixture("texts.json"), "utf8")) as { singles: readonly string[] };

for (const { name: runtime, needs, open } of runtimes) {
  for (const name of bundleNames) {
    const isForeign = name === "bert-ir" && runtime === "ONNX Runtime";
    if (isForeign) continue; // OpenVINO's own form
    test(`${runtime}, ${name}: a batch's size changes no score`, needs, async (t) => {
      const backend = await open();
      try {
        const farthest = await compare(backend, name);
        t.diagnostic(`the largest difference is ${farthest.toExponential(1)}`);
      } finally {
        await backend.close();
      }
    });
  }
}

async function compare(backend: Backend, name: string): Promise<number> {
  const bundle = await bundleIn(name);
  const { model: path, weights } = bundle.files;
  const model = mustBe(await backend.load(requestOf(path, { weights, threads: 1, streams: 1 })));
  try {
    const rows = await rowsOf(bundle.files.tokenizer);
    const alone = await numbersOf(model, bundle.padId, rows, 1);
    assert.deepEqual(new Set(alone.seen.map((seen) => seen.rows)), new Set([1]));
    let farthest = 0;
    for (const atOnce of [2, 7, 32]) {
      const together = await numbersOf(model, bundle.padId, rows, atOnce);
      assert.ok(
        together.seen.some((seen) => seen.rows > 1),
        "rows ran together",
      );
      for (const [at, one] of alone.numbers.entries())
        farthest = Math.max(farthest, differenceOf(one, together.numbers[at] ?? []));
    }
    assert.ok(farthest <= tolerance, `${name}: ${farthest}`);
    return farthest;
  } finally {
    await model.close();
  }
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
