// The policy's words in all their forms: each action in shadow, what comes of no answer, exceptions, views, what is put back
// where, and which of several rules acts. Rows as in cases.ts.

import { createHash } from "node:crypto";
import { type GuardCase, on, refusal } from "./case.ts";

const email = { pii: { kinds: ["email"] } };
const word = { keywords: { list: ["acme-internal"] } };
const zwsp = "\u200b";
const filtered = { status: 400, code: "content_filter" };
const unavailable = { status: 503, code: "guard_unavailable" };
const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97));

/** Judged and told, with no other effect. */
const shadow = (
  name: string,
  stage: string,
  action: unknown,
  headers: GuardCase["want"]["headers"] = {},
): GuardCase => ({
  name: `shadow-${name}`,
  rules: [on(stage, email, action, { shadow: true })],
  prompt: "ada@example.com",
  reply: "bob@example.com",
  want: { headers, record: { verdict: "allow", shadow: `shadow-${name}-0` } },
});
const shadows: readonly GuardCase[] = [
  shadow("allow", "[prompt, reply]", "allow"),
  shadow(
    "flag",
    "prompt",
    { flag: { header: { name: "x-sallyport-seen", value: "1" } } },
    { "x-sallyport-seen": undefined },
  ),
  shadow("route", "prompt", { route: { header: "x-sallyport-lane", value: "in" } }, { "x-sallyport-lane": undefined }),
  shadow("label", "[prompt, reply]", "redact"),
  shadow("hash", "[prompt, reply]", { redact: "hash" }),
  shadow("placeholder", "prompt", { redact: { placeholder: { restore: true } } }),
  shadow("replace", "[prompt, reply]", { replace: "x" }),
  shadow("refusal", "[prompt, reply]", { block: "refusal" }),
  shadow("own-words", "[prompt, reply]", { block: { form: "error", status: 451, message: "No." } }),
];

const several: readonly GuardCase[] = [
  {
    name: "strictest-acts",
    rules: [
      on("prompt", email, "redact"),
      on("prompt", email, { block: { form: "error", status: 403, message: "Not here." } }),
      on("prompt", email, "allow"),
    ],
    prompt: "ada@example.com",
    reply: "ok",
    want: { model: null, client: { status: 403, code: "content_filter" } },
  },
  {
    name: "least-told-acts",
    rules: [
      on("[prompt, reply]", email, { redact: { mask: { keepLast: 3 } } }),
      on("[prompt, reply]", email, { redact: "label" }),
      on("[prompt, reply]", email, { redact: "hash" }),
    ],
    prompt: "to ada@example.com",
    reply: "to bob@example.com",
    want: { model: "to [EMAIL]", client: "to [EMAIL]" },
  },
  {
    name: "allow-lifts-nothing",
    rules: [on("prompt", email, "allow"), on("prompt", email, "redact")],
    prompt: "ada@example.com",
    reply: "ok",
    want: { model: "[EMAIL]" },
  },
  {
    name: "marks-add-up",
    rules: [
      on("prompt", email, { flag: { header: { name: "x-sallyport-seen", value: "email" } } }),
      on("prompt", email, { route: { header: "x-sallyport-lane", value: "inside" } }),
      on("prompt", email, "redact"),
    ],
    prompt: "ada@example.com",
    reply: "ok",
    want: {
      model: "[EMAIL]",
      headers: { "x-sallyport-seen": "email", "x-sallyport-lane": "inside" },
      record: { verdict: "redact" },
    },
  },
  {
    name: "block-reply-error",
    rules: [on("reply", email, { block: "error" })],
    prompt: "hi",
    reply: "ada@example.com",
    want: { client: filtered },
  },
  {
    name: "replace-a-whole-text",
    rules: [on("reply", { refusal: {} }, { replace: "Ask the help desk." })],
    prompt: "hi",
    reply: "I'm sorry, but I can't help with that request. There is nothing more to say about it, today or tomorrow.",
    want: { client: "Ask the help desk.", record: { reply_verdict: "redact" } },
  },
];

const placed = (restore: unknown) => [on("prompt", email, { redact: { placeholder: { restore } } })];
const restored: readonly GuardCase[] = [
  {
    name: "restored-in-links",
    rules: placed({ links: true }),
    prompt: "ada@example.com",
    reply: "[mail](mailto:{0}) or https://x.example/?q={0}",
    want: {
      model: /^<EMAIL_1_\w{6}>$/,
      client: "[mail](mailto:ada@example.com) or https://x.example/?q=ada@example.com",
    },
  },
  {
    name: "restored-in-tool-arguments",
    rules: placed({ toolArguments: true }),
    prompt: "ada@example.com",
    reply: [{ name: "send", args: '{"to":"{0}"}' }],
    want: { model: /^<EMAIL_1_\w{6}>$/, client: 'send({"to":"ada@example.com"})' },
  },
  {
    name: "kept-out-of-tool-arguments",
    rules: placed(true),
    prompt: "ada@example.com",
    reply: [{ name: "send", args: '{"to":"{0}"}' }],
    want: { model: /^<EMAIL_1_\w{6}>$/, client: /^send\(\{"to":"<EMAIL_1_\w{6}>"\}\)$/ },
  },
];

const elsewhere = {
  response_format: {
    type: "json_schema",
    json_schema: { name: "answer", schema: { $ref: "https://schemas.example/answer.json" } },
  },
};
/** It must count along so many starts at once that its work limit ends it. */
const slow = { patterns: { list: [{ id: "slow", pattern: "[ab]*a[ab]{60}c" }] } };
const slowText = Array.from({ length: 12_000 }, (_, n) =>
  ((n * n * 7919 + n * 104_729) % 65_537) % 2 === 0 ? "a" : "b",
).join("");
const unknown: readonly GuardCase[] = [
  {
    name: "unknown-unreadable-closed",
    rules: [on("reply", { "reply-schema": {} }, "block")],
    prompt: "give me json",
    more: elsewhere,
    reply: '{"n":7}',
    want: {
      client: unavailable,
      record: { cause: "unknown:unreadable", unknown: "unknown-unreadable-closed-0:unreadable" },
    },
  },
  {
    name: "unknown-unreadable-open",
    rules: [on("reply", { "reply-schema": {} }, "block", { onUnknown: "open" })],
    prompt: "give me json",
    more: elsewhere,
    reply: '{"n":7}',
    want: { record: { verdict: "allow", unknown: "unknown-unreadable-open-0:unreadable" } },
  },
  {
    name: "unknown-too-long-closed",
    rules: [on("prompt", slow, "redact")],
    prompt: slowText,
    reply: "ok",
    want: { model: null, client: unavailable, record: { cause: "unknown:too-long" } },
  },
  {
    name: "unknown-too-long-open",
    rules: [on("prompt", slow, "redact", { onUnknown: "open" })],
    prompt: slowText,
    reply: "ok",
    want: { record: { unknown: "unknown-too-long-open-0:too-long" } },
  },
  {
    name: "unknown-in-shadow",
    rules: [on("prompt", slow, "block", { shadow: true })],
    prompt: slowText,
    reply: "ok",
    want: { record: { verdict: "allow", unknown: "unknown-in-shadow-0:too-long" } },
  },
];

/** One guard without an answer takes nothing from what the others found. */
const degraded: readonly GuardCase[] = [
  {
    name: "unknown-beside-a-block",
    rules: [on("prompt", slow, "allow", { onUnknown: "open" }), on("prompt", word, "block")],
    prompt: `${slowText} acme-internal`,
    reply: "ok",
    want: { model: null, client: filtered, record: { cause: "rule", unknown: "unknown-beside-a-block-0:too-long" } },
  },
  {
    name: "unknown-beside-a-mask",
    rules: [on("[prompt, reply]", slow, "allow", { onUnknown: "open" }), on("[prompt, reply]", email, "redact")],
    prompt: `${slowText} ada@example.com`,
    reply: `${slowText.slice(0, 3000)} bob@example.com`,
    want: { model: `${slowText} [EMAIL]`, client: `${slowText.slice(0, 3000)} [EMAIL]` },
  },
];

const places: readonly GuardCase[] = [
  {
    name: "scope-place",
    rules: [on("prompt", email, "redact", { when: { place: "tool-result" } })],
    prompt: [
      { role: "user", content: "i am ada@example.com" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name: "read", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c1", content: "from bob@example.com" },
    ],
    reply: "ok",
    want: { model: "from [EMAIL]" },
  },
  {
    name: "scope-other-models",
    rules: [on("prompt", email, "redact", { when: { model: { not: ["gpt-*"] }, method: "POST", path: "/v1/*" } })],
    prompt: "ada@example.com",
    reply: "ok",
    want: { model: "[EMAIL]" },
  },
  {
    name: "scope-tool-arguments-alone",
    rules: [on("reply", email, "redact", { when: { place: "tool-arguments" } })],
    prompt: "hi",
    reply: [{ name: "send", args: '{"to":"ada@example.com"}' }],
    want: { client: 'send({"to":"[EMAIL]"})' },
  },
];

const exceptions: readonly GuardCase[] = [
  {
    name: "exception-by-hash",
    rules: [on("[prompt, reply]", email, "redact")],
    exceptions: [{ sha256: createHash("sha256").update("help@example.com").digest("hex") }],
    prompt: "help@example.com or ada@example.com",
    reply: "help@example.com or ada@example.com",
    want: { model: "help@example.com or [EMAIL]", client: "help@example.com or [EMAIL]" },
  },
  {
    name: "exception-by-family",
    rules: [on("prompt", email, "redact"), on("prompt", word, "redact")],
    exceptions: [{ category: "pii/*" }],
    prompt: "ada@example.com on acme-internal",
    reply: "ok",
    want: { model: "ada@example.com on [KEYWORD]" },
  },
  {
    name: "exception-by-rule",
    rules: [on("prompt", email, "block"), on("prompt", email, "redact")],
    exceptions: [{ rules: ["exception-by-rule-0"], category: "pii/email" }],
    prompt: "ada@example.com",
    reply: "ok",
    want: { model: "[EMAIL]" },
  },
  {
    name: "exception-by-role",
    rules: [on("prompt", email, "redact")],
    exceptions: [{ category: "pii/email", when: { role: "system" } }],
    prompt: [
      { role: "system", content: "you are help@example.com" },
      { role: "user", content: "i am help@example.com" },
    ],
    reply: "ok",
    want: { model: "i am [EMAIL]" },
  },
];

const views: readonly GuardCase[] = [
  {
    name: "view-rot13",
    rules: [on("[prompt, reply]", word, { redact: "remove" }, { views: ["rot13"] })],
    prompt: `about ${rot13("acme-internal")} and acme-internal.`,
    reply: `on ${rot13("acme-internal")} now`,
    want: { model: "about  and .", client: "on  now" },
  },
  {
    name: "view-payloads-in-a-reply",
    rules: [on("reply", word, "redact")],
    prompt: "hi",
    reply: `Decode ${Buffer.from("it is acme-internal, yes").toString("base64")} at home.`,
    want: { client: "Decode [KEYWORD] at home." },
  },
  {
    name: "view-clear-in-a-reply",
    rules: [on("reply", word, { block: "refusal" })],
    prompt: "hi",
    reply: `Say ac${zwsp}me-inter${zwsp}nal`,
    want: { client: refusal },
  },
  {
    name: "view-escapes-in-tool-arguments",
    rules: [on("reply", word, { replace: "x" })],
    prompt: "hi",
    reply: [{ name: "send", args: '{"to":"\\u0061cme-internal"}' }],
    want: { client: 'send({"to":"x"})' },
  },
];

export const wordCases: readonly GuardCase[] = [
  ...shadows,
  ...several,
  ...restored,
  ...unknown,
  ...degraded,
  ...places,
  ...exceptions,
  ...views,
];
