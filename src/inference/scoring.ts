/**
 * From a head's numbers to probabilities: softmax or sigmoid, then what the bundle says of calibration. A score here is the
 * calibrated probability of a category, 0 to 1, never a logit.
 */
import type { Calibration, HeadSpec } from "./bundle/bundle.ts";

/** Probabilities by label, in the order of the head's labels. `logits` is one row of the head's output. */
export function probabilities(head: Pick<HeadSpec, "task" | "calibration">, logits: Float32Array): Float64Array {
  if (logits.length === 1) return Float64Array.of(sigmoid(calibrated(head.calibration, logits[0] as number)));
  if (head.task === "multi-label")
    return Float64Array.from(logits, (logit) => sigmoid(calibrated(head.calibration, logit)));
  return head.calibration.kind === "platt"
    ? eachOverTheRest(head.calibration, logits)
    : softmax(logits, head.calibration.temperature);
}

function calibrated(calibration: Calibration, logit: number): number {
  if (calibration.kind === "temperature") return logit / calibration.temperature;
  return calibration.scale * logit + calibration.offset;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function softmax(logits: Float32Array, temperature: number): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(logits, (logit) => Math.exp((logit - most) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The log odds of each label against all others, through Platt's line. */
function eachOverTheRest(calibration: Calibration, logits: Float32Array): Float64Array {
  const shares = softmax(logits, 1);
  return shares.map((share) => {
    const bounded = Math.min(1 - 1e-12, Math.max(1e-12, share));
    return sigmoid(calibrated(calibration, Math.log(bounded / (1 - bounded))));
  });
}
