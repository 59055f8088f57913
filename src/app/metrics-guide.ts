/** docs/metrics.md: what every metric is, out of what the program registers. */
import type { MetricDescription } from "../telemetry/instruments.ts";
import { createMetrics } from "../telemetry/metrics.ts";

const before = `# Metrics

Made from the code by \`node scripts/run.mjs scripts/metrics.mjs\`; \`npm test\` fails where it differs.

Let Prometheus read \`/metrics\` on the admin address, where one process tells of itself:

\`\`\`yaml
scrape_configs:
  - job_name: sallyport
    static_configs: [{ targets: ["127.0.0.1:9464"] }]
\`\`\`

[alerts.md](alerts.md) has recording rules and alerts.

- **Labels** say words of closed lists, or names that the policy and the models' folder give. What a client or a token brings (model,
  path, tool, user, tenant) is no label. A name beyond a bound is \`other\`, so the number of series is bounded: at most 2,000 of a
  metric with names, and all of a metric without.
- **All words are there from the start**, with 0, and so is each rule of the policy in force: \`increase()\` sees the first one. Series
  of a rule, an exception or a model go when it goes.
- **Exemplars**: a scraper whose \`Accept\` names OpenMetrics (Prometheus does) gets the form that carries them. In a sampled trace the
  buckets of latencies and \`sallyport_blocks_total\` then name it: \`trace_id\`, \`span_id\`. Prometheus keeps them with
  \`--enable-feature=exemplar-storage\`.
- **Two processes** (a restart, several replicas) count for themselves: sum over them.
`;

const after = `
## What some words mean

| label | word | |
|---|---|---|
| \`end\` of exchanges | \`complete\` | judged to its end, whatever was masked |
| | \`blocked\` | something was, in either stage |
| | \`aborted\` | it was over before its word: the client left, or the upstream broke off |
| | \`failed\` | by a fault of ours, or of the protocol |
| \`outcome\` of requests that no dialect knows | \`blocked\` | it went nowhere |
| | \`unread\` | it went on, and nobody read it: the policy says \`onUnreadable: pass\` |
| | \`text\` | it went on, judged as plain text: \`onUnreadable: text\` |
| | \`no-request\` | Envoy showed a reply alone, one that it made itself |
| | \`unfinished\` | it ended before its word |
| \`would\` | \`flag\`, \`redact\`, \`block\` | what the rule in shadow would have made of a verdict that was less than that |
| \`end\` of streams | \`half-closed\` | Envoy ended it in good order, and all that it had shown was decided |
| | \`reset\` | Envoy ended it otherwise, as it does without \`ext_proc_graceful_grpc_close\` |
| | \`undecided\` | the same, while something was not: its client has gone |
| | \`failed\` | we ended it with an error |
| \`kind\` of faults | \`clean-end-refused\`, \`handler-left\` | a bug: a stream was about to end in good order before its time. It failed instead, since Envoy goes on unguarded after a clean end |
| | \`connection-broken\` | Node ended a whole connection: more resets than its limit, or frames that are none. On a UNIX socket and with TLS the limit is lifted |
| | \`peer-refused\` | without the pinned certificate, or one connection too many |
| | others | a bug of ours, or a message that is none |
| \`phase\` of exchanges | \`read\`, \`judge\`, \`decide\` | reading bodies; judging their texts, models among it; writing edits and the verdict |
| \`phase\` of models | \`tokenise\`, \`queue\`, \`infer\` | a text's words; its place in a batch; the runtime, with what else is in the batch |

## Not here

What Envoy itself saw, and whether it went on without us: its own statistics, \`envoy_http_ext_proc_sallyport_*\`.
`;

export function metricsGuide(): string {
  const all = createMetrics({ heldBytes: () => 0 }).list();
  const own = all.filter(({ name }) => name.startsWith("sallyport_"));
  const others = all.filter(({ name }) => !name.startsWith("sallyport_"));
  return `${before}
## Sallyport's

${table(["metric", "type", "labels", ""], own.map(ownRow))}
## The process

${table(["metric", "type", ""], others.map(otherRow))}${after}`;
}

const ownRow = ({ name, type, labels, help }: MetricDescription): readonly string[] => [
  `\`${name}\``,
  type,
  Object.entries(labels)
    .map(([label, said]) => `\`${label}\`: ${typeof said === "string" ? said : said.join(", ")}`)
    .join("; "),
  help,
];

const otherRow = ({ name, type, help }: MetricDescription): readonly string[] => [
  `\`${name}\``,
  type,
  help.replace(/\.$/, ""),
];

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${line(heads)}|${"---|".repeat(heads.length)}\n${rows.map(line).join("")}`;
const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`.replaceAll("|  |", "| |");
