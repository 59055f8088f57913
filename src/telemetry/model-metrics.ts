/** Metrics of guard models. Labels are names of models of the store and words of closed lists; what goes takes its series along. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export type ModelServed = {
  readonly name: string;
  readonly digest: string;
  readonly runtime: string;
  readonly precision: string;
};

export type ModelMetrics = {
  /** The model that answers to a name from now on. */
  served(model: ModelServed): void;
  removed(name: string): void;
  /** What the store says of a name could not be brought to serve. */
  failed(): void;
  /** Names that do not have what the store says. */
  stale(count: number): void;
  /** The active model and its candidate were asked the same; or the candidate could not be. */
  shadow(name: string, agreement: "agree" | "differ" | "uncounted"): void;
  /** Milliseconds: `runMs` the runtime's own, `waitedMs` of the row that had waited longest. */
  batch(name: string, seen: { rows: number; tokens: number; runMs: number; waitedMs: number }): void;
  threadDied(): void;
};

/** In seconds: a short text takes a millisecond, a full batch on a slow machine some seconds. */
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createModelMetrics(registry: Registry): ModelMetrics {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `sallyport_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name: `sallyport_${name}`, help, labelNames, registers });
  const seconds = (name: string, help: string) =>
    new Histogram({ name: `sallyport_${name}`, help, labelNames: ["model"], buckets: secondsBuckets, registers });
  const info = gauge("model_info", "The active models", ["model", "digest", "runtime", "precision"]);
  const changes = counter("model_changes_total", "Models that the store said should serve, by result", ["result"]);
  const stale = gauge("models_stale", "Models that do not have what the store says; the ones before serve on", []);
  const shadow = counter("model_shadow_total", "Texts shown to a candidate, by agreement", ["model", "agreement"]);
  const rows = counter("model_rows_total", "Windows of text that a model was run on", ["model"]);
  const tokens = counter("model_tokens_total", "Tokens that a model was run on, padding counted", ["model"]);
  const run = seconds("model_run_seconds", "One batch in the runtime itself");
  const wait = seconds("model_wait_seconds", "How long the oldest row of a batch had waited");
  const deaths = counter("model_thread_deaths_total", "Threads of models that ended by themselves", []);
  const infoOf = new Map<string, readonly [string, string, string, string]>();
  const forget = (name: string): void => {
    const labels = infoOf.get(name);
    if (labels !== undefined) info.remove(...labels);
    infoOf.delete(name);
  };
  return {
    served({ name, digest, runtime, precision }) {
      forget(name);
      infoOf.set(name, [name, digest, runtime, precision]);
      info.set({ model: name, digest, runtime, precision }, 1);
      changes.inc({ result: "served" });
    },
    removed(name) {
      forget(name);
      changes.inc({ result: "removed" });
      for (const each of [rows, tokens, run, wait]) each.remove(name);
      for (const agreement of ["agree", "differ", "uncounted"]) shadow.remove(name, agreement);
    },
    failed: () => changes.inc({ result: "failed" }),
    stale: (count) => stale.set(count),
    shadow: (name, agreement) => shadow.inc({ model: name, agreement }),
    batch(name, seen) {
      rows.inc({ model: name }, seen.rows);
      tokens.inc({ model: name }, seen.tokens);
      run.observe({ model: name }, seen.runMs / 1000);
      wait.observe({ model: name }, seen.waitedMs / 1000);
    },
    threadDied: () => deaths.inc(),
  };
}
