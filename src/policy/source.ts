/**
 * A policy's files as people write them: one schema from which types, checks and the published JSON Schemas come. What a
 * schema cannot say (unique ids, redact needs a span) is checked in compile/. Descriptions double as hints in messages.
 */
import * as z from "zod";
import { unjudgedKinds } from "../domain/segment.ts";
import { dialectsSource } from "./source/dialect-source.ts";
import { exceptionSource, exceptionsMax } from "./source/exception-source.ts";
import { ruleId, tenantName } from "./source/id.ts";
import { reportSource } from "./source/report-source.ts";
import { onUnknown, overrideSource, ruleSource, tenantRuleSource, views } from "./source/rule-source.ts";

/** Of one file, and of all files of a policy together. */
export const rulesMax = 1000;
export const includesMax = 100;
export const tenantsMax = 200;
/** Names of one list. */
const cellsMax = 500;
export const defaultPolicyName = "policy";
/** Of the form that this program reads. */
export const policyVersion = 1;

const onUnreadable = z
  .enum(["block", "pass", "text"])
  .describe(
    "what happens to a body that cannot be read: block it, pass it and report, or judge its bytes as plain text",
  );

const onUnjudged = z
  .union([z.enum(["pass", "block"]), z.strictObject({ block: z.array(z.enum(unjudgedKinds)).min(1) })], {
    error: `pass, block, or { block: [...] } with kinds out of ${unjudgedKinds.join(", ")}`,
  })
  .describe(
    `what happens to a body with content of a kind that nobody reads: pass and count it (where left out), block it (whatever kind, but for tool definitions), or block some: ${unjudgedKinds.join(", ")}`,
  );

const cell = z
  .string()
  .min(1)
  .max(200)
  .describe(
    "a location such as tool-arguments, or a cell of docs/coverage.md: openai/chat-completions image prompt-json",
  );
const cells = z.array(cell).min(1).max(cellsMax);
const coverage = z
  .strictObject({
    dialects: z
      .array(z.string().min(1).max(64))
      .min(1)
      .optional()
      .describe("those served; others count as unknown paths"),
    require: cells.optional().describe("what must be judged, or refused by onUnjudged: else the policy does not start"),
    accept: cells.optional().describe("cells that may stay as they are"),
  })
  .describe("what must be judged");

const defaults = z
  .strictObject({ onUnknown, onUnreadable, onUnjudged: onUnjudged.optional(), views: views.optional() })
  .describe(
    "write both onUnknown and onUnreadable: each lets content through or stops it, so no choice is made for you",
  );

const version = z.literal(policyVersion);
const name = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/)
  .describe(`1 to 40 of a-z, 0-9 and -; ${defaultPolicyName} where left out`);
const path = z.string().min(1).max(512).describe("a file's path from this file's folder, such as rules/pii.yaml");
const include = z
  .array(path)
  .max(includesMax)
  .describe(`at most ${includesMax} files whose rules and exceptions come before those of this file`);
const tenants = z
  .record(tenantName, path)
  .refine((files) => Object.keys(files).length <= tenantsMax, { error: `at most ${tenantsMax} tenants` })
  .describe("a file of kind TenantPolicy for each tenant");
const override = z.record(ruleId, overrideSource).describe("ids of the base's rules, each with what is different here");
const rulesHint = `at most ${rulesMax} rules: one may list many kinds, words or expressions; of those that match the strictest acts`;
const exceptionsHint = `at most ${exceptionsMax} exceptions`;

/** Parts are checked one by one, so that a bad one hides no mistake in another. */
const parts = {
  rules: z.array(z.unknown()).max(rulesMax).describe(rulesHint),
  exceptions: z.array(z.unknown()).max(exceptionsMax).describe(exceptionsHint).optional(),
};
const wholeParts = {
  rules: z.array(ruleSource).max(rulesMax).describe(rulesHint),
  exceptions: z.array(exceptionSource).max(exceptionsMax).describe(exceptionsHint).optional(),
};

const policyKeys = {
  kind: z.literal("Policy"),
  version,
  name: name.optional(),
  defaults,
  coverage: coverage.optional(),
  dialects: dialectsSource.optional(),
  report: reportSource.optional(),
  include: include.optional(),
  tenants: tenants.optional(),
};
const partKeys = { kind: z.literal("PolicyPart"), version, include: include.optional() };
const tenantKeys = { kind: z.literal("TenantPolicy"), version, override: override.optional() };

export const policyHead = z.strictObject({ ...policyKeys, ...parts });
export const partHead = z.strictObject({ ...partKeys, ...parts });
export const tenantHead = z.strictObject({ ...tenantKeys, ...parts, rules: parts.rules.optional() });

export const policySource = z
  .strictObject({ ...policyKeys, ...wholeParts })
  .meta({ $id: "policy-v1.json", title: "Sallyport policy, version 1" });
export const partSource = z
  .strictObject({ ...partKeys, ...wholeParts })
  .meta({ $id: "policy-part-v1.json", title: "Part of a Sallyport policy, version 1" });
export const tenantSource = z
  .strictObject({
    ...tenantKeys,
    ...wholeParts,
    rules: z.array(tenantRuleSource).max(rulesMax).describe(rulesHint).optional(),
  })
  .meta({ $id: "tenant-policy-v1.json", title: "What a tenant adds to a Sallyport policy, version 1" });

export type PolicyHead = z.output<typeof policyHead>;
export type PartHead = z.output<typeof partHead>;
export type TenantHead = z.output<typeof tenantHead>;
