/** What OpenVINO is told of how a model is to run: its own words, by either of its bindings. */
import type { LoadRequest } from "./backend.ts";

/** Where weights alone are INT8, CPUs with VNNI would quantise what flows through them as well: a score would hang on the CPU. */
const exactly = ["DYNAMIC_QUANTIZATION_GROUP_SIZE", "0"] as const;

export function propertiesOf({
  precision,
  threads,
  streams,
  device,
}: LoadRequest): readonly (readonly [string, string])[] {
  const hint = precision === "auto" ? [] : [["INFERENCE_PRECISION_HINT", precision] as const];
  // Threads and streams are the CPU's; other devices know best.
  if (device !== "CPU") return [["PERFORMANCE_HINT", "LATENCY"], ...hint];
  return [["NUM_STREAMS", String(streams)], ["INFERENCE_NUM_THREADS", String(threads)], exactly, ...hint];
}
