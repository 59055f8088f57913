/** What a model makes of one text, as findings of a rule: what it wants, sure enough. Knows no lanes and no messages. */
import type { Category, Finding, UnknownCause } from "../../domain/detector.ts";
import { similarCategory } from "../../domain/policy.ts";
import { score } from "../../domain/score.ts";
import type { Span } from "../../domain/segment.ts";
import { cosine, type Found, labelsOf, pairFoundOf, vectorOf, wordsOf } from "../../inference/answers.ts";
import type { Judged, ModelProblem } from "../../inference/model.ts";
import { deadlineOf } from "../../stdx/deadline.ts";
import type { Result } from "../../stdx/result.ts";
import type { Asked } from "./served.ts";

export type Opinion =
  /** `coveredUnits`: what was seen of the text, from its beginning. */
  | { readonly kind: "known"; readonly found: readonly Found[]; readonly coveredUnits: number }
  | { readonly kind: "unknown"; readonly cause: UnknownCause };

export const noAnswer = { kind: "unknown", cause: "backend" } as const satisfies Opinion;

/** `topic`: the vectors of a rule's examples, where it has any. */
export async function opinionOf(
  signal: AbortSignal,
  asked: Asked,
  text: string,
  topic: readonly Float32Array[],
): Promise<Opinion> {
  return readingOf(asked, text, await asked.served.model.judge(signal, text, deadlineOf(signal)), topic);
}

/** Of `claim`, held against `evidence`: of it whole, or its words, as the head answers. */
export async function pairOpinionOf(
  signal: AbortSignal,
  asked: Asked,
  evidence: string,
  claim: string,
): Promise<Opinion> {
  const judged = await asked.served.model.judgePair(signal, evidence, claim, deadlineOf(signal));
  if (!judged.ok) return { kind: "unknown", cause: judged.error.cause };
  const found = pairFoundOf(asked.head, judged.value, claim, asked.threshold);
  return { kind: "known", found: sure(asked, found), coveredUnits: judged.value.coveredUnits };
}

export type ClaimReading =
  /** `score`: of the worst that the head says, 0 to 1. `words`: those that reach the head's own threshold, in order; none of a `pair`. */
  | { readonly kind: "known"; readonly score: number; readonly words: readonly Span[] }
  | Extract<Opinion, { kind: "unknown" }>;

/** How sure the head is of all that it can say against `claim`, whatever the rule's threshold. Unknown unless all of it was judged. */
export async function claimReadingOf(
  signal: AbortSignal,
  { served, head }: Asked,
  evidence: string,
  claim: string,
): Promise<ClaimReading> {
  const judged = await served.model.judgePair(signal, evidence, claim, deadlineOf(signal));
  if (!judged.ok) return { kind: "unknown", cause: judged.error.cause };
  if (judged.value.coveredUnits < claim.length) return { kind: "unknown", cause: "too-long" };
  const scores = pairFoundOf(head, judged.value, claim, 0).map((found) => found.score);
  const marked = head.task === "pair-token" ? pairFoundOf(head, judged.value, claim, head.threshold) : [];
  return { kind: "known", score: Math.max(0, ...scores), words: marked.map(({ span }) => span) };
}

function readingOf(
  asked: Asked,
  text: string,
  judged: Result<Judged, ModelProblem>,
  topic: readonly Float32Array[],
): Opinion {
  if (!judged.ok) return { kind: "unknown", cause: judged.error.cause };
  const { windows, coveredUnits } = judged.value;
  const { head, threshold } = asked;
  const found = ((): readonly Found[] => {
    switch (head.task) {
      case "token":
        return wordsOf(head, judged.value, text, threshold);
      case "embedding":
        return windows.map((window) => ({
          category: similarCategory,
          score: Math.max(0, ...topic.map((example) => cosine(example, vectorOf(head, window)))),
          span: { start: window.start, end: window.end },
        }));
      default:
        return labelsOf(head, windows, { start: 0, end: text.length });
    }
  })();
  return { kind: "known", found: sure(asked, found), coveredUnits };
}

const sure = ({ head, threshold, wants }: Asked, found: readonly Found[]): readonly Found[] =>
  found.filter((each) => each.score >= threshold && (head.task === "embedding" || wants(each.category)));

/** `family`: what its category begins with. */
export function findingOf(family: string, found: Found): Finding {
  const category: Category = `${family}/${found.category}`;
  return { category, score: score(Math.min(1, Math.max(0, found.score))), span: found.span };
}
