// What somebody on call looks at first: does everything pass through the guard, what becomes of it, and is anything wrong.

import type { Dashboard, Panel } from "./dashboard.ts";

const now: readonly Panel[] = [
  {
    title: "Exchanges a second",
    about: "Requests with their replies that ended, of all operations.",
    kind: "number",
    unit: "reqps",
    width: 4,
    queries: [{ expr: "sum(rate(sallyport_exchanges_total[$window]))", legend: "exchanges" }],
  },
  {
    title: "Blocked",
    about:
      "Share of exchanges that ended with a block. A jump after a change of policy is often a rule that is too strict.",
    kind: "number",
    unit: "percentunit",
    width: 4,
    warnFrom: 0.2,
    queries: [
      {
        expr: 'sum(rate(sallyport_exchanges_total{end="blocked"}[$window])) / sum(rate(sallyport_exchanges_total[$window]))',
        legend: "blocked",
      },
    ],
  },
  {
    title: "Text judged",
    about:
      "Characters judged of all characters read. Less than 100 %: a guard had no answer, or kinds of content that nobody reads.",
    kind: "number",
    unit: "percentunit",
    width: 4,
    queries: [
      {
        expr: "sum(rate(sallyport_characters_judged_total[$window])) / sum(rate(sallyport_characters_present_total[$window]))",
        legend: "judged",
      },
    ],
  },
  {
    title: "Added latency, 99 %",
    about: "What clients wait for the guard: 99 of 100 stages wait less. Where the time goes: the latency dashboard.",
    kind: "number",
    unit: "s",
    width: 4,
    warnFrom: 1,
    queries: [
      {
        expr: "histogram_quantile(0.99, sum by (le) (rate(sallyport_added_seconds_bucket[$window])))",
        legend: "p99",
      },
    ],
  },
  {
    title: "Room taken",
    about:
      "Of the exchanges that may run at once, and of the bytes that they may hold. At 100 % new ones are turned away (503).",
    kind: "number",
    unit: "percentunit",
    width: 4,
    warnFrom: 0.8,
    queries: [
      { expr: "max(sallyport_permits_held / sallyport_permits_max)", legend: "exchanges" },
      { expr: "max(sallyport_held_bytes / sallyport_held_bytes_max)", legend: "bytes" },
    ],
  },
  {
    title: "Out of force",
    about:
      "Rules and routes under break-glass, and instances that serve an older policy than the file says. Should be 0.",
    kind: "number",
    unit: "none",
    width: 4,
    warnFrom: 1,
    queries: [
      { expr: "sum(sallyport_break_glass_open)", legend: "break-glass" },
      { expr: "sum(sallyport_policy_stale)", legend: "stale" },
    ],
  },
];

const becomes: readonly Panel[] = [
  {
    title: "Exchanges by how they ended",
    about:
      "complete: passed, as it was or masked. aborted: the client or the model left. failed: a fault; nothing passed.",
    kind: "stacked",
    unit: "reqps",
    width: 8,
    queries: [{ expr: "sum by (end) (rate(sallyport_exchanges_total[$window])) > 0", legend: "{{end}}" }],
  },
  {
    title: "Verdicts other than allow",
    about: "By stage. Several rules may have matched in one verdict.",
    kind: "lines",
    unit: "ops",
    width: 8,
    queries: [
      {
        expr: 'sum by (stage, verdict) (rate(sallyport_verdicts_total{verdict!="allow"}[$window])) > 0',
        legend: "{{stage}} {{verdict}}",
      },
    ],
  },
  {
    title: "Blocks by cause",
    about:
      "rule: content. overloaded, unknown: too slow or too small. unreadable: a body that the policy does not expect.",
    kind: "stacked",
    unit: "ops",
    width: 8,
    queries: [{ expr: "sum by (cause) (rate(sallyport_blocks_total[$window])) > 0", legend: "{{cause}}" }],
  },
  {
    title: "Exchanges by operation",
    about: "What clients call. unknown is a path or a form that no dialect knows.",
    kind: "stacked",
    unit: "reqps",
    width: 12,
    queries: [{ expr: "sum by (operation) (rate(sallyport_exchanges_total[$window])) > 0", legend: "{{operation}}" }],
  },
  {
    title: "Rules that matched most",
    about: "Findings a second of rules in force. Rules in shadow are on the guards dashboard.",
    kind: "lines",
    unit: "ops",
    width: 12,
    queries: [
      {
        expr: 'topk(8, sum by (rule) (rate(sallyport_rule_hits_total{shadow="false"}[$window]))) > 0',
        legend: "{{rule}}",
      },
    ],
  },
];

/** Envoy makes these counters when it first counts, so the first one is a rise from nothing. */
const lately = (counter: string): string =>
  `sum(envoy_sallyport_${counter} or vector(0)) - sum(envoy_sallyport_${counter} offset 10m or vector(0))`;

const unguarded: readonly Panel[] = [
  {
    title: "Past the guard, in 10 minutes",
    about:
      "Prompts and replies that went on without a verdict, as Envoy counted them: a route without the filter, something else on the guard's address, or observability mode. Should be 0, always.",
    kind: "lines",
    unit: "short",
    width: 6,
    warnFrom: 1,
    queries: [
      { expr: lately("prompts_unjudged"), legend: "prompts" },
      { expr: lately("replies_unjudged"), legend: "replies" },
    ],
  },
  {
    title: "Without a verdict",
    about:
      "Exchanges that nobody judged. streams failed: no guard, or a fault; Envoy answers 500, and nothing passes. left undecided: the client went first. pending: both, as the access log has it.",
    kind: "lines",
    unit: "ops",
    width: 6,
    queries: [
      { expr: "sum(rate(envoy_http_ext_proc_sallyport_streams_failed[$window]))", legend: "streams failed" },
      { expr: 'sum(rate(envoy_sallyport_verdicts{verdict="pending"}[$window])) or vector(0)', legend: "pending" },
      { expr: 'sum(rate(sallyport_stream_ends_total{end="undecided"}[$window]))', legend: "left undecided" },
    ],
  },
  {
    title: "Passed without a guard",
    about:
      "Should be 0, always. clean ends: Envoy goes on unguarded after one. let through: failure_mode_allow is on. unread: the policy lets unknown requests pass.",
    kind: "lines",
    unit: "ops",
    width: 6,
    queries: [
      {
        expr: "sum(rate(envoy_http_ext_proc_sallyport_server_half_closed[$window])) - sum(rate(envoy_http_ext_proc_sallyport_streams_failed[$window])) > 0 or vector(0)",
        legend: "clean ends",
      },
      { expr: "sum(rate(envoy_http_ext_proc_sallyport_failure_mode_allowed[$window]))", legend: "let through" },
      { expr: 'sum(rate(sallyport_unmatched_total{outcome="unread"}[$window]))', legend: "unread" },
    ],
  },
  {
    title: "Faults and degraded verdicts",
    about:
      "Streams that ended by a fault; the log has more. degraded: content went on though a rule in force could not judge it.",
    kind: "lines",
    unit: "ops",
    width: 6,
    queries: [
      { expr: "sum by (kind) (rate(sallyport_faults_total[$window])) > 0", legend: "{{kind}}" },
      { expr: "sum(rate(sallyport_degraded_total[$window]))", legend: "degraded" },
    ],
  },
];

export const overview: Dashboard = {
  id: "overview",
  title: "Overview",
  about: "Is traffic judged, what becomes of it, and is anything wrong.",
  rows: [
    { title: "Now", panels: now },
    { title: "What becomes of it", panels: becomes },
    { title: "Does anything pass unguarded", panels: unguarded },
  ],
};
