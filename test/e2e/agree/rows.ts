// The table of agreement: what an exchange is, and what all that tell of it are to say.

import { ask, leavePrompt, midStream } from "./exchanges.ts";
import {
  blocked,
  by,
  card,
  cards,
  keyword,
  mail,
  masked,
  picture,
  redacted,
  tool,
  toolCall,
  word,
  words,
  type Row,
} from "./row.ts";
import type { Facts } from "./told.ts";

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
