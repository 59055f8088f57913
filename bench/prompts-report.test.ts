// The page on prompts says what was measured: a second pass over a text, a ratio above the aim, milliseconds where there is AMX.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cell, PromptsRaw } from "./prompts.ts";
import { promptsPage } from "./prompts-report.ts";

const cell = (more: Partial<Cell> = {}): Cell => ({
  runtime: "openvino",
  threads: 1,
  tokens: 500,
  windows: 5,
  rows: [5, 5],
  batches: [3, 4],
  samples: [
    [1, 34, 31, 30],
    [1, 31, 29, 29],
    [2, 35, 30, 30],
  ],
  ...more,
});

const page = (cells: readonly Cell[], flags: readonly string[] = []): string => {
  const machine = { cpu: "a CPU", cores: 2, memoryGiB: 8, flags, node: "24.0.0", envoy: "1.40.0" };
  const raw: PromptsRaw = {
    facts: { date: "2026-01-02", commit: "0123456789ab", changed: false, ...machine },
    command: "npm run bench -- prompts",
    seed: 1,
    model: { name: "guard", digest: "sha256:0123456789abcdef", bytes: 46 * 2 ** 20, window: 128, stride: 96 },
    rules: [{ head: "injection", action: "block" }],
    cells,
    others: 0.01,
  };
  return promptsPage(raw);
};

test("what is added is taken prompt by prompt, and held against the rows run straight", () => {
  const told = page([cell()]);
  assert.match(
    told,
    /\| OpenVINO, one thread \| 500 \| 5 \| 5 \| 3-4 \| 33\.0 \| 33\.0 \| 33\.0 \| 30\.0 \| 30\.0 \| 1\.10 \|/,
  );
  assert.match(told, /over the runtime's own time, p50 \| 1\.10 times \| at most 1\.15 times \| yes \|/);
  assert.match(told, /\| 5 for 5 windows \| one for each window \| yes \|/);
  assert.doesNotMatch(told, /\*\*no\*\*/);
});

test("a second pass shows", () => {
  const told = page([cell(), cell({ tokens: 128, windows: 1, rows: [1, 2] })]);
  assert.match(
    told,
    /most: OpenVINO, one thread, 128 tokens\) \| 2 for 1 windows \| one for each window \| \*\*no\*\* \|/,
  );
  assert.match(told, /\| OpenVINO, one thread \| 128 \| 1 \| 1-2 \|/);
});

test("milliseconds are wanted of a CPU with AMX alone, of the faster runtime", () => {
  const slow = cell({ runtime: "onnxruntime", samples: [[1, 50, 46, 46]] });
  assert.match(page([slow]), /no AMX: .*\n/);
  assert.match(page([slow]), /49\.0 ms \| none without AMX \| yes \|/);
  const amx = ["avx512f", "amx_tile"];
  assert.match(page([slow], amx), /ONNX Runtime, one thread, .* \| 49\.0 ms \| at most 40 ms \| \*\*no\*\* \|/);
  assert.match(page([slow, cell()], amx), /OpenVINO, one thread, .* \| 33\.0 ms \| at most 40 ms \| yes \|/);
});

test("a ratio above the aim is told, of one thread and 500 tokens alone", () => {
  const samples = [[1, 40, 31, 30]] as const;
  assert.match(page([cell({ samples })]), /1\.30 times \| at most 1\.15 times \| \*\*no\*\* \|/);
  assert.doesNotMatch(
    page([cell(), cell({ threads: 2, samples }), cell({ tokens: 128, windows: 1, rows: [1, 1], samples })]),
    /\*\*no\*\*/,
  );
});
