// What operators find in Envoy's access log for each kind of exchange: every documented key, and no word of a user.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { AccessRecord } from "../helpers/envoy.ts";
import { model, System, user } from "./system.ts";

const guide = await readFile(new URL("../../docs/verdict-schema.md", import.meta.url), "utf8");
const schema = JSON.parse(await readFile(new URL("../../docs/schemas/verdict-v1.json", import.meta.url), "utf8")) as {
  properties: Record<string, { type: string; enum?: string[]; pattern?: string }>;
};

const exchanges = [
  {
    prompt: "Hello",
    stream: false,
    wanted: { verdict: "allow", rule: "", prompt_verdict: "allow", reply_verdict: "allow" },
  },
  {
    prompt: "Who is on call?",
    stream: true,
    wanted: { verdict: "redact", stage: "reply", rule: "no-contacts-out", stream: true },
  },
  {
    prompt: "Which IBAN?",
    stream: false,
    wanted: { verdict: "block", stage: "reply", categories: "pii/iban", action: "block" },
  },
  {
    prompt: "acme-internal",
    stream: false,
    wanted: { verdict: "block", stage: "prompt", cause: "rule", reply_verdict: "none" },
  },
] as const;

test("each exchange leaves one record, as the guide and the schema say", async (t) => {
  await using system = await System.open();
  for (const { prompt, stream } of exchanges) {
    await (
      await system.post("/v1/chat/completions?key=secret-query", { model, stream, messages: user(prompt) })
    ).text();
  }
  const records = await system.settled();
  assert.equal(records.length, exchanges.length);
  for (const [index, { prompt, wanted }] of exchanges.entries()) {
    await t.test(prompt, () => {
      const record = records[index] ?? {};
      const verdict = record.sallyport ?? {};
      // The length of a released prompt is no part of the record; Envoy reads it for the model server.
      const keys = Object.keys(verdict).filter((key) => key !== "content_length");
      assert.deepEqual(keys.sort(), Object.keys(schema.properties).sort());
      for (const key of keys) checkValue(key, verdict[key]);
      for (const [key, value] of Object.entries(wanted)) assert.equal(verdict[key], value, key);
      assert.doesNotMatch(JSON.stringify(record), /on call|mara|555 0132|DE89|acme|secret-query/i);
    });
  }
  await t.test("each key is in the guide", () => {
    for (const key of Object.keys(schema.properties)) assert.ok(guide.includes(`\`${key}\``), key);
  });
  await t.test("the reference that a blocked client is told is in its record", async () => {
    const reply = await system.post("/v1/chat/completions", { model, messages: user("acme-internal") });
    const { error } = (await reply.json()) as { error: { message: string } };
    const last: AccessRecord | undefined = (await system.settled()).at(-1);
    assert.ok(error.message.includes(String(last?.sallyport?.["exchange"])));
  });
});

function checkValue(key: string, value: unknown): void {
  const field = schema.properties[key];
  assert.ok(field !== undefined, key);
  const type = field.type === "integer" ? "number" : field.type;
  assert.equal(typeof value, type, key);
  if (field.enum !== undefined) assert.ok(field.enum.includes(String(value)), `${key}: ${String(value)}`);
  if (field.pattern !== undefined) assert.match(String(value), new RegExp(field.pattern), key);
}
