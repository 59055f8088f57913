// Runs one long batch on OpenVINO, and says in shared memory how far it got: 1 before, 2 after. Then it waits to be ended.

import { workerData } from "node:worker_threads";
import { OpenVino } from "../../../src/inference/engines/openvino-c.ts";
import type { OpenVinoLibraries } from "../../../src/inference/openvino-libraries.ts";
import type { Compiled } from "../../../src/inference/workers/protocol.ts";
import { batchOf } from "./runtimes.ts";

export type LongBatch = {
  readonly libraries: OpenVinoLibraries;
  readonly compiled: Compiled;
  /** How far, and the request's address. */
  readonly told: BigInt64Array<SharedArrayBuffer>;
  readonly tokens: number;
};

const { libraries, compiled, told, tokens } = workerData as LongBatch;
const engine = new OpenVino(libraries).openEngine(compiled);
const batch = batchOf([Array.from({ length: tokens }, () => 3)]);
told[1] = engine.held ?? 0n;
Atomics.store(told, 0, 1n);
Atomics.notify(told, 0);
await engine.run(batch);
Atomics.store(told, 0, 2n);
