/**
 * Counters, gauges and histograms with typed labels, kept as plain numbers: prom-client's own work out and check the labels at
 * each step, several times what counting costs. They stand in its registry beside those that it makes itself.
 *
 * Invariant: a family has a bounded number of series, whatever it is told: closed lists are all there from the start (a rise from
 * nothing to 1 would be no increase to a scraper), and names beyond the bound are `other`.
 */
import type { Metric, Registry } from "prom-client";
import { allOf, type LabelSpec, type LabelSpecs, type LabelsOf, Names, otherName } from "./labels.ts";
import { Count, Distribution, type Labels, Level, type Sample, type Series } from "./series.ts";

/** Series of one family with names. */
export const seriesMax = 2_000;

/** What may be said of a metric without looking at its values. */
export type MetricDescription = {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Label to its words, or to what its values are. */
  readonly labels: Readonly<Record<string, readonly string[] | string>>;
};

export type FamilyKind = "counter" | "gauge" | "histogram";

type FamilyParts<S extends LabelSpecs, C extends Series> = {
  readonly name: string;
  readonly help: string;
  readonly type: FamilyKind;
  readonly labels: S;
  readonly create: () => C;
  /** Called before it is shown. */
  readonly collect?: () => void;
};

/** All series of one name. */
export class Family<S extends LabelSpecs, C extends Series> {
  readonly name: string;
  readonly help: string;
  readonly type: FamilyKind;
  readonly labels: S;
  /** For prom-client, where it sums up processes. */
  readonly aggregator = "sum";
  readonly #create: () => C;
  readonly #collect: () => void;
  readonly #names: readonly string[];
  readonly #series = new Map<string, { readonly labels: Labels; readonly series: C }>();

  constructor({ name, help, type, labels, create, collect = () => undefined }: FamilyParts<S, C>) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.labels = labels;
    this.#create = create;
    this.#collect = collect;
    this.#names = Object.keys(labels);
    for (const each of allOf(labels) ?? []) this.of(each);
  }

  /** The series of these labels; made where there is none. */
  of(labels: LabelsOf<S>): C {
    const known = this.#series.get(this.#keyOf(labels));
    return known === undefined ? this.#made(labels) : known.series;
  }

  /** Drops all other series. */
  keep(isKept: (labels: LabelsOf<S>) => boolean): void {
    for (const [key, { labels }] of this.#series) if (!isKept(labels as LabelsOf<S>)) this.#series.delete(key);
  }

  describe(): MetricDescription {
    const { name, type, help } = this;
    const labels = Object.entries<LabelSpec>(this.labels).map(
      ([label, spec]) => [label, spec instanceof Names ? spec.about : spec] as const,
    );
    return { name, type, help, labels: Object.fromEntries(labels) };
  }

  get(): Promise<{ name: string; help: string; type: FamilyKind; aggregator: string; values: Sample[] }> {
    this.#collect();
    const { name, help, type, aggregator } = this;
    const values = [...this.#series.values()].flatMap(({ labels, series }) => series.samples(name, labels));
    return Promise.resolve({ name, help, type, aggregator, values });
  }

  #keyOf(labels: Labels): string {
    let key = "";
    for (const name of this.#names) key += `${labels[name]}\n`;
    return key;
  }

  #made(labels: Labels): C {
    const told: Record<string, string> = {};
    const isFull = this.#series.size >= seriesMax;
    for (const name of this.#names)
      told[name] = isFull && this.labels[name] instanceof Names ? otherName : (labels[name] ?? "");
    const key = this.#keyOf(told);
    const known = this.#series.get(key);
    if (known !== undefined) return known.series;
    const series = this.#create();
    this.#series.set(key, { labels: told, series });
    return series;
  }
}

export type Counter<S extends LabelSpecs> = Family<S, Count>;
export type Gauge<S extends LabelSpecs> = Family<S, Level>;
export type Histogram<S extends LabelSpecs> = Family<S, Distribution>;

/** Makes families. Names get the program's prefix; throws where one is taken, or is not of its kind's form. */
export type Meter = {
  counter<const S extends LabelSpecs>(name: `${string}_total`, help: string, labels: S): Counter<S>;
  /** `collect`: called before it is shown. */
  gauge<const S extends LabelSpecs>(name: string, help: string, labels: S, collect?: () => void): Gauge<S>;
  /** A gauge without labels that is asked when somebody looks. */
  reading(name: string, help: string, read: () => number): void;
  /** `bounds`: upper bounds, rising. */
  histogram<const S extends LabelSpecs>(name: string, help: string, bounds: readonly number[], labels: S): Histogram<S>;
};

/** `epochMs`: for exemplars. */
export function createMeter(registry: Registry, epochMs: () => number | null = () => null): Meter {
  const registered = <S extends LabelSpecs, C extends Series>(parts: FamilyParts<S, C>): Family<S, C> => {
    const family = new Family({ ...parts, name: `sallyport_${parts.name}` });
    // Of a metric the registry asks its name, and get(): its types want one of prom-client's own classes.
    registry.registerMetric(family as unknown as Metric);
    return family;
  };
  const gauge: Meter["gauge"] = (name, help, labels, collect = () => undefined) =>
    registered({ name, help, type: "gauge", labels, create: () => new Level(), collect });
  return {
    counter: (name, help, labels) =>
      registered({ name, help, type: "counter", labels, create: () => new Count(epochMs) }),
    gauge,
    reading(name, help, read) {
      const level: Level = gauge(name, help, {}, () => level.set(read())).of({});
    },
    histogram: (name, help, bounds, labels) =>
      registered({ name, help, type: "histogram", labels, create: () => new Distribution(bounds, epochMs) }),
  };
}

/** All that stand in a registry, in their order; of prom-client's own the labels are not told. */
export function describeMetrics(registry: Registry): readonly MetricDescription[] {
  return registry.getMetricsAsArray().map((metric: unknown) => {
    if (metric instanceof Family) return metric.describe();
    const { name, help, type = "gauge" } = metric as { name: string; help: string; type?: string };
    return { name, help, type, labels: {} };
  });
}
