/** Whether two models say the same of a text: the categories that each finds at its own thresholds. Pure. */
import { isOfPairs } from "../../domain/policy.ts";
import { type Found, labelsOf, pairFoundOf, wordsOf } from "../../inference/answers.ts";
import type { Bundle, HeadSpec } from "../../inference/bundle/bundle.ts";
import type { Judged, JudgedPair } from "../../inference/model.ts";

/** `uncounted`: one of them did not answer, has nothing but vectors to say, or was not asked since too many wait. */
export const agreements = ["agree", "differ", "uncounted"] as const;
export type Agreement = (typeof agreements)[number];

/** Of one text, or of two. */
type Answer = { readonly bundle: Bundle } & (
  | { readonly judged: Judged; readonly text: string }
  | { readonly pair: JudgedPair; readonly claim: string }
);

export function agreementOf(one: Answer, other: Answer): Agreement {
  if (classifiers(one).length === 0 || classifiers(other).length === 0) return "uncounted";
  const [a, b] = [foundBy(one), foundBy(other)];
  return a.size === b.size && [...a].every((category) => b.has(category)) ? "agree" : "differ";
}

/** What was asked for two texts says nothing of one, and the other way round. */
const classifiers = (answer: Answer): readonly HeadSpec[] =>
  answer.bundle.heads.filter(({ task }) => task !== "embedding" && isOfPairs(task) === "pair" in answer);

function foundBy(answer: Answer): ReadonlySet<string> {
  const found = new Set<string>();
  for (const head of classifiers(answer)) {
    const seen = wordsOrLabels(head, answer).filter(({ score }) => score >= head.threshold);
    for (const { category } of seen) found.add(category);
  }
  return found;
}

function wordsOrLabels(head: HeadSpec, answer: Answer): readonly Found[] {
  if ("pair" in answer) return pairFoundOf(head, answer.pair, answer.claim, head.threshold);
  const { judged, text } = answer;
  if (head.task === "token") return wordsOf(head, judged, text, head.threshold);
  return labelsOf(head, judged.windows, { start: 0, end: judged.coveredUnits });
}
