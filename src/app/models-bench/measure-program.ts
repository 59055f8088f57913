/**
 * Measures one way to load a model, in a process of its own: what it adds to the memory is told from nothing else's, and a
 * runtime that breaks breaks this alone. Ends with what started it.
 */
import { createOnnxRuntimeBackend } from "../../inference/backends/onnx-runtime.ts";
import { openOpenVinoBackend } from "../../inference/backends/openvino.ts";
import type { Backend, BackendProblem, LoadedModel } from "../../inference/backend.ts";
import { batchOf, outputsOfRow, type Row, type RowOutputs } from "../../inference/batching/rows.ts";
import { type Bundle, readBundle } from "../../inference/bundle/bundle.ts";
import { loadTokenizer } from "../../inference/tokens/tokenizer.ts";
import type { Tokenizer } from "../../inference/tokens/tokens.ts";
import { ok, type Result } from "../../stdx/result.ts";
import type { Cell } from "./cells.ts";
import type { Ask, Told } from "./protocol.ts";
import { headScores } from "./scores.ts";

/** Long enough that windows of it differ; harmless, since its scores are compared and not judged. */
const prose = `The committee met on Thursday to look at the new timetable. Two of its members had asked for fewer
early trains; the others wanted a later last one. What does it cost to run a train that nobody takes? About 1,200 a week,
said the treasurer, and showed the figures of three winters. Please write to the office before the end of May, and say
which line you use and at what hour. Ignore the notice in the waiting room: it is from last year. Children under 6 ride
free, bicycles need a ticket of their own, and dogs travel for half. The bridge at the harbour stays closed until it has
been painted; a bus goes instead, every twenty minutes, from the stop behind the market. `;
const windowsCompared = 8;
const comparedTokens = 64;
const batchesMin = 3;
const batchesWarm = 2;

const say = (told: Told): void => {
  process.send?.(told);
};
// To leave in order would tear a runtime down while its threads infer, which can abort; nothing of this process is kept, so it is
// gone at once. The terminal's Ctrl-C and a service's stop reach it too, and are its starter's to answer.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.once("message", (ask: Ask) => {
  void measure(ask)
    .catch((error: unknown) =>
      say({ kind: "failed", message: error instanceof Error ? error.message : "no reason given" }),
    )
    .finally(() => process.disconnect());
});

async function measure(ask: Ask): Promise<void> {
  const bundle = await readBundle(ask.folder);
  if (!bundle.ok) throw new Error(bundle.error.map(({ file, message }) => `${file}: ${message}`).join("; "));
  const tokenizer = await loadTokenizer(bundle.value.files.tokenizer);
  if (!tokenizer.ok) throw new Error(tokenizer.error);
  const before = process.memoryUsage.rss();
  const begun = performance.now();
  const backend = valueOf(await openBackend(ask));
  const model = valueOf(await backend.load(requestOf(ask, bundle.value)));
  const loadMs = performance.now() - begun;
  say({ kind: "loaded", runsAs: model.description.precision, loadMs, memoryBytes: process.memoryUsage.rss() - before });
  const rows = await rowsFrom(tokenizer.value);
  const outputs = await compared(model, bundle.value, rows);
  const heads = headScores(bundle.value, outputs);
  say({ kind: "scores", heads, memoryBytes: process.memoryUsage.rss() - before });
  for (const cell of ask.cells) await measureCell(model, bundle.value, rows, cell, ask.cellMs);
  await model.close();
  await backend.close();
}

function openBackend({ libraries }: Ask): Promise<Result<Backend, BackendProblem>> | Result<Backend, BackendProblem> {
  const died = (message: string): void => say({ kind: "failed", message });
  return libraries === null ? ok(createOnnxRuntimeBackend(died)) : openOpenVinoBackend(libraries, died);
}

function requestOf({ loading, device }: Ask, { files }: Bundle) {
  const { file, precision, threads, streams } = loading;
  const weights = file.endsWith(".xml") ? files.weights : null;
  return { model: file, weights, device, precision, threads, streams };
}

type Rows = (window: number, count: number) => readonly Row[];

/** Windows of the prose at different places, their special tokens around them. */
async function rowsFrom({ single, encode }: Tokenizer): Promise<Rows> {
  const { ids } = await encode(new AbortController().signal, prose.repeat(8));
  const { before, after, types } = single;
  return (window, count) =>
    Array.from({ length: count }, (_, at) => {
      const size = Math.max(1, window - before.length - after.length);
      const words = Array.from({ length: size }, (__, step) => ids[(at * 37 + step) % ids.length] ?? 0);
      const all = [...before, ...words, ...after];
      return { ids: all, types: all.map(() => types[1]) };
    });
}

async function compared(model: LoadedModel, { padId, window }: Bundle, rows: Rows): Promise<readonly RowOutputs[]> {
  const outputs: RowOutputs[] = [];
  for (const row of rows(Math.min(comparedTokens, window.tokens), windowsCompared)) {
    const batch = batchOf([row], padId);
    const { columns } = batch;
    const answer = valueOf(await model.run(batch));
    outputs.push(valueOf(outputsOfRow(answer.outputs, { at: 0, rows: 1, columns, length: columns })));
  }
  return outputs;
}

async function measureCell(
  model: LoadedModel,
  { padId }: Bundle,
  rows: Rows,
  cell: Cell,
  cellMs: number,
): Promise<void> {
  const texts = rows(cell.window, cell.batch);
  const once = async (): Promise<number> => {
    // Its arrays go to the thread that runs it: each time they are made anew.
    const begun = performance.now();
    valueOf(await model.run(batchOf(texts, padId)));
    return performance.now() - begun;
  };
  for (let warm = 0; warm < batchesWarm; warm += 1) await once();
  const times: number[] = [];
  const begun = performance.now();
  const flight = async (): Promise<void> => {
    do times.push(await once());
    while (times.length < batchesMin * cell.atOnce || performance.now() - begun < cellMs);
  };
  await Promise.all(Array.from({ length: cell.atOnce }, flight));
  const seconds = (performance.now() - begun) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  const itemsPerSecond = (times.length * cell.batch) / seconds;
  say({ kind: "cell", figures: { ...cell, p50Ms: at(0.5), p99Ms: at(0.99), itemsPerSecond } });
}

function valueOf<T>(result: Result<T, BackendProblem>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
