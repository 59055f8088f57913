// What a benchmark is to the command that runs it.

import type { Facts } from "./machine.ts";

export interface BenchOptions {
  /** The Envoy program. */
  readonly envoy: string;
  /** Seconds of work in place of minutes: looks at behaviour, records nothing. */
  readonly short: boolean;
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  /** A model's folder, for the benchmark that measures one. */
  readonly model?: string | undefined;
  /** As typed, for the record. */
  readonly command: string;
  readonly say: (line: string) => void;
  /** Owns every process that the benchmark starts. */
  readonly parts: AsyncDisposableStack;
}

export interface BenchRun<Raw> {
  readonly raw: Raw;
  /** Exchanges that did not go as they must. Above 0 the command fails. */
  readonly failures: number;
  /** Whether the figures are good enough to be kept. */
  readonly recordable: boolean;
}

/** A benchmark whose kind of raw figures nobody else needs to know. */
export interface Bench {
  readonly about: string;
  readonly run: (options: BenchOptions) => Promise<BenchRun<WithFacts> & { readonly page: string }>;
  /** The page for a reader, from the raw figures alone: `--verify` makes it again. */
  readonly page: (raw: unknown) => string;
}

type WithFacts = { readonly facts: Facts };

/** `page` is pure. */
export function defineBench<Raw extends WithFacts>(
  about: string,
  run: (options: BenchOptions) => Promise<BenchRun<Raw>>,
  page: (raw: Raw) => string,
): Bench {
  return {
    about,
    run: async (options) => {
      const done = await run(options);
      return { ...done, page: page(done.raw) };
    },
    page: (raw) => page(raw as Raw),
  };
}
