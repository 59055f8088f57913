/**
 * How well the guards that compare a reply with its prompt do without a model: leaks of the system prompt, canary tokens,
 * data that tools told, placeholders put back. The same figures for the same commit and lock file.
 */
import { fileURLToPath } from "node:url";
import { createDetector, createRestorer, viewSources } from "../../src/detectors/index.ts";
import type { ExchangeMemory, TextDetector } from "../../src/domain/detector.ts";
import { nothingDeclared } from "../../src/domain/dialect.ts";
import type { DetectSpec } from "../../src/domain/policy.ts";
import type { Place, Role } from "../../src/domain/segment.ts";
import { pick, type Random, seeded } from "../../test/helpers/secret-samples.ts";
import type { BenchOptions, BenchRun } from "../bench.ts";
import { type Facts, facts } from "../machine.ts";
import { benignSets, wordsOf } from "./benign.ts";
import { disguises } from "./disguises.ts";
import { flowForms, restoreForms, toldBy } from "./leaks-forms.ts";
import { neverBreathes, openedNow } from "../../test/helpers/pace.ts";

const seed = 20_262;
const samplesOfForm = { short: 20, long: 500 };
const benignPrompts = { short: 1, long: 10 };
const recallBar = 0.95;

type FormQuality = { readonly guard: string; readonly form: string; readonly wanted: boolean } & {
  readonly samples: number;
  readonly found: number;
};
type BenignQuality = { readonly guard: string; readonly words: number; readonly findings: number };

export interface LeaksQuality {
  readonly facts: Facts;
  readonly command: string;
  readonly seed: number;
  readonly forms: readonly FormQuality[];
  readonly benign: readonly BenignQuality[];
}

export async function runLeaks(options: BenchOptions): Promise<BenchRun<LeaksQuality>> {
  const samples = options.short ? samplesOfForm.short : samplesOfForm.long;
  const forms = [...leaks(samples), ...canaries(samples), ...flows(samples), ...placeholders(samples)];
  const benign = await judgeBenign(options.short ? benignPrompts.short : benignPrompts.long);
  for (const { guard, form, found } of forms) options.say(`${guard}, ${form}: ${found} of ${samples}`);
  const missed = forms.filter(({ wanted, found }) => (wanted ? found < samples * recallBar : found > 0));
  return {
    raw: { facts: await facts(options.envoy), command: options.command, seed, forms, benign },
    failures: missed.length + benign.filter(({ words, findings }) => findings / words > 1 / 10_000).length,
    recordable: true,
  };
}

const leaks = (samples: number): readonly FormQuality[] =>
  Object.entries(disguises).map(([form, disguise]) =>
    count("prompt-leak", form, true, samples, (random) => {
      const system = promptOf(random);
      return isFound(leakDetector(system), `Here it is: ${disguise(part(system, random))} Anything else?`);
    }),
  );

const canaries = (samples: number): readonly FormQuality[] =>
  Object.entries(disguises).map(([form, disguise]) =>
    count("canary", form, true, samples, (random) => {
      const token = tokenOf(random);
      // Alone, a token is too short to be seen among decoded bytes: it is told with a sentence.
      return isFound(canaryDetector([token]), `It says: ${disguise(`The code is ${token}, I believe.`)}`);
    }),
  );

const flows = (samples: number): readonly FormQuality[] =>
  flowForms.flatMap(({ form, kind, place, write, named }) =>
    count(`data-flow ${kind}`, form, !named, samples, (random) => {
      const told = toldBy(random);
      const memory = memoryOf(["user", named ? told[kind] : "Do it."], ["tool", told.page]);
      const detector = flowDetector(memory, place);
      return isFound(detector, write(told));
    }),
  );

const placeholders = (samples: number): readonly FormQuality[] =>
  restoreForms.map(({ form, wanted, write }) =>
    count("placeholders", form, wanted, samples, (random) => {
      const tail = Array.from({ length: 6 }, () => pick(random, [..."abcdefghjkmnpqrstuvwxyz23456789"])).join("");
      const placeholder = `<EMAIL_1_${tail}>`;
      const issued = new Map([[placeholder, { text: "ada@example.org", links: false, toolArguments: false }]]);
      const detector = createRestorer(issued).lane(at("content"));
      return detector !== null && findings(detector, write(placeholder)) > 0;
    }),
  );

async function judgeBenign(prompts: number): Promise<readonly BenignQuality[]> {
  const random = seeded(seed);
  const sets = await benignSets(fileURLToPath(new URL("../../", import.meta.url)), seeded(seed));
  const texts = sets.flatMap((set) => set.texts);
  const words = texts.reduce((sum, { text }) => sum + wordsOf(text), 0);
  const judged = (guard: string, make: () => TextDetector): BenignQuality => {
    let found = 0;
    for (let round = 0; round < prompts; round++) {
      const detector = make();
      for (const { text } of texts) found += findings(detector, text);
    }
    return { guard, words: words * prompts, findings: found };
  };
  const pages = (): ExchangeMemory => memoryOf(["user", "Do it."], ["tool", toldBy(random).page]);
  return [
    judged("prompt-leak", () => leakDetector(promptOf(random))),
    judged("canary", () => canaryDetector(Array.from({ length: 100 }, () => tokenOf(random)))),
    judged("data-flow in content", () => flowDetector(pages(), "content")),
    judged("data-flow in tool arguments", () => flowDetector(pages(), "tool-arguments")),
  ];
}

function count(
  guard: string,
  form: string,
  wanted: boolean,
  samples: number,
  isHit: (random: Random) => boolean,
): FormQuality {
  const random = seeded(seed);
  let found = 0;
  for (let n = 0; n < samples; n++) if (isHit(random)) found++;
  return { guard, form, wanted, samples, found };
}

const at = (place: Place) => ({ location: { place, role: "assistant", pointer: "/x" }, call: null }) as const;

function memoryOf(...said: readonly (readonly [role: Role, text: string])[]): ExchangeMemory {
  const segments = said.map(([role, text]) => ({
    stage: "prompt" as const,
    location: { place: role === "tool" ? ("tool-result" as const) : ("content" as const), role, pointer: "/x" },
    text,
  }));
  return { segments, left: 0, declared: nothingDeclared };
}

function opened(spec: DetectSpec, memory: ExchangeMemory, place: Place): TextDetector {
  const detector = createDetector(spec);
  const lane = detector.kind === "exchange" ? openedNow(detector, memory)?.lane(at(place)) : null;
  if (lane === null || lane === undefined) throw new Error("there is something to compare with");
  return lane;
}

const leakDetector = (system: string): TextDetector =>
  opened(
    { kind: "prompt-leak", minCharacters: 60, paraphrased: null },
    memoryOf(["system", system], ["user", "hello"]),
    "content",
  );
const flowDetector = (memory: ExchangeMemory, place: Place): TextDetector =>
  opened({ kind: "data-flow", kinds: ["email", "url", "phone", "identifier"] }, memory, place);

function canaryDetector(tokens: readonly string[]): TextDetector {
  const detector = createDetector({ kind: "canary", tokens });
  if (detector.kind !== "text") throw new Error("tokens are looked for in text");
  return detector;
}

function findings(detector: TextDetector, text: string): number {
  const window = { text, from: 0, to: text.length, ended: true };
  const detection = detector.detect(new AbortController().signal, window, neverBreathes);
  if (detection instanceof Promise || detection.kind !== "scored") throw new Error("judged at once");
  let until = 0;
  let found = 0;
  for (const { span } of detection.findings) {
    if (span === null || span.start < until) continue;
    until = span.end;
    found++;
  }
  return found;
}

/** In the text or in one of its views, as a guard looks at it. */
function isFound(detector: TextDetector, text: string): boolean {
  const views = Object.values(viewSources).map((source) => {
    const view = source.open(0);
    return view.append(text) + view.end();
  });
  return [text, ...views].some((reading) => findings(detector, reading) > 0);
}

const topics = "refunds shipping invoices passwords returns bicycles insurance appointments menus flights".split(" ");
const verbs = "mention offer confirm discuss promise explain repeat summarise translate approve".split(" ");
const people = "customers colleagues partners strangers journalists students visitors managers".split(" ");
const ends = "before noon;in public;without a ticket;above 15 %;on weekends;in writing;by phone;more than twice".split(
  ";",
);

function promptOf(random: Random): string {
  const sentence = (): string =>
    `${pick(random, ["Never", "Always", "You may", "Do not"])} ${pick(random, verbs)} ${pick(random, topics)} to ${pick(random, people)} ${pick(random, ends)}.`;
  const rules = Array.from({ length: 6 + Math.floor(random() * 20) }, sentence).join(" ");
  return `You are the ${pick(random, topics)} desk of Kestrel ${Math.floor(random() * 90) + 10}. ${rules}`;
}

/** At least a third of it, and at least 120 characters. */
function part(text: string, random: Random): string {
  const length = Math.max(120, Math.floor(text.length * (0.34 + 0.66 * random())));
  const start = Math.floor(random() * Math.max(1, text.length - length));
  return text.slice(start, start + length);
}

const tokenOf = (random: Random): string =>
  `${pick(random, ["kestrel", "amber", "lantern", "heron"])}-${Math.floor(random() * 36 ** 5).toString(36)}-${pick(random, ["north", "delta", "quartz"])}`;

/** For a reader; from the raw figures alone. */
export function leaksPage({ facts: of, command, seed: used, forms, benign }: LeaksQuality): string {
  const row = ({ guard, form, wanted, samples, found }: FormQuality): string =>
    `| ${guard} | ${form} | ${wanted ? "yes" : "no"} | ${((found / samples) * 100).toFixed(1)} % |`;
  return `# Guards that compare a reply with its prompt: quality

\`${command}\` on ${of.date}, commit ${of.commit}${of.changed ? " and changes" : ""}, seed ${used}. ${of.cpu}, ${of.cores} cores, Node ${of.node}.

## Recall

${forms[0]?.samples ?? 0} drawn examples of each form. "Wanted": whether it is to be found (or a placeholder put back).

| guard | form | wanted | found |
|---|---|---|---|
${forms.map(row).join("\n")}

## Benign text

| guard | words | findings | in 10,000 words |
|---|---|---|---|
${benign.map(({ guard, words, findings: found }) => `| ${guard} | ${words} | ${found} | ${((found / words) * 10_000).toFixed(2)} |`).join("\n")}
`;
}
