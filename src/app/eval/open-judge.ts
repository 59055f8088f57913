/** From what the command names to a judge: a policy's file, or one kind of detector with its defaults. Reads files. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { modelNumbers, type ModelSettings } from "../../config/models.ts";
import type { ModelSource } from "../../detectors/index.ts";
import { type DetectKind, modelOf, type Policy, type Rule } from "../../domain/policy.ts";
import type { Stage } from "../../domain/segment.ts";
import type { Plan } from "../../guard/plan.ts";
import type { Bundle } from "../../inference/bundle/bundle.ts";
import { judgesReplyOnly } from "../../policy/compile/detect.ts";
import { defaultGroundednessThreshold, detectKinds } from "../../policy/source/detect-source.ts";
import { assert } from "../../stdx/assert.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { modelNames } from "../models/policy-models.ts";
import { readServingBundles, type Stores } from "../models/wanted-models.ts";
import { planOf } from "../plan.ts";
import { PolicyPlans } from "../policy-plans.ts";
import { readPolicy } from "../read-policy.ts";
import { detectorJudge, policyJudge, type RowJudge } from "./judge.ts";

/** The error lists what is wrong, a line each. */
export type Opened = Result<RowJudge, readonly string[]>;

/** No row is turned away for what else waits: how many are judged at once is up to who asks. */
export const patient = (settings: ModelSettings): ModelSettings => ({
  ...settings,
  queueTokensMax: modelNumbers.queueTokensMax.max,
});

/** With the models of the store that it asks. */
export async function openPolicyJudge(file: string, settings: ModelSettings): Promise<Opened> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return err([`${file}: cannot be read`]);
  const plans = new PolicyPlans(patient(settings));
  const planned = await plans.plan({ path: file, bytes }, "mistake");
  if (!planned.ok) {
    await plans[Symbol.asyncDispose]();
    return planned;
  }
  const { policy, plan } = planned.value;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const subject = { kind: "policy", file, sha256, models: await modelsOf(policy, settings) } as const;
  return ok(policyJudge(subject, plan, () => plans[Symbol.asyncDispose]()));
}

async function modelsOf(policy: Policy, stores: Stores): Promise<readonly Pick<Bundle, "name" | "digest">[]> {
  const names = new Set(modelNames(policy));
  const serving = names.size === 0 ? null : await readServingBundles(stores, names);
  if (serving === null || !serving.ok) return [];
  return serving.value.filter(({ name }) => names.has(name)).map(({ name, digest }) => ({ name, digest }));
}

/** Which kind of detector has this name; `null`: it may be a model's. */
export const detectorKind = (name: string): DetectKind | null => detectKinds.find((each) => each === name) ?? null;

/** A detector as a rule has it that says nothing more of it: what it finds counts, however sure it is. */
export function openDetectorJudge(kind: DetectKind): Opened {
  const rule = oneRule("reply", { [kind]: {} });
  if (!rule.ok) return err([`${kind} needs settings; write a rule with them and take --policy: ${rule.error}`]);
  if (modelOf(rule.value.detect) !== null) return err([`${kind} asks a model: write a rule with it and take --policy`]);
  const prompt = judgesReplyOnly(kind) ? null : flagging("prompt", { [kind]: {} });
  const shipped = { prompt, reply: flagging("reply", { [kind]: {} }) };
  const subject = { kind: "detector", name: kind } as const;
  if (kind !== "groundedness")
    return ok(detectorJudge({ subject, shipped, all: shipped, isSplit: false, threshold: 0 }));
  const all = { prompt, reply: flagging("reply", { [kind]: { threshold: 0 } }) };
  return ok(detectorJudge({ subject, shipped, all, isSplit: false, threshold: defaultGroundednessThreshold }));
}

/** The error says what is wrong with it. Models are not looked at. */
export function oneRule(stage: Stage, detect: object): Result<Rule, string> {
  const policy = readPolicy(Buffer.from(policyOf(stage, detect)));
  if (!policy.ok) return err(policy.error.map(({ message }) => message).join("; "));
  const [rule] = policy.value.rules;
  assert(rule !== undefined, "it has one rule");
  return ok(rule);
}

/** A policy of one rule, which only notes. */
export function flagging(stage: Stage, detect: object, models?: ModelSource): Plan {
  const policy = readPolicy(Buffer.from(policyOf(stage, detect)));
  assert(policy.ok, "what is asked of a detector is a rule");
  return planOf(policy.value, models);
}

const policyOf = (stage: Stage, detect: object): string =>
  JSON.stringify({
    kind: "Policy",
    version: 1,
    name: "measured",
    defaults: { onUnknown: "open", onUnreadable: "block" },
    rules: [{ id: "measured", stage, detect, action: "flag" }],
  });
