/** Where the built-in policy draws its own lines, so that a card tells what comes of them. */
import { readPolicy } from "../../src/app/read-policy.ts";
import { modelOf } from "../../src/domain/policy.ts";
import { defaultPolicySource } from "../../src/policy/default-policy.ts";
import { assert } from "../../src/stdx/assert.ts";
import type { Thresholds } from "./figures.ts";

/** Scores that the built-in policy asks of a head; what it names by the head's own names is left out. */
export function builtInThresholds(model: string, head: string): Thresholds["named"] {
  const policy = readPolicy(Buffer.from(defaultPolicySource));
  assert(policy.ok, "the built-in policy is one");
  const asked = policy.value.rules.flatMap(({ detect }) => modelOf(detect) ?? []);
  const scores = asked.flatMap(({ name, head: of, threshold }) =>
    name === model && of === head && typeof threshold === "number" ? [threshold] : [],
  );
  return scores.length === 0 ? {} : { "built-in": Math.min(...scores) };
}
