// Marks around what was found, and replies that are held to their end: in every form, and in shadow. Rows as in cases.ts.

import { type GuardCase, on, refusal } from "./case.ts";

const email = { pii: { kinds: ["email"] } };
const unsure = { keywords: { list: ["unsure", "not sure at all"] } };
const grounded = { groundedness: { span: "claim" } };
const mark = { mark: " [not in the documents]" };
const both = { mark: { before: "<? ", after: ' "?>' } };
const documents = [
  { role: "user", content: "When was the harbour of Delmar built?" },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "t", type: "function", function: { name: "find", arguments: "{}" } }],
  },
  { role: "tool", tool_call_id: "t", content: "The harbour of Delmar was built in 1932. Its quay is 300 metres long." },
];
const borneOut = "The harbour of Delmar was built in 1932.";
const madeUp = "The harbour of Delmar was built in 1957.";
const held = { hold: "reply" };
const filtered = { status: 400, code: "content_filter" };

const marks: readonly GuardCase[] = [
  {
    name: "mark-claim",
    rules: [on("reply", grounded, mark)],
    prompt: documents,
    reply: `${borneOut} ${madeUp} Its quay is 300 metres long.`,
    want: {
      client: `${borneOut} ${madeUp} [not in the documents] Its quay is 300 metres long.`,
      record: { verdict: "redact", action: "mark", reply_verdict: "redact" },
    },
  },
  {
    name: "mark-both-sides",
    rules: [on("[prompt, reply]", unsure, both)],
    prompt: "I am unsure.",
    reply: "So am I: not sure at all, unsure",
    want: {
      model: 'I am <? unsure "?>.',
      client: 'So am I: <? not sure at all "?>, <? unsure "?>',
      record: { verdict: "redact", prompt_verdict: "redact", categories: "keywords/keyword" },
    },
  },
  {
    name: "mark-and-redact",
    rules: [
      on("reply", { patterns: { list: [{ id: "claim", pattern: "Ask .{1,60}[.]org" }] } }, both),
      on("reply", email, "redact"),
      on("reply", { keywords: { list: ["bob@example.org"] } }, mark),
    ],
    prompt: "who?",
    reply: "Ask ada@example.com or bob@example.org now.",
    want: { client: '<? Ask [EMAIL] or [EMAIL] "?> now.' },
  },
  {
    name: "mark-around-restored",
    rules: [
      on("prompt", email, { redact: { placeholder: { restore: true } } }),
      on("reply", { patterns: { list: [{ id: "claim", pattern: "I told [^ ]{1,40} so" }] } }, both),
    ],
    prompt: "tell ada@example.com",
    reply: "Well, I told {0} so.",
    want: { model: /^tell <EMAIL_1_\w{6}>$/, client: 'Well, <? I told ada@example.com so "?>.' },
  },
  {
    name: "mark-tool-arguments",
    rules: [on("reply", unsure, both)],
    prompt: "go",
    more: { tools: [{ type: "function", function: { name: "note", parameters: { type: "object" } } }] },
    reply: [{ name: "note", args: '{"unsure":"I am \\u0075nsure","n":1}' }],
    want: { client: 'note({"unsure":"I am <? \\u0075nsure \\"?>","n":1})' },
  },
  {
    name: "mark-in-shadow",
    rules: [on("[prompt, reply]", unsure, both, { shadow: true })],
    prompt: "I am unsure.",
    reply: "So am I, unsure.",
    want: { record: { verdict: "allow", shadow: "mark-in-shadow-0" } },
  },
];

const holds: readonly GuardCase[] = [
  {
    name: "held-refusal",
    rules: [on("reply", grounded, { block: "refusal" }, held)],
    prompt: documents,
    reply: `${borneOut} ${madeUp}`,
    want: { client: refusal, stream: { client: refusal }, record: { verdict: "block", rule: "held-refusal-0" } },
  },
  {
    name: "held-error",
    rules: [on("reply", unsure, { block: "error" }, held)],
    prompt: "go",
    reply: "This is a long reply, of which nothing goes out. I am unsure.",
    want: { client: filtered, stream: { client: filtered }, record: { verdict: "block", cause: "rule" } },
  },
  {
    name: "held-and-let-go",
    rules: [on("reply", unsure, { block: "error" }, held), on("reply", email, "redact")],
    prompt: "go",
    reply: "This is a long reply. Write to ada@example.com.",
    want: { client: "This is a long reply. Write to [EMAIL]." },
  },
  {
    name: "held-and-marked",
    rules: [on("reply", grounded, mark, held)],
    prompt: documents,
    reply: `${borneOut} ${madeUp}`,
    want: { client: `${borneOut} ${madeUp} [not in the documents]`, record: { verdict: "redact" } },
  },
  {
    name: "held-in-shadow",
    rules: [on("reply", unsure, { block: "error" }, { ...held, shadow: true })],
    prompt: "go",
    reply: "This is a long reply. I am unsure.",
    want: { record: { verdict: "allow", shadow: "held-in-shadow-0" } },
  },
];

export const actionCases: readonly GuardCase[] = [...marks, ...holds];
