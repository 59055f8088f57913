/** Judges the rows of sets by a head or a detector, on the path of Envoy's traffic, and gives what comes of it as results. */
import { evaluate } from "../../src/app/eval/evaluate.ts";
import type { RowJudge } from "../../src/app/eval/judge.ts";
import type { Row } from "../../src/app/eval/rows.ts";
import {
  type Figure,
  type Figures,
  given,
  type JudgedRow,
  meanFigure,
  type Result,
  resultOf,
  scoreAtRate,
  scoreFigures,
  shareFigure,
  type Thresholds,
} from "./figures.ts";
import type { Kept } from "./kept.ts";
import { nameFigures } from "./names.ts";
import { pick, type ReadSet } from "./read-sets.ts";
import type { Asked, NamesPlan, ScoresPlan, SetName } from "./sets.ts";

export type Run = {
  readonly sets: ReadonlyMap<SetName, ReadSet>;
  /** Rows of each set at most; `null`: all. */
  readonly quick: number | null;
  readonly kept: Kept | null;
  readonly nowMs: () => number;
  /** Told as a set begins, and how far it is. */
  readonly onRow: (what: string, done: number, of: number) => void;
};

export type HeadRun = Run & {
  readonly head: string;
  readonly judge: RowJudge;
  readonly named: Thresholds["named"];
  /** The common threshold of an earlier run, for one that has no pooled rows. */
  readonly common: number | null;
};

const commonRate = 0.01;
const never = new AbortController().signal;

async function judgedRows(run: HeadRun, { set, part }: Pick<Asked, "set" | "part">): Promise<readonly JudgedRow[]> {
  const { judge, head, quick, kept, nowMs, onRow } = run;
  const read = run.sets.get(set);
  if (read === undefined) return [];
  const key = [judge.subject, head, set, part, read.sha256, quick];
  const before = await kept?.get(key);
  if (before !== undefined && before !== null) return before;
  const isWanted = pick(read.rows, quick);
  const rows: JudgedRow[] = [];
  await evaluate({
    judge,
    files: [read.path],
    take: (row) => (isWanted() ? asAsked(row, part) : null),
    nowMs,
    stop: never,
    onRow({ label, source, language, spans }, { score, flagged, cause, spans: found }) {
      onRow(`${head} ${set}`, rows.length, Math.min(read.rows, quick ?? read.rows));
      if (typeof label === "string") return;
      rows.push({ label, score, flagged, cause, source, language, marked: spans ?? [], found });
    },
  });
  await kept?.put(key, rows);
  return rows;
}

/** What a tool brought, without the task that it was brought for. */
const asAsked = (row: Row, part: Asked["part"]): Row =>
  part === null ? row : { ...row, prompt: null, place: "tool-result" };

/** Of every set that is asked about and at hand: its own figures; then those of the cases told apart, of all pooled rows, and the mean. */
export async function scoreResults(
  plan: ScoresPlan,
  run: HeadRun,
): Promise<{ readonly results: readonly Result[]; readonly common: number | null }> {
  const { head, named } = run;
  const judged: { readonly asked: Asked; readonly rows: readonly JudgedRow[] }[] = [];
  const cases: readonly Asked[] =
    plan.cases === null ? [] : [{ set: plan.cases, part: null, isPooled: false, isAveraged: true }];
  for (const asked of [...plan.asked, ...cases]) {
    const rows = await judgedRows(run, asked);
    if (rows.length > 0) judged.push({ asked, rows });
  }
  const pooled = judged.flatMap(({ asked, rows }) => (asked.isPooled ? rows.filter(({ label }) => label === 0) : []));
  const scores = pooled.flatMap(({ score }) => score ?? []);
  const common = pooled.length === 0 ? run.common : scoreAtRate(scores, commonRate);
  const thresholds: Thresholds = { named, common };
  const results = judged.map(({ asked: { set, part }, rows }) =>
    resultOf({ head, set, part }, rows, scoreFigures(rows, thresholds)),
  );
  const ofCases = judged.find(({ asked }) => asked.set === plan.cases);
  const averaged = results.filter((_, at) => judged[at]?.asked.isAveraged === true);
  return {
    common,
    results: [
      ...results,
      ...(ofCases === undefined ? [] : partsOf(head, ofCases.asked.set, plan.mention, ofCases.rows)),
      ...(pooled.length === 0
        ? []
        : [resultOf({ head, set: "all pooled", part: null }, pooled, scoreFigures(pooled, thresholds))]),
      ...(pooled.length === 0 || averaged.length < 2 ? [] : [meanOf(head, averaged)]),
    ],
  };
}

/** By family (each says whether its rows are attacks), by language, and what only mentions attacks. */
function partsOf(head: string, set: string, mention: readonly string[], rows: readonly JudgedRow[]): readonly Result[] {
  const families = Map.groupBy(rows, ({ source }) => source.slice(source.indexOf("/") + 1));
  const languages = Map.groupBy(rows, ({ language }) => language);
  const parts: [part: string, rows: readonly JudgedRow[]][] = [
    ...[...families].toSorted(byName).map(([name, some]) => [`family ${name}`, some] as [string, JudgedRow[]]),
    ...[...languages].toSorted(byName).map(([name, some]) => [`language ${name}`, some] as [string, JudgedRow[]]),
  ];
  if (mention.length > 0) {
    const [mentioning, others] = [true, false].map((wanted) =>
      [...families].flatMap(([name, some]) =>
        mention.includes(name) === wanted ? some.filter(({ label }) => label === 0) : [],
      ),
    ) as [JudgedRow[], JudgedRow[]];
    parts.push(["harmless, mentions attacks", mentioning], ["harmless, other", others]);
  }
  return parts.map(([part, some]) => resultOf({ head, set, part }, some, atShipped(some)));
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** A part has few rows: only what stands at the shipped threshold. */
function atShipped(rows: readonly JudgedRow[]): Figures {
  const count = (test: (row: JudgedRow) => boolean): number => rows.filter(test).length;
  const known0 = count(({ label, score }) => label === 0 && score !== null);
  const found = (label: 0 | 1): number => count((row) => row.label === label && row.flagged && row.score !== null);
  const ones = count(({ label }) => label === 1);
  const each = (part: number, whole: number): Figure | null => (whole === 0 ? null : shareFigure(part, whole));
  return given({ recall: each(found(1), ones), fpr: each(found(0), known0) });
}

function meanOf(head: string, results: readonly Result[]): Result {
  const names = new Set(results.flatMap(({ figures }) => Object.keys(figures)));
  const sum = (key: "rows" | "positives" | "negatives"): number => results.reduce((all, each) => all + each[key], 0);
  return {
    ...{ head, set: "mean", part: null, unknown: {} },
    ...{ rows: sum("rows"), positives: sum("positives"), negatives: sum("negatives") },
    figures: given(
      Object.fromEntries([...names].map((name) => [name, meanFigure(results.map(({ figures }) => figures[name]))])),
    ),
  };
}

/** Of names; a set's parts are its families. */
export async function nameResults(plan: NamesPlan, run: HeadRun): Promise<readonly Result[]> {
  const { head } = run;
  const results: Result[] = [];
  for (const { set, part } of [...plan.asked, ...(plan.cases === null ? [] : [{ set: plan.cases, part: null }])]) {
    const rows = await judgedRows(run, { set, part });
    if (rows.length === 0) continue;
    results.push(resultOf({ head, set, part }, rows, nameFigures(rows)));
    if (set !== plan.cases) continue;
    const families = Map.groupBy(rows, ({ source }) => source.slice(source.indexOf("/") + 1));
    for (const [name, some] of [...families].toSorted(byName))
      results.push(resultOf({ head, set, part: `family ${name}` }, some, nameFigures(some)));
  }
  return results;
}
