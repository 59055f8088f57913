/**
 * A policy as the data plane reads it: checked, indexed, frozen. Only `policy/` makes one.
 * Holds no detector objects: a rule names what to detect, and `app/` builds the detectors.
 */
import type { CoverageSpec } from "./coverage.ts";
import type { DescribedDialect, DialectPaths } from "./described.ts";
import { type Category, type UnknownCause, unknownCauses } from "./detector.ts";
import type { Scope } from "./facts.ts";
import { type ModelSpec, type NearnessSpec, pairTasks } from "./model-spec.ts";
import type { PiiKind } from "./pii-kinds.ts";
import type { FlowKind, HiddenKind, LinkKind, QualityKind } from "./found-kinds.ts";
import type { ReportSpec } from "./report.ts";
import type { Score } from "./score.ts";
import type { SecretKind } from "./secret-kinds.ts";
import type { Role, Stage, UnjudgedKind } from "./segment.ts";
import type { ViewKind } from "./view.ts";

export {
  defaultFlowKinds,
  type FlowKind,
  flowKinds,
  type HiddenKind,
  hiddenKinds,
  type LinkKind,
  linkKinds,
  type QualityKind,
  qualityKinds,
} from "./found-kinds.ts";
export { isOfPairs, type ModelSpec, type ModelTask, type NearnessSpec, pairTasks } from "./model-spec.ts";

/**
 * Weakest first. `flag` and `route` leave the bytes alone and add up: each that matches leaves its mark. Of the others
 * the strictest alone acts.
 */
export const actions = ["allow", "flag", "route", "mark", "redact", "replace", "block"] as const;
export type ActionKind = (typeof actions)[number];

/** How a block is told to the client: `refusal` in the dialect's reply form (200), `error` in its error form (400). */
export type BlockForm = "refusal" | "error";

/** `status` (error form only) and `message` are the policy's own words; `null`: those of the program. */
export type BlockAction = {
  readonly kind: "block";
  readonly form: BlockForm;
  readonly status: number | null;
  readonly message: string | null;
};

/**
 * What is written in place of a finding, the one that tells least first: when several redact the same text, the first
 * of this list wins.
 * - `remove`: nothing.
 * - `label`: `[EMAIL]`.
 * - `hash`: `[EMAIL:3f2a9c04d1b6]`, the same for the same text, keyed.
 * - `mask`: an asterisk a character, the last `keepLast` letters or digits shown.
 * - `placeholder`: `<EMAIL_1_x7k2q9>`, the same for the same text within an exchange, or (`stable`) within a conversation, and
 *   (`restore`) put back in the reply.
 */
export const redactStyles = ["remove", "label", "hash", "mask", "placeholder"] as const;
export type RedactStyle =
  | { readonly kind: "remove" | "label" | "hash" }
  | { readonly kind: "mask"; readonly keepLast: number }
  | ({ readonly kind: "placeholder" } & PlaceholderStyle);

/** `restore`: `null` where nothing puts it back. `stable`: `null` where each exchange has names of its own. */
export type PlaceholderStyle = { readonly restore: RestoreIn | null; readonly stable: StableIn | null };

/** Within the same conversation of the same principal. `header`: a request header, in lower case, that tells conversations apart too. */
export type StableIn = { readonly header: string | null };

/** Where placeholders are put back beside plain text. */
export type RestoreIn = { readonly links: boolean; readonly toolArguments: boolean };

/** A header for the model (rules of the prompt) or the client (rules of the reply, while its head has not gone out). */
export type HeaderMark = { readonly name: string; readonly value: string };

export type Action =
  | { readonly kind: "allow" }
  | { readonly kind: "flag"; readonly header: HeaderMark | null }
  /** Rules of the prompt only: Envoy chooses its route again with this header. */
  | { readonly kind: "route"; readonly header: HeaderMark }
  /** The text stays, with words before and behind it; an empty one is not written. */
  | { readonly kind: "mark"; readonly before: string; readonly after: string }
  | { readonly kind: "redact"; readonly style: RedactStyle }
  /** The finding is replaced by these words; a finding on a whole text replaces all of it. */
  | { readonly kind: "replace"; readonly text: string }
  | BlockAction;

/** `openFor`: what has one of these causes passes, and what has another is blocked. */
export type OnUnknown = "open" | "closed" | { readonly openFor: readonly UnknownCause[] };

/** Where what it writes keeps its name from turn to turn; `null`: nowhere. */
export const stableOf = (action: Action): StableIn | null =>
  action.kind === "redact" && action.style.kind === "placeholder" ? action.style.stable : null;

/** What could not be judged for this cause passes. */
export const opensFor = (onUnknown: OnUnknown, cause: UnknownCause): boolean =>
  typeof onUnknown === "string" ? onUnknown === "open" : onUnknown.openFor.includes(cause);

/** The one lets pass what the other blocks. */
export const isLooserThan = (one: OnUnknown, other: OnUnknown): boolean =>
  unknownCauses.some((cause) => opensFor(one, cause) && !opensFor(other, cause));
/** `text` judges the raw bytes as one plain text where they are valid UTF-8, and blocks where they are not. */
export type OnUnreadable = "block" | "pass" | "text";

/** One expression of a policy. `id` makes its category, `patterns/ID`. */
export type PatternSpec = { readonly id: string; readonly pattern: string; readonly caseSensitive: boolean };

/** What an embedding finds, `FAMILY/similar`: a text is like one of the examples. */
export const similarCategory = "similar";

/** Kinds of detect that a model alone answers. */
export const modelKinds = ["injection", "harm", "names", "topics", "model"] as const;
export type ModelKind = (typeof modelKinds)[number];

/** What the model finds that a rule asks where it names none. */
export const injectionCategories = ["prompt-injection"] as const;
export const harmCategories = ["request", "toxicity", "sexism"] as const;
export const nameCategories = ["person", "place", "organisation"] as const;

/**
 * Texts of a prompt that a reply may be held against: what tools gave (`tools`), the dialect's own fields for documents
 * (`documents`), instructions (`system`), what the user wrote (`user`), what the model said before (`assistant`).
 */
export const evidenceKinds = ["tools", "documents", "system", "user", "assistant"] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** Which texts of a prompt are evidence: those that any of these names. */
export type EvidenceSpec = {
  readonly kinds: readonly EvidenceKind[];
  /** RFC 6901 pointers by their steps, decoded; `null`: any one step. What stands there and below it. */
  readonly paths: readonly (readonly (string | null)[])[];
  /** What stands between the marks, in one text of these roles. */
  readonly marked: readonly MarkedEvidence[];
};
export type MarkedEvidence = { readonly open: string; readonly close: string; readonly roles: readonly Role[] };

/** What the model said before would let it prove itself. */
export const defaultEvidence: EvidenceSpec = {
  kinds: ["tools", "documents", "system", "user"],
  paths: [],
  marked: [],
};
/** Where marks are looked for unless a policy says so: what users write could carry marks of their own. */
export const defaultMarkedRoles: readonly Role[] = ["system", "developer", "tool", "function"];

/** What of a claim that fails is the finding: the words that failed, where they are known, or all of it. */
export const claimSpans = ["words", "claim"] as const;
export type ClaimSpan = (typeof claimSpans)[number];

export type GroundednessSpec = {
  /** From this score on a claim is a finding. */
  readonly threshold: number;
  readonly span: ClaimSpan;
  readonly evidence: EvidenceSpec;
  /** One that judges pairs, and has its say beside what is compared. */
  readonly model: { readonly name: string; readonly head: string | null } | null;
};

export const complianceKinds = ["complied", "refused"] as const;
export type ComplianceKind = (typeof complianceKinds)[number];
/** From `minSimilarity` on a reply is about what was asked. */
export type ComplianceSpec = NearnessSpec & { readonly kinds: readonly ComplianceKind[] };

/** What a rule looks for. All fields are filled in: defaults were applied when the policy was compiled. */
export type DetectSpec =
  | { readonly kind: "pii"; readonly kinds: readonly PiiKind[]; readonly region: string }
  /** `allow`: texts that are never a secret, however they look. */
  | { readonly kind: "secrets"; readonly kinds: readonly SecretKind[]; readonly allow: readonly string[] }
  | {
      readonly kind: "keywords";
      readonly list: readonly string[];
      readonly caseSensitive: boolean;
      readonly wholeWords: boolean;
    }
  /** `longest`: the most characters that one match may have; `*` and `+` go up to it. */
  | { readonly kind: "patterns"; readonly list: readonly PatternSpec[]; readonly longest: number }
  | { readonly kind: "hidden"; readonly kinds: readonly HiddenKind[] }
  | {
      readonly kind: "links";
      readonly kinds: readonly LinkKind[];
      /** Hosts that are fine; `*.example.com` stands for all below it. */
      readonly allowHosts: readonly string[];
      readonly allowSchemes: readonly string[];
      /** Whole e-mail addresses, `@domain`, or phone numbers in international form. */
      readonly allowTargets: readonly string[];
    }
  | {
      readonly kind: "size";
      readonly maxBytes: number | null;
      readonly maxCharacters: number | null;
      readonly maxMessages: number | null;
      readonly maxTokens: number | null;
      readonly maxDepth: number | null;
    }
  /** ISO 639-1 codes that are fine. */
  | { readonly kind: "language"; readonly allow: readonly string[] }
  | { readonly kind: "quality"; readonly kinds: readonly QualityKind[] }
  /** The reply must be JSON that meets the schema that the request asked for. */
  | { readonly kind: "reply-schema" }
  /** The model refused. */
  | { readonly kind: "refusal" }
  /** The reply repeats the system prompt: at least `minCharacters` letters of it in a row; or, `paraphrased`, says the same in other words. */
  | { readonly kind: "prompt-leak"; readonly minCharacters: number; readonly paraphrased: NearnessSpec | null }
  /** Words that stand only in the system prompt, to be found where they should not be. */
  | { readonly kind: "canary"; readonly tokens: readonly string[] }
  /** Tool calls must name declared tools, with arguments that meet their schema. */
  | { readonly kind: "tool-calls" }
  | { readonly kind: "data-flow"; readonly kinds: readonly FlowKind[] }
  /** Claims of the reply that the prompt does not bear out. */
  | ({ readonly kind: "groundedness" } & GroundednessSpec)
  /** Stretches of the reply that are about something else than the conversation. */
  | ({ readonly kind: "relevance" } & NearnessSpec)
  /** The reply goes along with what was asked, or refuses it. */
  | ({ readonly kind: "compliance" } & ComplianceSpec)
  /** A model says so. What it is and what it answers is found out when it judges: it may be swapped. */
  | { readonly [K in ModelKind]: { readonly kind: K } & ModelSpec }[ModelKind];
export type DetectKind = DetectSpec["kind"];

/** What a rule asks of a model, whatever its kind; `null`: it asks none. */
export function modelOf(detect: DetectSpec): ModelSpec | null {
  if (isOfModel(detect)) return detect;
  if (detect.kind === "relevance" || detect.kind === "compliance") return nearnessOf(detect.kind, detect);
  if (detect.kind === "prompt-leak" && detect.paraphrased !== null) return nearnessOf(detect.kind, detect.paraphrased);
  if (detect.kind !== "groundedness" || detect.model === null) return null;
  const { kind: family, model } = detect;
  return { family, ...model, tasks: pairTasks, categories: null, threshold: 0, examples: [], minSimilarity: null };
}

function nearnessOf(family: DetectKind, { model, minSimilarity }: NearnessSpec): ModelSpec {
  return { family, ...model, tasks: ["embedding"], categories: null, threshold: null, examples: [], minSimilarity };
}

const isOfModel = (detect: DetectSpec): detect is Extract<DetectSpec, { kind: ModelKind }> =>
  (modelKinds as readonly DetectKind[]).includes(detect.kind);

/** Judge replies against their prompt; a rule with one of them names the stage `reply` alone. */
export const replyOnly = [
  "reply-schema",
  "refusal",
  "prompt-leak",
  "tool-calls",
  "data-flow",
  "groundedness",
  "relevance",
  "compliance",
] as const satisfies readonly DetectKind[];

export type Rule = {
  readonly id: string;
  readonly stages: readonly Stage[];
  /** `null`: everywhere. */
  readonly scope: Scope | null;
  readonly detect: DetectSpec;
  /** What else of the text is judged beside the text itself. */
  readonly views: readonly ViewKind[];
  /** Equal keys mean equal detectors and views: rules share one instance. */
  readonly detectKey: string;
  /** Weaker findings do not match. */
  readonly minScore: Score;
  readonly action: Action;
  /** Nothing of a reply goes before all of it was judged; in shadow it holds nothing. */
  readonly hold: boolean;
  /** Judged and reported, but does not act. */
  readonly shadow: boolean;
  readonly onUnknown: OnUnknown;
};

/** Takes findings out, and counts them. All that is not `null` must fit. */
export type PolicyException = {
  readonly id: string;
  /** For people; never in records. */
  readonly reason: string;
  readonly owner: string;
  /** Seconds since the Unix epoch from which on it no longer holds. */
  readonly expiresS: number;
  readonly rules: readonly string[] | null;
  /** `family/name`, or a whole family as `family/*`. */
  readonly categories: readonly (Category | `${string}/*`)[] | null;
  /** The found text itself, or the lower-case hex of its UTF-8's SHA-256. */
  readonly literals: ReadonlySet<string> | null;
  readonly sha256: ReadonlySet<string> | null;
  readonly scope: Scope | null;
};

export type Policy = {
  /** `name@digest`: the policy's name and the first 12 hex digits of its sources' SHA-256. Safe in metadata. */
  readonly version: string;
  readonly onUnreadable: OnUnreadable;
  /** What holds content of these kinds is blocked: nobody reads it. */
  readonly refuses: ReadonlySet<UnjudgedKind>;
  readonly coverage: CoverageSpec;
  readonly dialects: readonly DescribedDialect[];
  readonly dialectPaths: readonly DialectPaths[];
  readonly rules: readonly Rule[];
  readonly exceptions: readonly PolicyException[];
  /** Lower-case names of the request headers that scopes ask for. */
  readonly headers: readonly string[];
  readonly report: ReportSpec;
};

/** A place in a policy or config file, both counted from 1, and what is wrong there and how to mend it. */
export type Mistake = {
  /** The file, where it is not the one that was asked for. */
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};
