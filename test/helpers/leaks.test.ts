import assert from "node:assert/strict";
import { test } from "node:test";
import { findLeak } from "./leaks.ts";
import { plant, plantBytes, plantedTexts } from "./planted.ts";

const prompt = 'Please write to dora.meier@example.com about the "budget" of spring';
const leak = (line: string, listed: readonly string[] = []) =>
  findLeak("a log", [line], [prompt], listed)?.text ?? null;

test("a text, a part of it, in a value or a key, escaped or beside others", () => {
  const line = (fields: object): string => JSON.stringify({ level: "info", msg: "m", ...fields });
  assert.equal(leak(line({ prompt })), prompt);
  assert.equal(leak(line({ found: "dora.meier@example.com" })), "dora.meier@example.com");
  assert.equal(leak(line({ deep: [{ "dora.meier@example.com": 1 }] })), "dora.meier@example.com");
  assert.equal(leak(line({ why: 'at: about the "budget" of' })), ' about the "budget" of');
  assert.equal(leak("plain:dora.meier@example.com"), "dora.meier@example.com");
  assert.equal(leak('sallyport_x{label="dora.meier@example.com"} 1'), "dora.meier@example.com");
  assert.equal(
    findLeak("a log", [line({ card: 4111111111111111 })], ["my card 4111111111111111"])?.text,
    "4111111111111111",
  );
});

test("words of the program, ids, listed names and short words are none", () => {
  const own = "verdict: policy not taken; the one before still serves";
  assert.equal(findLeak("a log", ['{"msg":"policy not taken; the one before still serves"}'], [own]), null);
  assert.equal(leak(JSON.stringify({ exchange: "dora-meier_example", msg: "m" })), null);
  const said = "it is blocked: JmVxm0VYgtg4uu5w8x";
  assert.equal(findLeak("a log", ['{"level":"info","exchange":"JmVxm0VYgtg4uu5w8x"}'], [said]), null);
  assert.equal(
    findLeak("a log", ['{"method":"GET","path":"/v1/some/long/path"}'], ["see /v1/some/long/path"]),
    null,
    "Envoy's log",
  );
  assert.notEqual(
    findLeak("a log", ['{"level":"info","path":"/v1/some/long/path"}'], ["see /v1/some/long/path"]),
    null,
  );
  assert.equal(leak('{"x":"dora.meier@example.com"}', ["dora.meier@example.com"]), null);
  assert.equal(leak('{"x":"dora.meier"}'), null);
  assert.equal(leak("# HELP x dora.meier@example.com"), null);
});

test("what is planted of the bytes of a request: its values, credentials and query", () => {
  plantBytes(
    [
      "POST /v1/x?note=some-secret-note HTTP/1.1\r\nauthorization: Bearer sk-aaaabbbbcccc\r\nx-api-key: kkkkllllmmmm\r\n\r\n",
      '{"messages_are_here":[{"content":"good\\nmorning, friends"}],"model":"a-model-of-mine","n":1}',
    ].join(""),
  );
  const planted = plantedTexts();
  for (const text of [
    "note=some-secret-note",
    "sk-aaaabbbbcccc",
    "kkkkllllmmmm",
    "good\nmorning, friends",
    "a-model-of-mine",
  ])
    assert.ok(planted.includes(text), text);
  assert.ok(!planted.includes("messages_are_here"), "keys are the API's");
  const pieces = { text: "" };
  for (const word of ["dora", ".meier", "@exam", "ple.com"]) plantBytes(`data: {"delta":"${word}"}\n\n`, pieces);
  assert.equal(pieces.text, "dora.meier@example.com");
  plant("short");
  assert.ok(!plantedTexts().includes("short"));
});

test("what it costs grows with the texts, not with their product", () => {
  const many = Array.from({ length: 2000 }, (_, index) => `text number ${index}: ${"of a user ".repeat(20)}${index}`);
  const lines = Array.from({ length: 2000 }, (_, index) =>
    JSON.stringify({ level: "info", bytes: index, ms: index / 7 }),
  );
  assert.equal(findLeak("a log", lines, many), null);
  assert.notEqual(findLeak("a log", [...lines, JSON.stringify({ level: "info", why: many[1999] })], many), null);
});
