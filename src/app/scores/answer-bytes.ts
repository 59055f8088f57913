/** An answer as bytes, for a store that is not ours alone: what comes back is held to all that an answer is. Holds no text. Pure. */
import type { ScoreAnswer } from "../../domain/score-memory.ts";

export type KeptAnswer = { readonly expiresS: number; readonly answer: ScoreAnswer };

/** Findings of one text; an answer with more is not kept. */
export const findingsMax = 1000;
const categoryUnitsMax = 256;
/** Blank at the end up to a multiple of so many bytes: a length alone tells little of what was found. */
const blockBytes = 256;

export function encodeAnswer({ expiresS, answer }: KeptAnswer): Buffer {
  const found = answer.map(({ category, score, span }) => [category, score, span.start, span.end]);
  const plain = JSON.stringify([expiresS, found]);
  const length = Buffer.byteLength(plain);
  return Buffer.from(plain + " ".repeat(Math.ceil(length / blockBytes) * blockBytes - length));
}

/** `null`: it is no answer about a text of that many UTF-16 code units. */
export function decodeAnswer(bytes: Uint8Array, textUnits: number): KeptAnswer | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    return null;
  }
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [expiresS, found] = value as unknown[];
  if (!isWhole(expiresS) || !Array.isArray(found) || found.length > findingsMax) return null;
  const answer: ScoreAnswer[number][] = [];
  for (const each of found as unknown[]) {
    if (!Array.isArray(each) || each.length !== 4) return null;
    const [category, score, start, end] = each as unknown[];
    if (typeof category !== "string" || category === "" || category.length > categoryUnitsMax) return null;
    if (typeof score !== "number" || !(score >= 0 && score <= 1)) return null;
    if (!isWhole(start) || !isWhole(end) || start > end || end > textUnits) return null;
    answer.push({ category, score, span: { start, end } });
  }
  return { expiresS, answer };
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
