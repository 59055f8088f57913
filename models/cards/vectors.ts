/**
 * Figures of vectors: do examples of a topic find its texts, and does a question find its own paragraph. Windows and cosines are
 * those of the guard: a text counts as its nearest window.
 */
import { createHash } from "node:crypto";
import type { ModelSettings } from "../../src/config/models.ts";
import type { Row } from "../../src/app/eval/rows.ts";
import { aucInterval } from "../../src/app/eval/intervals.ts";
import { auc, type Scored } from "../../src/app/eval/metrics.ts";
import { topicOf } from "../../src/app/eval/summary.ts";
import { openModel } from "../../src/app/models/open-model.ts";
import { nearest as nearestOf } from "../../src/detectors/nearness/vectors.ts";
import { vectorOf } from "../../src/inference/answers.ts";
import { openBackend } from "../../src/inference/backends/select.ts";
import type { Description } from "../../src/inference/backend.ts";
import type { Bundle } from "../../src/inference/bundle/bundle.ts";
import { defaultMinSimilarity } from "../../src/policy/source/model-source.ts";
import { err, ok, type Result as Either } from "../../src/stdx/result.ts";
import { type Figure, figure, given, meanFigure, type Result, shareFigure } from "./figures.ts";
import type { Run } from "./judge-sets.ts";
import { pickedRows } from "./read-sets.ts";
import { examplesOfTopic, type SetName, vectorSets } from "./sets.ts";

/** `null`: the model did not know the text. */
type Vectors = readonly Float32Array[] | null;
type Embed = (text: string) => Promise<Vectors>;
export type OpenVectors = { readonly embed: Embed; readonly description: Description; close(): Promise<void> };

export async function openVectors(
  bundle: Bundle,
  headName: string,
  settings: ModelSettings,
  nowMs: () => number,
): Promise<Either<OpenVectors, readonly string[]>> {
  const head = bundle.heads.find(({ name, task }) => name === headName && task === "embedding");
  if (head === undefined) return err([`${bundle.name}: ${headName} gives no vectors`]);
  const folders = settings.openvinoFolder === null ? [] : [settings.openvinoFolder];
  const chosen = await openBackend({ runtime: settings.backend, folders, onDeath: () => undefined, nowMs });
  if (!chosen.ok) return err([chosen.error.message]);
  const { backend } = chosen.value;
  const opened = await openModel({ backend, bundle, settings });
  if (!opened.ok) {
    await backend.close();
    return err(opened.error.map(({ file, message }) => `${file}: ${message}`));
  }
  const { signal } = new AbortController();
  return ok({
    description: opened.value.description,
    async embed(text) {
      const judged = await opened.value.model.judge(signal, text, Number.POSITIVE_INFINITY);
      return judged.ok ? judged.value.windows.map((window) => vectorOf(head, window)) : null;
    },
    async close() {
      await opened.value.close();
      await backend.close();
    },
  });
}

export async function vectorResults(head: string, embed: Embed, run: Run): Promise<readonly Result[]> {
  return [...(await topicResults(head, embed, run)), ...(await relevanceResults(head, embed, run))];
}

const rowsAtOnce = 64;

async function each<In, Out>(items: readonly In[], of: (item: In) => Promise<Out>, onDone: (done: number) => void) {
  const made: Out[] = [];
  for (let at = 0; at < items.length; at += rowsAtOnce) {
    made.push(...(await Promise.all(items.slice(at, at + rowsAtOnce).map(of))));
    onDone(made.length);
  }
  return made;
}

type Told = { readonly topic: string; readonly vectors: Vectors };

async function embedded(set: SetName, embed: Embed, run: Run): Promise<readonly Told[]> {
  const read = run.sets.get(set);
  if (read === undefined) return [];
  const rows = await pickedRows(read, run.quick);
  return each(
    rows,
    async ({ label, text }) => ({ topic: topicOf(String(label)), vectors: await embed(text ?? "") }),
    (done) => run.onRow(`embedding ${set}`, done, rows.length),
  );
}

type Examples = ReadonlyMap<string, readonly Float32Array[]>;

/** The same ones each time, whatever the order of the rows. */
async function examplesOf(set: SetName, embed: Embed, run: Run): Promise<Examples> {
  const read = run.sets.get(set);
  if (read === undefined) return new Map();
  const topics = Map.groupBy(await pickedRows(read, null), ({ label }) => topicOf(String(label)));
  topics.delete("none");
  const made = [...topics]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(async ([topic, rows]) => {
      const vectors = await Promise.all(
        seeded(rows)
          .slice(0, examplesOfTopic)
          .map(({ text }) => embed(text ?? "")),
      );
      return [topic, vectors.flatMap((some) => some ?? [])] as const;
    });
  return new Map(await Promise.all(made));
}

function seeded(rows: readonly Row[]): readonly Row[] {
  const drawn = rows.map((row) => ({ row, by: createHash("sha256").update(`example ${row.id}`).digest("hex") }));
  return drawn.toSorted((a, b) => (a.by < b.by ? -1 : 1)).map(({ row }) => row);
}

const nearest = (vectors: readonly Float32Array[], examples: readonly Float32Array[]): number =>
  Math.max(0, nearestOf(vectors, [examples]));

async function topicResults(head: string, embed: Embed, run: Run): Promise<readonly Result[]> {
  const { topics, banking } = vectorSets;
  const examples = await examplesOf(topics.examples, embed, run);
  const rows = await embedded(topics.test, embed, run);
  const known = rows.flatMap(({ topic, vectors }) =>
    vectors === null
      ? []
      : [{ topic, near: new Map([...examples].map(([name, some]) => [name, nearest(vectors, some)])) }],
  );
  const byTopic = [...examples.keys()].map((topic) => {
    const scored = known.map(
      (row) => ({ label: row.topic === topic ? 1 : 0, score: row.near.get(topic) ?? 0 }) as const,
    );
    return aucResult({ head, set: topics.test, part: `topic ${topic}` }, scored, 0, defaultMinSimilarity);
  });
  const inScope = known.filter(({ topic }) => examples.has(topic));
  const right = inScope.filter(({ topic, near }) =>
    [...near].every(([name, score]) => name === topic || score < (near.get(topic) ?? 0)),
  );
  const mean: Result = {
    ...{ head, set: topics.test, part: null, rows: rows.length, positives: inScope.length },
    negatives: known.length - inScope.length,
    unknown: unknownOf(rows.length - known.length),
    figures: given({
      "auc, mean": meanFigure(byTopic.map(({ figures }) => figures["auc"])),
      ...Object.fromEntries(found.map((name) => [name, meanFigure(byTopic.map(({ figures }) => figures[name]))])),
      nearest: inScope.length === 0 ? null : shareFigure(right.length, inScope.length),
    }),
  };
  const bank = (await examplesOf(banking.examples, embed, run)).get("banking") ?? [];
  const alike: readonly string[] = banking.alike.map(topicOf);
  const tested = [
    ...(await embedded(banking.test, embed, run)).map(({ vectors }) => ({ label: 1 as const, vectors })),
    ...rows.flatMap(({ topic, vectors }) => (alike.includes(topic) ? [] : [{ label: 0 as const, vectors }])),
  ];
  const scored = tested.flatMap(({ label, vectors }): readonly Scored[] =>
    vectors === null ? [] : [{ label, score: nearest(vectors, bank) }],
  );
  const unknown = tested.length - scored.length;
  return [mean, ...byTopic, aucResult({ head, set: banking.test, part: null }, scored, unknown, defaultMinSimilarity)];
}

/** Each question against its own paragraph and against another of its language. */
async function relevanceResults(head: string, embed: Embed, run: Run): Promise<readonly Result[]> {
  const set = vectorSets.relevance;
  const read = run.sets.get(set);
  if (read === undefined) return [];
  const paragraphs = new Map((await pickedRows(read, null)).map((row) => [`${row.language} ${row.context}`, row]));
  const languages = [...Map.groupBy(seeded([...paragraphs.values()]), ({ language }) => language)];
  const results: Result[] = [];
  for (const [language, all] of languages.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const rows = all.slice(0, run.quick ?? all.length);
    const made = await each(
      rows,
      async ({ prompt, context }) => ({ question: await embed(prompt ?? ""), text: await embed(context ?? "") }),
      (done) => run.onRow(`embedding ${set} ${language}`, done, rows.length),
    );
    const pairs = made.flatMap(({ question, text }, at) => {
      const other = made[(at + 1) % made.length]?.text ?? null;
      if (question === null || text === null || other === null) return [];
      return [
        { label: 1 as const, score: nearest(text, question) },
        { label: 0 as const, score: nearest(other, question) },
      ];
    });
    results.push(aucResult({ head, set, part: `language ${language}` }, pairs, made.length - pairs.length / 2));
  }
  return results;
}

const found = ["recall", "fpr"] as const;

/** `from`: the similarity from which on a text is found, where that is measured. */
function aucResult(
  at: Pick<Result, "head" | "set" | "part">,
  rows: readonly Scored[],
  unknown: number,
  from: number | null = null,
): Result {
  const shareFound = (wanted: 0 | 1, of: number): Figure | null =>
    from === null ? null : shareFigure(rows.filter(({ label, score }) => label === wanted && score >= from).length, of);
  const positives = rows.filter(({ label }) => label === 1).length;
  const negatives = rows.length - positives;
  const area: Figure | null = figure(auc(rows), aucInterval(rows), Math.min(positives, negatives));
  return {
    ...at,
    rows: rows.length + unknown,
    positives,
    negatives,
    unknown: unknownOf(unknown),
    figures: given({ auc: area, recall: shareFound(1, positives), fpr: shareFound(0, negatives) }),
  };
}

const unknownOf = (count: number): Readonly<Record<string, number>> => (count === 0 ? {} : { vocabulary: count });
