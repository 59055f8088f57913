/** The guard's final word, and the record of it that is told to operators. Content-free by construction. */
import type { Category, ClaimResult, UnknownCause } from "./detector.ts";
import type { ActionKind, BlockAction } from "./policy.ts";
import type { Private } from "./private.ts";
import type { NamedParts } from "./report.ts";
import type { Score } from "./score.ts";
import type { Stage, UnjudgedKind } from "./segment.ts";
import type { ExchangeSpans, ExchangeTimes, ModelUse } from "./times.ts";
import type { Trace } from "./trace.ts";
import type { NamesOutcome } from "./vault.ts";

/** Why bytes may not pass. `rule` is the policy's word on content; the others are about what could not be judged. */
export type BlockCause =
  | { readonly kind: "rule"; readonly rule: string; readonly block: BlockAction }
  | { readonly kind: "unknown"; readonly rule: string; readonly cause: UnknownCause }
  | { readonly kind: "unreadable"; readonly why: Unreadable }
  /** Content of a kind that nobody reads here, and that the policy refuses. */
  | { readonly kind: "unjudged"; readonly what: UnjudgedKind }
  | { readonly kind: "too-large"; readonly limitBytes: number }
  | { readonly kind: "overloaded" }
  /** A rule chose another route, but the transport had sent the request's head on already. */
  | { readonly kind: "route-too-late" };

/** Why a body could not be read. A closed list: it goes to metadata and metrics. */
export const unreadables = [
  "not-json",
  "not-utf8",
  "too-deep",
  "too-many-values",
  "truncated",
  "encoding",
  "expands-too-far",
  "content-type",
  "unknown-path",
  "query",
  "token-ids",
  "malformed-form",
  "after-terminator",
  "event-too-large",
  "malformed-frame",
  "not-inspected",
] as const;
export type Unreadable = (typeof unreadables)[number];

/** How much was judged: `characters` of the `present` ones, both in UTF-16 code units. */
export type Coverage = {
  readonly segments: number;
  readonly characters: number;
  readonly present: number;
  readonly windows: number;
  readonly unjudged: Readonly<Partial<Record<UnjudgedKind, number>>>;
};

/** What a rule did in one stage. */
export type RuleHit = {
  readonly rule: string;
  readonly action: ActionKind;
  readonly shadow: boolean;
  readonly categories: readonly Category[];
  /** The highest of each category. */
  readonly scores: readonly Score[];
  readonly count: number;
  readonly topScore: Score;
};

/** What became of the claims of a stage, as the first rule says that holds them against evidence. */
export type ClaimVerdict = {
  readonly counts: Readonly<Record<ClaimResult, number>>;
  /** Where the texts stand that most was held against, the most claims first: `toldPointer`s. */
  readonly evidence: readonly string[];
};

export const verdictKinds = [
  "pending",
  "allow",
  "flag",
  "redact",
  "block",
  "not-inspected",
  "aborted",
  "failed",
] as const;
export type VerdictKind = (typeof verdictKinds)[number];

/** The word on one stage of one exchange. */
export type StageVerdict = {
  readonly stage: Stage;
  readonly kind: Exclude<VerdictKind, "pending">;
  /** What decided; `null` for a plain allow. */
  readonly cause: BlockCause | null;
  /** Rules that matched, strictest action first, real ones before shadow ones. */
  readonly hits: readonly RuleHit[];
  readonly coverage: Coverage;
  /** Why a body went on unread, where the policy lets it; a `block` for it is a cause instead. */
  readonly unread: Unreadable | null;
  /** Findings that an exception of the policy took out, by its id. */
  readonly excepted: readonly { readonly exception: string; readonly count: number }[];
  /** Rules whose detectors could not answer, with the cause, though the policy let the content go on. */
  readonly unknowns: readonly { readonly rule: string; readonly cause: UnknownCause }[];
  /**
   * Content went on though a rule in force could not judge it for a shortage of the guard: time, room, or a model. `unknowns`
   * says which and why. At another time the same content may get another word: this one is not to be remembered.
   */
  readonly degraded: boolean;
  /** Why it is degraded, each cause once; none where it is not. */
  readonly shortages: readonly UnknownCause[];
  /** `null`: no rule held claims against evidence. */
  readonly claims: ClaimVerdict | null;
};

/** What finds an exchange in our log, in Envoy's and among traces; fields of a line of the log. */
export type ExchangeIds = {
  readonly exchange: string;
  readonly request_id?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
};

export const idsOf = ({ exchange, requestId, trace }: ExchangeReport): ExchangeIds => ({
  exchange,
  ...(requestId === null ? {} : { request_id: requestId }),
  ...(trace === null ? {} : { trace_id: trace.traceId, span_id: trace.spanId }),
});

/** What is known of an exchange, for the log, the metrics and Envoy's metadata. Holds nothing that a client chose. */
export type ExchangeReport = {
  readonly exchange: string;
  /** Envoy's `x-request-id`, where it has the form of one; for the log alone. */
  readonly requestId: string | null;
  readonly policy: string;
  readonly dialect: string;
  /** `dialect/operation`, or `unknown`. */
  readonly operation: string;
  /** The reply streams. */
  readonly stream: boolean;
  /** Envoy itself made the reply. */
  readonly local: boolean;
  /** From what Envoy vouches for; `null` where nothing says. */
  readonly tenant: string | null;
  readonly route: string | null;
  /** Whose it is, as Envoy vouches for it: for keyed digests alone. */
  readonly principal: Private | null;
  readonly named: NamedParts;
  /** `null`: no trace knows of it. */
  readonly trace: Trace | null;
  /**
   * Placeholders that were put into the prompt, how often the reply got what stood there before, and what came of a rule's wish to
   * call texts as in earlier turns (`null`: none wished it).
   */
  readonly placeholders: { readonly issued: number; readonly restored: number; readonly names: NamesOutcome | null };
  /** `null`: no message of this stage has come. */
  readonly prompt: StageVerdict | null;
  readonly reply: StageVerdict | null;
  /** Milliseconds spent judging, waiting for bytes not counted. */
  readonly promptMs: number;
  readonly replyMs: number;
  /** The longest single step of the reply. */
  readonly windowMaxMs: number;
  readonly times: ExchangeTimes;
  /** Those that were asked, in the order of their first answer. */
  readonly models: readonly ModelUse[];
  /** Of a sampled trace alone. */
  readonly spans: ExchangeSpans | null;
};
