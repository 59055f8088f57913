// Each runtime runs what it should, and says of the rest which file and why. The models are made by make.py.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import test from "node:test";
import { openTempDir } from "../../helpers/temp-dir.ts";
import {
  absent,
  batchOf,
  farthest,
  fixture,
  load,
  mustBe,
  requestOf,
  run,
  runtimes,
  variedBatches,
} from "./runtimes.ts";

/** Between two runtimes, and two orders of the same sum. */
const tolerance = 1e-4;

if (absent !== null) test("OpenVINO's package for Node runs all of this", { skip: absent }, () => {});

for (const { name, needs, open } of runtimes) {
  test(`${name}: many batches at once give what one row at a time gives`, needs, async () => {
    const backend = await open();
    const [one, four] = [
      await load(backend, "sums.onnx", { streams: 1 }),
      await load(backend, "sums.onnx", { streams: 4 }),
    ];
    const batches = variedBatches();
    const rows = (at: number): readonly number[][] => {
      const { ids, columns } = batches[at] as (typeof batches)[number];
      const all = Array.from(ids, Number);
      return Array.from({ length: all.length / columns }, (_, row) => all.slice(row * columns, (row + 1) * columns));
    };
    const wanted: number[][] = [];
    for (const at of batches.keys()) {
      const each: number[] = [];
      for (const row of rows(at)) each.push(...(await run(one, batchOf([row]))));
      wanted.push(each);
    }
    const found = await Promise.all(batches.map((_, at) => run(four, batchOf(rows(at)))));
    for (const [at, each] of found.entries()) assert.ok(farthest(each, wanted[at] ?? []) <= tolerance, `batch ${at}`);
    await Promise.all([one.close(), four.close()]);
    await backend.close();
  });

  test(`${name}: says what a model takes and gives`, needs, async () => {
    const backend = await open();
    const model = await load(backend, "sums-types.onnx");
    const { inputs, outputs, runtime, version } = model.description;
    assert.deepEqual(
      inputs.toSorted((a, b) => a.name.localeCompare(b.name)),
      ["attention_mask", "input_ids", "token_type_ids"].map((each) => ({
        name: each,
        type: "i64",
        dims: [null, null],
      })),
    );
    assert.deepEqual(outputs, [{ name: "logits", type: "f32", dims: [null, 3] }]);
    assert.match(`${runtime} ${version}`, /^(openvino|onnxruntime) \d+\.\d+/);
    assert.equal(model.streams, 2);
    await model.close();
    await backend.close();
  });

  test(`${name}: NaN comes out as NaN`, needs, async () => {
    const backend = await open();
    const model = await load(backend, "nan.onnx");
    assert.deepEqual(await run(model, batchOf([[1, 2]])), [Number.NaN, Number.NaN, Number.NaN]);
    await model.close();
    await backend.close();
  });

  test(`${name}: a batch that it has no memory for fails, and the next one runs`, needs, async () => {
    const backend = await open();
    const model = await load(backend, "giant.onnx");
    const failed = await model.run(batchOf([[9, 1]]));
    assert.equal(failed.ok ? "" : failed.error.kind, "failed");
    assert.equal((await run(model, batchOf([[1, 2]]))).length, 3);
    await model.close();
    await backend.close();
  });

  test(`${name}: ids beyond the table fail or give numbers, and the next batch runs`, needs, async () => {
    const backend = await open();
    const model = await load(backend, "sums.onnx");
    const beyond = await model.run(batchOf([[100_000, 1]]));
    if (!beyond.ok) {
      assert.equal(beyond.error.kind, "failed");
      assert.doesNotMatch(JSON.stringify(beyond.error), /100000/); // a token is a part of somebody's text
    }
    assert.equal((await run(model, batchOf([[1, 2]]))).length, 3);
    await model.close();
    await backend.close();
  });

  const refused: Readonly<Record<string, RegExp>> = {
    "missing.onnx": /missing\.onnx/,
    "truncated.onnx": /./,
    "text.onnx": /./,
    "unknown-operator.onnx": /Sallyport/,
    "wrong-input.onnx": /"pixel_values"/,
    "wrong-length.onnx": /exactly 128 tokens/,
    "wrong-batch.onnx": /exactly 1 texts/,
    "wrong-output.onnx": /no output/,
  };
  test(`${name}: a model that is of no use is refused with a reason, and the next one loads`, needs, async () => {
    const backend = await open();
    for (const [file, reason] of Object.entries(refused)) {
      const answer = await backend.load(requestOf(fixture(file)));
      assert.ok(!answer.ok, file);
      assert.equal(answer.error.kind, "bad-model", file);
      assert.match(answer.error.message, reason, file);
    }
    const model = await load(backend, "sums.onnx");
    await model.close();
    await backend.close();
  });

  test(`${name}: a model cut anywhere is refused or runs, and ends nothing`, needs, async () => {
    const backend = await open();
    await using dir = await openTempDir();
    const whole = await readFile(fixture("sums.onnx"));
    for (let bytes = 0; bytes < whole.length; bytes += 311) {
      const file = dir.join("model.onnx");
      await writeFile(file, whole.subarray(0, bytes));
      const answer = await backend.load(requestOf(file, { streams: 1 }));
      if (answer.ok) await answer.value.close();
      else assert.equal(answer.error.kind, "bad-model");
    }
    await backend.close();
  });

  test(`${name}: a device that is not there is refused`, needs, async () => {
    const backend = await open();
    const answer = await backend.load(requestOf(fixture("sums.onnx"), { device: "NPU.7" }));
    assert.equal(answer.ok ? "" : answer.error.kind, "bad-model");
    await backend.close();
  });

  test(`${name}: when a model is closed its batches are answered, then no more`, needs, async () => {
    const backend = await open();
    const model = await load(backend, "sums.onnx");
    const asked = Array.from({ length: 50 }, () => model.run(batchOf([[1, 2, 3]])));
    const closing = [model.close(), model.close()];
    const kinds = (await Promise.all(asked)).map((answer) => (answer.ok ? "ran" : answer.error.kind));
    assert.deepEqual([...new Set(kinds)].toSorted(), ["closed", "ran"]);
    await Promise.all(closing);
    const late = await model.run(batchOf([[1]]));
    assert.equal(late.ok ? "" : late.error.kind, "closed");
    await backend.close();
  });
}

for (const [file, slack] of [
  ["sums.onnx", tolerance],
  ["sums-types.onnx", tolerance],
  ["sums-i32.onnx", tolerance],
  ["sums-f16.onnx", 0.05],
  ["tokens.onnx", tolerance],
] as const) {
  const [reference, ...others] = runtimes;
  for (const { name, needs, open } of others) {
    if (file === "sums-f16.onnx" && name.includes("Node")) continue; // it knows no f16, and says so when it loads
    test(`${name} and ${reference?.name} agree on ${file}`, needs, async () => {
      const backends = [await (reference as (typeof runtimes)[number]).open(), await open()];
      const models = await Promise.all(backends.map((backend) => load(backend, file)));
      const answers = await Promise.all(
        models.map((model) => Promise.all(variedBatches(true).map(async (batch) => mustBe(await model.run(batch))))),
      );
      const [ours, theirs] = answers as [(typeof answers)[0], (typeof answers)[0]];
      for (const [at, { outputs }] of ours.entries()) {
        const [one, other] = [outputs[0], theirs[at]?.outputs[0]];
        assert.deepEqual(one?.dims, other?.dims);
        assert.ok(farthest(Array.from(one?.data ?? []), Array.from(other?.data ?? [])) <= slack, `batch ${at}`);
        assert.ok(one?.data.some((value) => value !== 0));
      }
      await Promise.all(models.map((model) => model.close()));
      await Promise.all(backends.map((backend) => backend.close()));
    });
  }
}
