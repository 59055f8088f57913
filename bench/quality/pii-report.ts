/** The page of the quality of personal data, from the raw figures. Pure. */
import { fixed, percent, table } from "../page.ts";
import type { PiiRaw } from "./pii-measure.ts";

export const leastRecall = 0.95;
/** False findings of one kind, and of all kinds that are looked for by default, in 10,000 words. */
export const mostFalse = 1;

const per10k = (count: number, words: number): number => (words === 0 ? 0 : (count / words) * 10_000);

/** Lines where an aim is missed; empty when all are met. */
export function misses(raw: Pick<PiiRaw, "kinds" | "sets">): readonly string[] {
  const words = raw.sets.reduce((sum, set) => sum + set.words, 0);
  const all = raw.sets.reduce((sum, set) => sum + set.byDefault, 0);
  return [
    ...raw.kinds.flatMap(({ kind, made, found, falseFindings }) => [
      ...(found / made < leastRecall ? [`${kind}: recall ${percent(found / made)}`] : []),
      ...(per10k(falseFindings, words) > mostFalse
        ? [`${kind}: ${falseFindings} false findings in ${words} words`]
        : []),
    ]),
    ...(per10k(all, words) > mostFalse ? [`all default kinds: ${all} false findings in ${words} words`] : []),
  ];
}

export function piiPage(raw: PiiRaw): string {
  const words = raw.sets.reduce((sum, set) => sum + set.words, 0);
  const byDefault = raw.sets.reduce((sum, set) => sum + set.byDefault, 0);
  const optIn = raw.sets.reduce((sum, set) => sum + set.optIn, 0);
  const { facts } = raw;
  return [
    "# Personal data: quality",
    "",
    `- ${facts.date}, commit ${facts.commit}${facts.changed ? " with changes" : ""}, \`${raw.command}\`, seed ${raw.seed}`,
    `- False findings in 10,000 words of benign text: ${fixed(per10k(byDefault, words), 2)} of all kinds by default, ${fixed(per10k(optIn, words), 2)} of all opt-in kinds`,
    "",
    "## By kind",
    "",
    ...kindRows(raw),
    "",
    "## Benign text",
    "",
    ...table(
      ["set", "words", "false by default", "in 10,000 words", "false, opt-in"],
      raw.sets.map((set) => [
        set.name,
        `${set.words}`,
        `${set.byDefault}`,
        fixed(per10k(set.byDefault, set.words), 2),
        `${set.optIn}`,
      ]),
    ),
    "",
  ].join("\n");
}

/** Also stands in the guide. */
export function kindRows(raw: Pick<PiiRaw, "kinds" | "sets">): readonly string[] {
  const words = raw.sets.reduce((sum, set) => sum + set.words, 0);
  return table(
    ["kind", "valid", "found", "recall", "false in 10,000 words"],
    raw.kinds.map(({ kind, made, found, falseFindings }) => [
      `\`${kind}\``,
      `${made}`,
      `${found}`,
      percent(found / made),
      fixed(per10k(falseFindings, words), 2),
    ]),
  );
}
