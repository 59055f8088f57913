import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadRequest } from "./backend.ts";
import { propertiesOf } from "./openvino-properties.ts";

const request: LoadRequest = {
  model: "/m/model.onnx",
  weights: null,
  device: "CPU",
  precision: "auto",
  threads: 4,
  streams: 2,
};
const told = (more: Partial<LoadRequest>) => Object.fromEntries(propertiesOf({ ...request, ...more }));

test("a CPU is told of threads and streams, and of a precision that is asked for", () => {
  const always = { NUM_STREAMS: "2", INFERENCE_NUM_THREADS: "4", DYNAMIC_QUANTIZATION_GROUP_SIZE: "0" };
  assert.deepEqual(told({}), always);
  for (const precision of ["f32", "bf16", "f16"] as const)
    assert.equal(told({ precision })["INFERENCE_PRECISION_HINT"], precision);
});

test("other devices are told of no CPU's threads", () => {
  for (const device of ["GPU", "GPU.1", "NPU", "AUTO", "AUTO:GPU,CPU", "HETERO:GPU,CPU"]) {
    assert.deepEqual(told({ device }), { PERFORMANCE_HINT: "LATENCY" });
    assert.equal(told({ device, precision: "f16" })["INFERENCE_PRECISION_HINT"], "f16");
  }
});
