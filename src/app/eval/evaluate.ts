/** Judges the rows of files, many at a time, and gives what they come to. Writes and prints nothing. */
import type { Judgement, RowJudge } from "./judge.ts";
import { type Row, rowsOf } from "./rows.ts";
import { type Outcome, type Report, reportOf, topicOf } from "./summary.ts";

/** A model judges several together; what waits is little. */
export const rowsAtOnce = 32;

export type Evaluation = Report & { readonly seconds: number; readonly textsPerSecond: number };

/** `onRow` is called in the order of the rows, and waited for. `nowMs`: monotonic. */
export async function evaluate(
  judge: RowJudge,
  files: readonly string[],
  onRow: (row: Row, judgement: Judgement) => Promise<void> | void,
  nowMs: () => number,
): Promise<Evaluation> {
  const begun = nowMs();
  const outcomes: Outcome[] = [];
  for await (const { row, judgement } of judgedRows(judge, files)) {
    outcomes.push(outcomeOf(row, judgement));
    await onRow(row, judgement);
  }
  const seconds = (nowMs() - begun) / 1000;
  const report = reportOf(outcomes, judge.categories);
  return { ...report, seconds, textsPerSecond: outcomes.length / Math.max(seconds, 1e-9) };
}

type JudgedRow = { readonly row: Row; readonly judgement: Judgement };

async function* judgedRows(judge: RowJudge, files: readonly string[]): AsyncGenerator<JudgedRow> {
  const begun: Promise<JudgedRow>[] = [];
  for await (const row of rowsOf(files)) {
    const one = judge.judge(row).then((judgement) => ({ row, judgement }));
    // It is waited for in its turn; till then nobody need hear of it.
    one.catch(() => undefined);
    begun.push(one);
    const first = begun.length < rowsAtOnce ? undefined : begun.shift();
    if (first !== undefined) yield await first;
  }
  for (const one of begun) yield await one;
}

const outcomeOf = (row: Row, judgement: Judgement): Outcome => ({
  source: row.source,
  language: row.language,
  label: row.label,
  score: judgement.score,
  cause: judgement.cause,
  flagged: judgement.flagged,
  coverage: judgement.coverage,
  topic: judgement.topic,
  marked: row.spans,
  found: row.spans === null ? [] : judgement.spans,
});

/** One line of a scores file, without its end. */
export function scoreLine(row: Row, judgement: Judgement): string {
  const { score, cause, action, coverage, topic, spans } = judgement;
  return JSON.stringify({
    file: row.file,
    id: row.id,
    source: row.source,
    label: row.label,
    score,
    ...(cause === null ? {} : { cause }),
    action,
    coverage,
    ...(typeof row.label === "string" ? { topic: topicOf(topic) } : {}),
    ...(row.spans === null ? {} : { spans }),
  });
}
