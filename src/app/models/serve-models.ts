/** The store of models as the running guard has it: what happens there stands in the log and in the metrics. */
import type { ModelSettings } from "../../config/models.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import type { Result } from "../../stdx/result.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { ModelMetrics } from "../../telemetry/model-metrics.ts";
import { type ModelEvent, type ModelStore, openModels } from "./model-store.ts";
import { createProbe } from "./probe.ts";
import { shortDigest } from "./store.ts";

export type ServedAsking = {
  /** Told when another model, or none, answers to a name. */
  readonly onChange: (name: string) => void;
  /** Told all that happens, beside log and metrics. */
  readonly onEvent: (event: ModelEvent) => void;
  /** Names that the policy asks. */
  readonly asked: readonly string[];
};

/**
 * The error is for the start only: a model that is active, or asked, and does not load. A store without active models, of which no
 * policy asks what comes with Sallyport, costs nothing.
 */
export function openServedModels(
  settings: ModelSettings,
  metrics: ModelMetrics,
  log: Logger,
  { onChange, onEvent, asked }: ServedAsking,
): Promise<Result<ModelStore, readonly BundleProblem[]>> {
  metrics.stale(0);
  return openModels({
    settings,
    probe: createProbe(),
    follow: true,
    asked,
    onEvent: (event) => {
      tell(event, metrics, log);
      onEvent(event);
      if (event.kind === "served" || event.kind === "removed") onChange(event.name);
    },
    onStale: (count) => metrics.stale(count),
    onAgreement: (name, agreement) => metrics.shadow(name, agreement),
    onBatch: (name, seen) => metrics.batch(name, seen),
  });
}

export const bundleProblemLine = ({ file, message }: BundleProblem): string => `${file}: ${message}`;

function tell(event: ModelEvent, metrics: ModelMetrics, log: Logger): void {
  switch (event.kind) {
    case "backend":
      return log.info("models run on", { runtime: event.why });
    case "served": {
      const { name, opened, before } = event;
      const { runtime, precision, device } = opened.description;
      const digest = shortDigest(opened.bundle.digest);
      const { queuedTokens, queueTokensMax } = opened;
      metrics.served({ name, digest, runtime, precision, queuedTokens, queueTokensMax });
      return log.info("model serves", { model: name, digest, before, runtime, device, precision });
    }
    case "removed":
      metrics.removed(event.name);
      return log.warn("model serves no more", { model: event.name });
    case "shadow":
      return log.info(event.digest === null ? "no model in shadow" : "model in shadow", {
        model: event.name,
        digest: event.digest === null ? null : shortDigest(event.digest),
      });
    case "stale":
      metrics.failed();
      return log.error("model not taken; what served before still serves, and it is tried again", {
        model: event.name,
        problems: event.problems.map(bundleProblemLine),
        againInSeconds: Math.round(event.againMs / 1000),
      });
    case "died":
      metrics.threadDied();
      return log.error("a model's thread ended; another is started", { why: event.message });
  }
}
