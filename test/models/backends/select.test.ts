// Which runtime serves, and what is said of it. A folder whose libraries are of no use must end nothing.

import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import { openBackend } from "../../../src/inference/backends/select.ts";
import { needsOpenVino, openVinoLibraries } from "../../helpers/openvino.ts";
import { openTempDir } from "../../helpers/temp-dir.ts";
import { batchOf, load, mustBe, run } from "./runtimes.ts";

const wishes = { onDeath: () => {}, nowMs: () => performance.now() };

test("auto takes OpenVINO where it is found, says so, and it runs", needsOpenVino, async () => {
  const { folder } = openVinoLibraries();
  const { backend, why } = mustBe(await openBackend({ ...wishes, runtime: "auto", folders: [folder] }));
  assert.equal(backend.runtime, "openvino");
  assert.equal(why, `OpenVINO, its libraries in ${folder}`);
  const model = await load(backend, "sums.onnx");
  assert.equal((await run(model, batchOf([[1]]))).length, 3);
  await model.close();
  await backend.close();
});

test("ONNX Runtime is taken where it is asked for", async () => {
  const { backend, why } = mustBe(await openBackend({ ...wishes, runtime: "onnxruntime", folders: ["/nowhere"] }));
  assert.equal(backend.runtime, "onnxruntime");
  assert.match(why, /as it is asked for/);
});

const broken = {
  "is no library": (file: string) => writeFileSync(file, "no library\n"),
  "is another library": (file: string) =>
    copyFileSync(loadedLibraries().find((path) => /\/libm[.-]/.test(path)) ?? "", file),
} as const;

/** Of this process. */
function loadedLibraries(): readonly string[] {
  return (process.report.getReport() as { readonly sharedObjects: readonly string[] }).sharedObjects;
}

for (const [what, write] of Object.entries(broken)) {
  test(`where libopenvino_c ${what}, auto goes on with ONNX Runtime and says why`, async () => {
    await using dir = await openTempDir();
    write(dir.join("libopenvino_c.so.2641"));
    const { backend, why } = mustBe(await openBackend({ ...wishes, runtime: "auto", folders: [dir.path] }));
    assert.equal(backend.runtime, "onnxruntime");
    assert.match(
      why,
      /^ONNX Runtime, since there is no OpenVINO: .*libopenvino_c\.so\.2641 (does not load|has no function)/,
    );
    const model = await load(backend, "sums.onnx");
    assert.equal((await run(model, batchOf([[1]]))).length, 3);
    await model.close();
    const asked = await openBackend({ ...wishes, runtime: "openvino", folders: [dir.path] });
    assert.equal(asked.ok ? "" : asked.error.kind, "no-runtime");
  });
}

test("OpenVINO that is closed compiles no more", needsOpenVino, async () => {
  const folders = [openVinoLibraries().folder];
  const { backend } = mustBe(await openBackend({ ...wishes, runtime: "openvino", folders }));
  await backend.close();
  await backend.close();
  await assert.rejects(load(backend, "sums.onnx"), /closed/);
});

test("devices and precisions are passed to OpenVINO", needsOpenVino, async () => {
  const folders = [openVinoLibraries().folder];
  const { backend } = mustBe(await openBackend({ ...wishes, runtime: "openvino", folders }));
  const auto = await load(backend, "sums.onnx", { device: "AUTO", precision: "auto", streams: 1 });
  assert.match(auto.description.device, /CPU/);
  const half = await load(backend, "sums.onnx", { precision: "bf16" });
  assert.match(half.description.precision, /^(bf16|f32)$/); // f32 where the CPU has no BF16
  assert.equal((await run(auto, batchOf([[1]]))).length, 3);
  await Promise.all([auto.close(), half.close()]);
  await backend.close();
});
