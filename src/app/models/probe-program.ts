/**
 * A program of its own: reads a bundle, loads it and runs it, and prints one line of JSON that says what came of it. A model that
 * takes the process with it takes this one. Ends when its starter has: stdin is a pipe from there.
 */
import { readFile, writeFile } from "node:fs/promises";
import { openBackend } from "../../inference/backends/select.ts";
import { readBundle } from "../../inference/bundle/bundle.ts";
import type { BundleProblem } from "../../inference/bundle/files.ts";
import { err, ok, type Result } from "../../stdx/result.ts";
import { openModel } from "./open-model.ts";
import type { ProbeQuestion, ProbeReport } from "./probe.ts";
import { reservedName } from "./store.ts";

const lookMs = 20;

const question = JSON.parse(process.argv[2] ?? "") as ProbeQuestion;
process.stdin.once("close", () => process.exit(1)).resume();
// Where memory runs out for the machine, this is the process to end. Only Linux knows the file.
await writeFile("/proc/self/oom_score_adj", "1000").catch(() => undefined);
setInterval(() => {
  if (process.memoryUsage.rss() <= question.memoryBytesMax) return;
  const MiB = Math.round(question.memoryBytesMax / 2 ** 20);
  const message = `takes more than ${MiB} MiB of memory; give the machine more, or take a smaller model`;
  finish(err([{ file: question.folder, message }]));
}, lookMs).unref();
finish(await probe(question));

function finish(answer: Result<ProbeReport, readonly BundleProblem[]>): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
}

async function probe(asked: ProbeQuestion): Promise<Result<ProbeReport, readonly BundleProblem[]>> {
  const { folder, fallbackName, settings } = asked;
  const read = await readBundle(folder, fallbackName ?? undefined);
  if (!read.ok) return read;
  const bundle = read.value;
  const reserved = reservedName(bundle);
  if (reserved !== null) return err([reserved]);
  const largest = largestIdOf(await readFile(bundle.files.tokenizer, "utf8"));
  if (!largest.ok) return err([{ file: bundle.files.tokenizer, message: largest.error }]);
  const wish = {
    runtime: settings.backend,
    folders: settings.openvinoFolder === null ? [] : [settings.openvinoFolder],
  };
  const opened = await openBackend({ ...wish, onDeath: () => undefined, nowMs: () => performance.now() });
  if (!opened.ok) return err([{ file: settings.backend, message: opened.error.message }]);
  const begun = performance.now();
  const one = { ...settings, threads: 1, streams: 1 };
  const model = await openModel({ backend: opened.value.backend, bundle, settings: one, largestId: largest.value });
  if (!model.ok) return model;
  const { description, windowMs } = model.value;
  return ok({
    name: bundle.name,
    digest: bundle.digest,
    licence: bundle.licence,
    heads: bundle.heads.map(({ name, task, output, labels, threshold }) => ({ name, task, output, labels, threshold })),
    windowTokens: bundle.window.tokens,
    runsAlone: bundle.files.hasBatchScales,
    runtime: description.runtime,
    runtimeVersion: description.version,
    why: opened.value.why,
    device: description.device,
    precision: description.precision,
    loadMs: performance.now() - begun,
    windowMs,
    memoryBytes: process.memoryUsage.rss(),
  });
}

/** The ids of a vocabulary may have gaps: their number is not the largest. */
function largestIdOf(json: string): Result<number, string> {
  let parsed: { model?: { vocab?: unknown }; added_tokens?: readonly { id?: unknown }[] };
  try {
    parsed = JSON.parse(json) as typeof parsed;
  } catch {
    return err("is not JSON");
  }
  const vocabulary = parsed?.model?.vocab;
  const added = Array.isArray(parsed?.added_tokens) ? parsed.added_tokens.map((each) => each.id) : [];
  // A mapping to ids, or a list in their order.
  const own = Array.isArray(vocabulary) ? [vocabulary.length - 1] : Object.values(vocabulary ?? {});
  let largest = -1;
  for (const id of [...own, ...added]) if (typeof id === "number" && id > largest) largest = id;
  return largest < 0 ? err("has no vocabulary") : ok(largest);
}
