// One model in two places that run in turn: behind rules of a guard with an Envoy of its own, and loaded here, where it is run
// straight. Both by the same code, on the same runtime, with as many threads and streams.

import { writeFile } from "node:fs/promises";
import { openVinoAtHand } from "../../scripts/openvino.mjs";
import { standardModelSettings } from "../../src/config/models.ts";
import type { LoadedModel, Runtime } from "../../src/inference/backend.ts";
import { batchOf, type Row } from "../../src/inference/batching/rows.ts";
import { type Bundle, windowShape } from "../../src/inference/bundle/bundle.ts";
import { windowsOf } from "../../src/inference/tokens/windows.ts";
import { GuardProcess } from "../../test/helpers/guard-process.ts";
import { openTempDir } from "../../test/helpers/temp-dir.ts";
import { type Encoder, valueOf } from "./encoder.ts";
import { openGateway } from "./stack.ts";

/** A store with the model, a runtime and its CPU threads; as many streams, as a guard has it by itself. */
export interface Place {
  readonly store: string;
  readonly runtime: Runtime;
  readonly threads: number;
}

/** What the guard's own metrics say of its model since it started. */
export interface Counts {
  /** Windows that the model was run on. */
  readonly rows: number;
  readonly batches: number;
  /** Of all streams together. */
  readonly runMs: number;
}

export interface GuardedModel extends Place {
  /** Of the Envoy before the guard. */
  readonly port: number;
  readonly pids: readonly number[];
  counts(): Promise<Counts>;
  /** Runs the rows here, in so many batches: milliseconds in the runtime itself, of the stream that was busy longest. */
  run(rows: readonly Row[], batches: number): Promise<number>;
}

/** What guards of prompts ask, where the model has it; else they ask all of its heads that judge one text. */
const guardHeads: readonly string[] = ["injection", "request", "toxicity", "sexism", "names"];

export function headsAsked({ heads }: Bundle): readonly string[] {
  const single = heads.filter(({ task }) => task !== "pair" && task !== "embedding").map(({ name }) => name);
  const named = single.filter((name) => guardHeads.includes(name));
  return named.length > 0 ? named : single;
}

/** An injection is blocked, and everything else noted. What cannot be judged does not pass. */
export const actionOf = (head: string): "block" | "flag" => (head === "injection" ? "block" : "flag");

/** Words drawn by chance may look like an attack; a refusal would end the measurement, and judging costs the same at any threshold. */
const blockFrom = 1;

const policyOf = (bundle: Bundle): object => ({
  kind: "Policy",
  version: 1,
  name: "prompts",
  defaults: { onUnknown: "closed", onUnreadable: "block" },
  rules: headsAsked(bundle).map((head) => ({
    id: head,
    stage: "prompt",
    when: { place: "content" },
    detect: { model: { name: bundle.name, head, ...(actionOf(head) === "block" ? { threshold: blockFrom } : {}) } },
    action: actionOf(head),
  })),
});

/** No exchange is late, however slow the machine is. */
const budgetMs = 120_000;

export async function openGuardedModel(
  parts: AsyncDisposableStack,
  { bundle, backends }: Encoder,
  place: Place,
  gateway: { readonly program: string; readonly upstreamPort: number },
): Promise<GuardedModel> {
  const { store, runtime, threads } = place;
  const dir = parts.use(await openTempDir());
  const [policy, config] = [dir.join("policy.yaml"), dir.join("config.yaml")];
  await writeFile(policy, JSON.stringify(policyOf(bundle)));
  const own = runtime === "openvino" ? { openvinoFolder: openVinoAtHand() } : {};
  const models = { folder: store, backend: runtime, threads, ...own };
  // The same prompts are sent again and again, to be judged each time.
  const limits = { promptBudgetMs: budgetMs, windowBudgetMs: budgetMs, rememberedBytesMax: 0 };
  await writeFile(config, JSON.stringify({ kind: "Config", version: 1, limits, models }));
  const guard = parts.use(await GuardProcess.open({ policy, args: ["--config", config] }));
  const shape = { guarded: true, gracefulClose: true };
  const envoy = await openGateway(parts, { ...gateway, socket: guard.socket, ...shape });
  const backend = backends.get(runtime);
  if (backend === undefined) throw new Error(`${runtime} is not at hand`);
  const { model, weights } = bundle.files;
  const { device, precision } = standardModelSettings();
  const loaded = valueOf(await backend.load({ model, weights, device, precision, threads, streams: threads }));
  parts.defer(() => loaded.close());
  return {
    ...place,
    port: envoy.proxyPort,
    pids: [guard.pid, envoy.pid],
    counts: async () => countsIn(await guard.metrics(), bundle.name),
    run: (rows, batches) => runRows(loaded, bundle, rows, batches),
  };
}

function countsIn(metrics: string, model: string): Counts {
  const counted = (name: string): number => {
    const line = metrics.split("\n").find((each) => each.startsWith(`sallyport_model_${name}{model="${model}"}`));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  const [rows, batches] = [counted("rows_total"), counted("run_seconds_count")];
  return { rows, batches, runMs: counted("run_seconds_sum") * 1000 };
}

async function runRows(loaded: LoadedModel, { padId }: Bundle, rows: readonly Row[], batches: number): Promise<number> {
  const each = Math.ceil(rows.length / Math.max(1, batches));
  const waiting = Array.from({ length: Math.ceil(rows.length / each) }, (_, at) =>
    batchOf(rows.slice(at * each, (at + 1) * each), padId),
  );
  const busy = Array.from({ length: loaded.streams }, async () => {
    let runMs = 0;
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift())
      runMs += valueOf(await loaded.run(batch)).runMs;
    return runMs;
  });
  return Math.max(...(await Promise.all(busy)));
}

/** The rows of a text, as the guard makes them. */
export async function rowsOf({ bundle, tokenizer }: Encoder, text: string): Promise<readonly Row[]> {
  const { before, after } = tokenizer.single;
  const { ids } = await tokenizer.encode(new AbortController().signal, text);
  const { windows } = windowsOf(ids.length, windowShape(bundle, before.length + after.length));
  return windows.map(({ from, to }) => {
    const own = [...before, ...ids.subarray(from, to), ...after];
    return { ids: own, types: own.map(() => 0) };
  });
}
