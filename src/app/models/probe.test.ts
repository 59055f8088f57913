import assert from "node:assert/strict";
import { cp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { needsOpenVino, openVinoLibraries } from "../../../test/helpers/openvino.ts";
import { openTempDir } from "../../../test/helpers/temp-dir.ts";
import { fixture } from "../../../test/models/bundles/fixture.ts";
import { type ModelSettings, standardModelSettings } from "../../config/models.ts";
import { createProbe, type ProbeReport, standardProbeLimits } from "./probe.ts";

const settings: ModelSettings = { ...standardModelSettings(), backend: "onnxruntime" };
const probe = createProbe();

async function report(name: string, with_: ModelSettings = settings): Promise<ProbeReport> {
  const probed = await probe({ folder: fixture(name), fallbackName: null, settings: with_ });
  return probed.ok ? probed.value : assert.fail(JSON.stringify(probed.error));
}

/** What is said of a copy of `from` after `change`. */
async function problem(
  from: string,
  change: (folder: string) => Promise<unknown>,
  with_: ModelSettings = settings,
): Promise<string> {
  await using dir = await openTempDir();
  const folder = dir.join("m");
  await cp(fixture(from), folder, { recursive: true });
  await change(folder);
  const probed = await probe({ folder, fallbackName: null, settings: with_ });
  if (probed.ok) return "it was taken";
  return probed.error.map(({ file, message }) => `${file.replace(`${folder}/`, "")}: ${message}`).join("\n");
}

const config = (change: (config: Record<string, unknown>) => unknown) => async (folder: string) => {
  const read = JSON.parse(await readFile(`${folder}/config.json`, "utf8")) as Record<string, unknown>;
  await writeFile(`${folder}/config.json`, JSON.stringify(change(read)));
};
const manifest = (heads: string) => (folder: string) =>
  writeFile(`${folder}/sallyport-model.yaml`, `kind: Model\nversion: 1\nheads: ${heads}\n`);

test("a good bundle is told as it runs", async () => {
  const told = await report("modernbert");
  assert.deepEqual([told.name, told.windowTokens, told.runtime], ["modernbert", 64, "onnxruntime"]);
  assert.deepEqual(
    told.heads.map(({ name, task }) => [name, task]),
    [
      ["risk", "sequence"],
      ["words", "token"],
    ],
  );
  assert.ok(told.loadMs > 0 && told.windowMs > 0 && told.memoryBytes > 0);
});

test("on OpenVINO, in its own form", needsOpenVino, async () => {
  const { folder } = openVinoLibraries();
  const told = await report("bert-ir", { ...settings, backend: "openvino", openvinoFolder: folder });
  assert.equal(told.runtime, "openvino");
});

describe("what does not fit is told with its file", () => {
  const cases: readonly (readonly [string, string, (folder: string) => Promise<unknown>, RegExp])[] = [
    [
      "a label too many",
      "bert",
      config((read) => ({ ...read, id2label: { "0": "a", "1": "b", "2": "c" } })),
      /^model\.onnx: heads\.main: the output logits has 2 numbers for 3 labels/,
    ],
    [
      "a label too many, where only a run can tell",
      "modernbert",
      manifest("{ words: { output: words, task: token, labels: { a: null, b: b } } }"),
      /^model\.onnx: heads\.words: the output words has 3 numbers for 2 labels/,
    ],
    [
      "an output that is not there",
      "bert",
      manifest("{ main: { output: scores, task: sequence } }"),
      /^model\.onnx: heads\.main: the model has no output scores .*it has logits/,
    ],
    [
      "two outputs and a head that names none",
      "modernbert",
      manifest("{ main: { task: sequence, labels: { a: null, b: b } } }"),
      /^model\.onnx: heads\.main: the model has the outputs risk, words; write output:/,
    ],
    [
      "another task",
      "bert",
      manifest("{ main: { task: token } }"),
      /^model\.onnx: heads\.main: the output logits has 2 dimensions; a head of the task token reads 3/,
    ],
    [
      "labels of a claim's words, of a model that gives one a text",
      "bert",
      manifest("{ main: { task: pair-token } }"),
      /^model\.onnx: heads\.main: the output logits has 2 dimensions; a head of the task pair-token reads 3/,
    ],
    [
      "another model's tokenizer",
      "bert",
      (folder) => cp(fixture("roberta/tokenizer.json"), `${folder}/tokenizer.json`),
      /^tokenizer\.json: has tokens up to 419, and the model knows 400 \(vocab_size/,
    ],
    [
      "another model's tokenizer, and an exporter that said nothing",
      "bert",
      async (folder) => {
        await cp(fixture("roberta/tokenizer.json"), `${folder}/tokenizer.json`);
        await config(({ vocab_size: _size, ...read }) => read)(folder);
      },
      /^model\.onnx: does not run: .*(?:bounds|range)/i,
    ],
    [
      "a tokenizer that is none",
      "bert",
      (folder) => writeFile(`${folder}/tokenizer.json`, "{}"),
      /^tokenizer\.json: has no vocabulary/,
    ],
    [
      "a form that the runtime does not read",
      "bert-ir",
      async () => undefined,
      /^model\.xml: is in OpenVINO's form, which ONNX Runtime does not read/,
    ],
    [
      "weights that are no numbers",
      "bert-external",
      async (folder) => {
        const { size } = await stat(`${folder}/model.onnx_data`);
        await writeFile(`${folder}/model.onnx_data`, Buffer.alloc(size, 0xff));
      },
      /^model\.onnx: does not run: /,
    ],
    [
      "weights that are cut short",
      "bert-external",
      (folder) => truncate(`${folder}/model.onnx_data`, 1000),
      /^model\.onnx: does not load in onnxruntime: /,
    ],
    ["nothing at all", "bert", (folder) => rm(folder, { recursive: true }), /cannot be read \(ENOENT\)/],
  ];
  for (const [what, from, change, wanted] of cases) {
    test(what, async () => assert.match(await problem(from, change), wanted));
  }
});

describe("an IR that is broken, on OpenVINO", needsOpenVino, () => {
  const xml = (change: (xml: string) => string) => async (folder: string) => {
    const file = `${folder}/model.xml`;
    const before = await readFile(file, "utf8");
    const after = change(before);
    assert.notEqual(after, before);
    await writeFile(file, after);
  };
  const cases: readonly (readonly [string, (folder: string) => Promise<unknown>])[] = [
    ["cut short", (folder) => truncate(`${folder}/model.xml`, 20_000)],
    ["weights cut short", (folder) => truncate(`${folder}/model.bin`, 1000)],
    ["weights from beyond their file", xml((text) => text.replace(/offset="\d{4,}"/, 'offset="99999999999"'))],
    [
      "an operator that nobody knows",
      xml((text) => text.replace('type="Softmax"', 'type="Softermax"').replace('type="MatMul"', 'type="MatMal"')),
    ],
    ["a shape beyond all memory", xml((text) => text.replace(/ shape="\d+, 32"/, ' shape="99999999999, 32"'))],
  ];
  for (const [what, change] of cases) {
    test(what, async () => {
      const { folder } = openVinoLibraries();
      const told = await problem("bert-ir", change, { ...settings, backend: "openvino", openvinoFolder: folder });
      assert.match(told, /^(?:model\.xml: does not (?:load in openvino|run): |.*ended the process that tried it)/);
    });
  }
});

describe("what a model does to its process is a message", () => {
  const asked = { folder: fixture("bert"), fallbackName: null, settings };
  const message = async (code: string, limits = standardProbeLimits()): Promise<string> => {
    await using dir = await openTempDir();
    await writeFile(dir.join("p.mjs"), code);
    const probed = await createProbe(limits, dir.join("p.mjs"))(asked);
    return probed.ok ? "it was taken" : (probed.error[0]?.message ?? "");
  };
  test("more memory than the limit", async () => {
    const probed = await createProbe({ ...standardProbeLimits(), memoryBytesMax: 2 ** 20 })(asked);
    assert.match(probed.ok ? "" : (probed.error[0]?.message ?? ""), /^takes more than 1 MiB of memory/);
  });
  test("longer than the limit", async () => {
    const told = await message("setInterval(() => {}, 1000)", { ...standardProbeLimits(), timeMs: 50 });
    assert.match(told, /^did not load and run within 50 ms/);
  });
  test("a crash", async () => {
    assert.match(
      await message("process.kill(process.pid, 'SIGSEGV')"),
      /^ended the process that tried it \(SIGSEGV\)$/,
    );
    assert.match(await message("throw new Error('bad allocation')"), /\(exit status 1\): .*bad allocation/);
    assert.match(await message("process.exit(0)"), /^ended the process that tried it \(exit status 0\)$/);
  });
  test("words on its output", async () => {
    assert.match(await message("console.log('loading'); console.log('{}x')"), /^ended the process/);
  });
});
