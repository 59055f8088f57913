/**
 * The metrics of the registry as OpenTelemetry counts them: one source of numbers for the page and for OTLP. Pure. Names and
 * labels stay as they are on the page, so that the same dashboards do.
 */

/** A metric as `prom-client` tells it: plain data. */
export type RegistryMetric = {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number | undefined>>;
    /** Of a histogram: with `_bucket`, `_sum` or `_count`. */
    readonly metricName?: string | undefined;
  }[];
};

export type Labels = Readonly<Record<string, string>>;
export type NumberPoint = { readonly labels: Labels; readonly value: number };
export type HistogramPoint = {
  readonly labels: Labels;
  /** Upper bounds, ascending; `counts` has one more, for what is above them. */
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
};

type Head = { readonly name: string; readonly help: string; readonly unit: string };
export type MetricFacts = Head &
  (
    | { readonly kind: "sum" | "gauge"; readonly points: readonly NumberPoint[] }
    | { readonly kind: "histogram"; readonly points: readonly HistogramPoint[] }
  );

/** A metric without values is left out; so is one of a kind that is none of these. */
export function metricFacts(metrics: readonly RegistryMetric[]): readonly MetricFacts[] {
  return metrics.flatMap((metric): readonly MetricFacts[] => {
    const head = { name: metric.name, help: metric.help, unit: unitOf(metric.name) };
    if (metric.values.length === 0) return [];
    if (metric.type === "histogram") return [{ ...head, kind: "histogram", points: histogramPoints(metric) }];
    const points = metric.values.map(({ labels, value }) => ({ labels: labelsOf(labels), value }));
    if (metric.type === "counter") return [{ ...head, kind: "sum", points }];
    return metric.type === "gauge" ? [{ ...head, kind: "gauge", points }] : [];
  });
}

function histogramPoints({ name, values }: RegistryMetric): readonly HistogramPoint[] {
  type Open = { labels: Labels; bounds: number[]; counts: number[]; below: number; sum: number; count: number };
  const open = new Map<string, Open>();
  for (const { labels, value, metricName } of values) {
    const { le, ...rest } = labels;
    const own = labelsOf(rest);
    const key = JSON.stringify(Object.entries(own).sort(([one], [other]) => (one < other ? -1 : 1)));
    let point = open.get(key);
    if (point === undefined) {
      point = { labels: own, bounds: [], counts: [], below: 0, sum: 0, count: 0 };
      open.set(key, point);
    }
    if (metricName === `${name}_sum`) point.sum = value;
    else if (metricName === `${name}_count`) point.count = value;
    else if (metricName === `${name}_bucket`) {
      // Each bucket of the page holds those before it.
      point.counts.push(value - point.below);
      point.below = value;
      if (le !== "+Inf") point.bounds.push(Number(le));
    }
  }
  return Array.from(open.values(), ({ labels, bounds, counts, sum, count }) => ({
    labels,
    bounds,
    counts,
    sum,
    count,
  }));
}

const labelsOf = (labels: Readonly<Record<string, string | number | undefined>>): Labels =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** As UCUM writes it. */
function unitOf(name: string): string {
  const plain = name.replace(/_total$/, "");
  if (plain.endsWith("_seconds")) return "s";
  if (plain.endsWith("_bytes")) return "By";
  return plain.endsWith("_ratio") ? "1" : "";
}
