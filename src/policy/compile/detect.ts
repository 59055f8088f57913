/** What a rule looks for: checks of sense, and every default filled in. Equal meanings give equal specs. Pure. */
import {
  complianceKinds,
  type DetectKind,
  type DetectSpec,
  defaultFlowKinds,
  flowKinds,
  hiddenKinds,
  linkKinds,
  modelKinds,
  type NearnessSpec,
  type PatternSpec,
  qualityKinds,
  replyOnly,
} from "../../domain/policy.ts";
import { defaultPiiKinds, piiKinds } from "../../domain/pii-kinds.ts";
import { defaultSecretKinds, secretKinds } from "../../domain/secret-kinds.ts";
import { regions } from "../regions.ts";
import {
  defaultGroundednessThreshold,
  defaultLeakCharacters,
  defaultMatchLength,
  defaultRegion,
  defaultSchemes,
  detectKinds,
  type DetectSource,
} from "../source/detect-source.ts";
import type { PolicyTools } from "../tools.ts";
import { checkEvidence, compileEvidence } from "./evidence.ts";
import { languages } from "./languages.ts";
import { checkModels } from "./model.ts";
import {
  defaultComplianceSimilarity,
  defaultParaphraseSimilarity,
  defaultRelevanceSimilarity,
} from "../source/model-source.ts";
import { modelCompilers, vectorsOf } from "./model-specs.ts";
import { type Note, within } from "./note.ts";

/** Judge texts that a view may make plain. The others count, or judge a text as a whole as it stands. */
export const viewable: readonly DetectKind[] = [
  "pii",
  "secrets",
  "keywords",
  "patterns",
  "links",
  "prompt-leak",
  "canary",
  "data-flow",
  ...modelKinds,
];
export const judgesReplyOnly = (kind: DetectKind): boolean => (replyOnly as readonly DetectKind[]).includes(kind);

type Specs = { readonly [K in DetectKind]: Extract<DetectSpec, { kind: K }> };
type Compilers = {
  readonly [K in DetectKind]: (source: NonNullable<DetectSource[K]>) => Omit<Specs[K], "kind">;
};

/** In the closed list's order, each once; all where none is written. */
const inOrder = <T extends string>(all: readonly T[], written: readonly T[] | undefined): readonly T[] =>
  all.filter((kind) => written?.includes(kind) ?? true);
const sortedOnce = (list: readonly string[] = []): readonly string[] => [...new Set(list)].sort();

const compilers: Compilers = {
  pii: ({ kinds = defaultPiiKinds, region = defaultRegion }) => ({ kinds: inOrder(piiKinds, kinds), region }),
  secrets: ({ kinds = defaultSecretKinds, allow }) => ({
    kinds: inOrder(secretKinds, kinds),
    allow: sortedOnce(allow),
  }),
  keywords: ({ list, caseSensitive = false, wholeWords = true }) => ({
    list: sortedOnce(list),
    caseSensitive,
    wholeWords,
  }),
  patterns: ({ list, longest = defaultMatchLength }) => ({
    list: list.map(({ id, pattern, caseSensitive = true }): PatternSpec => ({ id, pattern, caseSensitive })),
    longest,
  }),
  hidden: ({ kinds }) => ({ kinds: inOrder(hiddenKinds, kinds) }),
  links: ({ kinds, allowHosts, allowSchemes = defaultSchemes, allowTargets }) => ({
    kinds: inOrder(linkKinds, kinds),
    allowHosts: sortedOnce(allowHosts?.map((host) => host.toLowerCase())),
    allowSchemes: sortedOnce(allowSchemes),
    allowTargets: sortedOnce(allowTargets),
  }),
  size: ({ maxBytes = null, maxCharacters = null, maxMessages = null, maxTokens = null, maxDepth = null }) => ({
    maxBytes,
    maxCharacters,
    maxMessages,
    maxTokens,
    maxDepth,
  }),
  language: ({ allow }) => ({ allow: sortedOnce(allow) }),
  quality: ({ kinds }) => ({ kinds: inOrder(qualityKinds, kinds) }),
  "reply-schema": () => ({}),
  refusal: () => ({}),
  "prompt-leak": ({ minCharacters = defaultLeakCharacters, paraphrased }) => ({
    minCharacters,
    paraphrased: paraphrased === undefined ? null : nearness(paraphrased, defaultParaphraseSimilarity),
  }),
  canary: ({ tokens }) => ({ tokens: sortedOnce(tokens) }),
  "tool-calls": () => ({}),
  "data-flow": ({ kinds = defaultFlowKinds }) => ({ kinds: inOrder(flowKinds, kinds) }),
  groundedness: ({ threshold = defaultGroundednessThreshold, evidence, span = "words", model }) => ({
    threshold,
    span,
    evidence: compileEvidence(evidence),
    model: model === undefined ? null : { name: model.name, head: model.head ?? null },
  }),
  relevance: (source) => nearness(source, defaultRelevanceSimilarity),
  compliance: ({ kinds, ...near }) => ({
    ...nearness(near, defaultComplianceSimilarity),
    kinds: inOrder(complianceKinds, kinds),
  }),
  ...modelCompilers,
};

const nearness = ({ minSimilarity, model }: NonNullable<DetectSource["relevance"]>, usual: number): NearnessSpec => ({
  model: vectorsOf(model),
  minSimilarity: minSimilarity ?? usual,
});

/** `null` where it is not one kind; then a note says so. Other notes may come beside a spec. */
export function compileDetect(source: DetectSource, tools: PolicyTools, note: Note): DetectSpec | null {
  const written = detectKinds.filter((kind) => source[kind] !== undefined);
  const [kind] = written;
  if (kind === undefined || written.length > 1) {
    const found = kind === undefined ? "nothing" : written.join(" and ");
    note([], `detect must hold exactly one of ${detectKinds.join(", ")}, not ${found}; write one rule for each`);
    return null;
  }
  checkSense(source, tools, note);
  const compile = compilers[kind] as (source: unknown) => object;
  return { kind, ...compile(source[kind]) } as DetectSpec;
}

function checkSense(source: DetectSource, tools: PolicyTools, note: Note): void {
  if (source.size !== undefined && Object.keys(source.size).length === 0) {
    note(["size"], "size needs at least one of maxBytes, maxCharacters, maxMessages, maxTokens, maxDepth");
  }
  const region = source.pii?.region;
  if (region !== undefined && !regions.includes(region)) {
    note(
      ["pii", "region"],
      `no phone numbers are known for region "${region}"; use an ISO 3166 code such as US, GB or DE`,
    );
  }
  for (const [index, code] of (source.language?.allow ?? []).entries()) {
    if (languages.has(code)) continue;
    note(["language", "allow", index], `no language has the code "${code}"; write one of ISO 639-1, such as en or de`);
  }
  checkWords(source.keywords?.list, "keyword", ["keywords", "list"], note);
  checkWords(source.canary?.tokens, "token", ["canary", "tokens"], note);
  if (source.patterns !== undefined) checkPatterns(source.patterns, tools, note);
  checkEvidence(source.groundedness?.evidence, within(note, "groundedness", "evidence"));
  const leak = source["prompt-leak"];
  if (leak?.paraphrased !== undefined && leak.minCharacters !== undefined)
    note(
      ["prompt-leak", "minCharacters"],
      "letters are not counted with paraphrased; remove it, and write a rule for each",
    );
  checkModels(source, tools.models, note);
  for (const [index, host] of (source.links?.allowHosts ?? []).entries()) {
    if (!/^(\*\.)?[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/iu.test(host)) {
      note(
        ["links", "allowHosts", index],
        "not a host name; write it without scheme and path: docs.example.com, docs.example.com:8443, or *.example.com for all below it",
      );
    }
  }
}

function checkWords(list: readonly string[] | undefined, noun: string, path: readonly PropertyKey[], note: Note): void {
  for (const [index, word] of (list ?? []).entries()) {
    if (word.trim() === "") note([...path, index], `a ${noun} of white space only; remove it`);
    else if (!word.isWellFormed()) note([...path, index], `a ${noun} with half a character (a lone surrogate)`);
  }
}

function checkPatterns(
  { list, longest = defaultMatchLength }: NonNullable<DetectSource["patterns"]>,
  tools: PolicyTools,
  note: Note,
): void {
  const seen = new Set<string>();
  for (const [index, { id, pattern, caseSensitive = true }] of list.entries()) {
    if (seen.has(id))
      note(["patterns", "list", index, "id"], `a second expression with the id "${id}"; give it its own`);
    seen.add(id);
    const wrong = tools.checkPattern({ id, pattern, caseSensitive }, longest);
    if (wrong !== null) note(["patterns", "list", index, "pattern"], wrong);
  }
}
