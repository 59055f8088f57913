/** The models of a running guard: opened before the policy, followed while it serves, told of in the log and the metrics. */
import type { ModelSettings } from "../../config/models.ts";
import type { DetectSpec, Policy } from "../../domain/policy.ts";
import type { KnownModel } from "../../policy/compile.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Metrics } from "../../telemetry/metrics.ts";
import { canAnswer } from "../../detectors/index.ts";
import { type ModelEvent, type ModelStore, openModels } from "./model-store.ts";
import type { Models } from "./models.ts";
import { knownModelOf, problemLine } from "./policy-models.ts";
import { createProbe } from "./probe.ts";

export type ServeModelsParts = {
  readonly settings: ModelSettings;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** `null`: none serves yet. */
  readonly policy: () => Policy | null;
};

/** The error has a line for each reason why an active model cannot serve. */
export async function serveModels(parts: ServeModelsParts): Promise<Result<ModelStore, readonly string[]>> {
  const { settings, metrics } = parts;
  let store: ModelStore | null = null;
  const opened = await openModels({
    settings,
    probe: createProbe(),
    follow: true,
    onEvent: (event) => told(event, parts, store),
    onAgreement: (name, agreement) => metrics.modelAgreement(name, agreement),
    onBatch: (name, seen) => metrics.modelBatch(name, seen),
  });
  if (!opened.ok) return err(opened.error.map(problemLine));
  store = opened.value;
  return ok(store);
}

/** What policies may ask now. */
export const knownModels = (models: Models): readonly KnownModel[] =>
  models.names.flatMap((name) => {
    const served = models.get(name);
    return served === null ? [] : [knownModelOf(served.bundle)];
  });

function told(event: ModelEvent, { log, metrics, policy }: ServeModelsParts, store: ModelStore | null): void {
  metrics.modelsStale(store?.stale ?? 0);
  switch (event.kind) {
    case "backend":
      return log.info("models run", { on: event.why });
    case "served": {
      const { bundle, description } = event.opened;
      const { runtime, version, device, precision } = description;
      log.info("model serves", { model: event.name, digest: bundle.digest, before: event.before, runtime, version, device, precision });
      return unanswered(event.name, policy(), store, log);
    }
    case "removed":
      log.warn("model serves no more", { model: event.name });
      return unanswered(event.name, policy(), store, log);
    case "shadow":
      return log.info("model in shadow", { model: event.name, digest: event.digest });
    case "stale":
      return log.error("model not taken; what served before still does", {
        model: event.name,
        problems: event.problems.map(problemLine),
      });
    case "died":
      return log.error("a model's thread ended; another is started", { why: event.message });
  }
}

/** Rules of the policy that serves, which the model now there cannot answer: they are `unknown: backend` until one is mended. */
function unanswered(name: string, policy: Policy | null, store: ModelStore | null, log: Logger): void {
  if (policy === null || store === null) return;
  for (const { id, detect } of policy.rules) {
    if (isOf(name, detect) && !canAnswer(detect, store)) {
      log.error("a rule asks what the model does not answer", { rule: id, model: name });
    }
  }
}

const isOf = (name: string, detect: DetectSpec): detect is Extract<DetectSpec, { kind: "model" }> =>
  detect.kind === "model" && detect.name === name;
