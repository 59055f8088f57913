// What changed and when: policies, models, break-glass, restarts; and whether anything told of it was lost.

import type { Dashboard, Panel } from "./dashboard.ts";

const policy: readonly Panel[] = [
  {
    title: "Policy in force",
    about: "Which version served when. Two at one time for long: an instance did not take the new one.",
    kind: "steps",
    unit: "none",
    width: 24,
    queries: [{ expr: "count by (version) (sallyport_policy_info)", legend: "{{version}}" }],
  },
  {
    title: "Looks at changed policy files",
    about: "swapped: taken. bad, unreadable, unbuildable: not taken, the one before serves; the log says why.",
    kind: "lines",
    unit: "short",
    width: 12,
    emptyWhen: "no policy file has changed",
    queries: [{ expr: "sum by (result) (increase(sallyport_policy_reload_total[$window])) > 0", legend: "{{result}}" }],
  },
  {
    title: "Stale, and out of force",
    about: "Instances that serve an older policy than the file says; rules and routes under break-glass.",
    kind: "lines",
    unit: "none",
    width: 12,
    queries: [
      { expr: "sum(sallyport_policy_stale)", legend: "stale" },
      { expr: "sum(sallyport_break_glass_open)", legend: "break-glass" },
    ],
  },
];

const models: readonly Panel[] = [
  {
    title: "Models in force",
    about: "Which model served when, by name and digest.",
    kind: "steps",
    unit: "none",
    width: 24,
    emptyWhen: "no rule asks a model",
    queries: [{ expr: "count by (model, digest) (sallyport_model_info)", legend: "{{model}} {{digest}}" }],
  },
  {
    title: "Changes of models",
    about: "failed: what the models' folder says does not serve; the one before does.",
    kind: "lines",
    unit: "short",
    width: 8,
    queries: [
      { expr: "sum by (result) (increase(sallyport_model_changes_total[$window]))", legend: "{{result}}" },
      { expr: "sum(sallyport_models_stale)", legend: "stale" },
    ],
  },
  {
    title: "Threads of models that ended",
    about: "By themselves; others are started, and the log says more. A text that does it can come again.",
    kind: "lines",
    unit: "short",
    width: 8,
    queries: [{ expr: "sum(increase(sallyport_model_thread_deaths_total[$window]))", legend: "threads" }],
  },
  {
    title: "Instances started, and crashes",
    about:
      "Starts by somebody's hand or a crash; crashes by signal. The same prompt can do it again: operations.md, Crashes.",
    kind: "lines",
    unit: "short",
    width: 8,
    queries: [
      { expr: "sum by (reason) (increase(sallyport_restarts_total[$window])) > 0", legend: "crash: {{reason}}" },
      { expr: "sum(changes(process_start_time_seconds[$window]))", legend: "started" },
    ],
  },
];

const told: readonly Panel[] = [
  {
    title: "Audit entries",
    about: "Entries written, by kind.",
    kind: "lines",
    unit: "ops",
    width: 8,
    emptyWhen: "no audit record is kept",
    queries: [{ expr: "sum by (kind) (rate(sallyport_audit_entries_total[$window])) > 0", legend: "{{kind}}" }],
  },
  {
    title: "Audit: waiting, failed, lost",
    about:
      "Entries that wait, writes that failed, and entries lost. Lost should be 0. A failed write is tried again; what waits is lost only when the queue is full.",
    kind: "lines",
    unit: "short",
    width: 8,
    queries: [
      { expr: "sum(sallyport_audit_waiting_entries)", legend: "waiting" },
      { expr: "sum(increase(sallyport_audit_failures_total[$window]))", legend: "failed writes" },
      { expr: "sum(increase(sallyport_audit_lost_total[$window]))", legend: "lost" },
    ],
  },
  {
    title: "Did not reach the collector",
    about:
      "Spans, log records and reports of metrics, by why. full: the collector is too slow. Exchanges never wait for it.",
    kind: "lines",
    unit: "short",
    width: 8,
    emptyWhen: "nothing is sent by OTLP",
    queries: [
      {
        expr: "sum by (signal, reason) (increase(sallyport_otel_dropped_total[$window])) > 0",
        legend: "{{signal}}: {{reason}}",
      },
    ],
  },
];

export const changes: Dashboard = {
  id: "changes",
  title: "Policy changes",
  about: "What changed and when: policies, models, break-glass, restarts.",
  rows: [
    { title: "Policy", panels: policy },
    { title: "Models and processes", panels: models },
    { title: "Told of it", panels: told },
  ],
};
