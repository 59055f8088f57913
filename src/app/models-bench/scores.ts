/** What a model's heads say of windows, in numbers that can be held against those of another precision. Pure. */
import type { Bundle, HeadSpec } from "../../inference/bundle/bundle.ts";
import type { RowOutputs } from "../../inference/batching/rows.ts";
import { probabilities } from "../../inference/scoring.ts";
import type { HeadScores } from "./protocol.ts";

/** `rows`: what each window came to. */
export function headScores({ heads }: Pick<Bundle, "heads">, rows: readonly RowOutputs[]): readonly HeadScores[] {
  return heads.map((head) => ({
    kind: head.task === "embedding" ? "direction" : "probability",
    rows: rows.map((outputs) => rowScores(head, outputs)),
  }));
}

function rowScores(head: HeadSpec, outputs: RowOutputs): readonly number[] {
  const output = outputs.find(({ name }) => head.output === null || name === head.output);
  if (output === undefined) return [];
  const { dims, data } = output;
  const width = dims.at(-1) ?? data.length;
  const parts = Array.from({ length: Math.floor(data.length / width) }, (_, at) =>
    data.subarray(at * width, (at + 1) * width),
  );
  if (head.task !== "embedding") return parts.flatMap((part) => [...probabilities(head, part)]);
  const first = parts[0] ?? new Float32Array();
  const vector = head.vector === "first" ? first : first.map((_, column) => mean(parts, column));
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

const mean = (parts: readonly Float32Array[], column: number): number =>
  parts.reduce((sum, part) => sum + (part[column] ?? 0), 0) / parts.length;

/** 0 to 1; of directions 1 less their cosine. `null`: they are not of the same windows and labels. */
export function largestDifference(some: readonly HeadScores[], others: readonly HeadScores[]): number | null {
  if (some.length !== others.length) return null;
  let most = 0;
  for (const [head, { kind, rows }] of some.entries()) {
    for (const [at, row] of rows.entries()) {
      const other = others[head]?.rows[at];
      if (other?.length !== row.length) return null;
      most = Math.max(most, kind === "direction" ? 1 - cosine(row, other) : farthest(row, other));
    }
  }
  return most;
}

const farthest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? 0))), 0);
const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
