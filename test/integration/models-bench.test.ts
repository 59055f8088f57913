// `sallyport models bench` as a process, on a small bundle: figures come out, the configuration's comments stay.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { needsOpenVino, openVinoLibraries } from "../helpers/openvino.ts";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const bundle = fileURLToPath(new URL("../models/bundles/fixtures/bert", import.meta.url));
const quick = ["--seconds", "0.001"];

test("figures on ONNX Runtime, and the best of them written", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("c.yaml"), "kind: Config\nversion: 1\n# for the night shift\nmodels: { folder: guards }\n");
  const args = ["models", "bench", bundle, ...quick, "--json", "out.json", "--write", "c.yaml"];
  const { code, stdout, stderr } = await sallyport(args, { cwd: dir.path, env: { OPENVINO_LIBS: "" } });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^ *onnxruntime +auto +1\/1 +1 +8 +128 +[\d.]+ /m);
  assert.match(stdout, /^best: /m);
  const figures = JSON.parse(await readFile(dir.join("out.json"), "utf8"));
  assert.equal(figures.name, "bert");
  assert.deepEqual(figures.failed, []);
  for (const { file, runtime, scoreDifference, memoryBytes, cells } of figures.measured) {
    assert.equal(file, "model.onnx");
    assert.ok(runtime !== "onnxruntime" || scoreDifference < 1e-4, `${scoreDifference}`);
    assert.ok(memoryBytes > 0);
    for (const { p50Ms, p99Ms, itemsPerSecond } of cells) assert.ok(p50Ms > 0 && p99Ms >= p50Ms && itemsPerSecond > 0);
  }
  const config = await readFile(dir.join("c.yaml"), "utf8");
  assert.match(config, /^# for the night shift$/m);
  assert.match(config, /folder: guards/);
  assert.match(config, /batchTokensMax: \d+/);
  assert.equal((await sallyport(["check", "c.yaml"], { cwd: dir.path })).code, 0);
});

test("OpenVINO beside it, in each precision, close to FP32", needsOpenVino, async () => {
  await using dir = await openTempDir();
  const env = { SALLYPORT_MODELS_OPENVINO_FOLDER: openVinoLibraries().folder };
  const args = ["models", "bench", bundle, ...quick, "--json", "out.json"];
  const { code, stderr } = await sallyport(args, { cwd: dir.path, env });
  assert.deepEqual([code, stderr], [0, ""]);
  const { measured, failed } = JSON.parse(await readFile(dir.join("out.json"), "utf8"));
  assert.deepEqual(failed, []);
  const precisions = new Set(
    measured.map((each: { runtime: string; precision: string }) => `${each.runtime} ${each.precision}`),
  );
  assert.deepEqual(precisions, new Set(["onnxruntime auto", "openvino f32", "openvino bf16", "openvino auto"]));
  for (const { scoreDifference } of measured) assert.ok(scoreDifference < 0.05, `${scoreDifference}`);
});

for (const [what, args, code, says] of [
  ["a folder without a model", ["."], 1, /holds no model\.onnx/],
  ["a folder that is not there", ["none"], 1, /none/],
  ["a time that is none", [bundle, "--seconds", "0"], 2, /--seconds is a number/],
  [
    "a place that cannot be written",
    [bundle, "--json", "no/out.json"],
    1,
    /no\/out\.json: cannot be written \(ENOENT\)/,
  ],
  ["a configuration with a mistake", [bundle, ...quick, "--write", "bad.yaml"], 1, /bad\.yaml:3:1: /],
] as const) {
  test(`said and refused: ${what}`, async () => {
    await using dir = await openTempDir();
    await writeFile(dir.join("bad.yaml"), "kind: Config\nversion: 1\nadmn: x\n");
    const outcome = await sallyport(["models", "bench", ...args], { cwd: dir.path });
    assert.match(outcome.stderr, says);
    assert.equal(outcome.code, code);
  });
}
