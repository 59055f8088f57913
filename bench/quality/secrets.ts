/**
 * How well secrets are found: recall on drawn examples of each kind, false findings in benign text, and speed there. The same
 * figures for the same commit and lock file, but for the speed.
 */
import { fileURLToPath } from "node:url";
import { createSecretsDetector } from "../../src/detectors/secrets/index.ts";
import type { Finding, TextDetector } from "../../src/domain/detector.ts";
import { secretKinds } from "../../src/domain/secret-kinds.ts";
import { sampleOf, seeded } from "../../test/helpers/secret-samples.ts";
import type { BenchOptions, BenchRun } from "../bench.ts";
import { type Facts, facts } from "../machine.ts";
import { type BenignText, benignSets, wordsOf } from "./benign.ts";
import { neverBreathes } from "../../test/helpers/pace.ts";

const seed = 20_261;
const samplesOfKind = { short: 40, long: 1_000 };
const speedRounds = 3;

type KindQuality = { readonly kind: string; readonly samples: number; readonly found: number };
type SetQuality = {
  readonly set: string;
  readonly texts: number;
  readonly words: number;
  readonly findings: number;
  /** By category. */
  readonly categories: Readonly<Record<string, number>>;
  /** The fastest of the rounds; `null` in the short form. */
  readonly megabytesPerSecond: number | null;
};

export interface SecretsQuality {
  readonly facts: Facts;
  readonly command: string;
  readonly seed: number;
  readonly kinds: readonly KindQuality[];
  readonly sets: readonly SetQuality[];
}

export async function runSecretsQuality(options: BenchOptions): Promise<BenchRun<SecretsQuality>> {
  const detector = createSecretsDetector("secrets", secretKinds);
  const samples = options.short ? samplesOfKind.short : samplesOfKind.long;
  const kinds = secretKinds.map((kind): KindQuality => {
    const random = seeded(seed);
    let found = 0;
    for (let n = 0; n < samples; n++) if (isFound(detector, kind, sampleOf(kind, random))) found++;
    return { kind, samples, found };
  });
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const sets = (await benignSets(root, seeded(seed))).map(({ name, texts }) => {
    const measured = judged(detector, name, texts, options.short);
    options.say(`${name}: ${measured.findings} findings in ${measured.words} words`);
    return measured;
  });
  return {
    raw: { facts: await facts(options.envoy), command: options.command, seed, kinds, sets },
    failures: kinds.filter((kind) => kind.found < kind.samples * 0.95).length + (falseRate(sets) > 1 ? 1 : 0),
    recordable: true,
  };
}

function findingsIn(detector: TextDetector, text: string): readonly Finding[] {
  const signal = new AbortController().signal;
  const detection = detector.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
  if (detection instanceof Promise || detection.kind !== "scored") throw new Error("secrets are judged at once");
  return detection.findings;
}

/** By its own kind, from its first character to its last. */
function isFound(
  detector: TextDetector,
  kind: string,
  { before, secret, after }: ReturnType<typeof sampleOf>,
): boolean {
  const end = before.length + secret.length;
  return findingsIn(detector, before + secret + after).some(
    ({ category, span }) => category === `secrets/${kind}` && span?.start === before.length && span.end >= end,
  );
}

function judged(detector: TextDetector, set: string, texts: readonly BenignText[], short: boolean): SetQuality {
  const categories: Record<string, number> = {};
  let words = 0;
  let findings = 0;
  for (const { text } of texts) {
    words += wordsOf(text);
    let until = 0;
    for (const { category, span } of findingsIn(detector, text)) {
      if (span === null || span.start < until) continue;
      until = span.end;
      findings++;
      categories[category] = (categories[category] ?? 0) + 1;
    }
  }
  const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < (short ? 0 : speedRounds); round++) {
    const begun = performance.now();
    for (const { text } of texts) findingsIn(detector, text);
    fastestMs = Math.min(fastestMs, performance.now() - begun);
  }
  const megabytesPerSecond = short ? null : Math.round(bytes / fastestMs / 100) / 10;
  return { set, texts: texts.length, words, findings, categories, megabytesPerSecond };
}

/** In 10,000 words. */
export function falseRate(sets: readonly SetQuality[]): number {
  const sum = (of: (set: SetQuality) => number): number => sets.reduce((total, set) => total + of(set), 0);
  return (sum(({ findings }) => findings) / sum(({ words }) => words)) * 10_000;
}

/** For a reader; from the raw figures alone. */
export function secretsQualityPage({ facts: of, command, seed: used, kinds, sets }: SecretsQuality): string {
  const share = ({ found, samples }: KindQuality): string => `${((found / samples) * 100).toFixed(1)} %`;
  const perfect = kinds.filter(({ found, samples }) => found === samples);
  const others = kinds.filter(({ found, samples }) => found < samples).sort((a, b) => a.found - b.found);
  const findings = sets.reduce((sum, set) => sum + set.findings, 0);
  const words = sets.reduce((sum, set) => sum + set.words, 0);
  return `# Secrets: quality

\`${command}\` on ${of.date}, commit ${of.commit}${of.changed ? " and changes" : ""}, seed ${used}. ${of.cpu}, ${of.cores} cores, Node ${of.node}.

## Recall

${kinds.length} kinds, ${kinds[0]?.samples ?? 0} drawn examples each, judged among all kinds; found means by its own kind and whole.
All examples of ${perfect.length} kinds were found. The others:

| kind | found |
|---|---|
${others.map((one) => `| \`${one.kind}\` | ${share(one)} |`).join("\n")}

## Benign text

${findings} findings in ${words} words: ${falseRate(sets).toFixed(2)} in 10,000.

| text | files | words | findings | which | MB/s |
|---|---|---|---|---|---|
${sets.map(row).join("\n")}
`;
}

function row({ set, texts, words, findings, categories, megabytesPerSecond }: SetQuality): string {
  const which = Object.entries(categories).map(([category, count]) => `${category} ${count}`);
  return `| ${set} | ${texts} | ${words} | ${findings} | ${which.join(", ") || "-"} | ${megabytesPerSecond ?? "-"} |`;
}
