// Judges and writes what transport.ts measured: which rounds count, ratios within a round, aims. Pure.

import { calmRounds } from "./calm.ts";
import { type Aim, aimsTable, factsList, fixed, ms, percent, table, whole } from "./page.ts";
import { type Spread, spreadOf } from "./stats.ts";
import type { Measured, Point, Round, TransportRaw } from "./transport.ts";

const ratioMax = 1.5;
const addedMsMax = 2;
/** Of one workload's rounds those in which bare Envoy was as usual. */
export const countedRounds = (rounds: readonly Round[]): readonly Round[] =>
  calmRounds(rounds, ({ steal, measured }) => ({ steal, yardstick: measured.bare }));

export function transportPage(raw: TransportRaw): string {
  const json = countedRounds(raw.rounds.filter(({ workload }) => workload === "json"));
  const stream = countedRounds(raw.rounds.filter(({ workload }) => workload === "stream"));
  const paced = countedRounds(raw.rounds.filter(({ workload }) => workload === "paced"));
  const counted = [...json, ...stream, ...paced];
  const steal = Math.max(0, ...counted.map((round) => round.steal ?? 0));
  const { secondsAtOne, secondsAtSixteen, firstRequests } = raw.settings;
  return `${[
    "# Transport: what Sallyport adds to Envoy",
    "",
    "One gateway, one upstream, on loopback: bare Envoy, an ext_proc server on grpc-js that does nothing, and Sallyport",
    "with its embedded policy less its models, both ways in full duplex. Ratios are to the do-nothing server, taken within each round.",
    "",
    ...aimsTable([
      ...ratioAims("JSON reply", json),
      ...ratioAims("stream, paced", paced),
      ...addedAims("stream, paced", paced),
      ...ratioAims("stream, in a burst", stream),
      ...addedAims("stream, in a burst", stream),
    ]),
    "",
    "Prompt of 2 KB, JSON reply of 0.5 KB:",
    "",
    ...figures(json),
    "",
    "Prompt of 2 KB, stream of 200 events with a pause of 4 ms between them, as a fast model writes:",
    "",
    ...figures(paced),
    "",
    "The same stream in a burst, written as fast as it is taken:",
    "",
    ...figures(stream),
    "",
    "Time to first token, one stream at a time, p50 in ms. The first text waits for the next event wherever its last word",
    "could begin something that a rule masks:",
    "",
    ...firsts([
      ["paced", paced],
      ["burst", stream],
    ]),
    "",
    "Figures are medians of the rounds that count; ratios are min / median / max.",
    "",
    ...factsList(raw.facts, raw.command, [
      `load by ${raw.load}: ${secondsAtOne} s at 1 and ${secondsAtSixteen} s at 16 connections, ${firstRequests.paced} paced and ${firstRequests.stream} burst streams for first tokens`,
      `rounds that count: ${json.length} of JSON, ${paced.length} of paced streams, ${stream.length} of bursts; discarded: ${raw.rounds.length - counted.length}; most steal in a counted round: ${percent(steal)}`,
      `exchanges: ${whole(sum(raw.rounds, (point) => point.requests))}, failures: ${whole(sum(raw.rounds, (point) => point.failures))}`,
    ]),
  ].join("\n")}\n`;
}

const rate = ({ requests, seconds }: Point): number => requests / seconds;

function ratio(rounds: readonly Round[], of: (one: Measured) => number): Spread {
  return spreadOf(rounds.map(({ measured }) => of(measured.sallyport) / of(measured.pass)));
}

const spread = ({ min, median, max }: Spread, digits = 2): string =>
  `${fixed(min, digits)} / ${fixed(median, digits)} / ${fixed(max, digits)}`;

function ratioAims(name: string, rounds: readonly Round[]): readonly Aim[] {
  const latency = ratio(rounds, ({ c1 }) => c1.latencyUs.p50);
  const throughput = ratio(rounds, ({ c16 }) => rate(c16));
  return [
    {
      what: `${name}: p50 at 1, to do-nothing`,
      measured: spread(latency),
      aim: `at most ${ratioMax}`,
      met: latency.median <= ratioMax,
    },
    {
      what: `${name}: requests/s at 16, to do-nothing`,
      measured: spread(throughput),
      aim: `at least ${fixed(1 / ratioMax, 2)}`,
      met: throughput.median >= 1 / ratioMax,
    },
  ];
}

function addedAims(name: string, rounds: readonly Round[]): readonly Aim[] {
  const added = (of: (one: Measured) => number): Spread =>
    spreadOf(rounds.map(({ measured }) => (of(measured.sallyport) - of(measured.bare)) / 1000));
  const row = (what: string, measured: Spread): Aim => ({
    what,
    measured: `${spread(measured)} ms`,
    aim: `under ${addedMsMax} ms`,
    met: measured.median < addedMsMax,
  });
  return [
    row(
      `${name}: added until the first event, to bare`,
      added(({ first }) => first?.firstEventUs.p50 ?? Number.NaN),
    ),
    row(
      `${name}: added until the first text, to bare`,
      added(({ first }) => first?.firstTextUs.p50 ?? Number.NaN),
    ),
  ];
}

const names = { bare: "bare Envoy", pass: "do-nothing server", sallyport: "Sallyport" } as const;
type Name = keyof typeof names;
const rows = Object.keys(names) as readonly Name[];

function figures(rounds: readonly Round[]): readonly string[] {
  const median = (name: Name, of: (one: Measured) => number): number =>
    spreadOf(rounds.map(({ measured }) => of(measured[name]))).median;
  return table(
    ["", "p50 at 1, ms", "p90", "p99", "requests/s at 16", "p99 at 16, ms"],
    rows.map((name) => [
      names[name],
      ms(median(name, ({ c1 }) => c1.latencyUs.p50)),
      ms(median(name, ({ c1 }) => c1.latencyUs.p90)),
      ms(median(name, ({ c1 }) => c1.latencyUs.p99)),
      whole(median(name, ({ c16 }) => rate(c16))),
      ms(median(name, ({ c16 }) => c16.latencyUs.p99)),
    ]),
  );
}

function firsts(kinds: readonly (readonly [string, readonly Round[]])[]): readonly string[] {
  const median = (rounds: readonly Round[], name: Name, of: "firstEventUs" | "firstTextUs"): string =>
    ms(spreadOf(rounds.map(({ measured }) => measured[name].first?.[of].p50 ?? Number.NaN)).median);
  return table(
    ["", ...kinds.flatMap(([kind]) => [`${kind}: first event`, `${kind}: first text`])],
    rows.map((name) => [
      names[name],
      ...kinds.flatMap(([, rounds]) => [median(rounds, name, "firstEventUs"), median(rounds, name, "firstTextUs")]),
    ]),
  );
}

function sum(
  rounds: readonly Round[],
  of: (point: { readonly requests: number; readonly failures: number }) => number,
): number {
  const points = rounds.flatMap(({ measured }) =>
    Object.values(measured).flatMap(({ c1, c16, first }) => [c1, c16, ...(first === null ? [] : [first])]),
  );
  return points.reduce((total, point) => total + of(point), 0);
}
