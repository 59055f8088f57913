import assert from "node:assert/strict";
import { cp, truncate, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { sallyport } from "../../test/helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../../test/helpers/temp-dir.ts";
import { fixture } from "../../test/models/bundles/fixture.ts";

async function openStore(): Promise<TempDir> {
  const dir = await openTempDir();
  await cp(fixture("bert"), dir.join("models/attacks"), { recursive: true });
  await cp(fixture("modernbert"), dir.join("models/risk/v1"), { recursive: true });
  return dir;
}

const env = { SALLYPORT_MODELS_BACKEND: "onnxruntime", SALLYPORT_MODELS_SHIPPED: "false" };
const models = (dir: TempDir, ...args: readonly string[]) => sallyport(["models", ...args], { cwd: dir.path, env });

test("list, activate, roll back", async () => {
  await using dir = await openStore();
  const listed = await models(dir, "list");
  assert.deepEqual([listed.code, listed.stderr], [0, ""]);
  assert.match(
    listed.stdout,
    /^idle +attacks@[0-9a-f]{12} +attacks +sequence\nidle +risk@[0-9a-f]{12} +risk\/v1 +sequence, token\n$/,
  );
  const active = await models(dir, "activate", "risk");
  assert.equal(active.code, 0, active.stderr);
  assert.match(active.stdout, /^risk@[0-9a-f]{12} is active\n$/);
  assert.match((await models(dir, "list")).stdout, /^active +risk@/m);
  const back = await models(dir, "rollback", "risk");
  assert.equal(back.code, 1);
  assert.equal(back.stderr, "models: has nothing that served as risk before\n");
  const none = await models(dir, "rollback", "risk", "--shadow");
  assert.deepEqual([none.code, none.stdout], [0, "risk: nothing stands in shadow now\n"]);
});

test("check says what a model is", async () => {
  await using dir = await openStore();
  const { code, stdout, stderr } = await models(dir, "check", "models/attacks");
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^model +attacks@[0-9a-f]{12}\ndigest +sha256:[0-9a-f]{64}\nlicence +not said\n/);
  assert.match(stdout, /^answers +main: sequence \(fine, injection\), a finding from 0\.5 on$/m);
  assert.match(stdout, /^window +128 tokens, [0-9.]+ ms on one thread\nruntime +onnxruntime 1\./m);
  const json = await models(dir, "check", "models/risk/v1", "--json");
  const told = JSON.parse(json.stdout) as { name: string; heads: readonly object[] };
  assert.deepEqual([json.code, told.name, told.heads.length], [0, "v1", 2]);
});

test("check says of dynamic INT8 that its windows are not joined", async () => {
  await using dir = await openStore();
  await cp(fixture("bert-dynamic"), dir.join("models/dynamic"), { recursive: true });
  const { stdout, stderr } = await models(dir, "check", "models/dynamic");
  assert.match(stdout, /^window .*\n +each window alone: dynamic INT8/m, stderr);
});

test("check says what is wrong, where, and how to mend it", async () => {
  await using dir = await openStore();
  await truncate(dir.join("models/attacks/model.onnx"), 4000);
  const { code, stdout, stderr } = await models(dir, "check", "models/attacks");
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(stderr, "models/attacks/model.onnx: is no ONNX file: it ends too early\n");
  const json = await models(dir, "check", "models/nowhere", "--json");
  assert.equal(json.code, 1);
  assert.match(json.stdout, /"message": "cannot be read \(ENOENT\)"/);
  const listed = await models(dir, "list");
  assert.equal(listed.code, 1);
  assert.match(listed.stdout, /^bad +- +attacks\n +models\/attacks\/model\.onnx: is no ONNX file/);
});

test("the folder is a flag's, else the configuration's", async () => {
  await using dir = await openStore();
  await writeFile(dir.join("c.yaml"), "kind: Config\nversion: 1\nmodels: { folder: models }\n");
  assert.equal((await models(dir, "list", "--config", "c.yaml")).code, 0);
  assert.match(
    (await models(dir, "list", "--folder", "nowhere")).stderr,
    /^nowhere: cannot be read \(ENOENT\); name the models' folder with --folder/,
  );
  await writeFile(dir.join("c.yaml"), "kind: Config\nversion: 1\nmodels: { backend: tensorrt }\n");
  assert.match(
    (await models(dir, "list", "--config", "c.yaml")).stderr,
    /^c\.yaml:3:20: backend must be one of auto, openvino, onnxruntime/,
  );
});
