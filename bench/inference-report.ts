// Judges and writes what inference.ts measured. Pure.

import { concurrent, type Cost, type InferenceRaw, type Memory, type Mix, type Shape } from "./inference.ts";
import { type Aim, aimsTable, fixed, percent, table, whole } from "./page.ts";
import { spreadOf } from "./stats.ts";

const overheadMax = 0.1;
const amxFactorMin = 2;
const shortGainMin = 1.5;
/** Within it two figures are the same. */
const tie = 0.03;
const pauseMaxMs = 10;
const MiB = 2 ** 20;
const reference = "ONNX Runtime FP32";

export function inferencePage(raw: InferenceRaw): string {
  const { facts, model } = raw;
  const isAmx = facts.flags.includes("amx_tile");
  return `${[
    "# Inference",
    "",
    `One model of ${model.layers} layers, ${model.width} wide (${model.name}@${model.digest.slice(7, 19)}), one thread where nothing else is said.`,
    "",
    ...aimsTable([
      ...overheadAims(raw.costs),
      ...speedAims(raw),
      ...mixAims(raw.mixes),
      ...pauseAims(raw),
      ...copyAims(raw),
    ]),
    "",
    "The runtime's own time in ms, medians; how many times as fast as ONNX Runtime with FP32; and what a text of 128 tokens",
    "takes from text to score beside it:",
    "",
    ...costTable(raw.costs),
    "",
    `Texts a second, ${concurrent} at once, with batching and each text by itself, in turn; medians of the rounds:`,
    "",
    ...mixTable(raw.mixes),
    "",
    ...pausesTable(raw),
    "",
    "What the model adds to a process's resident memory, its runtime's libraries counted:",
    "",
    ...memoryTable(raw.memory),
    "",
    ...(isAmx ? [] : ["This CPU has no AMX: the factors over FP32 are told, and none is wanted.", ""]),
    `- ${facts.date}, commit ${facts.commit}${facts.changed ? " with changes" : ""}, \`${raw.command}\`, seed ${raw.seed}`,
    ...(raw.others === null
      ? []
      : [`- other programs had ${percent(raw.others)} of the machine meanwhile: trust ratios before milliseconds`]),
    `- ${facts.cpu}, ${facts.cores} cores, ${facts.memoryGiB} GiB; CPU flags: ${facts.flags.join(" ") || "none of note"}; Node ${facts.node}`,
  ].join("\n")}\n`;
}

function costTable(costs: readonly Cost[]): readonly string[] {
  const row = (cost: Cost): readonly string[] => [
    cost.variant,
    fixed(median(cost.runMs["1x128"]), 2),
    fixed(factor(costs, cost, "1x128"), 2),
    fixed(median(cost.runMs["2x256"]), 2),
    fixed(factor(costs, cost, "2x256"), 2),
    fixed(median(cost.judged.map(({ totalMs }) => totalMs)), 2),
    percent(overhead(cost)),
  ];
  return table(["", "1 x 128", "times", "2 x 256", "times", "text to score", "beside the runtime"], costs.map(row));
}

function mixTable(mixes: readonly Mix[]): readonly string[] {
  return table(
    ["", "texts of", "batched", "by itself", "gain"],
    mixes.map((it) => [
      it.variant,
      it.mix,
      fixed(median(it.batched), 1),
      fixed(median(it.alone), 1),
      fixed(gain(it), 2),
    ]),
  );
}

function pausesTable({ pauses, threads, idleMs }: InferenceRaw): readonly string[] {
  return [
    `How late a timer comes while ${threads} threads infer, in ms (with nothing to do: ${fixed(idleMs, 1)}):`,
    "",
    ...table(
      ["", "longest", "p99", "texts"],
      pauses.map(({ variant, longestMs, p99Ms, texts }) => [
        variant,
        fixed(longestMs, 1),
        fixed(p99Ms, 1),
        whole(texts),
      ]),
    ),
  ];
}

function memoryTable(memory: readonly Memory[]): readonly string[] {
  return table(
    ["", "streams", "MiB", "MiB each beyond the first"],
    memory.map(({ runtime, streams, bytes }) => {
      const first = firstOf(memory, runtime);
      const each = streams > first.streams ? fixed((bytes - first.bytes) / (streams - first.streams) / MiB, 0) : "";
      return [runtime, whole(streams), fixed(bytes / MiB, 0), each];
    }),
  );
}

const median = (values: readonly number[]): number => spreadOf(values).median;
const overhead = ({ judged }: Cost): number => median(judged.map(({ totalMs, runMs }) => (totalMs - runMs) / runMs));
/** Of rounds that ran one after the other. */
const gain = ({ batched, alone }: Mix): number =>
  median(batched.map((each, round) => each / (alone[round] ?? Number.NaN)));

function factor(costs: readonly Cost[], { runMs }: Cost, shape: Shape): number {
  const base = costs.find(({ variant }) => variant === reference)?.runMs[shape] ?? [];
  return median(base) / median(runMs[shape]);
}

const firstOf = (memory: readonly Memory[], runtime: string): Memory =>
  memory
    .filter((each) => each.runtime === runtime)
    .reduce((least, each) => (each.streams < least.streams ? each : least));

function overheadAims(costs: readonly Cost[]): readonly Aim[] {
  const worst = costs.reduce((most, cost) => (overhead(cost) > overhead(most) ? cost : most));
  return [
    {
      what: `text to score over the runtime's own time at 128 tokens (most: ${worst.variant})`,
      measured: percent(overhead(worst)),
      aim: `at most ${percent(overheadMax)}`,
      met: overhead(worst) <= overheadMax,
    },
  ];
}

function speedAims({ costs, facts }: InferenceRaw): readonly Aim[] {
  const own = costs.filter(({ variant }) => variant.startsWith("OpenVINO"));
  const isAmx = facts.flags.includes("amx_tile");
  return (["1x128", "2x256"] as const).flatMap((shape): readonly Aim[] => {
    const best = own.reduce<Cost | null>(
      (most, cost) => (most === null || factor(costs, cost, shape) > factor(costs, most, shape) ? cost : most),
      null,
    );
    if (best === null) return [];
    const times = factor(costs, best, shape);
    return [
      {
        what: `${best.variant} against ${reference} at ${shape.replace("x", " x ")} tokens`,
        measured: `${fixed(times, 2)} times`,
        aim: isAmx ? `at least ${amxFactorMin} times` : "none without AMX",
        met: !isAmx || times >= amxFactorMin,
      },
    ];
  });
}

function mixAims(mixes: readonly Mix[]): readonly Aim[] {
  const least = (of: readonly Mix[]): Mix => of.reduce((low, mix) => (gain(mix) < gain(low) ? mix : low));
  const all = least(mixes.filter(({ mix }) => mix === "16 to 256 tokens"));
  const short = mixes.filter(({ mix, variant }) => mix === "16 to 63 tokens" && variant.startsWith("OpenVINO"));
  const aims: Aim[] = [
    {
      what: `batching, texts of 16 to 256 tokens (least: ${all.variant})`,
      measured: `${fixed(gain(all), 2)} times`,
      aim: `loses nothing (1, less ${percent(tie)})`,
      met: gain(all) >= 1 - tie,
    },
  ];
  if (short.length === 0) return aims;
  const worst = least(short);
  const met = gain(worst) >= shortGainMin;
  const what = `batching, texts under 64 tokens (least: ${worst.variant})`;
  return [...aims, { what, measured: `${fixed(gain(worst), 2)} times`, aim: `at least ${shortGainMin} times`, met }];
}

const pauseAims = ({ pauses }: InferenceRaw): readonly Aim[] =>
  pauses.map(({ variant, longestMs }) => ({
    what: `the event loop's longest pause while all cores infer (${variant})`,
    measured: `${fixed(longestMs, 1)} ms`,
    aim: `under ${pauseMaxMs} ms`,
    met: longestMs < pauseMaxMs,
  }));

/** A stream has buffers of its own, which are far smaller than a model. */
const copyShareMax = 0.5;

function copyAims({ memory, model }: InferenceRaw): readonly Aim[] {
  const own = memory.filter(({ runtime }) => runtime === "openvino");
  const last = own.at(-1);
  if (last === undefined || own.length < 2) return [];
  const first = firstOf(memory, "openvino");
  const each = (last.bytes - first.bytes) / (last.streams - first.streams);
  return [
    {
      what: "OpenVINO: what a stream beyond the first adds to the memory",
      measured: `${fixed(each / MiB, 0)} MiB`,
      aim: `one copy of the model: under half of its ${fixed(model.bytes / MiB, 0)} MiB`,
      met: each <= model.bytes * copyShareMax,
    },
  ];
}
