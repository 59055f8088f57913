/** Builds the detectors that a policy's rules name. The only door of this folder. */
import { createHash } from "node:crypto";
import type { Detector } from "../domain/detector.ts";
import type { DetectKind, DetectSpec } from "../domain/policy.ts";
import { createCanaryDetector } from "./canary/index.ts";
import { createComplianceDetector } from "./compliance/index.ts";
import { createGroundednessDetector } from "./groundedness/index.ts";
import { createHiddenDetector } from "./hidden/index.ts";
import { createDataFlowDetector } from "./data-flow/index.ts";
import { createKeywordDetector } from "./keywords/index.ts";
import { createLinkDetector } from "./links/index.ts";
import { createModelDetector } from "./model/index.ts";
import { type ModelSource, noModels } from "./model/served.ts";
import { createPatternsDetector } from "./patterns/index.ts";
import { createLanguageDetector } from "./language/index.ts";
import { createPiiDetector } from "./pii/index.ts";
import { createQualityDetector } from "./quality/index.ts";
import { createRefusalDetector } from "./refusal/index.ts";
import { createRelevanceDetector } from "./relevance/index.ts";
import { createReplySchemaDetector } from "./reply-schema/index.ts";
import { createPromptLeakDetector } from "./prompt-leak/index.ts";
import { createParaphraseDetector } from "./prompt-leak/paraphrased.ts";
import { createSecretsDetector } from "./secrets/index.ts";
import { createSizeDetector } from "./size/index.ts";
import { createToolCallsDetector } from "./tool-calls/index.ts";

export { checkPattern } from "./patterns/check.ts";
export { createLinearMatcher } from "./patterns/re2.ts";
export { viewSources } from "./hidden/views/index.ts";
export { placeholderFor } from "./placeholder.ts";
export { createRestorer } from "./restore/index.ts";

export { canAnswer, type ModelSource, noModels } from "./model/served.ts";

type Spec<K extends DetectKind> = Extract<DetectSpec, { kind: K }>;
type Builders = { readonly [K in DetectKind]: (id: string, spec: Spec<K>, models: ModelSource) => Detector };

const builders: Builders = {
  pii: (id, { kinds, region }) => createPiiDetector(id, kinds, region),
  secrets: (id, { kinds, allow }) => createSecretsDetector(id, kinds, allow),
  keywords: createKeywordDetector,
  patterns: createPatternsDetector,
  hidden: createHiddenDetector,
  links: createLinkDetector,
  size: createSizeDetector,
  language: (id, spec) => createLanguageDetector(id, spec),
  quality: (id, { kinds }) => createQualityDetector(id, kinds),
  "reply-schema": createReplySchemaDetector,
  refusal: createRefusalDetector,
  "prompt-leak": (id, spec, models) =>
    spec.paraphrased === null
      ? createPromptLeakDetector(id, spec)
      : createParaphraseDetector(id, spec.paraphrased, models),
  canary: createCanaryDetector,
  "tool-calls": createToolCallsDetector,
  "data-flow": createDataFlowDetector,
  groundedness: createGroundednessDetector,
  relevance: createRelevanceDetector,
  compliance: createComplianceDetector,
  injection: createModelDetector,
  harm: createModelDetector,
  names: createModelDetector,
  topics: createModelDetector,
  model: createModelDetector,
};

/**
 * `spec` is as a compiled policy has it: kinds and lists not empty, a region that numbering plans know; anything else
 * is a bug. `models`: those that rules may ask; without any, rules that do get no answer.
 */
export function createDetector(spec: DetectSpec, models: ModelSource = noModels): Detector {
  const build = builders[spec.kind] as (id: string, spec: DetectSpec, models: ModelSource) => Detector;
  return build(detectorId(spec), spec, models);
}

/** Holds no word of a policy's lists, only a digest of them: ids may be written to logs. */
export function detectorId(spec: DetectSpec): string {
  const { kind, ...settings } = spec;
  const parts = Object.entries(settings)
    .map(([key, value]): [string, unknown] => [key, Array.isArray(value) ? sortedOnce(value) : value])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
  return `${kind}(${digest})`;
}

const sortedOnce = (list: readonly unknown[]): readonly string[] =>
  [...new Set(list.map((item) => JSON.stringify(item)))].sort();
