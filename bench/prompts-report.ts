// Judges and writes what prompts.ts measured. Pure.

import { type Aim, aimsTable, factsList, fixed, percent, table, whole } from "./page.ts";
import type { Cell, PromptsRaw, Sample } from "./prompts.ts";
import { quantilesOf, spreadOf } from "./stats.ts";

const ratioMax = 1.15;
const addedMsMax = 40;
/** Of the prompts and threads that the aims are about. */
const aimed = { tokens: 500, threads: 1 };
const MiB = 2 ** 20;

export function promptsPage(raw: PromptsRaw): string {
  const { facts, model, rules, cells } = raw;
  const step = model.stride === null ? "" : `, one every ${model.stride}`;
  const asked = rules.map(({ head, action }) => `${head} (${action})`).join(", ");
  const isAmx = facts.flags.includes("amx_tile");
  return `${[
    "# Prompts: what a guard with a model adds",
    "",
    `The model ${model.name}@${model.digest.slice(7, 19)} of ${fixed(model.bytes / MiB, 0)} MiB, in windows of ${model.window} tokens${step}. A rule for each of its heads: ${asked}.`,
    "",
    ...aimsTable([...ratioAims(cells), ...addedAims(cells, isAmx), ...passAims(cells)]),
    "",
    "One prompt at a time, in ms. `adds`: through Envoy with the guard, less through Envoy without; `within`: of that, the",
    "guard's runs of the model, all streams together. `runtime`: the same rows in as many batches, run straight on the model",
    "right after, of the stream that was busy longest. `times`: the medians of `adds` and `runtime`. `rows`: what the model was",
    "run on for one prompt; more than windows would be more than one pass.",
    "",
    ...cellTable(cells),
    "",
    ...(isAmx ? [] : ["This CPU has no AMX: milliseconds are told, and none are wanted.", ""]),
    ...factsList(facts, raw.command, [
      ...(raw.others === null ? [] : [`other programs had ${percent(raw.others)} of the machine meanwhile`]),
      `prompts of each runtime and number of threads: ${countsOf(cells)}; seed ${raw.seed}`,
    ]),
  ].join("\n")}\n`;
}

const added = ([bare, guarded]: Sample): number => guarded - bare;
const addedOf = ({ samples }: Cell): number => spreadOf(samples.map(added)).median;
const runOf = ({ samples }: Cell): number => spreadOf(samples.map(([, , , run]) => run)).median;
const withinOf = ({ samples }: Cell): number => spreadOf(samples.map(([, , within]) => within)).median;
const ratioOf = (cell: Cell): number => addedOf(cell) / runOf(cell);
const rangeOf = ([least, most]: readonly [number, number]): string => (least === most ? `${most}` : `${least}-${most}`);

const runtimeNames = { openvino: "OpenVINO", onnxruntime: "ONNX Runtime" } as const;
const nameOf = ({ runtime, threads }: Cell): string =>
  `${runtimeNames[runtime]}, ${threads === 1 ? "one thread" : `${threads} threads`}`;

function cellTable(cells: readonly Cell[]): readonly string[] {
  const row = (cell: Cell): readonly string[] => {
    const quantiles = quantilesOf(cell.samples.map(added), [0.95, 0.99]);
    return [
      nameOf(cell),
      whole(cell.tokens),
      whole(cell.windows),
      rangeOf(cell.rows),
      rangeOf(cell.batches),
      ...[addedOf(cell), ...quantiles, withinOf(cell), runOf(cell)].map((ms) => fixed(ms, 1)),
      fixed(ratioOf(cell), 2),
    ];
  };
  const head = ["", "tokens", "windows", "rows", "batches", "adds p50", "p95", "p99", "within", "runtime", "times"];
  return table(head, cells.map(row));
}

const countsOf = (cells: readonly Cell[]): string => {
  const [first] = cells;
  const own = cells.filter(({ runtime, threads }) => runtime === first?.runtime && threads === first.threads);
  return own.map(({ tokens, samples }) => `${samples.length} of ${tokens} tokens`).join(", ");
};

const isAimed = ({ tokens, threads }: Cell): boolean => tokens === aimed.tokens && threads === aimed.threads;

function ratioAims(cells: readonly Cell[]): readonly Aim[] {
  return cells.filter(isAimed).map((cell) => ({
    what: `${nameOf(cell)}, ${cell.tokens} tokens: what the guard adds over the runtime's own time, p50`,
    measured: `${fixed(ratioOf(cell), 2)} times`,
    aim: `at most ${ratioMax} times`,
    met: ratioOf(cell) <= ratioMax,
  }));
}

/** Of the runtime that is faster. */
function addedAims(cells: readonly Cell[], isAmx: boolean): readonly Aim[] {
  const [fastest] = cells.filter(isAimed).toSorted((a, b) => addedOf(a) - addedOf(b));
  if (fastest === undefined) return [];
  return [
    {
      what: `${nameOf(fastest)}, ${fastest.tokens} tokens: what the guard adds, p50`,
      measured: `${fixed(addedOf(fastest), 1)} ms`,
      aim: isAmx ? `at most ${addedMsMax} ms` : "none without AMX",
      met: !isAmx || addedOf(fastest) <= addedMsMax,
    },
  ];
}

function passAims(cells: readonly Cell[]): readonly Aim[] {
  const [worst] = cells.toSorted((a, b) => b.rows[1] / b.windows - a.rows[1] / a.windows);
  if (worst === undefined) return [];
  return [
    {
      what: `rows that the model is run on for one prompt (most: ${nameOf(worst)}, ${worst.tokens} tokens)`,
      measured: `${worst.rows[1]} for ${worst.windows} windows`,
      aim: "one for each window",
      met: worst.rows[1] === worst.windows,
    },
  ];
}
