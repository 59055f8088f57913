/**
 * How well personal data is found: valid numbers of each kind within sentences and records, and text without any. Counts; judges
 * nothing itself. The same seed gives the same figures.
 */
import { fileURLToPath } from "node:url";
import { createPiiDetector } from "../../src/detectors/pii/index.ts";
import { type TextDetector } from "../../src/domain/detector.ts";
import { defaultPiiKinds, type PiiKind, piiKinds } from "../../src/domain/pii-kinds.ts";
import { pick, type Random, seeded } from "../../test/helpers/secret-samples.ts";
import type { BenchOptions, BenchRun } from "../bench.ts";
import { type Facts, facts } from "../machine.ts";
import { type BenignSet, benignSets, wordsOf } from "./benign.ts";
import { numberSets } from "./pii-benign.ts";
import { labels } from "./pii-labels.ts";
import { makeNumber } from "./pii-numbers.ts";
import { neverBreathes } from "../../test/helpers/pace.ts";

const seed = 20_261_121;
const region = "US";
const root = fileURLToPath(new URL("../..", import.meta.url));
const signal = new AbortController().signal;

export type KindCount = {
  readonly kind: PiiKind;
  readonly byDefault: boolean;
  readonly made: number;
  readonly found: number;
  /** In text without personal data. */
  readonly falseFindings: number;
};
export type SetCount = {
  readonly name: string;
  readonly words: number;
  /** Of the kinds that are looked for by default, and of the others. */
  readonly byDefault: number;
  readonly optIn: number;
};
export type PiiRaw = {
  readonly facts: Facts;
  readonly command: string;
  readonly seed: number;
  readonly kinds: readonly KindCount[];
  readonly sets: readonly SetCount[];
};

/** Of files of others, addresses and telephone numbers of authors are not false. */
const trueInFiles: ReadonlySet<string> = new Set(["pii/email", "pii/phone"]);
const fileSets: ReadonlySet<string> = new Set(["documents", "code", "data", "lock files"]);
/** Files that hold examples of personal numbers. */
const ofNumbers = /libphonenumber|ibantools|detectors|guards|demo|policy\.md|README\.md|examples\//;

export async function runPii({ envoy, short, command }: BenchOptions): Promise<BenchRun<PiiRaw>> {
  const random = seeded(seed);
  const examples = short ? 40 : 400;
  const recalled = piiKinds.map((kind) => ({ kind, ...recall(kind, examples, random) }));
  const counts = new Map<string, number>();
  const sets = [...(await benignSets(root, random)), ...numberSets(random, short ? 2 : 20)].map((set) =>
    countSet(short ? { name: set.name, texts: set.texts.slice(0, 12) } : set, counts),
  );
  const kinds = recalled.map(({ kind, made, found }) => ({
    kind,
    byDefault: isDefault(kind),
    made,
    found,
    falseFindings: counts.get(`pii/${kind}`) ?? 0,
  }));
  return { raw: { facts: await facts(envoy), command, seed, kinds, sets }, failures: 0, recordable: true };
}

const isDefault = (kind: string): boolean => (defaultPiiKinds as readonly string[]).includes(kind);

function spans(detector: TextDetector, text: string): readonly { category: string; start: number; end: number }[] {
  const detection = detector.detect(signal, { text, from: 0, to: text.length, ended: true }, neverBreathes);
  if (detection instanceof Promise || detection.kind !== "scored") throw new Error("the detector answers at once");
  return detection.findings.map(({ category, span }) => ({ category, start: span?.start ?? 0, end: span?.end ?? 0 }));
}

function recall(kind: PiiKind, made: number, random: Random): { readonly made: number; readonly found: number } {
  const detector = createPiiDetector("recall", [kind], region);
  let found = 0;
  for (let n = 0; n < made; n++) {
    const { text: number, needsLabel } = makeNumber(kind, random);
    const { text, start } = carry(kind, number, needsLabel, random);
    const end = start + number.length;
    if (spans(detector, text).some((span) => span.start <= start && span.end >= end)) found++;
  }
  return { made, found };
}

/** Puts a number into a sentence, a record, a form or code. */
function carry(
  kind: PiiKind,
  number: string,
  needsLabel: boolean,
  random: Random,
): { readonly text: string; readonly start: number } {
  const label = pick(random, labels[kind]);
  const [before, after] = pick(random, [
    ...labelled(label),
    ...(needsLabel
      ? []
      : [["Please keep this one for me: ", " - thanks!"] as const, ["see ", ", then go on"] as const]),
  ]);
  return { text: `${before}${number}${after}`, start: before.length };
}

function labelled(label: string): readonly (readonly [before: string, after: string])[] {
  const key = label
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("\u00f8", "o")
    .replace(/\W+/g, "_");
  return [
    [`${label}: `, ""],
    [`Hello, my ${label} is `, ". Can you help me to fill in the form?"],
    [`{"name": "X", "${label}": "`, '", "valid": true}'],
    [`| ${label} | `, " |\n| city | Springfield |"],
    [`I was asked for the ${label} (`, ") twice today"],
    [`${/^\w+$/.test(key) && /[a-z]/.test(key) ? key : label}=`, "\nnext=1"],
    [`Customer record\n  ${label}\n  `, "\n  status open"],
    [`${label} - `, "; status: active"],
    [`The ${label} that they gave us was `, ", and it was refused."],
    [`<td>${label}</td><td>`, "</td>"],
  ];
}

function countSet(set: BenignSet, counts: Map<string, number>): SetCount {
  const detector = createPiiDetector("benign", piiKinds, region);
  const ofFiles = fileSets.has(set.name);
  const tally = { words: 0, byDefault: 0, optIn: 0 };
  for (const { name, text } of set.texts) {
    if (ofFiles && ofNumbers.test(name)) continue;
    tally.words += wordsOf(text);
    for (const { category } of spans(detector, text)) {
      if (ofFiles && trueInFiles.has(category)) continue;
      counts.set(category, (counts.get(category) ?? 0) + 1);
      tally[isDefault(category.slice("pii/".length)) ? "byDefault" : "optIn"] += 1;
    }
  }
  return { name: set.name, ...tally };
}
