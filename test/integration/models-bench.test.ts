// `sallyport models bench` as a process, on a small bundle: figures come out, the configuration's comments stay.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { on, once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { listProcesses } from "../../src/app/demo/starters.ts";
import type { Ask, Told } from "../../src/app/models-bench/protocol.ts";
import { needsOpenVino, openVinoLibraries } from "../helpers/openvino.ts";
import { sallyport, startSallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const bundle = fileURLToPath(new URL("../models/bundles/fixtures/bert", import.meta.url));
const program = fileURLToPath(new URL("../../src/app/models-bench/measure-program.ts", import.meta.url));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
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

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} while it measures: it ends in order, its measuring process is gone, nothing is written`, async () => {
    await using dir = await openTempDir();
    await writeFile(dir.join("c.yaml"), "kind: Config\nversion: 1\n");
    const args = ["models", "bench", bundle, "--seconds", "60", "--json", "out.json", "--write", "c.yaml"];
    const { child, outcome } = startSallyport(args, { cwd: dir.path, env: { OPENVINO_LIBS: "" } });
    const measuring = (): readonly number[] =>
      listProcesses()
        .filter(({ parent }) => parent === child.pid)
        .map(({ pid }) => pid);
    while (measuring().length === 0) await turn();
    const [own = 0] = measuring();
    process.kill(own, signal); // as from a terminal, which tells both
    child.kill(signal);
    const { code, stdout, stderr } = await outcome;
    assert.deepEqual([code, stdout, stderr], [130, "", "sallyport models bench: interrupted: nothing is written\n"]);
    assert.throws(() => process.kill(own, 0), { code: "ESRCH" });
    assert.deepEqual(await readdir(dir.path), ["c.yaml"]);
    assert.equal(await readFile(dir.join("c.yaml"), "utf8"), "kind: Config\nversion: 1\n");
  });
}

for (const [runtime, needs] of [
  ["onnxruntime", { skip: false }],
  ["openvino", needsOpenVino],
] as const) {
  test(`a measuring process whose starter is gone while ${runtime} infers says nothing and ends`, needs, async () => {
    const child = fork(program, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    const words = [text(child.stdout as Readable), text(child.stderr as Readable)];
    const ask: Ask = {
      folder: bundle,
      loading: { file: `${bundle}/model.onnx`, runtime, precision: "f32", threads: 2, streams: 2 },
      libraries: runtime === "openvino" ? openVinoLibraries() : null,
      device: "CPU",
      cells: [{ batch: 8, window: 128, atOnce: 2 }],
      cellMs: 60_000,
    };
    child.send(ask);
    for await (const [told] of on(child, "message")) if ((told as Told).kind === "scores") break;
    const ended = once(child, "exit");
    child.disconnect();
    assert.deepEqual(await ended, [null, "SIGKILL"]);
    assert.deepEqual(await Promise.all(words), ["", ""]);
  });
}
