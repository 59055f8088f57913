/** Several text detectors as one. Owns the order of their findings; adds none. */
import type { Detection, Finding, TextDetector } from "../../domain/detector.ts";
import type { MaybeAsync } from "../../stdx/maybe-async.ts";

/** `parts` is not empty; they answer at once. Settled is what all parts have settled. */
export function joinDetectors(id: string, parts: readonly TextDetector[]): TextDetector {
  const widest = (of: (part: TextDetector) => number): number => Math.max(...parts.map(of));
  return {
    kind: "text",
    id,
    categories: [...new Set(parts.flatMap(({ categories }) => categories))],
    reach: {
      longestSpan: widest(({ reach }) => reach.longestSpan),
      leftContext: widest(({ reach }) => reach.leftContext),
      rightContext: widest(({ reach }) => reach.rightContext),
    },
    settled: (text, from) => parts.reduce((least, part) => Math.min(least, part.settled(text, from)), text.length),
    detect(signal, window, pace): MaybeAsync<Detection> {
      const findings: Finding[] = [];
      for (const part of parts) {
        const detection = part.detect(signal, window, pace);
        if (detection instanceof Promise || detection.kind === "unknown") return detection;
        findings.push(...detection.findings);
      }
      return { kind: "scored", findings: findings.length < 2 ? findings : inOrder(findings) };
    },
  };
}

/** Of one category only the longest at a start, of equally long ones the surest. */
function inOrder(findings: Finding[]): Finding[] {
  findings.sort(order);
  const kept: Finding[] = [];
  let group = 0;
  for (const finding of findings) {
    if (kept[group]?.span?.start !== finding.span?.start) group = kept.length;
    let known = false;
    for (let at = group; at < kept.length && !known; at++) known = kept[at]?.category === finding.category;
    if (!known) kept.push(finding);
  }
  return kept;
}

/** By start, then longest first; of equal ones the surest gives its name to the mask. */
function order(a: Finding, b: Finding): number {
  return (
    (a.span?.start ?? 0) - (b.span?.start ?? 0) ||
    (b.span?.end ?? 0) - (a.span?.end ?? 0) ||
    b.score - a.score ||
    (a.category < b.category ? -1 : 1)
  );
}
