// What docs/models.md tells is true: its commands run, its manifest is one, its tables are the schema's.

import assert from "node:assert/strict";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { readBundle } from "../../src/inference/bundle/bundle.ts";
import { headSource, manifestSource } from "../../src/inference/bundle/manifest.ts";
import { sallyport } from "../helpers/sallyport.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { fixture } from "./bundles/fixture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/models.md"), "utf8");
const fences = [...page.matchAll(/^```([a-z]*)\n(.*?)^```/gms)].map(([, language, code]) => ({
  language,
  code: code ?? "",
}));
const env = { SALLYPORT_MODELS_BACKEND: "onnxruntime" };

test("the five minutes' commands run as they are", async () => {
  await using dir = await openTempDir();
  await symlink(join(root, "test"), dir.join("test"));
  const lines =
    fences
      .find(({ language }) => language === "sh")
      ?.code.trim()
      .split("\n") ?? [];
  assert.equal(lines.length, 4);
  for (const line of lines) {
    const [program, ...words] = line.split(" ");
    if (program === "mkdir") {
      assert.equal(line, "mkdir -p models && cp -r test/models/bundles/fixtures/bert models/attacks");
      await cp(fixture("bert"), dir.join("models/attacks"), { recursive: true });
      continue;
    }
    assert.equal(program, "sallyport");
    const { code, stderr, stdout } = await sallyport(words, { cwd: dir.path, env });
    assert.equal(code, 0, stderr);
    if (words[1] === "list") assert.match(stdout, /^active +attacks@/);
  }
  const policy = fences.find(({ code }) => code.startsWith("kind: Policy"))?.code ?? "";
  await writeFile(dir.join("policy.yaml"), policy);
  const checked = await sallyport(["check", "policy.yaml"], { cwd: dir.path, env });
  assert.deepEqual([checked.code, checked.stdout], [0, "policy.yaml: ok\n"]);
});

test("its manifest is one", async () => {
  const manifest = fences.find(({ code }) => /^kind: Model$/m.test(code))?.code ?? "";
  await using dir = await openTempDir();
  await cp(fixture("bert"), dir.join("m"), { recursive: true });
  await writeFile(
    dir.join("m/sallyport-model.yaml"),
    manifest.replace("window: 256\nstride: 192", "window: 128\nstride: 96"),
  );
  const read = await readBundle(dir.join("m"));
  assert.ok(read.ok, JSON.stringify(read));
  assert.deepEqual(read.value.heads[0]?.labels, [null, "prompt-injection"]);
});

test("manifests of models that judge claims are some", async () => {
  const guide = await readFile(join(root, "docs/guards/groundedness.md"), "utf8");
  const manifests = [...guide.matchAll(/^```yaml\n(kind: Model\n.*?)^```/gms)].map(([, code = ""]) => code);
  const heads = await Promise.all(
    manifests.map(async (manifest) => {
      await using dir = await openTempDir();
      // Its exporter named no labels.
      await cp(fixture("distilbert"), dir.join("m"), { recursive: true });
      const labels = manifest.includes("labels:") ? "" : "    labels: { LABEL_0: null, LABEL_1: hallucinated }\n";
      const short = manifest.replace(/window: \d+/, "window: 64");
      await writeFile(dir.join("m/sallyport-model.yaml"), `${short}${labels}`);
      const read = await readBundle(dir.join("m"));
      assert.ok(read.ok, JSON.stringify(read));
      return read.value.heads.map((head) => [head.task, head.labels, head.pooling]);
    }),
  );
  assert.deepEqual(heads.flat(), [
    ["pair", ["unsupported", null], "min"],
    ["pair", ["unsupported"], "min"],
    ["pair-token", [null, "hallucinated"], "min"],
  ]);
});

const rowsOf = (shape: Readonly<Record<string, z.core.$ZodType>>): string =>
  Object.entries(shape)
    .map(([name, field]) => `| \`${name}\` | ${saidOf(field)} |\n`)
    .join("");

function saidOf(field: z.core.$ZodType): string {
  if (field instanceof z.ZodLiteral) return `\`${[...field.values].join()}\``;
  const described = [field, field instanceof z.ZodOptional ? field.unwrap() : field].map(
    (each) => (each as z.ZodType).description,
  );
  return described.find((each) => each !== undefined) ?? assert.fail("a field without words");
}

const marked = (name: string): string => page.split(`<!-- ${name} -->\n`)[1]?.split(`<!-- /${name} -->`)[0] ?? "";

test("its tables are the schema's", () => {
  const head = "| field | |\n|---|---|\n";
  assert.equal(marked("manifest"), head + rowsOf(manifestSource.shape));
  assert.equal(marked("head"), head + rowsOf(headSource.shape));
});
