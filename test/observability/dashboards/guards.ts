// What rules find, what they would find, and what nobody could judge.

import type { Dashboard, Panel } from "./dashboard.ts";

const rules: readonly Panel[] = [
  {
    title: "Findings of rules in force",
    about: "By rule and what it does.",
    kind: "lines",
    unit: "ops",
    width: 12,
    queries: [
      {
        expr: 'sum by (rule, action) (rate(sallyport_rule_hits_total{shadow="false"}[$window])) > 0',
        legend: "{{rule}} ({{action}})",
      },
    ],
  },
  {
    title: "What they found",
    about: "Verdicts by category, as in the record's categories.",
    kind: "lines",
    unit: "ops",
    width: 12,
    queries: [
      {
        expr: "topk(8, sum by (category) (rate(sallyport_category_hits_total[$window]))) > 0",
        legend: "{{category}}",
      },
    ],
  },
  {
    title: "What rules in shadow would have done",
    about:
      "Verdicts that the rule would have made graver than they were. Look at some in the access log before you take shadow away.",
    kind: "lines",
    unit: "ops",
    width: 8,
    emptyWhen: "no rule is in shadow",
    queries: [
      {
        expr: "sum by (rule, would) (rate(sallyport_shadow_disagreements_total[$window]))",
        legend: "{{rule}}: {{would}}",
      },
    ],
  },
  {
    title: "Findings that an exception took out",
    about:
      "By exception of the policy. One that never counts can go; one that counts a lot deserves a look at its rule.",
    kind: "lines",
    unit: "ops",
    width: 8,
    emptyWhen: "the policy has no exceptions",
    queries: [{ expr: "sum by (exception) (rate(sallyport_excepted_total[$window]))", legend: "{{exception}}" }],
  },
  {
    title: "Placeholders put back",
    about: "Placeholders in replies that became what stood in the prompt.",
    kind: "lines",
    unit: "ops",
    width: 8,
    queries: [{ expr: "sum(rate(sallyport_placeholders_restored_total[$window]))", legend: "put back" }],
  },
];

const notJudged: readonly Panel[] = [
  {
    title: "Rules that could not answer",
    about:
      "deadline, overloaded: too slow or too small. backend: a model failed. What then happens is the rule's onUnknown.",
    kind: "lines",
    unit: "ops",
    width: 8,
    emptyWhen: "every rule could answer",
    queries: [{ expr: "sum by (cause) (rate(sallyport_unknown_total[$window])) > 0", legend: "{{cause}}" }],
  },
  {
    title: "Bodies that could not be read",
    about: "By why; blocked or passed, as the policy's onUnreadable says.",
    kind: "lines",
    unit: "ops",
    width: 8,
    emptyWhen: "every body could be read",
    queries: [{ expr: "sum by (why) (rate(sallyport_unreadable_total[$window])) > 0", legend: "{{why}}" }],
  },
  {
    title: "Content that no text guard reads",
    about: "Pictures, sound, files, what a body names and does not carry. onUnjudged refuses them by kind.",
    kind: "lines",
    unit: "ops",
    width: 8,
    emptyWhen: "all content was text",
    queries: [{ expr: "sum by (kind) (rate(sallyport_unjudged_total[$window])) > 0", legend: "{{kind}}" }],
  },
  {
    title: "Text judged",
    about: "Characters judged of all characters read, by stage.",
    kind: "lines",
    unit: "percentunit",
    width: 8,
    queries: [
      {
        expr: "sum by (stage) (rate(sallyport_characters_judged_total[$window])) / sum by (stage) (rate(sallyport_characters_present_total[$window]))",
        legend: "{{stage}}",
      },
    ],
  },
  {
    title: "Verdicts in part",
    about: "Verdicts on a body that was not read, or not all of it judged.",
    kind: "lines",
    unit: "ops",
    width: 8,
    queries: [{ expr: "sum by (stage) (rate(sallyport_coverage_partial_total[$window]))", legend: "{{stage}}" }],
  },
  {
    title: "Degraded, by what was short",
    about: "Verdicts that let content go on without a rule in force, for want of time, room or a model. Should be 0.",
    kind: "lines",
    unit: "ops",
    width: 8,
    queries: [
      { expr: "sum by (stage, cause) (rate(sallyport_shortages_total[$window]))", legend: "{{stage}} {{cause}}" },
    ],
  },
];

const claims: readonly Panel[] = [
  {
    title: "Claims of replies",
    about: "Held against their evidence by groundedness rules.",
    kind: "stacked",
    unit: "ops",
    width: 12,
    emptyWhen: "no rule asks for groundedness",
    queries: [{ expr: "sum by (result) (rate(sallyport_claims_total[$window])) > 0", legend: "{{result}}" }],
  },
  {
    title: "Requests of no dialect",
    about:
      "Paths and forms that nobody knows, by what became of them. unread: they went on unjudged, by onUnreadable: pass.",
    kind: "stacked",
    unit: "ops",
    width: 12,
    emptyWhen: "every request was of a dialect",
    queries: [{ expr: "sum by (outcome) (rate(sallyport_unmatched_total[$window])) > 0", legend: "{{outcome}}" }],
  },
];

export const guards: Dashboard = {
  id: "guards",
  title: "Guards",
  about: "What rules find, what they would find, and what nobody could judge.",
  rows: [
    { title: "Rules", panels: rules },
    { title: "Not judged", panels: notJudged },
    { title: "Claims, and what nobody knows", panels: claims },
  ],
};
