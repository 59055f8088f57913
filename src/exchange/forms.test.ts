/** Prompts that come as multipart/form-data, through the gate: text fields are edited in place, all other bytes stay. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { exchangeOf, planFrom, pushAll, type Released } from "../../test/helpers/exchange.ts";
import type { RequestHead } from "../domain/dialect.ts";
import { verdictRecord } from "../telemetry/verdict-record.ts";

const boundary = "----form-7MA4YWxk";
const head: RequestHead = {
  method: "POST",
  path: "/v1/audio/transcriptions",
  query: "",
  contentType: `multipart/form-data; boundary=${boundary}`,
  contentEncoding: null,
};
/** Bytes of every kind, and what looks like a text to be masked. */
const audio = Buffer.concat([
  Buffer.from(Array.from({ length: 256 }, (_, n) => n)),
  Buffer.from("bob@example.com \r\n-- "),
]);

const policy = (action = "redact", onUnreadable = "block"): string => `
kind: Policy
version: 1
defaults: { onUnknown: closed, onUnreadable: ${onUnreadable} }
rules:
  - { id: emails, stage: prompt, detect: { pii: { kinds: [email] } }, action: ${action} }
  - { id: words, stage: prompt, detect: { keywords: { list: [acme-internal] } }, action: { block: error } }
`;

const replace = (words: string): string => `{ replace: ${JSON.stringify(words)} }`;

function form(prompt: string | Buffer, more = "", file = audio): Buffer {
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n`),
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="prompt"\r\n${more}\r\n`),
    Buffer.from(prompt),
    Buffer.from(
      `\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="bob@example.com é.mp3"\r\n`,
    ),
    Buffer.from("Content-Type: audio/mpeg\r\n\r\n"),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** With the address in the file's name masked. */
const masked = (body: Buffer): string => body.toString("latin1").replace('"bob@example.com ', '"[EMAIL] ');

async function send(body: Buffer, more: { readonly yaml?: string; readonly head?: Partial<RequestHead> } = {}) {
  const exchange = exchangeOf({ plan: planFrom(more.yaml ?? policy()) });
  const gate = exchange.openRequest({ ...head, ...more.head });
  const released: Released = await pushAll(gate, [body.subarray(0, 100), body.subarray(100)]);
  return { ...released, record: verdictRecord(exchange.close("complete")) };
}

test("an address in the prompt and in a file's name is masked; each other byte stays", async () => {
  const { bytes, block, changed, record } = await send(form("Zoë, write to bob@example.com ☃"));
  assert.equal(block, null);
  assert.equal(changed, true);
  assert.equal(bytes.toString("latin1"), masked(form("Zoë, write to [EMAIL] ☃")));
  assert.equal(record.operation, "openai/audio-transcriptions");
  assert.equal(record.coverage_unjudged, 1);
});

test("a form with nothing to mask leaves as it came, and an edited one is packed again", async () => {
  const plain = Buffer.from(form("hello").toString("latin1").replaceAll('"bob@example.com ', '"'), "latin1");
  for (const [body, contentEncoding] of [
    [plain, null],
    [gzipSync(plain), "gzip"],
  ] as const) {
    const { bytes, changed } = await send(body, { head: { contentEncoding } });
    assert.deepEqual(bytes, body);
    assert.equal(changed, false);
  }
  const { bytes } = await send(gzipSync(form("hello")), { head: { contentEncoding: "gzip" } });
  assert.equal(gunzipSync(bytes).toString("latin1"), masked(form("hello")));
});

test("a keyword in a field blocks", async () => {
  const { block, bytes } = await send(form("about acme-internal"));
  assert.equal(block?.kind, "rule");
  assert.equal(bytes.length, 0);
});

test("a part that tells its length tells none once it is another", async () => {
  const prompt = "write to bob@example.com";
  const { bytes } = await send(form(prompt, `Content-Length: ${prompt.length}\r\n`));
  assert.equal(bytes.toString("latin1"), masked(form("write to [EMAIL]")));
  const kept = await send(form("hello", "Content-Length: 5\r\n"));
  assert.match(kept.bytes.toString("latin1"), /Content-Length: 5\r\n/);
});

test("what a policy writes into a header ends neither the quotes nor the line", async () => {
  const { bytes } = await send(form("hello"), { yaml: policy(replace('a"b\r\nc\\d')) });
  assert.match(bytes.toString("latin1"), /filename="a%22b%0D%0Ac%5Cd \xc3\xa9\.mp3"\r\n/);
});

for (const [words, prompt] of [
  [boundary, 'hello\r\n--bob@example.com\r\nContent-Disposition: form-data; name="x"\r\n\r\ny'],
  [boundary.slice(2), "hello\r\n----bob@example.com"],
  [`\r\n--${boundary}--\r\n`, "hello bob@example.com"],
] as const) {
  test(`no edit divides a form anew: ${JSON.stringify(words)}`, async () => {
    const { block, bytes } = await send(form(prompt), { yaml: policy(replace(words)) });
    assert.deepEqual(block, { kind: "unreadable", why: "malformed-form" });
    assert.equal(bytes.length, 0);
  });
}

for (const [what, body, contentType, why] of [
  ["a form cut short", form("hello").subarray(0, -10), head.contentType, "malformed-form"],
  ["a prompt that is no UTF-8", form(Buffer.from([0x68, 0xff])), head.contentType, "not-utf8"],
  [
    "a boundary that readers may see otherwise",
    form("hello", "", Buffer.from("x")),
    `${head.contentType}; boundary=x`,
    "content-type",
  ],
  ["a form of another kind", Buffer.from("prompt=hello"), "application/x-www-form-urlencoded", "content-type"],
  ["JSON where forms are taken", Buffer.from("{}"), "application/json", "content-type"],
] as const) {
  test(`${what} is unreadable`, async () => {
    const { block, bytes } = await send(Buffer.from(body), { head: { contentType } });
    assert.deepEqual(block, { kind: "unreadable", why });
    assert.equal(bytes.length, 0);
  });
}

test("a form that nobody can read is judged as text where the policy says so, and blocked where it is none", async () => {
  const yaml = policy("redact", "text");
  const plain = await send(Buffer.from("hé bob@example.com"), { yaml });
  assert.equal(plain.bytes.toString(), "hé [EMAIL]");
  const binary = await send(form("hello").subarray(0, -10), { yaml });
  assert.deepEqual(binary.block, { kind: "unreadable", why: "malformed-form" });
});

test("where forms are not taken one is unreadable", async () => {
  const body = form("hello", "", Buffer.from("x"));
  const { block } = await send(body, { head: { path: "/v1/chat/completions" } });
  assert.deepEqual(block, { kind: "unreadable", why: "content-type" });
});
