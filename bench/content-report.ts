// Judges and writes what content.ts measured. Pure.

import type { ContentRaw } from "./content.ts";
import type { Growth, Sized } from "./load/growth.ts";
import { heldMs, type Pauses, type Turn } from "./load/pauses.ts";
import type { Alone, Workload } from "./load/rounds.ts";
import { type Aim, aimsTable, fixed, percent, table, whole } from "./page.ts";
import { percentilesOf, spreadOf } from "./stats.ts";

const pauseMaxMs = 10;
/** Of the time for twice the text. */
const ratioMax = 2.3;
/** Below it a ratio says more about the clock than about the work. */
const ratioFromMs = 4;
const MB = 1e6;

export function contentPage(raw: ContentRaw): string {
  const { facts, settings, workloads, alone, growth } = raw;
  const longest = mostBy(growth, pauseOf);
  const steepest = mostBy(growth, ratioOf);
  return `${[
    "# Content: reading, judging and writing back",
    "",
    "In one process, without Envoy, through the code that Envoy's traffic takes. Every deterministic guard is on, with its",
    "default views and an action that acts (bench/policies/every-kind.yaml, and 20,000 keywords).",
    "",
    ...aimsTable([
      pauseAim("ordinary work", mostOf(workloads.map(calmestMs))),
      pauseAim(`hostile texts (${nameOf(longest)})`, pauseOf(longest)),
      {
        what: `hostile texts: time for twice the text (${nameOf(steepest)})`,
        measured: fixed(ratioOf(steepest), 2),
        aim: `at most ${ratioMax}`,
        met: ratioOf(steepest) <= ratioMax,
      },
    ]),
    "",
    "All guards. `reading` is the policy without rules, `judging` what rules that only flag add to it, `writing back` what",
    "rules that act add to that; each the median of the rounds.",
    "",
    ...workloadTable(workloads),
    "",
    "Each guard alone, on ordinary text, beside the policy without rules in the same round; medians:",
    "",
    ...aloneTable(alone),
    "",
    `Hostile texts, each guard alone, up to ${whole(settings.reach.wholeUnits / 1024)} Ki characters at once and ${whole(settings.reach.streamUnits / 1024)} Ki in a stream of small events. The`,
    "slowest text of each guard; the steepest growth of any, as the factor of its time with twice the text, over the last two",
    "doublings; and the longest turn of the event loop in any:",
    "",
    ...hostileTable(growth),
    "",
    ...missesTables(growth),
    "Turns in which the event loop was held longest, in ms: the lesser of the time that passed and of CPU time, so that time",
    "which other programs had is left out; how much of that the garbage collector took; the longest without the collector;",
    "and the longest as a clock sees it, other programs and all:",
    "",
    ...pausesTable(raw),
    "",
    "Time of hostile texts is the lesser of the time that passed and of CPU time, the best of a few runs; a pause is that of",
    "the run with the shortest longest pause, also of ordinary work: what the work itself does, it does in every run. Turns are",
    "of all rounds of ordinary work: now and then the collector goes through the whole heap.",
    "",
    `- ${facts.date}, commit ${facts.commit}${facts.changed ? " with changes" : ""}, \`${raw.command}\`, seed ${settings.seed}`,
    `- ${facts.cpu}, ${facts.cores} cores, ${facts.memoryGiB} GiB; Node ${facts.node}`,
  ].join("\n")}\n`;
}

const nameOf = ({ target, name, form }: Growth): string => `${target}: ${name}, ${form}`;
const mostOf = (values: readonly number[]): number => Math.max(0, ...values);
const mostBy = (list: readonly Growth[], of: (one: Growth) => number): Growth =>
  list.reduce((most, one) => (of(one) > of(most) ? one : most));
const medianOf = (values: readonly number[]): number => spreadOf(values).median;
/** Of what was added round by round. */
const added = (to: readonly number[], from: readonly number[]): number =>
  medianOf(to.map((value, round) => value - (from[round] ?? Number.NaN)));

/** The longest turn of the calmest round. */
const calmestMs = ({ pauses }: Workload): number => Math.min(...pauses.map(({ longest }) => heldMs(longest)));

/** The longest turn at any size. */
export const pauseOf = ({ sizes }: Growth): number => mostOf(sizes.map(({ pauses }) => heldMs(pauses.longest)));

/** How time grew with each doubling, over the last two of them; 0 where all is too quick to tell. */
export function ratioOf({ sizes }: Growth): number {
  const [from, to] = [sizes.at(-3), sizes.at(-1)];
  return from === undefined || to === undefined || to.ms < ratioFromMs ? 0 : Math.sqrt(to.ms / from.ms);
}

function pauseAim(what: string, measuredMs: number): Aim {
  return {
    what: `longest pause of the event loop, ${what}`,
    measured: `${fixed(measuredMs, 1)} ms`,
    aim: `under ${pauseMaxMs} ms`,
    met: measuredMs < pauseMaxMs,
  };
}

const speed = (bytes: number, ms: number): string => `${fixed(bytes / MB / (ms / 1000), 2)} MB/s`;

function workloadTable(workloads: readonly Workload[]): readonly string[] {
  const rows = workloads.map((one) => {
    const { name, text, bytes, events, none, noting, every } = one;
    const { p50, p90, p99 } = percentilesOf(every);
    const parts = [medianOf(none), added(noting, none), added(every, noting)].map((ms) => Math.max(0, ms));
    const sum = parts.reduce((total, ms) => total + ms, 0);
    return [
      `${name}, ${text}`,
      ...[p50, p90, p99].map((ms) => fixed(ms, 2)),
      events > 0 ? `${whole(events / (p50 / 1000))} events/s` : speed(bytes, p50),
      ...parts.map((ms) => `${fixed(ms, 2)} (${percent(ms / sum)})`),
      fixed(p50 / medianOf(none), 1),
      fixed(calmestMs(one), 1),
      whole(every.length),
    ];
  });
  return table(
    [
      "",
      "p50, ms",
      "p90",
      "p99",
      "",
      "reading, ms",
      "judging, ms",
      "writing back, ms",
      "to reading alone",
      "longest pause, ms",
      "rounds",
    ],
    rows,
  );
}

function aloneTable(alone: readonly Alone[]): readonly string[] {
  const kinds = [...new Set(alone.map(({ kind }) => kind))];
  const cells = (one: Alone | undefined): readonly string[] => {
    if (one === undefined) return ["", "", ""];
    const ms = added(one.alone, one.none);
    const each =
      one.events > 0 ? `${fixed((ms * 1000) / one.events, 1)} us an event` : speed(one.bytes, Math.max(ms, 0.001));
    return [
      fixed(ms, 2),
      each,
      fixed(medianOf(one.alone.map((value, round) => value / (one.none[round] ?? Number.NaN))), 2),
    ];
  };
  return table(
    ["guard", "prompt: added, ms", "", "ratio", "stream: added, ms", "", "ratio"],
    kinds.map((kind) => [
      kind,
      ...cells(alone.find((one) => one.kind === kind && one.on === "prompt")),
      ...cells(alone.find((one) => one.kind === kind && one.on === "stream")),
    ]),
  );
}

const targetsOf = (growth: readonly Growth[]): readonly Growth["target"][] => [
  ...new Set(growth.map(({ target }) => target)),
];
const largest = ({ sizes }: Growth): Sized => sizes.at(-1) as Sized;

function hostileTable(growth: readonly Growth[]): readonly string[] {
  const rows = targetsOf(growth).map((target) => {
    const own = growth.filter((one) => one.target === target);
    const [atOnce, streamed] = (["whole", "stream"] as const).map((form) =>
      mostBy(
        own.filter((one) => one.form === form),
        (one) => largest(one).ms,
      ),
    ) as [Growth, Growth];
    return [
      target,
      `${whole(own.length / 2)}`,
      `${fixed(largest(atOnce).ms, 0)} (${atOnce.name})`,
      `${fixed(largest(streamed).ms, 0)} (${streamed.name})`,
      fixed(mostOf(own.map(ratioOf)), 2),
      fixed(mostOf(own.map(pauseOf)), 1),
    ];
  });
  return table(["guard", "texts", "slowest at once, ms", "slowest stream, ms", "growth", "longest pause, ms"], rows);
}

/** Every text that misses an aim. */
function missesTables(growth: readonly Growth[]): readonly string[] {
  const missed = growth.filter((one) => ratioOf(one) > ratioMax || pauseOf(one) >= pauseMaxMs);
  if (missed.length === 0) return [];
  return [
    "Texts that miss an aim:",
    "",
    ...table(
      ["text", "ms for n, 2n, 4n, 8n", "growth", "longest pause, ms", "verdict"],
      missed.map((one) => [
        nameOf(one),
        one.sizes.map(({ ms }) => fixed(ms, 1)).join(", "),
        fixed(ratioOf(one), 2),
        fixed(pauseOf(one), 1),
        one.verdict,
      ]),
    ),
    "",
  ];
}

function pausesTable({ idle, workloads, growth }: ContentRaw): readonly string[] {
  const row = (name: string, list: readonly Pauses[]): readonly string[] => {
    const turn = list
      .map(({ longest }) => longest)
      .reduce((most, one) => (heldMs(one) > heldMs(most) ? one : most), noTurn);
    const figures = [
      heldMs(turn),
      turn.gcMs,
      mostOf(list.map(({ ownMs }) => ownMs)),
      mostOf(list.map(({ wallMs }) => wallMs)),
    ];
    return [name, ...figures.map((ms) => fixed(ms, 1))];
  };
  return table(
    ["", "longest", "of it, collector", "own", "by the clock"],
    [
      row("nothing to do", idle),
      row(
        "ordinary work, all guards",
        workloads.flatMap(({ pauses }) => pauses),
      ),
      ...targetsOf(growth).map((target) =>
        row(
          `hostile, ${target}`,
          growth.filter((one) => one.target === target).flatMap(({ sizes }) => sizes.map(({ pauses }) => pauses)),
        ),
      ),
    ],
  );
}

const noTurn: Turn = { wallMs: 0, cpuMs: 0, gcMs: 0 };
