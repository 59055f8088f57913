import assert from "node:assert/strict";
import { test } from "node:test";
import { planFrom } from "../../test/helpers/exchange.ts";
import { planted, spotsOf } from "../../test/matrix/sample.ts";
import { samples } from "../../test/matrix/samples/index.ts";
import { promptOf, replyOf } from "../../test/matrix/wire.ts";
import { standardLimits } from "../config/limits.ts";
import { replyContentType } from "./body-kinds.ts";
import { scan } from "./scan.ts";
import { scanHead } from "./scan-heads.ts";

const plan = planFrom(`kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - { id: contacts, stage: [prompt, reply], detect: { pii: { kinds: [email] } }, action: redact }
`);

/** The sample of that operation and form, with an address in its first mark, as files have it. */
function sampleOf(operation: string, kind: string): { readonly request: Buffer | null; readonly reply: Buffer } {
  const sample = samples.find(
    (one) => one.operation === operation && (one.reply.kind === kind || one.prompt.kind === kind),
  );
  const [spot] = sample === undefined ? [] : spotsOf(sample);
  assert.ok(sample !== undefined && spot !== undefined, `${operation} ${kind}`);
  const fill = planted(spot, "ann@example.com");
  return { request: promptOf(sample, fill)?.bytes ?? null, reply: Buffer.concat(replyOf(sample, fill).chunks) };
}

/** A busy machine changes no case. */
const patient = { ...standardLimits, promptBudgetMs: 120_000, windowBudgetMs: 120_000 };

const scanned = (operation: string, bodies: { readonly request: Buffer | null; readonly reply: Buffer | null }) => {
  const head = scanHead(operation, []);
  assert.ok(head !== null);
  return scan({ plan, limits: patient, head, ...bodies });
};

for (const [operation, kind] of [
  ["anthropic/messages", "sse"],
  ["gemini/stream-generate-content", "json-array"],
  ["bedrock/converse-stream", "event-stream"],
  ["bedrock/invoke-stream", "event-stream-bytes"],
  ["ollama/chat", "json-lines"],
] as const)
  test(`a stream in a file is read in its form: ${kind}`, async () => {
    const { reply } = sampleOf(operation, kind);
    const outcome = await scanned(operation, { request: null, reply });
    assert.deepEqual([outcome.report.reply?.kind, outcome.facts?.operation], ["redact", operation]);
    assert.ok(outcome.reply !== null && !outcome.reply.every((byte, index) => byte === reply[index]));
    assert.equal(replyContentType(outcome.reply), replyContentType(reply));
  });

test("a form in a file is read by the boundary in its first line", async () => {
  const { request } = sampleOf("openai/audio-transcriptions", "form");
  const { report, request: released } = await scanned("openai/audio-transcriptions", { request, reply: null });
  const text = Buffer.from(released ?? "").toString();
  assert.deepEqual([report.prompt?.kind, text.includes("[EMAIL]"), text.includes("ann@")], ["redact", true, false]);
});
