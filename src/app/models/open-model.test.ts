// A device that is asked for reaches the runtime. That none of these is here is what the machines of these tests have in common.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleIn } from "../../../test/models/bundles/fixture.ts";
import { needsOpenVino, openVinoLibraries } from "../../../test/helpers/openvino.ts";
import { standardModelSettings } from "../../config/models.ts";
import { createOnnxRuntimeBackend } from "../../inference/backends/onnx-runtime.ts";
import { openOpenVinoBackend } from "../../inference/backends/openvino.ts";
import type { Backend } from "../../inference/backend.ts";
import { openModel } from "./open-model.ts";

const died = (message: string): never => assert.fail(message);

async function refusal(backend: Backend, device: string): Promise<string> {
  const bundle = await bundleIn("bert");
  const opened = await openModel({ backend, bundle, settings: { ...standardModelSettings(), threads: 1, device } });
  if (opened.ok) await opened.value.close();
  assert.ok(!opened.ok, `${device} is here?`);
  const [{ file, message } = { file: "", message: "" }] = opened.error;
  assert.equal(file, bundle.files.model);
  assert.doesNotMatch(message, /\n|Exception from/);
  return message;
}

test("OpenVINO refuses a device that is not there, and it is said which", needsOpenVino, async (t) => {
  const opened = await openOpenVinoBackend(openVinoLibraries(), died);
  assert.ok(opened.ok);
  t.after(() => opened.value.close());
  for (const device of ["GPU.9", "NPU.9", "AUTO:GPU.9", "HETERO:GPU.9"]) {
    const message = await refusal(opened.value, device);
    assert.ok(message.startsWith(`does not load in openvino on models.device ${device}: `), message);
    assert.match(message, /(?:or write CPU)$/);
  }
});

test("ONNX Runtime refuses a device that it has no provider for", async (t) => {
  const backend = createOnnxRuntimeBackend(died);
  t.after(() => backend.close());
  assert.match(await refusal(backend, "NPU"), /on models\.device NPU: .*backend not found/);
});
