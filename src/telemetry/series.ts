/** What one series of a metric keeps: plain numbers, and which trace its last observation was part of. */

/** The trace that an observation was part of. */
export type TraceIds = { readonly traceId: string; readonly spanId: string };
/** `epochMs`: when; `null`: nobody says. */
export type Exemplar = TraceIds & { readonly value: number; readonly epochMs: number | null };

/** In the shape of prom-client's own; `exemplar` is for our page alone. */
export type Sample = {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly exemplar?: Exemplar;
};

export type Labels = Readonly<Record<string, string>>;
export type Series = { samples(name: string, labels: Labels): readonly Sample[] };

export class Count implements Series {
  #value = 0;
  #exemplar: Exemplar | undefined;
  readonly #epochMs: () => number | null;

  constructor(epochMs: () => number | null) {
    this.#epochMs = epochMs;
  }

  inc(by = 1, trace: TraceIds | null = null): void {
    this.#value += by;
    if (trace !== null) this.#exemplar = exemplarOf(trace, by, this.#epochMs());
  }

  samples(metricName: string, labels: Labels): readonly Sample[] {
    return [{ metricName, labels, value: this.#value, ...told(this.#exemplar) }];
  }
}

export class Level implements Series {
  #value = 0;

  set(value: number): void {
    this.#value = value;
  }

  inc(by = 1): void {
    this.#value += by;
  }

  samples(metricName: string, labels: Labels): readonly Sample[] {
    return [{ metricName, labels, value: this.#value }];
  }
}

export class Distribution implements Series {
  readonly #bounds: readonly number[];
  /** One more than bounds: what is above all of them. */
  readonly #counts: number[];
  readonly #exemplars: (Exemplar | undefined)[] = [];
  readonly #epochMs: () => number | null;
  #sum = 0;

  constructor(bounds: readonly number[], epochMs: () => number | null) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
    this.#epochMs = epochMs;
  }

  observe(value: number, trace: TraceIds | null = null): void {
    if (Number.isNaN(value)) return; // one would make the sum worthless for ever
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at++;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#sum += value;
    if (trace !== null) this.#exemplars[at] = exemplarOf(trace, value, this.#epochMs());
  }

  samples(name: string, labels: Labels): readonly Sample[] {
    let count = 0;
    const buckets = this.#counts.map((own, at) => {
      count += own;
      const le = this.#bounds[at] ?? "+Inf";
      return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count, ...told(this.#exemplars[at]) };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

const exemplarOf = ({ traceId, spanId }: TraceIds, value: number, epochMs: number | null): Exemplar => ({
  traceId,
  spanId,
  value,
  epochMs,
});
const told = (exemplar: Exemplar | undefined): { readonly exemplar?: Exemplar } =>
  exemplar === undefined ? {} : { exemplar };
