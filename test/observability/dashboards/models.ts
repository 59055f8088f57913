// Guard models: which serve, how much they are asked, how long they take.

import type { Dashboard, Panel } from "./dashboard.ts";

const none = "no rule asks a model";
const quantile = (q: number, histogram: string): string =>
  `histogram_quantile(${q}, sum by (le, model) (rate(sallyport_model_${histogram}_bucket[$window])))`;

const which: readonly Panel[] = [
  {
    title: "Models that serve",
    about: "Name, first digits of the digest, runtime and precision, and on how many instances.",
    kind: "table",
    unit: "none",
    width: 24,
    columns: ["model", "digest", "runtime", "precision", "Value"],
    emptyWhen: none,
    queries: [{ expr: "count by (model, digest, runtime, precision) (sallyport_model_info)", legend: "" }],
  },
];

const work: readonly Panel[] = [
  {
    title: "Texts asked about",
    about:
      "Texts and pairs that exchanges asked a model about, by model and result. What is remembered is not asked again.",
    kind: "lines",
    unit: "ops",
    width: 8,
    emptyWhen: none,
    queries: [
      {
        expr: "sum by (model, result) (rate(sallyport_model_texts_total[$window])) > 0",
        legend: "{{model}} {{result}}",
      },
    ],
  },
  {
    title: "Tokens run",
    about: "Padding counted. What a model costs grows with it.",
    kind: "lines",
    unit: "short",
    width: 8,
    emptyWhen: none,
    queries: [{ expr: "sum by (model) (rate(sallyport_model_tokens_total[$window]))", legend: "{{model}}" }],
  },
  {
    title: "Rows of a batch, 50 % and 99 %",
    about: "Windows of text that one run took. 1 all the time: nothing waits, and nothing is gained by batching.",
    kind: "lines",
    unit: "short",
    width: 8,
    emptyWhen: none,
    queries: [
      { expr: quantile(0.5, "batch_rows"), legend: "{{model}} p50" },
      { expr: quantile(0.99, "batch_rows"), legend: "{{model}} p99" },
    ],
  },
  {
    title: "One batch in the runtime",
    about: "Without queueing. Higher than at the start: look at the CPU, and at longer texts.",
    kind: "lines",
    unit: "s",
    width: 8,
    emptyWhen: none,
    queries: [
      { expr: quantile(0.5, "run_seconds"), legend: "{{model}} p50" },
      { expr: quantile(0.99, "run_seconds"), legend: "{{model}} p99" },
    ],
  },
  {
    title: "Queue, of what it may hold",
    about: "Tokens that wait for a model. At 100 % texts are turned away, and their rules do not know: overloaded.",
    kind: "lines",
    unit: "percentunit",
    width: 8,
    warnFrom: 0.8,
    emptyWhen: none,
    queries: [
      {
        expr: "max by (model) (sallyport_model_queue_tokens / sallyport_model_queue_tokens_max)",
        legend: "{{model}}",
      },
    ],
  },
  {
    title: "Waiting in the queue, 99 %",
    about: "Of the oldest row of a batch. It rises first when the instance is too small.",
    kind: "lines",
    unit: "s",
    width: 8,
    emptyWhen: none,
    queries: [{ expr: quantile(0.99, "wait_seconds"), legend: "{{model}}" }],
  },
];

const remembered: readonly Panel[] = [
  {
    title: "Who knew the answer",
    about: "process, redis: remembered from an earlier turn. new: a model was asked.",
    kind: "stacked",
    unit: "ops",
    width: 8,
    queries: [{ expr: "sum by (source) (rate(sallyport_remembered_total[$window]))", legend: "{{source}}" }],
  },
  {
    title: "A candidate against its model",
    about: "Texts shown to a candidate in shadow, by agreement.",
    kind: "stacked",
    unit: "ops",
    width: 8,
    emptyWhen: "no candidate is in shadow",
    queries: [
      {
        expr: "sum by (model, agreement) (rate(sallyport_model_shadow_total[$window])) > 0",
        legend: "{{model}} {{agreement}}",
      },
    ],
  },
  {
    title: "Redis, and what it gave nothing for",
    about:
      "Calls that gave nothing, by why. breaker: 1 while calls are left out. Verdicts are the same without Redis, only dearer.",
    kind: "lines",
    unit: "short",
    width: 8,
    queries: [
      { expr: "sum by (kind) (rate(sallyport_redis_faults_total[$window])) > 0", legend: "{{kind}}" },
      { expr: "max(sallyport_redis_breaker_open)", legend: "breaker" },
    ],
  },
];

export const models: Dashboard = {
  id: "models",
  title: "Models",
  about: "Guard models: which serve, how much they are asked, how long they take.",
  rows: [
    { title: "Which", panels: which },
    { title: "Work", panels: work },
    { title: "Remembered", panels: remembered },
  ],
};
