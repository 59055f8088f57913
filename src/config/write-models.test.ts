// What is measured goes into a configuration, and the rest of it stays as it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withModelSettings } from "./write-models.ts";

const settings = { backend: "openvino", precision: "bf16", threads: 4, streams: 2, batchTokensMax: 2048 } as const;
const written = (text: string | null): string => {
  const result = withModelSettings(text === null ? null : Buffer.from(text), settings);
  assert.ok(result.ok, result.ok ? "" : JSON.stringify(result.error));
  return result.value;
};

test("comments, order and other settings stay", () => {
  const before = `# Ours.
kind: Config
version: 1
admin: 127.0.0.1:9999 # not the usual one

models:
  # where they are
  folder: guards
  threads: 8 # for now
limits:
  requestBytesMax: 1048576
`;
  assert.equal(
    written(before),
    `# Ours.
kind: Config
version: 1
admin: 127.0.0.1:9999 # not the usual one

models:
  # where they are
  folder: guards
  threads: 4 # for now
  backend: openvino
  precision: bf16
  streams: 2
  batchTokensMax: 2048
limits:
  requestBytesMax: 1048576
`,
  );
  assert.equal(written(written(before)), written(before));
});

test("spaces stay, and so does what is written another way", () => {
  const before = `kind:   Config
version: 1
models:
    folder: "guards"   # two spaces
    threads:  8   # cores
`;
  assert.equal(
    written(before),
    `kind:   Config
version: 1
models:
    folder: "guards"   # two spaces
    threads:  4   # cores
    backend: openvino
    precision: bf16
    streams: 2
    batchTokensMax: 2048
`,
  );
  assert.equal(written(before.trimEnd()), written(before));
  for (const models of ["{ folder: guards }", "{}"]) {
    const text = written(`kind: Config\nversion: 1\n# kept\nmodels: ${models}\n`);
    assert.match(text, /^# kept$/m);
    assert.match(text, /batchTokensMax: 2048/);
  }
});

test("a configuration that is not there yet, or says nothing of models", () => {
  assert.match(written(null), /^kind: Config\nversion: 1\nmodels:\n {2}backend: openvino\n/);
  assert.match(written("kind: Config\nversion: 1\n"), /models:\n {2}backend: openvino\n/);
});

for (const [what, text] of [
  ["no YAML", "kind: [\n"],
  ["another kind", "kind: Policy\nversion: 1\n"],
  ["a mistake", "kind: Config\nversion: 1\nadmn: x\n"],
  ["models that are no mapping", "kind: Config\nversion: 1\nmodels: 3\n"],
] as const) {
  test(`left alone: ${what}`, () => {
    const result = withModelSettings(Buffer.from(text), settings);
    assert.equal(result.ok, false);
  });
}
