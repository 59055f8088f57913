// A dashboard as data, the one source of docs/examples/grafana/*.json and of the pictures in docs/images. Expressions are
// plain PromQL with `$window` for the range of a rate; what narrows them to a namespace, job or instance is put in later.

/** Grafana's ids of units. */
export type Unit = "short" | "reqps" | "ops" | "percentunit" | "s" | "bytes" | "none" | "dateTimeAsIso";

export type Query = {
  readonly expr: string;
  /** What a series is called: words, and `{{label}}`. */
  readonly legend: string;
};

export type Panel = {
  readonly title: string;
  /** What it shows, and what to do when it is not as it should be. */
  readonly about: string;
  /** `number`: the last value, large. `steps`: which series was there when. `table`: a row a series, with its labels. */
  readonly kind: "lines" | "stacked" | "number" | "steps" | "table";
  readonly unit: Unit;
  /** Of 24 columns. */
  readonly width: 3 | 4 | 6 | 8 | 12 | 24;
  readonly queries: readonly Query[];
  /** From this value on it is shown as a warning. Numbers alone. */
  readonly warnFrom?: number;
  /** Columns of a table, in order. */
  readonly columns?: readonly string[];
  /** When its queries rightly have no data. */
  readonly emptyWhen?: string;
};

export type Row = { readonly title: string; readonly panels: readonly Panel[] };

export type Dashboard = {
  /** File name and Grafana's uid, after `sallyport-`. */
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
};

export const panelsOf = ({ rows }: Dashboard): readonly Panel[] => rows.flatMap(({ panels }) => panels);
