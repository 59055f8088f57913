// How many CPUs models take where nothing is said, and which OpenVINO.

import assert from "node:assert/strict";
import { resolve } from "node:path";
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

test("what comes with Sallyport is left out by file or variable, and stands where the program does", () => {
  const folderOf = (shipped: string | null, env: Record<string, string> = {}): string | null | undefined => {
    const bytes = Buffer.from(
      `kind: Config\nversion: 1\n${shipped === null ? "" : `models: { shipped: ${shipped} }\n`}`,
    );
    const read = readConfig({ file: { path: "c.yaml", bytes }, env, flags: {} });
    return read.ok ? read.value.models.shippedFolder : undefined;
  };
  const own = standardModelSettings().shippedFolder;
  assert.equal(own, resolve(import.meta.dirname, "../../models"));
  assert.deepEqual([folderOf(null), folderOf("true"), folderOf("false"), folderOf("no")], [own, own, null, undefined]);
  const variable = "SALLYPORT_MODELS_SHIPPED";
  assert.deepEqual(
    [
      folderOf(null, { [variable]: "false" }),
      folderOf("false", { [variable]: "true" }),
      folderOf(null, { [variable]: "0" }),
    ],
    [null, own, undefined],
  );
});
