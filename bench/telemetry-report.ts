// Judges and writes what telemetry.ts measured: which rounds count, differences within a round, aims. Pure.

import { calmRounds } from "./calm.ts";
import type { GuardStep } from "./load/telemetry-site.ts";
import { type Aim, aimsTable, factsList, fixed, ms, percent, table, whole } from "./page.ts";
import { type Spread, spreadOf } from "./stats.ts";
import type { Measured, Process, Round, Step, TelemetryRaw } from "./telemetry.ts";
import type { Hanging } from "./telemetry-hanging.ts";

const addedUsMax = 50;
const lostShareMax = 0.05;
const growthMax = 0.05;
const MiB = 2 ** 20;

const names = {
  off: "nothing is told",
  envoy: "Envoy alone",
  traces: "Envoy; Sallyport: spans",
  audit: "Envoy; Sallyport: audit record",
  on: "Envoy; Sallyport: everything",
} as const satisfies Record<Step, string>;
const rows = Object.keys(names) as readonly Step[];

/** Of one workload's rounds those in which the gateway that tells nothing was as usual. */
export const countedRounds = (rounds: readonly Round[]): readonly Round[] =>
  calmRounds(rounds, ({ steal, measured }) => ({ steal, yardstick: measured.off }));

export function telemetryPage(raw: TelemetryRaw): string {
  const json = countedRounds(raw.rounds.filter(({ workload }) => workload === "json"));
  const stream = countedRounds(raw.rounds.filter(({ workload }) => workload === "stream"));
  const counted = [...json, ...stream];
  const steal = Math.max(0, ...counted.map((round) => round.steal ?? 0));
  const { rounds, seconds } = raw.settings;
  return `${[
    "# Telemetry: what it costs that exchanges are told",
    "",
    "One upstream, on loopback, behind Envoy with Sallyport and its embedded policy less its models. The aims are about what Sallyport",
    "tells: everything on, beside a Sallyport that tells nothing, and Envoy tells the same in both. What Envoy's own telemetry costs",
    "comes to that, and stands in the tables below. A collector that takes everything and decodes nothing runs on the same cores.",
    "",
    ...aimsTable([...addedAims("JSON reply", json), ...addedAims("stream", stream), ...hangingAims(raw.hanging)]),
    "",
    "Envoy alone: a span of each exchange and of each of its calls, by gRPC; the access log in JSON, to nowhere; statistics of verdicts;",
    "scraped once a second. Everything of Sallyport: spans of every exchange, its metrics and its log by OTLP; a signed audit record of",
    "every exchange; log level info; scraped once a second. Where nothing is told, the level is error, and Envoy keeps no access log.",
    "",
    "Prompt of 2 KB, JSON reply of 0.5 KB:",
    "",
    ...figures(json),
    "",
    "Prompt of 2 KB, stream of 200 events in a burst:",
    "",
    ...figures(stream),
    "",
    "Added and share are taken within each round: min / median / max of the rounds that count; the others are medians. `to nothing` is",
    "beside the gateway that tells nothing, `to Envoy` beside the one where Envoy alone does. CPU time is an exchange's at 16",
    "connections, in us, of all threads.",
    "",
    "What became of what was to be told, in all rounds and while warming up:",
    "",
    ...toldTable(raw),
    "",
    ...hangingLines(raw.hanging),
    "",
    ...factsList(raw.facts, raw.command, [
      `load by ${raw.load}: ${seconds} s at 1 and ${seconds} s at 16 connections, ${rounds} rounds wanted; while warming up and where the collector hangs, every reply is compared byte for byte`,
      `rounds that count: ${json.length} of JSON, ${stream.length} of streams; discarded: ${raw.rounds.length - counted.length}; most steal in a counted round: ${percent(steal)}`,
      `exchanges: ${whole(sum(raw.rounds, ({ requests }) => requests))}, failures: ${whole(sum(raw.rounds, ({ failures }) => failures))}`,
    ]),
  ].join("\n")}\n`;
}

type Pair = { readonly from: Step; readonly to: Step };

const addedUs = (rounds: readonly Round[], { from, to }: Pair): Spread =>
  spreadOf(rounds.map(({ measured }) => measured[to].c1.latencyUs.p50 - measured[from].c1.latencyUs.p50));
const rateShare = (rounds: readonly Round[], { from, to }: Pair): Spread =>
  spreadOf(rounds.map(({ measured }) => rate(measured[to]) / rate(measured[from])));
const rate = ({ c16 }: Measured): number => c16.requests / c16.seconds;

function addedAims(name: string, rounds: readonly Round[]): readonly Aim[] {
  const pair = { from: "envoy", to: "on" } as const;
  const added = addedUs(rounds, pair);
  const share = rateShare(rounds, pair);
  return [
    {
      what: `${name}: p50 at 1, added by Sallyport's telemetry`,
      measured: `${spread(added, 0)} us`,
      aim: `at most ${addedUsMax} us`,
      met: added.median <= addedUsMax,
    },
    {
      what: `${name}: requests/s at 16, of those without it`,
      measured: spread(share, 3),
      aim: `at least ${fixed(1 - lostShareMax, 2)}`,
      met: share.median >= 1 - lostShareMax,
    },
  ];
}

function hangingAims({ requests, failures, residentBytes, dropped }: Hanging): readonly Aim[] {
  const [, first = Number.NaN, second = Number.NaN] = residentBytes;
  const growth = second / first - 1;
  return [
    {
      what: `a hanging collector: failures in ${whole(requests)} exchanges`,
      measured: whole(failures),
      aim: "0",
      met: failures === 0,
    },
    {
      what: "a hanging collector: memory after the second half, to the first",
      measured: `${growth < 0 ? "" : "+"}${percent(growth)}`,
      aim: `at most +${percent(growthMax)}`,
      met: growth <= growthMax,
    },
    {
      what: "a hanging collector: spans, lines and reports that were dropped are counted",
      measured: whole(dropped.at(-1) ?? 0),
      aim: "above 0",
      met: (dropped.at(-1) ?? 0) > 0,
    },
  ];
}

function figures(rounds: readonly Round[]): readonly string[] {
  const median = (step: Step, of: (one: Measured) => number): number =>
    spreadOf(rounds.map(({ measured }) => of(measured[step]))).median;
  const cpu = (step: Step, process: Process): string =>
    whole(median(step, ({ c16, cpuMs }) => (cpuMs[process] * 1000) / c16.requests));
  const beside = (from: Step, to: Step): readonly string[] =>
    rows.indexOf(to) <= rows.indexOf(from)
      ? ["", ""]
      : [spread(addedUs(rounds, { from, to }), 0), spread(rateShare(rounds, { from, to }), 3)];
  return table(
    [
      ...["", "p50 at 1, ms", "requests/s at 16"],
      ...["added to nothing, us", "share of nothing's", "added to Envoy, us", "share of Envoy's"],
      ...["CPU: Sallyport", "Envoy", "collector"],
    ],
    rows.map((step) => [
      names[step],
      ms(median(step, ({ c1 }) => c1.latencyUs.p50)),
      whole(median(step, rate)),
      ...beside("off", step),
      ...beside("envoy", step),
      ...(["guard", "envoy", "collector"] as const).map((process) => cpu(step, process)),
    ]),
  );
}

function toldTable({ told, came }: TelemetryRaw): readonly string[] {
  const steps = (Object.keys(told) as readonly GuardStep[]).filter((step) => step !== "off");
  const total = steps.reduce((all, step) => all + told[step].exchanges, 0);
  return [
    ...table(
      ["", "exchanges", "spans sent", "dropped", "audit entries written", "lost"],
      steps.map((step) => {
        const { exchanges, spansSent, spansDropped, auditWritten, auditLost } = told[step];
        return [names[step], ...[exchanges, spansSent, spansDropped, auditWritten, auditLost].map(whole)];
      }),
    ),
    "",
    `The collector was sent ${fixed(came.bytes / MiB, 1)} MiB in ${whole(came.requests)} requests, Envoy's with it; ${whole(total)} exchanges had spans or entries of Sallyport's.`,
  ];
}

function hangingLines(hanging: Hanging): readonly string[] {
  const { requestsPerHalf, residentBytes, envoyResidentBytes, requests, seconds, dropped } = hanging;
  const phases = ["after warming up", "after the first half", "after the second half"];
  const mebibytes = (bytes: number | undefined): string => fixed((bytes ?? Number.NaN) / MiB, 1);
  return [
    `A collector that takes connections and never answers, Envoy's too: ${whole(requests)} exchanges after ${whole(requestsPerHalf)} that warm up, ${whole(requests / seconds)} a second.`,
    "",
    ...table(
      ["", "Sallyport, MiB", "Envoy, MiB", "dropped so far"],
      phases.map((phase, index) => [
        phase,
        mebibytes(residentBytes[index]),
        mebibytes(envoyResidentBytes[index]),
        index === 0 ? "" : whole(dropped[index - 1] ?? Number.NaN),
      ]),
    ),
  ];
}

const spread = ({ min, median, max }: Spread, digits: number): string =>
  [min, median, max].map((value) => fixed(value, digits)).join(" / ");

function sum(
  rounds: readonly Round[],
  of: (point: { readonly requests: number; readonly failures: number }) => number,
): number {
  const points = rounds.flatMap(({ measured }) => Object.values(measured).flatMap(({ c1, c16 }) => [c1, c16]));
  return points.reduce((total, point) => total + of(point), 0);
}
