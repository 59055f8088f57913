/** A rule, as people write it. Checks form alone. */
import * as z from "zod";
import { unknownCauses } from "../../domain/detector.ts";
import { stages } from "../../domain/segment.ts";
import { viewKinds } from "../../domain/view.ts";
import { action } from "./action-source.ts";
import { detect } from "./detect-source.ts";
import { ruleId } from "./id.ts";
import { when } from "./when-source.ts";

const stage = z.enum(stages);

export const onUnknown = z
  .union([z.enum(["open", "closed"]), z.strictObject({ openFor: z.array(z.enum(unknownCauses)).min(1) })], {
    error: `open, closed, or { openFor: [...] } with causes out of ${unknownCauses.join(", ")}`,
  })
  .describe(
    `open lets content pass that could not be judged, closed blocks it; openFor names the causes that pass, others are blocked: ${unknownCauses.join(", ")}`,
  );
export const views = z
  .array(z.enum(viewKinds))
  .describe(`what else of a text is judged: any of ${viewKinds.join(", ")}; [] for the text alone`);
const minScore = z
  .number()
  .min(0)
  .max(1)
  .describe("0 to 1: findings less sure than this do not count; 0 where left out");
const hold = z
  .enum(["reply"])
  .describe("reply: nothing of a stream goes out before all of it was judged, so that a block is a clean refusal");
const shadow = z.boolean().describe("true: judged and reported, but does not act");

export const ruleSource = z.strictObject({
  id: ruleId,
  stage: z
    .union([stage, z.array(stage).min(1)], { error: "prompt, reply or [prompt, reply]" })
    .describe("prompt, reply or [prompt, reply]"),
  when: when.optional(),
  detect,
  views: views.optional(),
  minScore: minScore.optional(),
  action,
  hold: hold.optional(),
  shadow: shadow.optional(),
  onUnknown: onUnknown.optional(),
  tenantMayLoosen: z
    .boolean()
    .optional()
    .describe("true: a tenant's file may weaken this rule; where left out it may only tighten it"),
  tenantMayExcept: z.boolean().optional().describe("true: a tenant's exceptions may count for this rule"),
});

/** Of a tenant: neither of the switches that are the base's to set. */
export const tenantRuleSource = ruleSource.omit({ tenantMayLoosen: true, tenantMayExcept: true });

/** What a tenant changes of a rule of the base. */
export const overrideSource = z
  .strictObject({
    when: when.optional(),
    minScore: minScore.optional(),
    action: action.optional(),
    hold: hold.optional(),
    shadow: shadow.optional(),
    onUnknown: onUnknown.optional(),
  })
  .meta({ minProperties: 1 });

export type RuleSource = z.output<typeof ruleSource>;
export type OverrideSource = z.output<typeof overrideSource>;
