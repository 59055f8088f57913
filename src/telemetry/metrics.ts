/**
 * The guard's Prometheus metrics on a registry of their own. Label values are words of closed lists or names of the policy in
 * force and of models; series of what is removed go with it, so that reloads do not pile up series.
 */
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Policy } from "../domain/policy.ts";
import type { ExchangeReport } from "../domain/verdict.ts";
import { countExchange, showPolicy } from "./count-exchange.ts";
import { createExchangeInstruments } from "./exchange-metrics.ts";
import { createGuardMetrics, type GuardMetrics, type GuardSources } from "./guard-metrics.ts";
import { createMeter, describeMetrics, type Meter, type MetricDescription } from "./instruments.ts";
import { formatFor, type MetricsPage, renderPage } from "./metrics-page.ts";
import { type AuditMetrics, createAuditMetrics } from "./audit-metrics.ts";
import { createModelMetrics, type ModelMetrics } from "./model-metrics.ts";
import { createOtelMetrics, type OtelMetrics } from "./otel-metrics.ts";
import { createRedisMetrics, type RedisMetrics } from "./redis-metrics.ts";
import { createScoreMetrics, type ScoreMetrics } from "./score-metrics.ts";

export type Metrics = GuardMetrics & {
  exchangeBegan(): void;
  /** Once for every `exchangeBegan`. */
  exchangeEnded(report: ExchangeReport): void;
  /** The policy that new exchanges get from now on. */
  policyServed(policy: Policy): void;
  readonly models: ModelMetrics;
  readonly redis: RedisMetrics;
  readonly scores: ScoreMetrics;
  readonly audit: AuditMetrics;
  readonly otel: OtelMetrics;
  /** For further metrics. */
  readonly meter: Meter;
  /** All of it, for other ways out than the page. */
  readonly registry: Registry;
  /** What stands there, whatever its values. */
  list(): readonly MetricDescription[];
  /** The page for a scraper, in the form that its Accept header asks for. */
  page(accept?: string): Promise<MetricsPage>;
};

export type MetricsSources = GuardSources & {
  /** Of judged texts; none where left out. */
  readonly rememberedBytes?: () => number;
  /** Milliseconds since the epoch, for exemplars; they tell no time where it is left out. */
  readonly epochMs?: () => number;
};

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const meter = createMeter(registry, sources.epochMs);
  const exchanges = createExchangeInstruments(meter);
  const { showPolicy: showVersion, ...guard } = createGuardMetrics(meter, sources);
  const models = createModelMetrics(meter);
  return {
    ...guard,
    exchangeBegan: () => exchanges.inFlight.inc(),
    exchangeEnded(report) {
      countExchange(exchanges, report);
      for (const use of report.models) models.used(use);
    },
    policyServed(policy) {
      showVersion(policy);
      showPolicy(exchanges, policy);
    },
    models,
    redis: createRedisMetrics(meter),
    audit: createAuditMetrics(meter),
    scores: createScoreMetrics(meter, sources.rememberedBytes ?? (() => 0)),
    otel: createOtelMetrics(meter),
    meter,
    registry,
    list: () => describeMetrics(registry),
    page: (accept) => renderPage(registry, formatFor(accept)),
  };
}
