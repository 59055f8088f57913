/** From a folder under models/ to a card: reads the bundle and the sets, opens each head as the guard does, judges. Writes nothing. */
import { join } from "node:path";
import { openDetectorJudge } from "../../src/app/eval/open-judge.ts";
import { openModelJudge } from "../../src/app/eval/open-model-judge.ts";
import type { RowJudge, Subject } from "../../src/app/eval/judge.ts";
import type { ModelSettings } from "../../src/config/models.ts";
import { type Bundle, type HeadSpec, readBundle } from "../../src/inference/bundle/bundle.ts";
import { detectorKind } from "../../src/app/eval/open-judge.ts";
import { assert } from "../../src/stdx/assert.ts";
import { err, ok, type Result as Either } from "../../src/stdx/result.ts";
import { builtInThresholds } from "./built-in.ts";
import type { Card, CardHead, Measured } from "./card.ts";
import type { Result } from "./figures.ts";
import { nameResults, type Run, scoreResults } from "./judge-sets.ts";
import { type Folders, readSets, toldSets } from "./read-sets.ts";
import { detectorPlans, headPlans, type Plan, type SetName, sets, vectorSets } from "./sets.ts";
import { openVectors, vectorResults } from "./vectors.ts";

export type Order = Omit<Run, "sets"> & {
  /** The folder's name; in it stand a bundle, or the card of a detector that needs none. */
  readonly name: string;
  /** Where NAME stands. */
  readonly models: string;
  readonly folders: Folders;
  readonly settings: ModelSettings;
  readonly flags: readonly string[];
  /** YYYY-MM-DD */
  readonly date: string;
  /** By head, for a run without pooled rows: the common thresholds of a card. */
  readonly common: Readonly<Record<string, number | null>>;
};

type Lines = readonly string[];

/** The error has a line for each thing that is wrong; nothing was judged then. */
export async function measure(order: Order): Promise<Either<Card, Lines>> {
  const detector = detectorPlans[order.name];
  if (detector !== undefined) return measureDetector(order, detector);
  const bundle = await readBundle(join(order.models, order.name), order.name);
  if (!bundle.ok) return err(bundle.error.map(({ file, message }) => `${file}: ${message}`));
  const unknown = bundle.value.heads.filter(({ name }) => headPlans[name] === undefined);
  if (unknown.length > 0)
    return err(unknown.map(({ name }) => `${order.name}: models/cards/sets.ts names no sets for its head ${name}`));
  const plans = bundle.value.heads.flatMap(({ name }) => headPlans[name] ?? []);
  const read = await readSets(wantedSets(plans, order.folders), order.folders);
  if (!read.ok) return read;
  const run: Run = { ...order, sets: read.value };
  const [results, heads]: [Result[], Record<string, CardHead>] = [[], {}];
  let measured: Measured | null = null;
  for (const head of bundle.value.heads) {
    const plan = headPlans[head.name];
    if (plan === undefined || (plan.kind === "vectors" && order.folders.data === null)) continue;
    const done = await measureHead({ order, run, bundle: bundle.value, head, plan });
    if (!done.ok) return done;
    results.push(...done.value.results);
    const { task, threshold, thresholds } = head;
    heads[head.name] = { task, threshold, thresholds, common: done.value.common };
    measured ??= done.value.measured;
  }
  if (measured === null) return err([`${order.name}: has no head that can be measured on these sets`]);
  const { name, digest, licence } = bundle.value;
  return ok(cardOf({ name, digest, licence }, measured, heads, results, await toldSets(read.value)));
}

const cardOf = (
  model: Card["model"],
  measured: Measured,
  heads: Card["heads"],
  results: readonly Result[],
  told: Card["sets"],
): Card => ({ kind: "ModelCard", version: 1, model, measured, heads, sets: told, results });

/** Without a data folder the project's own cases alone. */
function wantedSets(plans: readonly Plan[], { data }: Folders): readonly SetName[] {
  const wanted = plans.flatMap((plan): readonly SetName[] => {
    if (plan.kind !== "vectors")
      return [...plan.asked.map(({ set }) => set), ...(plan.cases === null ? [] : [plan.cases])];
    const { topics, banking, relevance } = vectorSets;
    return [topics.test, topics.examples, banking.test, banking.examples, relevance];
  });
  return wanted.filter((name) => data !== null || sets[name].isOwn);
}

type HeadOrder = {
  readonly order: Order;
  readonly run: Run;
  readonly bundle: Bundle;
  readonly head: HeadSpec;
  readonly plan: Plan;
};
type HeadDone = { readonly results: readonly Result[]; readonly common: number | null; readonly measured: Measured };

async function measureHead({ order, run, bundle, head, plan }: HeadOrder): Promise<Either<HeadDone, Lines>> {
  const { settings, nowMs, flags, date } = order;
  if (plan.kind === "vectors") {
    const opened = await openVectors(bundle, head.name, settings, nowMs);
    if (!opened.ok) return opened;
    const { runtime, version: runtimeVersion, device, precision } = opened.value.description;
    try {
      const results = await vectorResults(head.name, opened.value.embed, run);
      return ok({ results, common: null, measured: { date, runtime, runtimeVersion, device, precision, flags } });
    } finally {
      await opened.value.close();
    }
  }
  const opened = await openModelJudge(`${join(order.models, order.name)}:${head.name}`, settings);
  if (!opened.ok) return opened;
  const judge = opened.value;
  const named = { ...head.thresholds, ...builtInThresholds(order.name, head.name) };
  const headRun = { ...run, head: head.name, judge, named, common: order.common[head.name] ?? null };
  try {
    const done =
      plan.kind === "names"
        ? { results: await nameResults(plan, headRun), common: null }
        : await scoreResults(plan, headRun);
    return ok({ ...done, measured: { date, flags, ...runtimeOf(judge.subject) } });
  } finally {
    await judge.close();
  }
}

function runtimeOf(subject: Subject): Omit<Measured, "date" | "flags"> {
  assert(subject.kind === "model", "a bundle's head is a model's");
  const { runtime, runtimeVersion, device, precision } = subject;
  return { runtime, runtimeVersion, device, precision };
}

async function measureDetector(order: Order, plan: (typeof detectorPlans)[string]): Promise<Either<Card, Lines>> {
  const { name, folders, date, flags } = order;
  const kind = detectorKind(name);
  assert(kind !== null, "a detector with a card is a kind of detector");
  const read = await readSets(wantedSets([plan], folders), folders);
  if (!read.ok) return read;
  const opened = openDetectorJudge(kind);
  if (!opened.ok) return opened;
  const judge: RowJudge = opened.value;
  const run = { ...order, sets: read.value, head: name, judge, named: {}, common: null };
  const { results } = await scoreResults(plan, run);
  const measured: Measured = { date, runtime: null, runtimeVersion: null, device: null, precision: null, flags };
  return ok(cardOf({ name, digest: null, licence: null }, measured, {}, results, await toldSets(read.value)));
}
