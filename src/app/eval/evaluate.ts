/** Judges the rows of files, many at a time, and gives what they come to. Writes and prints nothing. */
import type { Judgement, RowJudge } from "./judge.ts";
import { type Row, rowsOf } from "./rows.ts";
import { type Outcome, type Report, reportOf, topicOf } from "./summary.ts";

/** A model judges several together; what waits is little. */
export const rowsAtOnce = 32;
/** Begun and not yet told of, since one before them takes long. */
const rowsBegunMax = 256;

/** `rows`: as many as were judged. */
export type Evaluation = Report & {
  readonly rows: number;
  readonly seconds: number;
  readonly textsPerSecond: number;
};

export type EvaluateInput = {
  readonly judge: RowJudge;
  readonly files: readonly string[];
  /** The row as it is to be judged; `null`: it is passed over. Asked once for each, in their order. */
  readonly take?: (row: Row) => Row | null;
  /** Called in the order of the rows, and waited for. */
  readonly onRow: (row: Row, judgement: Judgement) => Promise<void> | void;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Rows that are begun then are judged to their end, and no others. */
  readonly stop: AbortSignal;
};

/** Throws where a file has changed since it was found good. */
export async function evaluate(input: EvaluateInput): Promise<Evaluation> {
  const { judge, onRow, nowMs } = input;
  const begun = nowMs();
  const outcomes: Outcome[] = [];
  for await (const { row, judgement } of judgedRows(input)) {
    outcomes.push(outcomeOf(row, judgement));
    await onRow(row, judgement);
  }
  const seconds = (nowMs() - begun) / 1000;
  const report = reportOf(outcomes, judge.categories);
  const rows = outcomes.length;
  return { ...report, rows, seconds, textsPerSecond: rows / Math.max(seconds, 1e-9) };
}

type JudgedRow = { readonly row: Row; readonly judgement: Judgement };
type Begun = { readonly judged: Promise<JudgedRow>; isDone: boolean };

/** A row that takes long keeps its place, but no other from being judged. */
async function* judgedRows({ judge, files, stop, take = (row) => row }: EvaluateInput): AsyncGenerator<JudgedRow> {
  const begun: Begun[] = [];
  const running = new Set<Promise<unknown>>();
  for await (const read of rowsOf(files)) {
    if (stop.aborted) break;
    const row = take(read);
    if (row === null) continue;
    const judged = judge.judge(row).then((judgement) => ({ row, judgement }));
    const one: Begun = { judged, isDone: false };
    // Of a failure whoever waits for the row hears in its turn.
    const end: Promise<unknown> = judged
      .catch(() => undefined)
      .then(() => {
        one.isDone = true;
        running.delete(end);
      });
    running.add(end);
    begun.push(one);
    while (running.size >= rowsAtOnce) await Promise.race(running);
    while (begun[0]?.isDone === true || begun.length >= rowsBegunMax) {
      const first = begun.shift();
      if (first !== undefined) yield await first.judged;
    }
  }
  for (const { judged } of begun) yield await judged;
}

const outcomeOf = (row: Row, judgement: Judgement): Outcome => ({
  file: row.file,
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
