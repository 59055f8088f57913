/** What becomes of a reply's claims, as the verdict tells it: by evidence that the policy names, in JSON and in streams however cut. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chatHead, cutAt, exchangeOf, jsonHead, planFrom, pushAll, streamHead } from "../../test/helpers/exchange.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";

const report =
  "The harbour of Delmar was built in 1932 by the engineer Anna Verhoeven. It handled 1,187 ships in 2021, 12 percent more than " +
  "in the year before. The council did not approve the second pier.";
const reply =
  "Sure, happy to help!\n\nThe harbour of Delmar was built in 1932. It handled 1,287 ships in 2021.\n\n" +
  "- The council did not approve the second pier.\n- It was built by Maria Lindqvist.\n\n```\nlet a = 1932;\n```\nAnything else?\n";

type Asked = { readonly detect: string; readonly request: object; readonly action?: string };
const question = { role: "user", content: "What do you know of the harbour?" };
const toolTold: Asked = {
  detect: "{}",
  request: { messages: [question, { role: "tool", tool_call_id: "a", content: report }] },
};

async function judged(
  { detect, request, action = "flag" }: Asked,
  head: typeof jsonHead,
  pieces: readonly Uint8Array[],
) {
  const rule = `{ id: it, stage: reply, detect: { groundedness: ${detect} }, action: ${action} }`;
  const plan = planFrom(
    `{ kind: Policy, version: 1, defaults: { onUnknown: open, onUnreadable: block }, rules: [${rule}] }`,
  );
  const exchange = exchangeOf({ plan });
  await pushAll(exchange.openRequest(chatHead), [Buffer.from(JSON.stringify({ model: "m", ...request }))]);
  const released = await pushAll(exchange.openReply(head, false).gate, pieces);
  const findings = exchange.findings("reply");
  return { released: released.bytes.toString(), findings, record: verdictRecord(exchange.close("complete")) };
}

const json = Buffer.from(JSON.stringify({ choices: [{ index: 0, message: { content: reply } }] }));
const chunk = (content: string, index = 0): string =>
  `data: ${JSON.stringify({ choices: [{ index, delta: { content } }] })}\n\n`;
const streamOf = (parts: readonly string[]): Buffer =>
  Buffer.from(`${parts.map((part) => chunk(part)).join("")}data: [DONE]\n\n`);
const counts = ({ record }: Awaited<ReturnType<typeof judged>>): readonly unknown[] => [
  record.claims_supported,
  record.claims_unsupported,
  record.claims_not_checkable,
];

test("claims are counted once each: borne out, not borne out, and what claims nothing", async () => {
  const whole = await judged(toolTold, jsonHead, [json]);
  assert.deepEqual(counts(whole), [2, 2, 3]);
  assert.equal(whole.record.evidence, "/messages/1/content");
  for (const { finding } of whole.findings)
    assert.deepEqual(finding.basis, [{ place: "tool-result", role: "tool", pointer: "/messages/1/content" }]);
  assert.ok(whole.findings.length >= 2);
});

test("a stream gives the counts of the whole, however it is cut; also up to a block", async () => {
  const words = reply.match(/\S*\s*/g) ?? [];
  for (const action of ["flag", "redact", "block"]) {
    const asked = { ...toolTold, action };
    const wanted = counts(await judged(asked, jsonHead, [json]));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 6 }), fc.constantFrom(1, 3, 1_000), async (cuts, together) => {
        const parts: string[] = [];
        for (let at = 0; at < words.length; at += together) parts.push(words.slice(at, at + together).join(""));
        const streamed = await judged(asked, streamHead, cutAt(streamOf(parts), cuts));
        assert.deepEqual(counts(streamed), wanted);
      }),
      { numRuns: 12 },
    );
  }
});

const rows: readonly (readonly [what: string, asked: Asked, evidence: string])[] = [
  [
    "documents of the request",
    { detect: "{}", request: { messages: [question], documents: [{ title: "The harbour", text: report }] } },
    "/documents/0/text",
  ],
  [
    "documents with their data inside, and bare texts",
    {
      detect: "{ evidence: [documents] }",
      request: { messages: [question], documents: ["-", { data: { text: report } }] },
    },
    "/documents/1/data/text",
  ],
  [
    "a path into the metadata",
    {
      detect: "{ evidence: [{ path: /metadata/context/*/text }] }",
      request: { messages: [question], metadata: { context: [{ text: "Nothing here." }, { text: report }] } },
    },
    "/metadata/*/1/text",
  ],
  [
    "a name that a client chose",
    {
      detect: "{ evidence: [{ path: /metadata/* }] }",
      request: { messages: [question], metadata: { "ada@example.org": report } },
    },
    "/metadata/*",
  ],
  [
    "marks in the system's message",
    {
      detect: "{ evidence: [{ between: [<context>, </context>] }] }",
      request: {
        messages: [{ role: "system", content: `It was built in 1111. <context>${report}</context>` }, question],
      },
    },
    "/messages/0/content",
  ],
  [
    "marks in the user's message, where the policy says so",
    {
      detect: "{ evidence: [{ between: [<context>, </context>], role: user }] }",
      request: { messages: [{ role: "user", content: `<context>${report}</context> What do you know of it?` }] },
    },
    "/messages/0/content",
  ],
];
for (const [what, asked, evidence] of rows)
  test(`evidence that the policy names: ${what}`, async () => {
    const result = await judged(asked, jsonHead, [json]);
    assert.deepEqual([counts(result), result.record.evidence, result.record.unknown], [[2, 2, 3], evidence, ""]);
  });

const unnamed: readonly (readonly [what: string, detect: string, request: object])[] = [
  [
    "marks that only a user wrote",
    "{ evidence: [{ between: [<context>, </context>] }] }",
    { messages: [{ role: "user", content: `<context>${report}</context>` }] },
  ],
  [
    "a path that leads nowhere",
    "{ evidence: [{ path: /metadata/other }] }",
    { messages: [question], metadata: { report } },
  ],
  ["no documents", "{ evidence: [documents] }", toolTold.request],
];
for (const [what, detect, request] of unnamed)
  test(`without evidence no claim is checkable: ${what}`, async () => {
    const result = await judged({ detect, request }, jsonHead, [json]);
    assert.deepEqual(
      [counts(result), result.record.unknown, result.record.evidence],
      [[0, 0, 7], "it:no-evidence", ""],
    );
  });

test("a reply that claims nothing needs no evidence", async () => {
  const asked = { detect: "{}", request: { messages: [question] } };
  const hello = Buffer.from(JSON.stringify({ choices: [{ index: 0, message: { content: "Hello! What can I do?" } }] }));
  const result = await judged(asked, jsonHead, [hello]);
  assert.deepEqual([counts(result), result.record.unknown], [[0, 0, 2], ""]);
});
