/** Metrics of guard models. Labels are names of models of the store and words of closed lists; what goes takes its series along. */
import type { Meter } from "./instruments.ts";
import { Names } from "./labels.ts";

export type ModelServed = {
  readonly name: string;
  readonly digest: string;
  readonly runtime: string;
  readonly precision: string;
  /** Tokens that wait for it now, and how many may. */
  readonly queuedTokens: () => number;
  readonly queueTokensMax: number;
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
  /** All that one exchange asked of a model, in milliseconds. */
  used(use: ModelUsed): void;
};

export type ModelUsed = {
  readonly model: string;
  readonly texts: number;
  readonly failed: number;
  readonly tokeniseMs: number;
  readonly queueMs: number;
  readonly inferMs: number;
};

/** In seconds: a short text takes a millisecond, a full batch on a slow machine some seconds. */
const secondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const rowBounds = [1, 2, 4, 8, 16, 32, 64];
const agreements = ["agree", "differ", "uncounted"] as const;
const textResults = ["answered", "failed"] as const;
const modelPhases = ["tokenise", "queue", "infer"] as const;
const changeResults = ["served", "removed", "failed"] as const;

export function createModelMetrics(meter: Meter): ModelMetrics {
  const names = createNames();
  const { model } = names;
  const serving = new Map<string, ModelServed>();
  const asked = batchInstruments(meter, names);
  const { info, queue, queueMax, ...told } = storeInstruments(meter, names, () => {
    for (const { name, queuedTokens } of serving.values()) queue.of({ model: model.of(name) }).set(queuedTokens());
  });
  const forget = (name: string): void => {
    const isOther = (labels: { readonly model: string }): boolean => labels.model !== name;
    for (const family of [info, queue, queueMax, told.shadow, ...Object.values(asked)] as const) family.keep(isOther);
    names.digest.forget(serving.get(name)?.digest ?? "");
    model.forget(name);
    serving.delete(name);
  };
  return {
    served(served) {
      const { name } = served;
      info.keep((labels) => labels.model !== name);
      names.digest.forget(serving.get(name)?.digest ?? "");
      serving.set(name, served);
      info.of(infoOf(names, served)).set(1);
      queueMax.of({ model: model.of(name) }).set(served.queueTokensMax);
      told.changes.of({ result: "served" }).inc();
    },
    removed(name) {
      forget(name);
      told.changes.of({ result: "removed" }).inc();
    },
    failed: () => told.changes.of({ result: "failed" }).inc(),
    stale: (count) => told.stale.set(count),
    shadow: (name, agreement) => told.shadow.of({ model: model.of(name), agreement }).inc(),
    batch(name, { rows, tokens, runMs, waitedMs }) {
      const own = { model: model.of(name) };
      asked.rows.of(own).inc(rows);
      asked.tokens.of(own).inc(tokens);
      asked.batchRows.of(own).observe(rows);
      asked.run.of(own).observe(runMs / 1000);
      asked.wait.of(own).observe(waitedMs / 1000);
    },
    threadDied: () => told.deaths.inc(),
    used(use) {
      if (!serving.has(use.model)) return; // it went while the exchange was under way, and its series with it
      const own = { model: model.of(use.model) };
      asked.texts.of({ ...own, result: "answered" }).inc(use.texts - use.failed);
      asked.texts.of({ ...own, result: "failed" }).inc(use.failed);
      asked.spent.of({ ...own, phase: "tokenise" }).inc(use.tokeniseMs / 1000);
      asked.spent.of({ ...own, phase: "queue" }).inc(use.queueMs / 1000);
      asked.spent.of({ ...own, phase: "infer" }).inc(use.inferMs / 1000);
    },
  };
}

type ModelNames = ReturnType<typeof createNames>;

const createNames = () => ({
  model: new Names({ about: "a model's name", form: /^[a-z][a-z0-9-]{0,62}$/, most: 200 }),
  digest: new Names({ about: "the first digits of its SHA-256", form: /^[0-9a-f]{6,64}$/, most: 200 }),
  runtime: new Names({ about: "what runs it", form: /^[a-z0-9-]{1,40}$/, most: 10 }),
  precision: new Names({ about: "in the runtime's words", form: /^[\w.-]{1,40}$/, most: 40 }),
});

const infoOf = (names: ModelNames, { name, digest, runtime, precision }: ModelServed) => ({
  model: names.model.of(name),
  digest: names.digest.of(digest),
  runtime: names.runtime.of(runtime),
  precision: names.precision.of(precision),
});

function storeInstruments({ counter, gauge }: Meter, names: ModelNames, readQueues: () => void) {
  const { model } = names;
  return {
    info: gauge("model_info", "The active models", names),
    changes: counter("model_changes_total", "Models that the store said should serve, by result", {
      result: changeResults,
    }),
    stale: gauge("models_stale", "Models that do not have what the store says; the ones before serve on", {}).of({}),
    shadow: counter("model_shadow_total", "Texts shown to a candidate, by agreement", { model, agreement: agreements }),
    deaths: counter("model_thread_deaths_total", "Threads of models that ended by themselves", {}).of({}),
    queue: gauge("model_queue_tokens", "Tokens that wait for a model now", { model }, readQueues),
    queueMax: gauge("model_queue_tokens_max", "Tokens above which texts are turned away", { model }),
  };
}

function batchInstruments({ counter, histogram }: Meter, { model }: ModelNames) {
  return {
    texts: counter("model_texts_total", "Texts and pairs that exchanges asked a model about", {
      model,
      result: textResults,
    }),
    spent: counter("model_phase_seconds_total", "Time that texts of exchanges took in a model, by what was done", {
      model,
      phase: modelPhases,
    }),
    rows: counter("model_rows_total", "Windows of text that a model was run on", { model }),
    tokens: counter("model_tokens_total", "Tokens that a model was run on, padding counted", { model }),
    batchRows: histogram("model_batch_rows", "Windows of text in one batch", rowBounds, { model }),
    run: histogram("model_run_seconds", "One batch in the runtime itself", secondsBounds, { model }),
    wait: histogram("model_wait_seconds", "How long the oldest row of a batch had waited", secondsBounds, { model }),
  };
}
