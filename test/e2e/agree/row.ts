// What a row of the table of agreement holds, the policy that its rows are told under, and words that many of them share.

import type { VerdictField } from "../../../src/telemetry/verdict-fields.ts";
import { model } from "../system.ts";
import type { Act } from "./exchanges.ts";
import type { Facts } from "./told.ts";

export const policy = JSON.stringify({
  kind: "Policy",
  version: 1,
  name: "told",
  defaults: { onUnknown: "closed", onUnreadable: "block" },
  report: { models: [model], paths: ["/v1/chat/completions"], tools: ["search"], users: ["ada"], audit: "all" },
  rules: [
    { id: "flagged", stage: "prompt", detect: { keywords: { list: ["ferry"] } }, action: "flag" },
    { id: "tried", stage: "prompt", detect: { keywords: { list: ["harbour"] } }, action: "block", shadow: true },
    { id: "masked", stage: ["prompt", "reply"], detect: { pii: { kinds: ["email"] } }, action: "redact" },
    { id: "banned", stage: "prompt", detect: { keywords: { list: ["acme-internal"] } }, action: { block: "error" } },
    { id: "refused", stage: "prompt", detect: { keywords: { list: ["acme-secret"] } }, action: { block: "refusal" } },
    {
      id: "named",
      stage: "prompt",
      detect: { pii: { kinds: ["phone"] } },
      action: { redact: { placeholder: { restore: true } } },
    },
    { id: "no-cards", stage: "reply", detect: { pii: { kinds: ["card"] } }, action: { block: "refusal" } },
  ],
  exceptions: [
    {
      id: "the-ferryman",
      rules: ["flagged"],
      reason: "a person of that trade",
      owner: "desk",
      expires: new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10),
      category: "keywords/keyword",
      when: { model: "ferryman" },
    },
  ],
});

type Counted = Readonly<Record<string, number>>;

/** What a rule found: findings of each category, by stage. */
export type Hit = {
  readonly rule: string;
  readonly action: string;
  readonly shadow?: boolean;
  /** What a rule in shadow would have made of it. */
  readonly would?: string;
  readonly stages: Readonly<Partial<Record<"prompt" | "reply", Counted>>>;
};

export type Row = {
  readonly what: string;
  readonly act: Act;
  /** Of HTTP. */
  readonly status: number;
  /** Of the record; what is not said is as in a plain allow without hits. */
  readonly facts: Facts;
  /** In the order of their ids; none in shadow is listed with those that act. */
  readonly hits?: readonly Hit[];
  /** The stage that let content go on unjudged. */
  readonly shortStage?: "prompt" | "reply";
  /** Content that nobody reads here, by kind, in their order. */
  readonly unjudged?: Counted;
  /** Findings that an exception took out, by its id. */
  readonly excepted?: Counted;
  /** Why a body could not be read. */
  readonly unread?: string;
  /** What became of a request of no dialect. */
  readonly unmatched?: string;
  /**
   * What Envoy has, if not all: `pending`, where nobody answered it; `last-word`: its last answer came before the end, and what
   * grows on (times, coverage) stands as it was then.
   */
  readonly envoy?: "pending" | "last-word";
  /** The guard died before it could tell. */
  readonly isLost?: true;
};

export const card = "4111 1111 1111 1111";
export const mail = "ada@example.com";
export const words = "and so on. ".repeat(20);

export const masked = (...stages: readonly ("prompt" | "reply")[]): Hit => ({
  rule: "masked",
  action: "redact",
  stages: Object.fromEntries(stages.map((stage) => [stage, { "pii/email": 1 }])),
});
export const keyword = (rule: string, action: string): Hit => ({
  rule,
  action,
  stages: { prompt: { "keywords/keyword": 1 } },
});
export const cards: Hit = { rule: "no-cards", action: "block", stages: { reply: { "pii/card": 1 } } };

export const picture = { type: "image_url", image_url: { url: "https://pictures.example/1.png" } };
export const tool = (name: string): object => ({
  type: "function",
  function: { name, parameters: { type: "object" } },
});
export const toolCall = (text: string): object => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "search", arguments: { text } },
});

type Word = Pick<Record<VerdictField, string>, "verdict" | "stage" | "prompt_verdict" | "reply_verdict">;
export const word = (verdict: string, stage: "prompt" | "reply"): Word => ({
  verdict,
  stage,
  prompt_verdict: stage === "prompt" ? verdict : "allow",
  reply_verdict: stage === "reply" ? verdict : verdict === "block" || verdict === "aborted" ? "none" : "allow",
});
export const by = (rule: string, action: string): Facts => ({
  rule,
  action,
  ...(action === "block" ? { cause: "rule" } : {}),
});
export const blocked = (rule: string, stage: "prompt" | "reply"): Facts => ({
  ...word("block", stage),
  ...by(rule, "block"),
});
export const redacted = (stage: "prompt" | "reply"): Facts => ({ ...word("redact", stage), ...by("masked", "redact") });

/** Under a budget of a millisecond, in which nobody can read this prompt. */
export const latePolicy = (onUnknown: "open" | "closed"): string =>
  JSON.stringify({
    kind: "Policy",
    version: 1,
    name: "late",
    defaults: { onUnknown, onUnreadable: "block" },
    rules: [{ id: "late", stage: "prompt", detect: { pii: {} }, action: "flag" }],
  });
