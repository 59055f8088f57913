// What is measured, and what is chosen of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bestOf, type CellFigures, cellsOf, type LoadingFigures, loadingsOf, settingsOf, windowsFor } from "./cells.ts";

const both = ["onnxruntime", "openvino"] as const;

test("each file on each runtime, in the precisions that it can have", () => {
  const one = loadingsOf(["/m/model.onnx"], both, 1);
  assert.deepEqual(
    one.map(({ runtime, precision, threads, streams }) => [runtime, precision, threads, streams]),
    [
      ["onnxruntime", "auto", 1, 1],
      ["openvino", "f32", 1, 1],
      ["openvino", "bf16", 1, 1],
      ["openvino", "auto", 1, 1],
    ],
  );
  assert.equal(loadingsOf(["/m/model.onnx"], both, 8).length, 4 * 3);
  const quantised = loadingsOf(["/m/model.onnx", "/m/model_int8.onnx"], both, 1).slice(4);
  assert.deepEqual(
    quantised.map(({ runtime, precision }) => [runtime, precision]),
    [
      ["onnxruntime", "auto"],
      ["openvino", "auto"],
    ],
  );
  assert.ok(loadingsOf(["/m/model.xml"], both, 2).every(({ runtime }) => runtime === "openvino"));
});

test("windows up to the model's own; several streams are measured with one text too", () => {
  assert.deepEqual(windowsFor(256), [64, 128, 256]);
  assert.deepEqual(windowsFor(64), [64]);
  assert.deepEqual(windowsFor(100), [64, 100]);
  const loading = { file: "m", runtime: "openvino", precision: "auto", threads: 4, streams: 4 } as const;
  assert.deepEqual(cellsOf(loading, 64, false), [
    { batch: 1, window: 64, atOnce: 1 },
    { batch: 1, window: 64, atOnce: 4 },
    { batch: 8, window: 64, atOnce: 4 },
  ]);
  assert.ok(
    cellsOf(loading, 64, true).every(({ batch }) => batch === 1),
    "texts that share no batch",
  );
});

const cell = (batch: number, atOnce: number, p50Ms: number, itemsPerSecond: number): CellFigures => ({
  batch,
  atOnce,
  window: 128,
  p50Ms,
  p99Ms: p50Ms,
  itemsPerSecond,
});
const figures = (some: Partial<LoadingFigures>, cells: readonly CellFigures[]): LoadingFigures => ({
  file: "model.onnx",
  runtime: "openvino",
  precision: "auto",
  threads: 1,
  streams: 1,
  runsAs: "",
  loadMs: 1,
  memoryBytes: 1,
  scoreDifference: 0,
  ...some,
  cells,
});

test("the best: most windows a second that leave scores and lone texts alone, of the model's own file", () => {
  const slowAlone = figures({ threads: 2 }, [cell(1, 1, 40, 25), cell(8, 1, 80, 900)]);
  const otherScores = figures({ precision: "bf16", scoreDifference: 0.05 }, [cell(1, 1, 5, 200), cell(8, 1, 9, 800)]);
  const otherFile = figures({ file: "model_int8.onnx" }, [cell(1, 1, 5, 200), cell(8, 1, 9, 800)]);
  const good = figures({ precision: "f32" }, [cell(1, 1, 22, 45), cell(8, 1, 90, 88)]);
  const quick = figures({ runtime: "onnxruntime" }, [cell(1, 1, 20, 50), cell(8, 1, 100, 80)]);
  const best = bestOf([slowAlone, otherScores, otherFile, good, quick], "model.onnx", 128);
  assert.equal(best?.loading, good);
  assert.equal(best?.loneMs, 22);
  assert.deepEqual(best === null ? null : settingsOf(best), {
    backend: "openvino",
    precision: "f32",
    threads: 1,
    streams: 1,
    batchTokensMax: 1024,
  });
  assert.equal(bestOf([otherScores], "model.onnx", 128), null);
});
