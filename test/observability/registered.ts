// The metrics that the program registers, with their labels, and what an expression names beyond them. Envoy's own are
// known only while it runs: dashboards-live.test.ts looks for those.

import { createMetrics } from "../../src/telemetry/metrics.ts";
import { matchersOf, namesIn } from "./promql.ts";

/** What a scraper adds to every series. */
const targetLabels = ["job", "instance", "namespace"];

/** Labels, each with its words or with what its names are of. */
type Labels = Readonly<Record<string, string | readonly string[]>>;
let known: ReadonlyMap<string, Labels> | undefined;

/** Series names (`_bucket` and `_sum` of histograms apart) to labels. */
export function registered(): ReadonlyMap<string, Labels> {
  known ??= new Map(
    createMetrics({ heldBytes: () => 0 })
      .list()
      .flatMap(({ name, type, labels }) => seriesOf(name, type, labels)),
  );
  return known;
}

function seriesOf(name: string, type: string, labels: Labels): [string, Labels][] {
  if (type !== "histogram") return [[name, labels]];
  return [
    [`${name}_bucket`, { ...labels, le: "a bound" }],
    [`${name}_sum`, labels],
    [`${name}_count`, labels],
  ];
}

/** Names in an expression, and in the legend of its series, that no metric of the program has; and words that no label says. */
export function unknownNames(expression: string, legend: string): readonly string[] {
  const { selectors, groupings } = namesIn(expression);
  const own = selectors.filter(({ metric }) => !metric.startsWith("envoy_"));
  const metrics = own.map(({ metric }) => metric).filter((metric) => !registered().has(metric));
  if (metrics.length > 0) return metrics;
  const matchers = own.flatMap(({ metric, labels }) =>
    labels.filter((label) => ![...labelsOf(metric), ...targetLabels].includes(label)),
  );
  if (own.length < selectors.length) return [...matchers, ...unknownWords(expression)];
  const all = new Set([...own.flatMap(({ metric }) => labelsOf(metric)), ...targetLabels]);
  const legends = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
  return [...matchers, ...unknownWords(expression), ...[...groupings, ...legends].filter((label) => !all.has(label))];
}

const labelsOf = (metric: string): readonly string[] => Object.keys(registered().get(metric) ?? {});

const unknownWords = (expression: string): readonly string[] =>
  matchersOf(expression)
    .filter(({ metric, label, value }) => {
      const words = registered().get(metric)?.[label];
      return Array.isArray(words) && !words.includes(value);
    })
    .map(({ label, value }) => `${label}="${value}"`);
