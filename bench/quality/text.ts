/**
 * How well ways out, noise, refusals, tool calls and answers are told: recall on drawn examples of each form, false findings on
 * drawn near misses and in benign text. The same figures for the same commit and lock file.
 */
import { fileURLToPath } from "node:url";
import { createDetector } from "../../src/detectors/index.ts";
import type { Finding, TextDetector } from "../../src/domain/detector.ts";
import { nothingDeclared } from "../../src/domain/dialect.ts";
import { type DetectKind, type DetectSpec, linkKinds, qualityKinds } from "../../src/domain/policy.ts";
import type { Place } from "../../src/domain/segment.ts";
import { neverBreathes, openedNow } from "../../test/helpers/pace.ts";
import { seeded } from "../../test/helpers/secret-samples.ts";
import type { BenchOptions, BenchRun } from "../bench.ts";
import { type Facts, facts } from "../machine.ts";
import { percent, table } from "../page.ts";
import { benignSets, wordsOf } from "./benign.ts";
import { languageSets } from "./languages.ts";
import { type Drawn, type TextForm, textForms } from "./text-forms.ts";

const seed = 20_263;
const samplesOfForm = { short: 40, long: 1_000 };
const recallMin = 0.95;
const falseRateMax = 1 / 10_000;

type FormQuality = Pick<TextForm, "guard" | "kind" | "form" | "wanted"> & {
  readonly samples: number;
  readonly found: number;
};
type BenignQuality = { readonly guard: string; readonly words: number; readonly findings: number };
export interface TextQuality {
  readonly facts: Facts;
  readonly command: string;
  readonly seed: number;
  readonly forms: readonly FormQuality[];
  readonly benign: readonly BenignQuality[];
}

export async function runText(options: BenchOptions): Promise<BenchRun<TextQuality>> {
  const samples = options.short ? samplesOfForm.short : samplesOfForm.long;
  const forms = textForms.map((form) => measured(form, samples));
  const benign = await judgedBenign();
  const weak = forms.filter(({ wanted, found }) => (wanted ? found < samples * recallMin : found > 0));
  for (const { guard, kind, form, found } of weak) options.say(`${guard} ${kind}, ${form}: ${found} of ${samples}`);
  for (const { guard, words, findings } of benign) options.say(`${guard}: ${findings} findings in ${words} words`);
  return {
    raw: { facts: await facts(options.envoy), command: options.command, seed, forms, benign },
    failures: weak.length + benign.filter(({ words, findings }) => findings / words > falseRateMax).length,
    recordable: true,
  };
}

const links: DetectSpec = {
  kind: "links",
  kinds: linkKinds,
  allowHosts: ["fine.example"],
  allowSchemes: ["https", "http"],
  allowTargets: [],
};
const specs: Readonly<Partial<Record<DetectKind, DetectSpec>>> = {
  links,
  quality: { kind: "quality", kinds: qualityKinds },
  refusal: { kind: "refusal" },
  "tool-calls": { kind: "tool-calls" },
  "reply-schema": { kind: "reply-schema" },
};

function measured({ draw, ...form }: TextForm, samples: number): FormQuality {
  const random = seeded(seed);
  const prefix = `${form.guard}/${form.kind}`;
  let found = 0;
  for (let n = 0; n < samples; n++) {
    if (findingsOf(form.guard, draw(random)).some(({ category }) => category.startsWith(prefix))) found++;
  }
  return { ...form, samples, found };
}

function findingsOf(guard: DetectKind, drawn: Drawn): readonly Finding[] {
  const spec = specs[guard];
  if (spec === undefined) throw new Error(`${guard} is not measured here`);
  const detector = createDetector(spec);
  if (detector.kind === "shape") throw new Error("sizes are not measured here");
  if (detector.kind === "text") return judged(detector, drawn.text);
  const schema = drawn.schema ?? null;
  const declared = { ...nothingDeclared, tools: [{ name: "weather", schema }], replySchema: schema };
  const lanes = openedNow(detector, { segments: [], left: 0, declared });
  const lane = (place: Place, text: string): readonly Finding[] => {
    const one = lanes?.lane({ location: { place, role: "assistant", pointer: "/x" }, call: "choice/0/tool/0" });
    return one === null || one === undefined ? [] : judged(one, text);
  };
  if (drawn.tool === undefined) return lane("content", drawn.text);
  return [...lane("tool-name", drawn.tool), ...lane("tool-arguments", drawn.text)];
}

function judged(detector: TextDetector, text: string): readonly Finding[] {
  const window = { text, from: 0, to: text.length, ended: true };
  const detection = detector.detect(new AbortController().signal, window, neverBreathes);
  if (detection instanceof Promise || detection.kind !== "scored") throw new Error("judged at once");
  return detection.findings;
}

/** What programs and documents hold of ways out is taken away first: the rest has none. */
const withoutWays = (text: string): string =>
  text
    .replaceAll(/!?\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\]|:[^\n]*)/g, "")
    .replaceAll(/<[a-z!/][^>]*>/gi, "")
    .replaceAll(/[a-z][a-z0-9+.-]*:\/?\/\S*|\b(?:data|tel|sms|mailto|javascript):\S*/gi, "")
    .replaceAll(/\bwww\.\S*/gi, "");

async function judgedBenign(): Promise<readonly BenignQuality[]> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const sets = [...(await benignSets(root, seeded(seed))), ...(await languageSets(root))];
  const texts = sets.flatMap((set) => set.texts.map(({ text }) => text));
  const count = (guard: DetectKind, of: readonly string[]): BenignQuality => ({
    guard,
    words: of.reduce((sum, text) => sum + wordsOf(text), 0),
    findings: of.reduce((sum, text) => sum + findingsOf(guard, { text }).length, 0),
  });
  return [
    count("links", texts.map(withoutWays)),
    count("quality", texts),
    count(
      "refusal",
      texts.flatMap((text) => text.split(/\n\s*\n/)),
    ),
  ];
}

/** For a reader; from the raw figures alone. */
export function textPage({ facts: of, command, seed: used, forms, benign }: TextQuality): string {
  const row = ({ guard, kind, form, wanted, samples, found }: FormQuality): readonly string[] => [
    guard,
    kind === "" ? "any" : `\`${kind}\``,
    form,
    wanted ? "yes" : "no",
    percent(found / samples),
  ];
  return `# Ways out, noise, refusals, calls and answers: quality

\`${command}\` on ${of.date}, commit ${of.commit}${of.changed ? " and changes" : ""}, seed ${used}. ${of.cpu}, ${of.cores} cores, Node ${of.node}.

## Forms

${forms[0]?.samples ?? 0} drawn examples of each. "Wanted": whether there is something to be found.

${table(["guard", "kind", "form", "wanted", "found"], forms.map(row)).join("\n")}

## Benign text

For links the text without its own ways out; for refusals each paragraph as if it were a reply.

${table(
  ["guard", "words", "findings", "in 10,000 words"],
  benign.map(({ guard, words, findings }) => [
    guard,
    String(words),
    String(findings),
    ((findings / words) * 10_000).toFixed(2),
  ]),
).join("\n")}
`;
}
