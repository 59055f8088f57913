// How long the guard takes, and where the time goes.

import type { Dashboard, Panel, Query } from "./dashboard.ts";

const quantile = (q: number, histogram: string, by = ""): string =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(sallyport_${histogram}_bucket[$window])))`;

const byStage = (histogram: string): Query[] => [
  { expr: quantile(0.5, histogram, ", stage"), legend: "{{stage}} p50" },
  { expr: quantile(0.99, histogram, ", stage"), legend: "{{stage}} p99" },
];

const waits: readonly Panel[] = [
  {
    title: "Added latency",
    about:
      "What a client waited for the guard: prompts and whole replies from their last byte, streams from their first.",
    kind: "lines",
    unit: "s",
    width: 12,
    queries: byStage("added_seconds"),
  },
  {
    title: "Longest hold",
    about: "The longest that a byte was held back, from when it came until it went. A whole reply is held to its end.",
    kind: "lines",
    unit: "s",
    width: 12,
    queries: byStage("hold_seconds"),
  },
  {
    title: "Judging one stage",
    about: "Time spent judging a prompt or a reply; waiting for bytes is not counted.",
    kind: "lines",
    unit: "s",
    width: 12,
    queries: byStage("judge_seconds"),
  },
  {
    title: "Longest step of a reply",
    about: "The longest that judging one window of a reply took. windowBudgetMs ends it.",
    kind: "lines",
    unit: "s",
    width: 12,
    queries: [0.5, 0.9, 0.99].map((q) => ({ expr: quantile(q, "window_seconds"), legend: `p${q * 100}` })),
  },
];

const where: readonly Panel[] = [
  {
    title: "An exchange's time, by phase",
    about:
      "Seconds for each exchange: reading bodies, judging texts, writing edits and the verdict. Models are part of judging.",
    kind: "stacked",
    unit: "s",
    width: 8,
    queries: [
      {
        expr: "sum by (phase) (rate(sallyport_phase_seconds_total[$window])) / on () group_left () sum(rate(sallyport_exchanges_total[$window]))",
        legend: "{{phase}}",
      },
    ],
  },
  {
    title: "A text's time in a model, by phase",
    about: "Seconds for each text that a model was asked about. queue grows first when an instance is too small.",
    kind: "stacked",
    unit: "s",
    width: 8,
    emptyWhen: "no rule asks a model",
    queries: [
      {
        expr: "sum by (model, phase) (rate(sallyport_model_phase_seconds_total[$window])) / on (model) group_left () sum by (model) (rate(sallyport_model_texts_total[$window]))",
        legend: "{{model}} {{phase}}",
      },
    ],
  },
  {
    title: "Waiting for a model, 99 %",
    about: "How long the oldest row of a batch had waited.",
    kind: "lines",
    unit: "s",
    width: 8,
    emptyWhen: "no rule asks a model",
    queries: [{ expr: quantile(0.99, "model_wait_seconds", ", model"), legend: "{{model}}" }],
  },
];

const machine: readonly Panel[] = [
  {
    title: "Delay of the event loop, 99 %",
    about:
      "All streams of an instance wait so long for their turn. Above 50 ms for minutes: more instances, or fewer models in one.",
    kind: "lines",
    unit: "s",
    width: 8,
    warnFrom: 0.05,
    queries: [{ expr: "max by (instance) (nodejs_eventloop_lag_p99_seconds)", legend: "{{instance}}" }],
  },
  {
    title: "CPU",
    about: "Cores that an instance keeps busy, models among it.",
    kind: "lines",
    unit: "short",
    width: 8,
    queries: [{ expr: "sum by (instance) (rate(process_cpu_seconds_total[$window]))", legend: "{{instance}}" }],
  },
  {
    title: "Memory",
    about: "Resident memory of an instance, and the bytes that its exchanges hold back.",
    kind: "lines",
    unit: "bytes",
    width: 8,
    queries: [
      { expr: "sum by (instance) (process_resident_memory_bytes)", legend: "{{instance}}" },
      { expr: "sum(sallyport_held_bytes)", legend: "held" },
    ],
  },
];

export const latency: Dashboard = {
  id: "latency",
  title: "Latency",
  about: "How long the guard takes, and where the time goes.",
  rows: [
    { title: "What clients wait", panels: waits },
    { title: "Where the time goes", panels: where },
    { title: "The machine", panels: machine },
  ],
};
