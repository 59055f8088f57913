import assert from "node:assert/strict";
import { cp, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openTempDir } from "../../../test/helpers/temp-dir.ts";
import { type Bundle, readBundle, windowShape } from "./bundle.ts";
import { manifestSource } from "./manifest.ts";

const fixtures = fileURLToPath(new URL("../../../test/models/bundles/fixtures/", import.meta.url));

/** What reading a copy of a bundle says after `change`. */
async function reading(from: string, change: (folder: string) => Promise<unknown>): Promise<Bundle | string> {
  await using dir = await openTempDir();
  const folder = dir.join(from);
  await cp(`${fixtures}${from}`, folder, { recursive: true });
  await change(folder);
  const read = await readBundle(folder);
  if (read.ok) return read.value;
  return read.error
    .map(({ file, message }) => `${file.replace(`${folder}/`, "").replace(folder, ".")}: ${message}`)
    .join("\n");
}

async function bundle(
  from: string,
  change: (folder: string) => Promise<unknown> = async () => undefined,
): Promise<Bundle> {
  const read = await reading(from, change);
  return typeof read === "string" ? assert.fail(read) : read;
}

const manifest = (text: string) => (folder: string) =>
  writeFile(`${folder}/sallyport-model.yaml`, `kind: Model\nversion: 1\n${text}`);
const config = (change: (config: Record<string, unknown>) => unknown) => async (folder: string) => {
  const read = JSON.parse(await readFile(`${folder}/config.json`, "utf8")) as Record<string, unknown>;
  await writeFile(`${folder}/config.json`, JSON.stringify(change(read)));
};

test("a model whose scales come from a batch is known, in either form", async () => {
  const minimum = (output: string) => async (folder: string) => {
    const file = `${folder}/model.xml`;
    const port = '<input><port id="0" precision="FP32"><dim>-1</dim></port></input>';
    const layer = `<layer id="900" name="m" type="ReduceMin" version="opset1">${port}<output>\n${output}\n</output></layer>`;
    await writeFile(file, (await readFile(file, "utf8")).replace("</layers>", `${layer}</layers>`));
  };
  const none = async () => undefined;
  const cases: readonly (readonly [string, (folder: string) => Promise<void>, boolean])[] = [
    ["bert", none, false],
    ["bert-qdq", none, false],
    ["bert-dynamic", none, true],
    ["bert-ir", none, false],
    ["bert-ir", minimum('<port id="2" precision="FP32" />'), true],
    ["bert-ir", minimum('<port id="2" precision="FP32"><dim>-1</dim></port>'), false],
  ];
  for (const [name, change, wanted] of cases)
    assert.equal((await bundle(name, change)).files.hasBatchScales, wanted, name);
});

describe("what exporters write is enough", () => {
  const cases: readonly (readonly [string, string, readonly (string | null)[], number, number])[] = [
    ["bert", "sequence", [null, "injection"], 128, 0],
    ["bert-external", "sequence", [null, "injection"], 128, 0],
    ["bert-ir", "sequence", [null, "injection"], 128, 0],
    ["deberta-v3", "multi-label", ["toxic", "threat", "insult"], 128, 0],
    // Positions begin behind the padding's: two are not for tokens.
    ["xlm-roberta", "token", [null, "per", "per", "loc", "loc"], 128, 1],
    ["distilbert", "embedding", [], 128, 0],
  ];
  for (const [name, task, labels, window, padId] of cases) {
    test(name, async () => {
      const read = await bundle(name);
      assert.deepEqual([read.name, read.window.tokens, read.padId], [name, window, padId]);
      assert.deepEqual(
        read.heads.map((head) => [head.name, head.task, head.labels]),
        [["main", task, labels]],
      );
      assert.match(read.digest, /^sha256:[0-9a-f]{64}$/);
      assert.equal(read.files.external.length, name === "bert-external" ? 1 : 0);
      assert.equal(read.files.weights === null, name !== "bert-ir");
    });
  }
});

test("a manifest says more", async () => {
  const pair = await bundle("roberta");
  assert.deepEqual(pair.heads[0], {
    name: "support",
    task: "pair",
    output: null,
    labels: ["unsupported", null, "unsupported"],
    tags: [null, null, null],
    calibration: { kind: "temperature", temperature: 1.5 },
    threshold: 0.6,
    thresholds: { "fpr-1%": 0.9 },
    pooling: "max",
    vector: "mean",
  });
  const two = await bundle("modernbert");
  assert.deepEqual(
    two.heads.map(({ name, output, labels }) => [name, output, labels]),
    [
      ["risk", "risk", [null, "prompt-injection"]],
      ["words", "words", [null, "name", "name"]],
    ],
  );
  assert.deepEqual(windowShape(two, 2), { size: 62, stride: 48, most: 256 });
  assert.deepEqual(windowShape({ ...two, window: { tokens: 64, stride: null, most: 3 } }, 2), {
    size: 62,
    stride: 46,
    most: 3,
  });
});

test("labels of a claim's words are read as those of a text's, and one window that bears a word out is enough", async () => {
  const heads = (more: string) => manifest(`heads: { main: { task: pair-token${more} } }\n`);
  const [head] = (await bundle("xlm-roberta", heads(""))).heads;
  const { labels, tags, pooling } = head ?? assert.fail();
  assert.deepEqual(labels, [null, "per", "per", "loc", "loc"]);
  assert.deepEqual(tags, [null, "B", "I", "B", "I"]);
  assert.equal(pooling, "min");
  assert.equal((await bundle("xlm-roberta", heads(", pooling: max"))).heads[0]?.pooling, "max");
  const exported = config((read) => ({ ...read, id2label: { "0": "supported", "1": "hallucinated" } }));
  const told = await bundle("xlm-roberta", async (folder) => {
    await exported(folder);
    await heads("")(folder);
  });
  assert.deepEqual(told.heads[0]?.labels, [null, "hallucinated"]);
});

test("the digest is that of what decides an answer", async () => {
  const { digest } = await bundle("bert");
  const digestAfter = async (change: (folder: string) => Promise<unknown>): Promise<string> =>
    (await bundle("bert", change)).digest;
  assert.equal(await digestAfter(async () => undefined), digest);
  assert.equal(await digestAfter((folder) => writeFile(`${folder}/README.md`, "a card")), digest);
  assert.notEqual(await digestAfter(config((read) => ({ ...read, pad_token_id: 1 }))), digest);
  assert.notEqual(await digestAfter(manifest("window: 64\n")), digest);
  const pinned = await digestAfter(manifest("licence: MIT\n"));
  assert.equal(await digestAfter(manifest(`licence: MIT\ndigest: ${pinned}\n`)), pinned);
});

test("a name is the manifest's, else the folder's", async () => {
  assert.equal((await bundle("bert", manifest("name: guard-2\n"))).name, "guard-2");
  await using dir = await openTempDir();
  await cp(`${fixtures}bert`, dir.join("My_Guard.v2"), { recursive: true });
  await cp(`${fixtures}bert`, dir.join("2024"), { recursive: true });
  const read = await readBundle(dir.join("My_Guard.v2"));
  assert.equal(read.ok && read.value.name, "my-guard-v2");
  assert.equal((await readBundle(dir.join("2024"))).ok, false);
  const below = await readBundle(dir.join("2024"), "guard");
  assert.equal(below.ok && below.value.name, "guard");
});

describe("a manifest's mistakes are told with their place and a way to mend them", () => {
  const head = (text: string): string => `heads:\n  main:\n${text.replace(/^/gm, "    ")}\n`;
  const cases: readonly (readonly [string, RegExp])[] = [
    ["name: My Guard\n", /^sallyport-model\.yaml:3:7: name is not valid \(the name that policies use/],
    ["licence: ''\n", /:3:\d+: licence is empty/],
    ["digest: abc\n", /:3:9: digest is not valid \(sha256:/],
    [`digest: sha256:${"0".repeat(64)}\n`, /digest: the files have sha256:[0-9a-f]{64}; they were changed/],
    ["window: 4\n", /:3:9: window must be at least 8/],
    ["window: 129\n", /window: the model takes 128 tokens at most/],
    ["stride: 0\n", /:3:9: stride must be at least 1/],
    ["window: 64\nstride: 65\n", /stride: must not be above window/],
    ["windowsMax: 0\n", /:3:13: windowsMax must be at least 1/],
    ["unknownShareMax: 2\n", /:3:18: unknownShareMax must be at most 1/],
    ["windowMax: 3\n", /:3:1: unknown key "windowMax"; did you mean "windowsMax"/],
    ["heads: {}\n", /:3:8: heads: /],
    [head("task: sequences"), /task must be one of sequence, .*did you mean "sequence"/],
    [head("task: sequence\noutput: ''"), /output is empty/],
    [
      head("task: sequence\nlabels: { SAFE: null, INJECTION: Prompt Injection }"),
      /INJECTION is not valid \(a category/,
    ],
    [head("task: sequence\nlabels: { SAFE: null }"), /heads\.main\.labels: says nothing of the label "INJECTION"/],
    [head("task: sequence\nlabels: { SAFE: null, INJECTION: x, EVIL: y }"), /id2label: has no label "EVIL"/],
    [head("task: sequence\nthreshold: 1.5"), /threshold must be at most 1/],
    [head("task: sequence\nthresholds: { FPR: 0.5 }"), /the key FPR is not valid/],
    [head("task: sequence\ncalibration: { temperature: 0 }"), /temperature must be/],
    [
      head("task: sequence\ncalibration: { scale: 2 }"),
      /calibration: write temperature alone, or scale and offset together/,
    ],
    [
      head("task: sequence\ncalibration: { temperature: 2, scale: 1, offset: 0 }"),
      /calibration: write temperature alone/,
    ],
    [head("task: sequence\npooling: sum"), /pooling must be one of max/],
    [head("task: embedding\nvector: last"), /vector must be one of mean, first/],
    [head("threshold: 0.5"), /task is missing \(what kind/],
    ["heads: { Main: { task: sequence } }\n", /the key Main is not valid/],
  ];
  for (const [text, wanted] of cases) {
    test(text.trim().replaceAll("\n", " "), async () => {
      const read = await reading("bert", manifest(text));
      assert.match(typeof read === "string" ? read : "it was taken", wanted);
    });
  }
  const others: readonly (readonly [string, string, RegExp])[] = [
    ["another kind", "kind: Policy\nversion: 1\n", /kind must be Model/],
    ["another version", "kind: Model\nversion: 2\n", /version must be 1/],
    ["no YAML", "kind: [\n", /^sallyport-model\.yaml:/],
    ["empty", "", /sallyport-model\.yaml: is empty/],
  ];
  for (const [what, text, wanted] of others) {
    test(what, async () => {
      const read = await reading("bert", (folder) => writeFile(`${folder}/sallyport-model.yaml`, text));
      assert.match(typeof read === "string" ? read : "it was taken", wanted);
    });
  }
  test("each field is tried", () => {
    const tried = cases.map(([text]) => text).join("\n");
    for (const field of Object.keys(manifestSource.shape).filter((name) => name !== "kind" && name !== "version"))
      assert.match(tried, new RegExp(`^${field}:`, "m"));
  });
});

describe("files that are missing, broken or elsewhere", () => {
  const remove = (name: string) => (folder: string) => rm(`${folder}/${name}`);
  const cut = (name: string) => (folder: string) => truncate(`${folder}/${name}`, 100);
  const empty = (name: string) => (folder: string) => truncate(`${folder}/${name}`, 0);
  /** Moves a file out of the folder and leaves a link to it. */
  const linked = (name: string) => async (folder: string) => {
    await rename(`${folder}/${name}`, `${folder}/../${name}`);
    await symlink(`../${name}`, `${folder}/${name}`);
  };
  /** Gives the model's weights another name, of the same length, since the form counts bytes. */
  const located = (name: string) => async (folder: string) => {
    const bytes = await readFile(`${folder}/model.onnx`);
    assert.equal(Buffer.byteLength(name), "model.onnx_data".length);
    const text = bytes.toString("latin1").replaceAll("model.onnx_data", Buffer.from(name).toString("latin1"));
    await writeFile(`${folder}/model.onnx`, Buffer.from(text, "latin1"));
  };
  const folderInstead = (name: string) => async (folder: string) => {
    await rm(`${folder}/${name}`);
    await mkdir(`${folder}/${name}`);
  };
  const cases: readonly (readonly [string, string, (folder: string) => Promise<unknown>, RegExp])[] = [
    [
      "no model",
      "bert",
      (folder) => rename(`${folder}/model.onnx`, `${folder}/pytorch.bin`),
      /^\.: holds no model\.onnx .*there is pytorch\.bin/,
    ],
    ["no folder", "bert", (folder) => rm(folder, { recursive: true }), /^\.: cannot be read \(ENOENT\)/],
    ["no tokenizer", "bert", remove("tokenizer.json"), /^tokenizer\.json: is missing; save the tokenizer/],
    ["no config", "bert", remove("config.json"), /^config\.json: is missing; copy/],
    ["no weights of an IR", "bert-ir", remove("model.bin"), /^model\.bin: is missing/],
    ["no weights beside an ONNX file", "bert-external", remove("model.onnx_data"), /^model\.onnx_data: is missing/],
    ["an empty model", "bert", empty("model.onnx"), /^model\.onnx: is empty/],
    ["an empty tokenizer", "bert", empty("tokenizer.json"), /^tokenizer\.json: is empty/],
    ["a truncated model", "bert", cut("model.onnx"), /^model\.onnx: is no ONNX file: it ends too early/],
    ["a truncated config", "bert", cut("config.json"), /^config\.json: is not JSON/],
    ["a folder for a file", "bert", folderInstead("tokenizer.json"), /^tokenizer\.json: is no file/],
    ["a model that is a link out", "bert", linked("model.onnx"), /^model\.onnx: is a link that leads out/],
    ["a tokenizer that is a link out", "bert", linked("tokenizer.json"), /^tokenizer\.json: is a link that leads out/],
    ["a config that is a link out", "bert", linked("config.json"), /^config\.json: is a link that leads out/],
    [
      "weights that are a link out",
      "bert-external",
      linked("model.onnx_data"),
      /^model\.onnx_data: is a link that leads out/,
    ],
    ["an IR's weights that are a link out", "bert-ir", linked("model.bin"), /^model\.bin: is a link that leads out/],
    [
      "a manifest that is a link out",
      "roberta",
      linked("sallyport-model.yaml"),
      /^sallyport-model\.yaml: is a link that leads out/,
    ],
    [
      "a manifest that is a link to nothing",
      "bert",
      (folder) => symlink("nowhere", `${folder}/sallyport-model.yaml`),
      /^sallyport-model\.yaml: is missing/,
    ],
    [
      "weights above the folder",
      "bert-external",
      located("../model.onnx_d"),
      /^model\.onnx: keeps weights in a file outside/,
    ],
    [
      "weights above, the long way",
      "bert-external",
      located("a/../../weight."),
      /^model\.onnx: keeps weights in a file outside/,
    ],
    [
      "weights at an absolute path",
      "bert-external",
      located("/etc/passwd_abc"),
      /^model\.onnx: keeps weights in a file outside/,
    ],
    [
      "weights whose name hides its end",
      "bert-external",
      located("model.onnx\0data"),
      /^model\.onnx: names a file of weights by what is no/,
    ],
    [
      "a label too few",
      "bert",
      config((read) => ({ ...read, id2label: { "1": "x" } })),
      /^config\.json: id2label: names no labels/,
    ],
    [
      "labels that are no text",
      "bert",
      config((read) => ({ ...read, id2label: { "0": 1 } })),
      /^config\.json: id2label\.0/,
    ],
    [
      "an unknown architecture",
      "bert",
      config((read) => ({ ...read, architectures: ["BertForMaskedLM"] })),
      /^config\.json: architectures: .*BertForMaskedLM.*heads:/,
    ],
    ["a config that is a list", "bert", config(() => []), /^config\.json: /],
  ];
  for (const [what, from, change, wanted] of cases) {
    test(what, async () => {
      const read = await reading(from, change);
      assert.match(typeof read === "string" ? read : "it was taken", wanted);
    });
  }
});

test("a link that stays in the folder is fine", async () => {
  const read = await bundle("bert", async (folder) => {
    await rename(`${folder}/model.onnx`, `${folder}/guard.bin`);
    await symlink("guard.bin", `${folder}/model.onnx`);
  });
  assert.equal(basename(read.files.model), "model.onnx");
});

test("the only ONNX file is the model, whatever its name and in onnx/ too; of several none is taken", async () => {
  for (const name of ["model_quantized.onnx", "onnx/model_int8.onnx"]) {
    const read = await bundle("bert", async (folder) => {
      await mkdir(`${folder}/onnx`);
      await rename(`${folder}/model.onnx`, `${folder}/${name}`);
    });
    assert.ok(read.files.model.endsWith(`/${name}`));
  }
  const several = await reading("bert", async (folder) => {
    await rename(`${folder}/model.onnx`, `${folder}/model_int8.onnx`);
    await mkdir(`${folder}/onnx`);
    await cp(`${folder}/model_int8.onnx`, `${folder}/onnx/model_q4.onnx`);
  });
  assert.match(
    typeof several === "string" ? several : "",
    /there is model_int8\.onnx, onnx\/model_q4\.onnx: name the one that shall run model\.onnx$/,
  );
});

test("a model in the folder onnx/, as some exporters write it", async () => {
  const read = await bundle("bert", async (folder) => {
    await mkdir(`${folder}/onnx`);
    await rename(`${folder}/model.onnx`, `${folder}/onnx/model.onnx`);
  });
  assert.match(read.files.model, /onnx\/model\.onnx$/);
});
