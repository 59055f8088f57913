/** A report in words and as JSON. Pure. */
import { type Acceptance, countOf, type Finding, type Report } from "./lint.ts";

/** Three lines a finding: what and where in the file, the place, why and how to mend. Then what was looked at. */
export function reportLines(report: Report): readonly string[] {
  const { findings, accepted, unused, seen, guard, label } = report;
  const counts = [
    counted(countOf(report, "error"), "error"),
    counted(countOf(report, "warning"), "warning"),
    counted(countOf(report, "note"), "note"),
    ...(accepted.length > 0 ? [`${accepted.length} accepted`] : []),
  ];
  const looked = [
    counted(seen.listeners, "listener"),
    counted(seen.managers, "connection manager"),
    `${counted(seen.passages, "way")} to a cluster`,
  ];
  return [
    ...findings.flatMap((finding) => [...findingLines(label, finding), ""]),
    ...unused.map((acceptance) => `accepted, but not found: ${acceptanceWords(acceptance)}`),
    `${label}: ${counts.join(", ")} (${looked.join(", ")}; ${guard})`,
  ];
}

/** For a log or a refusal: one line a finding. */
export const findingLine = (label: string, finding: Finding): string =>
  `${placeIn(label, finding)}: ${finding.severity} ${finding.id}: ${finding.what}, at ${finding.place}; ${finding.mend}`;

/** One JSON document, ending with a newline. */
export function reportJson({ label, findings, accepted, unused, seen, guard }: Report): string {
  const document = { source: label, guard, seen, findings, accepted, unused: unused.map(acceptanceWords) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function findingLines(label: string, finding: Finding): readonly string[] {
  const { severity, id, what, place, why, mend } = finding;
  return [
    `${placeIn(label, finding)}: ${severity} ${id}: ${what}`,
    `  at    ${place}`,
    `  why   ${why}`,
    `  mend  ${mend}`,
  ];
}

const placeIn = (label: string, { at }: Finding): string => (at === null ? label : `${label}:${at.line}:${at.column}`);

const acceptanceWords = ({ id, place }: Acceptance): string => (place === null ? id : `${id}@${place}`);

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
