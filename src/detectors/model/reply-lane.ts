/**
 * Judges a text that still grows, stretch by stretch, each with what stands before it. A stretch is a finding, or what a
 * model finds in it.
 */
import type { Category, Detection, Finding, TextDetector, Window } from "../../domain/detector.ts";
import type { Found } from "../../inference/answers.ts";
import { findingOf, type Opinion } from "./opinion.ts";
import { contextStart, contextUnits, settledStretches, stretchEnd, stretchMost } from "./stretches.ts";

/** What a model that marks words sees behind a stretch, in UTF-16 code units: a name may begin in it and end there. */
const wordsBehind = 160;

export type ReplyJudge = {
  readonly id: string;
  /** Of its findings' categories. */
  readonly family: string;
  readonly categories: readonly Category[];
  /** `words`: its findings are words in the text; else a text is a finding as a whole. */
  readonly marks: "words" | "texts";
  /** It sees what stands before a stretch, and if it marks words, behind it. */
  readonly hasContext: boolean;
  readonly judge: (signal: AbortSignal, text: string) => Promise<Opinion>;
};

export function createReplyLane(parts: ReplyJudge): TextDetector {
  const behind = parts.marks === "words" && parts.hasContext ? wordsBehind : 0;
  return {
    kind: "text",
    id: parts.id,
    categories: parts.categories,
    fromStart: true,
    reach: { longestSpan: stretchMost + behind, leftContext: contextUnits + 1, rightContext: stretchMost + behind },
    settled: (text, from) => settledStretches(text, from, behind),
    async detect(signal, window) {
      const stretches = stretchesOf(window);
      const answers = await Promise.all(
        stretches.map(async (stretch) => {
          const begin = parts.hasContext ? contextStart(window.text, stretch.start) : stretch.start;
          const text = window.text.slice(begin, Math.min(window.text.length, stretch.end + behind));
          return { stretch, begin, text, opinion: await parts.judge(signal, text) };
        }),
      );
      const findings: Finding[] = [];
      for (const { stretch, begin, text, opinion } of answers) {
        if (opinion.kind === "unknown") return unknownFrom(findings, stretch.start, opinion);
        for (const found of opinion.found) {
          const placed = placedIn(found, begin, stretch, parts.marks);
          if (placed !== null) findings.push(findingOf(parts.family, placed));
        }
        if (opinion.coveredUnits < text.length) return unknownFrom(findings, stretch.start, { cause: "too-long" });
      }
      return { kind: "scored", findings: sorted(findings) };
    },
  };
}

type Stretch = { readonly start: number; readonly end: number };

/** Every window begins where a stretch does: only such places are said to be settled. */
export function stretchesOf({ text, from, to }: Window): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let start = from; start < to; ) {
    const end = stretchEnd(text, start);
    stretches.push({ start, end: end === -1 ? to : Math.min(end, to) });
    start = end === -1 ? to : end;
  }
  return stretches;
}

/** What was judged before is told, and of the rest that it was not. */
function unknownFrom(
  findings: readonly Finding[],
  from: number,
  { cause }: Pick<Extract<Opinion, { kind: "unknown" }>, "cause">,
): Detection {
  return { kind: "scored", findings: sorted(findings), unseen: { from, cause } };
}

/** `null`: it is another stretch's. What begins in the context was found with the stretch before. */
function placedIn(found: Found, begin: number, stretch: Stretch, marks: ReplyJudge["marks"]): Found | null {
  const span = { start: found.span.start + begin, end: found.span.end + begin };
  if (marks === "texts") return span.end > stretch.start ? { ...found, span: { ...stretch } } : null;
  return span.start >= stretch.start && span.start < stretch.end ? { ...found, span } : null;
}

/** One finding of a category for each span, the surest. */
function sorted(findings: readonly Finding[]): readonly Finding[] {
  const surest = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.category} ${finding.span?.start} ${finding.span?.end}`;
    const known = surest.get(key);
    if (known === undefined || known.score < finding.score) surest.set(key, finding);
  }
  return [...surest.values()].sort(
    (a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0) || (b.span?.end ?? 0) - (a.span?.end ?? 0),
  );
}
