// Small statistics of the benchmarks. Pure.

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Of an empty list: NaN, which JSON writes as null. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const [p50 = 0, p90 = 0, p99 = 0, max = 0] = quantilesOf(values, [0.5, 0.9, 0.99, 1]);
  return { p50, p90, p99, max };
}

/** The least value that so large a share of all, 0 to 1, does not exceed. Of an empty list: NaN. */
export function quantilesOf(values: readonly number[], shares: readonly number[]): readonly number[] {
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN);
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Of an empty list: NaN. The median of an even number of values is the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(sorted.length - 1) };
}
