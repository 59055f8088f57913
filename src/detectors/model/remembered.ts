/** Asks the memory of scores before a model, and tells it what the model said. What is not known is asked again each time. */
import type { Role } from "../../domain/segment.ts";
import type { ScoreAnswer, ScoreMemory } from "../../domain/score-memory.ts";
import { meterOf } from "../../domain/times.ts";
import { shortDigest } from "../../inference/bundle/files.ts";
import type { Opinion } from "./opinion.ts";
import type { Asked } from "./served.ts";

/**
 * Raised with every change to what lies between a text and an opinion besides the model's own files: tokens, windows, pooling,
 * calibration, how words are joined, what a rule's settings mean. A release has its own answers besides.
 */
const answersVersion = 1;

export type Question = { readonly roles: readonly Role[]; readonly evidence: string | null; readonly text: string };

/** `detector`: its id. `asked` answers, and nothing that another model said. `memory`: left out, nothing is remembered. */
export async function remembered(
  signal: AbortSignal,
  memory: ScoreMemory | undefined,
  detector: string,
  asked: Asked,
  question: Question,
  judge: () => Promise<Opinion>,
): Promise<Opinion> {
  if (memory === undefined) return judge();
  const { text } = question;
  const recalling = memory.recall({
    ...question,
    detector: `${answersVersion} ${detector}`,
    model: asked.served.bundle.digest,
  });
  const recall = recalling instanceof Promise ? await recalling : recalling;
  if (recall.kind === "known") {
    const { name, digest } = asked.served.bundle;
    meterOf(signal)?.recalled(name, shortDigest(digest));
    return { kind: "known", found: recall.answer, coveredUnits: text.length };
  }
  const opinion = await judge();
  if (opinion.kind === "known" && opinion.coveredUnits >= text.length) recall.keep(answerOf(opinion.found));
  return opinion;
}

const answerOf = (found: ScoreAnswer): ScoreAnswer =>
  found.map(({ category, score, span }) => ({
    category,
    score: Math.min(1, Math.max(0, score)),
    span: { start: span.start, end: span.end },
  }));
