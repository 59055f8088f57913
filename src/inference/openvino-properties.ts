/** What OpenVINO is told of how a model is to run: its own words, by either of its bindings. */
import type { LoadRequest } from "./backend.ts";

export function propertiesOf({
  precision,
  threads,
  streams,
  device,
}: LoadRequest): readonly (readonly [string, string])[] {
  const hint = precision === "auto" ? [] : [["INFERENCE_PRECISION_HINT", precision] as const];
  // Threads and streams are the CPU's; other devices know best.
  if (device !== "CPU") return [["PERFORMANCE_HINT", "LATENCY"], ...hint];
  return [["NUM_STREAMS", String(streams)], ["INFERENCE_NUM_THREADS", String(threads)], ...hint];
}
