/** Whether two models say the same of a text: the categories that each finds at its own thresholds. Pure. */
import { labelsOf, wordsOf } from "../../inference/answers.ts";
import type { Bundle, HeadSpec } from "../../inference/bundle/bundle.ts";
import type { Judged } from "../../inference/model.ts";

/** `uncounted`: one of them did not answer, has nothing but vectors to say, or was not asked since too many wait. */
export const agreements = ["agree", "differ", "uncounted"] as const;
export type Agreement = (typeof agreements)[number];

type Answer = { readonly bundle: Bundle; readonly judged: Judged; readonly text: string };

export function agreementOf(one: Answer, other: Answer): Agreement {
  if (classifiers(one).length === 0 || classifiers(other).length === 0) return "uncounted";
  const [a, b] = [foundBy(one), foundBy(other)];
  return a.size === b.size && [...a].every((category) => b.has(category)) ? "agree" : "differ";
}

const classifiers = ({ bundle }: Answer): readonly HeadSpec[] =>
  bundle.heads.filter(({ task }) => task !== "embedding");

function foundBy(answer: Answer): ReadonlySet<string> {
  const { judged, text } = answer;
  const found = new Set<string>();
  for (const head of classifiers(answer)) {
    const all = { start: 0, end: judged.coveredUnits };
    const seen =
      head.task === "token"
        ? wordsOf(head, judged, text, head.threshold)
        : labelsOf(head, judged.windows, all).filter(({ score }) => score >= head.threshold);
    for (const { category } of seen) found.add(category);
  }
  return found;
}
