// The architectures that people use for guards, on both runtimes, held against what PyTorch answered when make.py made them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import type { Backend, Output } from "../../../src/inference/backend.ts";
import { createOnnxRuntimeBackend } from "../../../src/inference/backends/onnx-runtime.ts";
import { openOpenVinoBackend } from "../../../src/inference/backends/openvino.ts";
import { batchOf, type Row } from "../../../src/inference/batching/rows.ts";
import { misfits } from "../../../src/inference/bundle/fit.ts";
import { loadTokenizer } from "../../../src/inference/tokens/tokenizer.ts";
import type { Tokenizer } from "../../../src/inference/tokens/tokens.ts";
import { needsOpenVino, openVinoLibraries } from "../../helpers/openvino.ts";
import { bundleIn, bundleNames, fixture } from "./fixture.ts";

/** Of a logit or a vector's part, at FP32. */
const tolerance = 2e-4;

type Expected = { readonly ids: readonly number[]; readonly outputs: Readonly<Record<string, readonly number[]>> };
const read = <T>(name: string): T => JSON.parse(readFileSync(fixture(name), "utf8")) as T;
const texts = read<{ singles: readonly string[]; pairs: readonly (readonly [string, string])[] }>("texts.json");
const expected = read<Readonly<Record<string, readonly Expected[]>>>("expected.json");
const throwIt = (message: string): never => assert.fail(message);

const backends: Readonly<Record<string, { readonly options: object; readonly open: () => Promise<Backend> }>> = {
  "ONNX Runtime": { options: {}, open: async () => createOnnxRuntimeBackend(throwIt) },
  OpenVINO: {
    options: needsOpenVino,
    async open() {
      const opened = await openOpenVinoBackend(openVinoLibraries(), throwIt);
      return opened.ok ? opened.value : assert.fail(opened.error.message);
    },
  },
};

for (const [runtime, { options, open }] of Object.entries(backends)) {
  describe(runtime, options, () => {
    let backend: Backend | undefined;
    after(() => backend?.close());
    for (const name of bundleNames) {
      const isForeign = name === "bert-ir" && runtime !== "OpenVINO";
      if (isForeign) continue; // OpenVINO's own form
      test(`${name} answers as PyTorch does`, async () => {
        backend ??= await open();
        await compare(backend, name);
      });
    }
  });
}

async function compare(backend: Backend, name: string): Promise<void> {
  const bundle = await bundleIn(name);
  const tokenizer = await loadTokenizer(bundle.files.tokenizer);
  assert.ok(tokenizer.ok, tokenizer.ok ? "" : tokenizer.error);
  const { model, weights } = bundle.files;
  const loaded = await backend.load({ model, weights, device: "CPU", precision: "f32", threads: 1, streams: 1 });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.error.message);
  assert.deepEqual(misfits(bundle, loaded.value.description.outputs), []);
  try {
    const wanted = expected[name === "bert-ir" ? "bert" : name] ?? [];
    const isPair = bundle.heads.some(({ task }) => task === "pair");
    const rows = isPair ? await pairRows(tokenizer.value) : await singleRows(tokenizer.value);
    assert.equal(rows.length, wanted.length);
    assert.ok(rows.length >= 8);
    for (const [at, row] of rows.entries()) assert.deepEqual([...row.ids], wanted[at]?.ids, `text ${at}`);
    // All in one batch: what pads must not show.
    const answer = await loaded.value.run(batchOf(rows, bundle.padId));
    assert.ok(answer.ok, answer.ok ? "" : answer.error.message);
    for (const [at, row] of rows.entries()) {
      for (const [output, numbers] of Object.entries(wanted[at]?.outputs ?? {}))
        assertNear(numbersOf(answer.value.outputs, output, at, row.ids.length), numbers, `${output} of text ${at}`);
    }
  } finally {
    await loaded.value.close();
  }
}

async function singleRows({ single, encode }: Tokenizer): Promise<Row[]> {
  const { before, after: last, types } = single;
  const rows: Row[] = [];
  for (const text of texts.singles) {
    const { ids } = await encode(new AbortController().signal, text);
    rows.push(rowOf([before, [...ids], last], [types[0], types[1], types[4]]));
  }
  return rows;
}

async function pairRows({ pair, encode }: Tokenizer): Promise<Row[]> {
  assert.ok(pair);
  const rows: Row[] = [];
  for (const both of texts.pairs) {
    const [first, second] = await Promise.all(both.map((text) => encode(new AbortController().signal, text)));
    rows.push(
      rowOf([pair.before, [...(first?.ids ?? [])], pair.between, [...(second?.ids ?? [])], pair.after], pair.types),
    );
  }
  return rows;
}

function rowOf(parts: readonly (readonly number[])[], types: readonly number[]): Row {
  return { ids: parts.flat(), types: parts.flatMap((part, at) => part.map(() => types[at] ?? 0)) };
}

/** One row's numbers, without padding. Of a vector for each token: the first token's, or the mean. */
function numbersOf(outputs: readonly Output[], name: string, row: number, tokens: number): readonly number[] {
  const isVector = name === "first" || name === "mean";
  const output = outputs.find((each) => each.name === (isVector ? "last_hidden_state" : name));
  assert.ok(output, name);
  const [, second = 0, third] = output.dims;
  if (third === undefined) return [...output.data.subarray(row * second, (row + 1) * second)];
  const begin = row * second * third;
  const own = [...output.data.subarray(begin, begin + tokens * third)];
  if (name === "first") return own.slice(0, third);
  if (name !== "mean") return own;
  return Array.from({ length: third }, (_, at) => {
    const column = own.filter((_number, index) => index % third === at);
    return column.reduce((sum, each) => sum + each, 0) / tokens;
  });
}

function assertNear(found: readonly number[], wanted: readonly number[], what: string): void {
  assert.equal(found.length, wanted.length, what);
  for (const [at, number] of wanted.entries()) {
    const difference = Math.abs((found[at] ?? Number.NaN) - number);
    assert.ok(difference <= tolerance, `${what}: ${found[at]} instead of ${number}`);
  }
}
