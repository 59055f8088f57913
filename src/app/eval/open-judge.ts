/** From what the command names to a judge: a policy's file, or one kind of detector with its defaults. Reads files. */
import { readFile } from "node:fs/promises";
import type { Plan } from "../../guard/plan.ts";
import { judgesReplyOnly } from "../../policy/compile/detect.ts";
import { suggestion } from "../../policy/nearest.ts";
import { detectKinds } from "../../policy/source/detect-source.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { planOf } from "../plan.ts";
import { readPolicy, readPolicySet } from "../read-policy.ts";
import { mistakeLine } from "../reload/policy-problem.ts";
import { detectorJudge, policyJudge, type RowJudge } from "./judge.ts";

/** The error lists what is wrong, a line each. */
export type Opened = Result<RowJudge, readonly string[]>;

export async function openPolicyJudge(file: string): Promise<Opened> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return err([`${file}: cannot be read`]);
  const set = await readPolicySet({ path: file, bytes }, "mistake");
  return set.ok
    ? ok(policyJudge(planOf(set.value.policy)))
    : err(set.error.mistakes.map((each) => mistakeLine(file, each)));
}

/** A detector as a rule has it that says nothing more of it: what it finds counts, however sure it is. */
export function openDetectorJudge(name: string): Opened {
  const kind = detectKinds.find((each) => each === name);
  if (kind === undefined) {
    return err([`there is no detector "${name}"${suggestion(name, detectKinds)}; known are ${detectKinds.join(", ")}`]);
  }
  const reply = flagging("reply", { [kind]: {} });
  if (!reply.ok) return err([`${kind} needs settings; write a rule with them and take --policy: ${reply.error}`]);
  const prompt = judgesReplyOnly(kind) ? null : flagging("prompt", { [kind]: {} });
  return ok(detectorJudge({ prompt: prompt?.ok ? prompt.value : null, reply: reply.value }, 0));
}

function flagging(stage: "prompt" | "reply", detect: object): Result<Plan, string> {
  const policy = readPolicy(Buffer.from(policyOf(stage, detect)));
  return policy.ok ? ok(planOf(policy.value)) : err(policy.error.map(({ message }) => message).join("; "));
}

const policyOf = (stage: string, detect: object): string =>
  JSON.stringify({
    kind: "Policy",
    version: 1,
    name: "measured",
    defaults: { onUnknown: "open", onUnreadable: "block" },
    rules: [{ id: "measured", stage, detect, action: "flag" }],
  });
