// The table of agreement: what an exchange is, and what all that tell of it are to say.

import type { VerdictField } from "../../../src/telemetry/verdict-fields.ts";
import { model } from "../system.ts";
import { type Act, ask, leavePrompt, midStream } from "./exchanges.ts";
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

const card = "4111 1111 1111 1111";
const mail = "ada@example.com";
const words = "and so on. ".repeat(20);

const masked = (...stages: readonly ("prompt" | "reply")[]): Hit => ({
  rule: "masked",
  action: "redact",
  stages: Object.fromEntries(stages.map((stage) => [stage, { "pii/email": 1 }])),
});
const keyword = (rule: string, action: string): Hit => ({
  rule,
  action,
  stages: { prompt: { "keywords/keyword": 1 } },
});
const cards: Hit = { rule: "no-cards", action: "block", stages: { reply: { "pii/card": 1 } } };

const picture = { type: "image_url", image_url: { url: "https://pictures.example/1.png" } };
const tool = (name: string): object => ({ type: "function", function: { name, parameters: { type: "object" } } });
const toolCall = (text: string): object => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "search", arguments: { text } },
});

type Word = Pick<Record<VerdictField, string>, "verdict" | "stage" | "prompt_verdict" | "reply_verdict">;
const word = (verdict: string, stage: "prompt" | "reply"): Word => ({
  verdict,
  stage,
  prompt_verdict: stage === "prompt" ? verdict : "allow",
  reply_verdict: stage === "reply" ? verdict : verdict === "block" || verdict === "aborted" ? "none" : "allow",
});
const by = (rule: string, action: string): Facts => ({
  rule,
  action,
  ...(action === "block" ? { cause: "rule" } : {}),
});
const blocked = (rule: string, stage: "prompt" | "reply"): Facts => ({ ...word("block", stage), ...by(rule, "block") });
const redacted = (stage: "prompt" | "reply"): Facts => ({ ...word("redact", stage), ...by("masked", "redact") });

export const rows: readonly Row[] = [
  { what: "allow", act: ask({}), status: 200, facts: {} },
  { what: "allow, streamed", act: ask({ reply: ["Good ", "day."] }), status: 200, facts: { stream: true } },
  {
    what: "flag",
    act: ask({ prompt: "Where is the ferry?" }),
    status: 200,
    facts: { ...word("flag", "prompt"), ...by("flagged", "flag") },
    hits: [keyword("flagged", "flag")],
  },
  {
    what: "redact in the prompt",
    act: ask({ prompt: `I am ${mail}` }),
    status: 200,
    facts: redacted("prompt"),
    hits: [masked("prompt")],
  },
  {
    what: "redact in the reply",
    act: ask({ reply: `Write to ${mail}.` }),
    status: 200,
    facts: redacted("reply"),
    hits: [masked("reply")],
  },
  {
    what: "redact in a streamed reply",
    act: ask({ reply: ["Write to ada@ex", `ample.com, ${words}`] }),
    status: 200,
    facts: { ...redacted("reply"), stream: true },
    hits: [masked("reply")],
  },
  {
    what: "redact in both",
    act: ask({ prompt: `I am ${mail}`, reply: `Write to ${mail}.` }),
    status: 200,
    facts: { ...redacted("reply"), prompt_verdict: "redact" },
    hits: [masked("prompt", "reply")],
  },
  {
    what: "block in the prompt, as an error",
    act: ask({ prompt: "acme-internal" }),
    status: 400,
    facts: blocked("banned", "prompt"),
    hits: [keyword("banned", "block")],
  },
  {
    what: "block in the prompt, as a refusal",
    act: ask({ prompt: "acme-secret" }),
    status: 200,
    facts: blocked("refused", "prompt"),
    hits: [keyword("refused", "block")],
  },
  {
    what: "block in the prompt, as a streamed refusal",
    act: ask({ prompt: "acme-secret", reply: [] }),
    status: 200,
    facts: blocked("refused", "prompt"),
    hits: [keyword("refused", "block")],
  },
  {
    what: "block in a JSON reply",
    act: ask({ reply: `It is ${card}.` }),
    status: 200,
    facts: blocked("no-cards", "reply"),
    hits: [cards],
  },
  {
    what: "a stream that is cut",
    act: midStream([`The card is ${card}`, words], ({ goOn }) => goOn()),
    status: 200,
    facts: { ...blocked("no-cards", "reply"), stream: true },
    hits: [cards],
  },
  {
    what: "block in a JSON reply, after redaction in the prompt",
    act: ask({ prompt: `I am ${mail}`, reply: `It is ${card}.` }),
    status: 200,
    facts: { ...blocked("no-cards", "reply"), prompt_verdict: "redact" },
    hits: [masked("prompt"), cards],
  },
  {
    what: "block in a buffered JSON reply",
    act: ask({ way: "buffered", reply: `It is ${card}.` }),
    status: 200,
    facts: { ...blocked("no-cards", "reply"), route: "buffered" },
    hits: [cards],
  },
  {
    what: "block in a buffered stream",
    act: ask({ way: "buffered", reply: ["It is ", card, words] }),
    status: 200,
    facts: { ...blocked("no-cards", "reply"), route: "buffered", stream: true },
    hits: [cards],
  },
  {
    what: "block in a buffered prompt",
    act: ask({ way: "buffered", prompt: "acme-internal" }),
    status: 400,
    facts: { ...blocked("banned", "prompt"), route: "buffered" },
    hits: [keyword("banned", "block")],
  },
  {
    what: "redact in a buffered prompt and reply",
    act: ask({ way: "buffered", prompt: `I am ${mail}`, reply: `Write to ${mail}.` }),
    status: 200,
    facts: { ...redacted("reply"), prompt_verdict: "redact", route: "buffered" },
    hits: [masked("prompt", "reply")],
  },
  {
    what: "a rule in shadow that would block",
    act: ask({ prompt: "Where is the harbour?" }),
    status: 200,
    facts: {},
    hits: [{ ...keyword("tried", "block"), shadow: true, would: "block" }],
  },
  {
    what: "an unknown path",
    act: ask({ path: "/v1/nothing-of-ours" }),
    status: 400,
    facts: {
      ...word("block", "prompt"),
      cause: "unreadable:unknown-path",
      dialect: "unknown",
      operation: "unknown",
      model: "",
      path: "other",
    },
    unread: "unknown-path",
    unmatched: "blocked",
  },
  {
    what: "a reply that Envoy does not show",
    act: ask({ way: "unshown" }),
    status: 502,
    facts: { ...word("block", "reply"), cause: "unreadable:not-inspected", route: "unshown" },
    unread: "not-inspected",
  },
  {
    what: "no model server: Envoy answers",
    act: ask({ way: "nowhere" }),
    status: 503,
    facts: { ...word("not-inspected", "reply"), cause: "unreadable:not-inspected", local: true, route: "nowhere" },
    unread: "not-inspected",
  },
  {
    what: "a model server that cuts its stream",
    act: midStream([], ({ goOn }) => goOn(), "cut"),
    status: 200,
    facts: { ...word("aborted", "reply"), stream: true },
    envoy: "last-word",
  },
  {
    what: "a block in the second of two choices",
    act: ask({ reply: [{ 0: "It is " }, { 1: "It is " }, { 0: "a secret." }, { 1: card }, { 1: words }] }),
    status: 200,
    facts: { ...blocked("no-cards", "reply"), stream: true },
    hits: [cards],
  },
  {
    what: "a prompt that is too large",
    act: ask({ prompt: "long ".repeat(20_000) }),
    status: 413,
    facts: { ...word("block", "prompt"), cause: "too-large", model: "" },
  },
  {
    what: "a picture beside the prompt",
    act: ask({ prompt: [{ type: "text", text: "What is it?" }, picture, picture] }),
    status: 200,
    facts: {},
    unjudged: { image: 2, "remote-url": 2 },
  },
  {
    what: "an exception",
    act: ask({ prompt: "Where is the ferry?", more: { model: "ferryman" } }),
    status: 200,
    facts: { model: "other", excepted: "the-ferryman" },
    excepted: { "the-ferryman": 1 },
  },
  {
    what: "a placeholder, put back in the reply",
    act: ask({ prompt: "Call (415) 555-2671", reply: (seen) => `Calling ${/<PHONE[^>]*>/.exec(seen)?.[0]}` }),
    status: 200,
    facts: { ...word("redact", "prompt"), ...by("named", "redact"), placeholders: 1, restored: 1 },
    hits: [{ rule: "named", action: "redact", stages: { prompt: { "pii/phone": 1 } } }],
  },
  {
    what: "tools that are listed, and one that is not",
    act: ask({ more: { tools: ["search", "tool-of-mine", "search"].map(tool) } }),
    status: 200,
    facts: { tools: "other,search" },
    unjudged: { "tool-definition": 3 },
  },
  {
    what: "somebody whom Envoy vouches for",
    act: ask({ way: "known" }),
    status: 200,
    facts: { tenant: "harbour-office", user: "ada", route: "known" },
  },
  {
    what: "a kept reply that is fetched",
    act: ask({ path: "/v1/chat/completions/chatcmpl-of-mine", body: null, reply: `It is ${card}.` }),
    status: 400,
    facts: { ...blocked("no-cards", "reply"), operation: "openai/stored-completions", path: "other", model: "" },
    hits: [cards],
  },
  {
    what: "a call of a tool server",
    act: ask({ path: "/mcp", body: toolCall("acme-internal") }),
    status: 200,
    facts: { ...blocked("banned", "prompt"), dialect: "mcp", operation: "mcp/send", path: "other", model: "" },
    hits: [keyword("banned", "block")],
  },
  {
    what: "a client that leaves while the reply streams",
    act: midStream([], ({ leave }) => leave()),
    status: 200,
    facts: { ...word("aborted", "reply"), stream: true },
    envoy: "last-word",
  },
  {
    what: "a client that leaves while the guard has its prompt",
    act: leavePrompt,
    status: 0,
    facts: { ...word("aborted", "prompt"), model: "" },
    envoy: "pending",
  },
];

/** Under a budget of a millisecond, in which nobody can read this prompt. */
export const latePolicy = (onUnknown: "open" | "closed"): string =>
  JSON.stringify({
    kind: "Policy",
    version: 1,
    name: "late",
    defaults: { onUnknown, onUnreadable: "block" },
    rules: [{ id: "late", stage: "prompt", detect: { pii: {} }, action: "flag" }],
  });
const long = "Who was on call at noon, and where is the ferry? ".repeat(40_000);
const unlisted: Facts = { model: "other", path: "other" };

export const lateRows: Readonly<Record<"open" | "closed", Row>> = {
  open: {
    what: "content that went on without a rule",
    act: ask({ prompt: long }),
    status: 200,
    facts: { ...unlisted, degraded: true, degraded_why: "deadline", unknown: "late:deadline" },
    shortStage: "prompt",
  },
  closed: {
    what: "content that went nowhere, for want of a rule",
    act: ask({ prompt: long }),
    status: 503,
    facts: {
      ...unlisted,
      ...blocked("late", "prompt"),
      action: "",
      cause: "unknown:deadline",
      unknown: "late:deadline",
    },
  },
};

/** To a guard that takes one exchange at a time, and has one. */
export const shedRow: Row = {
  what: "an exchange beyond the most at once",
  act: (bench, cell) => {
    let said = "";
    const taken = midStream([], async ({ goOn }) => {
      said = await ask({})(bench, `${cell}-shed`);
      await bench.record(0);
      goOn();
    });
    return taken(bench, cell).then(() => said);
  },
  status: 503,
  facts: {
    ...word("block", "prompt"),
    cause: "overloaded",
    dialect: "unknown",
    operation: "unknown",
    model: "",
  },
};

/** Its counts have more digits than Envoy writes of a number unless it is told to. */
export const longRow: Row = {
  what: "more than a million characters",
  act: ask({ prompt: "Who was on call, now? ".repeat(60_000) }),
  status: 200,
  facts: {},
};

/** Of the last two the guard cannot tell: it is dead. */
export const lostRows: readonly Row[] = [
  {
    what: "a guard that dies while the reply streams",
    act: midStream([], ({ bench }) => bench.system.guard.kill()),
    status: 200,
    facts: { ...word("aborted", "reply"), stream: true },
    envoy: "last-word",
    isLost: true,
  },
  { what: "no guard", act: ask({}), status: 500, facts: {}, envoy: "pending", isLost: true },
];
