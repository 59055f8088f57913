// How many CPUs models take where nothing is said, and which OpenVINO.

import assert from "node:assert/strict";
import test from "node:test";
import { readConfig } from "./config.ts";
import { usableCpus } from "./cpus.ts";
import { standardModelSettings } from "./models.ts";

test("a model takes the CPUs that the process may use", () => {
  assert.equal(standardModelSettings().threads, usableCpus());
});

test("OPENVINO_LIBS names OpenVINO's folder where the configuration does not", () => {
  const folderOf = (env: Record<string, string>): string | null | undefined => {
    const read = readConfig({ file: null, env, flags: { policy: "p.yaml" } });
    return read.ok ? read.value.models.openvinoFolder : undefined;
  };
  assert.equal(folderOf({ OPENVINO_LIBS: "/a" }), "/a");
  assert.equal(folderOf({ OPENVINO_LIBS: "" }), null);
  assert.equal(folderOf({ OPENVINO_LIBS: "/a", SALLYPORT_MODELS_OPENVINO_FOLDER: "/b" }), "/b");
});
