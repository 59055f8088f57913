/**
 * How well hidden text is found and made plain: recall on drawn examples of each way to hide, false findings in benign text,
 * and speed. The same figures for the same commit, lock file and Node, but for the speed.
 */
import { fileURLToPath } from "node:url";
import { createHiddenDetector } from "../../src/detectors/hidden/index.ts";
import { viewSources } from "../../src/detectors/hidden/views/index.ts";
import type { Finding, TextDetector } from "../../src/domain/detector.ts";
import { hiddenKinds } from "../../src/domain/policy.ts";
import { type ViewKind, viewKinds } from "../../src/domain/view.ts";
import { neverBreathes } from "../../test/helpers/pace.ts";
import { seeded } from "../../test/helpers/secret-samples.ts";
import type { BenchOptions, BenchRun } from "../bench.ts";
import { type Facts, facts } from "../machine.ts";
import { type BenignSet, benignSets, wordsOf } from "./benign.ts";
import { type HiddenForm, hiddenForms, sentenceWith, type ViewForm, viewForms } from "./hidden-forms.ts";
import { languageSets } from "./languages.ts";

const seed = 20_261;
const samplesOfForm = { short: 40, long: 1_000 };
const recallMin = 0.95;
/** In 10,000 words. */
const falseRateMax = 1;
const speedRounds = 3;
/** As the guard asks, in UTF-16 code units. */
const sliceUnits = 4_096;

type FormQuality = { readonly what: string; readonly form: string; readonly samples: number; readonly found: number };
type SetQuality = {
  readonly set: string;
  readonly texts: number;
  readonly words: number;
  /** By category. */
  readonly findings: Readonly<Record<string, number>>;
};
/** Million UTF-16 code units a second of benign text, in slices, the fastest of the rounds. */
type Speed = { readonly what: string; readonly millionsPerSecond: number };

export interface HiddenQuality {
  readonly facts: Facts;
  readonly command: string;
  readonly seed: number;
  readonly kinds: readonly FormQuality[];
  readonly views: readonly FormQuality[];
  readonly sets: readonly SetQuality[];
  readonly speeds: readonly Speed[];
}

export async function runHiddenQuality(options: BenchOptions): Promise<BenchRun<HiddenQuality>> {
  const detector = createHiddenDetector("hidden", { kind: "hidden", kinds: hiddenKinds });
  const samples = options.short ? samplesOfForm.short : samplesOfForm.long;
  const kinds = hiddenForms.map((form) => foundIn(detector, form, samples));
  const views = viewForms.map((form) => shownIn(form, samples));
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const benign = [...(await benignSets(root, seeded(seed))), ...(await languageSets(root))].map(withoutGuide);
  const sets = benign.map((set) => judged(detector, set));
  for (const { set, words, findings } of sets) options.say(`${set}: ${countOf(findings)} findings in ${words} words`);
  const weak = [...kinds, ...views].filter(({ found, samples: of }) => found < of * recallMin);
  for (const { what, form, found } of weak) options.say(`${what}, ${form}: only ${found} of ${samples}`);
  return {
    raw: {
      facts: await facts(options.envoy),
      command: options.command,
      seed,
      kinds,
      views,
      sets,
      speeds: options.short ? [] : speedsOver(detector, benign),
    },
    failures: weak.length + (falseRate(sets) > falseRateMax ? 1 : 0),
    recordable: true,
  };
}

/** The guide to hidden text shows some of each kind. */
const withoutGuide = ({ name, texts }: BenignSet): BenignSet => ({
  name,
  texts: texts.filter((text) => !text.name.endsWith("docs/guards/hidden.md")),
});

function findingsIn(detector: TextDetector, text: string, from = 0, to = text.length): readonly Finding[] {
  const window = { text, from, to, ended: to === text.length };
  const detection = detector.detect(new AbortController().signal, window, neverBreathes);
  if (detection instanceof Promise || detection.kind !== "scored") throw new Error("hidden text is judged at once");
  return detection.findings;
}

function foundIn(detector: TextDetector, { kind, form, draw }: HiddenForm, samples: number): FormQuality {
  const random = seeded(seed);
  let found = 0;
  for (let n = 0; n < samples; n++) {
    const { before, hidden, after, whole } = draw(random);
    const end = before.length + hidden.length;
    let until = before.length;
    let some = false;
    for (const { category, span } of findingsIn(detector, before + hidden + after)) {
      if (category !== `hidden/${kind}` || span === null || span.end <= before.length || span.start >= end) continue;
      some = true;
      if (span.start <= until) until = Math.max(until, span.end);
    }
    if (whole ? until >= end : some) found++;
  }
  return { what: kind, form, samples, found };
}

/** A phrase that stands in the view, and stands there for nothing but what hides it. */
function shownIn({ view, form, hide }: ViewForm, samples: number): FormQuality {
  const random = seeded(seed);
  const phrase = "previous instructions";
  let found = 0;
  for (let n = 0; n < samples; n++) {
    const plain = sentenceWith(phrase, random);
    const at = plain.indexOf(phrase);
    const [before, hidden, after] = [plain.slice(0, at), hide(phrase), plain.slice(at + phrase.length)];
    const text = before + hidden + after;
    const open = viewSources[view].open(0);
    const shown = open.append(text) + open.end();
    const match = /previous\s+instructions/i.exec(shown);
    if (match === null) continue;
    const span = open.rawSpan({ start: match.index, end: match.index + match[0].length });
    if (span.start >= before.length && span.end <= before.length + hidden.length) found++;
  }
  return { what: view, form, samples, found };
}

function judged(detector: TextDetector, { name, texts }: BenignSet): SetQuality {
  const findings: Record<string, number> = {};
  let words = 0;
  for (const { text } of texts) {
    words += wordsOf(text);
    const until = new Map<string, number>();
    for (const { category, span } of findingsIn(detector, text)) {
      if (span === null) continue;
      if (span.start >= (until.get(category) ?? 0)) findings[category] = (findings[category] ?? 0) + 1;
      until.set(category, Math.max(until.get(category) ?? 0, span.end));
    }
  }
  return { set: name, texts: texts.length, words, findings };
}

function speedsOver(detector: TextDetector, sets: readonly BenignSet[]): readonly Speed[] {
  const texts = sets.flatMap((set) => set.texts.map(({ text }) => text));
  const units = texts.reduce((sum, text) => sum + text.length, 0);
  const speed = (what: string, judge: (text: string) => void): Speed => {
    let fastestMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < speedRounds; round++) {
      const begun = performance.now();
      for (const text of texts) judge(text);
      fastestMs = Math.min(fastestMs, performance.now() - begun);
    }
    return { what, millionsPerSecond: Math.round(units / fastestMs / 100) / 10 };
  };
  return [
    speed("all kinds", (text) => {
      for (let from = 0; from < text.length; from += sliceUnits)
        findingsIn(detector, text, from, Math.min(text.length, from + sliceUnits));
    }),
    speed("clear, until something hides", (text) => void viewSources.clear.firstChange?.(text, 0)),
    ...viewKinds.map((kind) => speed(`${kind}, open`, (text) => read(kind, text))),
  ];
}

function read(kind: ViewKind, text: string): void {
  const view = viewSources[kind].open(0);
  let shown = 0;
  for (let from = 0; from < text.length; from += sliceUnits) {
    shown += view.append(text.slice(from, from + sliceUnits)).length;
    view.forget(shown);
  }
  view.end();
}

const countOf = (findings: Readonly<Record<string, number>>): number =>
  Object.values(findings).reduce((sum, count) => sum + count, 0);

/** In 10,000 words. */
export function falseRate(sets: readonly SetQuality[]): number {
  const words = sets.reduce((sum, set) => sum + set.words, 0);
  return (sets.reduce((sum, set) => sum + countOf(set.findings), 0) / words) * 10_000;
}

/** For a reader; from the raw figures alone. */
export function hiddenQualityPage({ facts: of, command, seed: used, ...raw }: HiddenQuality): string {
  const forms = (list: readonly FormQuality[]): string =>
    list.map((one) => `| \`${one.what}\` | ${one.form} | ${share(one)} |`).join("\n");
  const words = raw.sets.reduce((sum, set) => sum + set.words, 0);
  const findings = raw.sets.reduce((sum, set) => sum + countOf(set.findings), 0);
  return `# Hidden text: quality

\`${command}\` on ${of.date}, commit ${of.commit}${of.changed ? " and changes" : ""}, seed ${used}. ${of.cpu}, ${of.cores} cores, Node ${of.node}.

## Found

${raw.kinds[0]?.samples ?? 0} drawn examples of each form, judged among all kinds; found means by its own kind.

| kind | form | found |
|---|---|---|
${forms(raw.kinds)}

## Made plain

A phrase hidden in a sentence; made plain means that the view shows it, and that it stands there for nothing but what hid it.

| view | form | made plain |
|---|---|---|
${forms(raw.views)}

## Benign text

${findings} findings in ${words} words: ${falseRate(raw.sets).toFixed(2)} in 10,000.

| text | files | words | findings |
|---|---|---|---|
${raw.sets.map(row).join("\n")}

## Speed

Million UTF-16 code units a second of this benign text, in slices of ${sliceUnits}.

| what | million a second |
|---|---|
${speedRows(raw.speeds).join("\n")}
`;
}

/** Of a guide: kind or view, recall, and the forms that have it. */
export function recallRows(list: readonly FormQuality[]): readonly string[] {
  const rows = Map.groupBy(list, (one) => `| \`${one.what}\` | ${share(one)} |`);
  return [...rows].map(([begin, alike]) => `${begin} ${alike.map(({ form }) => form).join("; ")} |`);
}

/** Of a guide: kind, findings in benign text, and those in 10,000 words. */
export function falseRows(sets: readonly SetQuality[]): readonly string[] {
  return [...hiddenKinds.map((kind) => [`\`${kind}\``, `hidden/${kind}`] as const), ["all", null] as const].map(
    ([name, category]) => {
      const own = sets.map(({ findings, ...set }) => ({
        ...set,
        findings: category === null ? findings : { [category]: findings[category] ?? 0 },
      }));
      const found = own.reduce((sum, { findings }) => sum + countOf(findings), 0);
      return `| ${name} | ${found} | ${falseRate(own).toFixed(2)} |`;
    },
  );
}

export const speedRows = (speeds: readonly Speed[]): readonly string[] =>
  speeds.map(({ what, millionsPerSecond }) => `| ${what} | ${millionsPerSecond} |`);

const share = ({ found, samples }: FormQuality): string => `${((found / samples) * 100).toFixed(1)} %`;

function row({ set, texts, words, findings }: SetQuality): string {
  const which = Object.entries(findings).map(([category, count]) => `${category} ${count}`);
  return `| ${set} | ${texts} | ${words} | ${which.join(", ") || "-"} |`;
}
