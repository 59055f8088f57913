// A dialect that the policy describes, through a real Envoy: texts of known roles, masks and restored names in streams, its own answers.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { exchangeHeader, type Heard, Upstream } from "../matrix/upstream.ts";
import type { Reply } from "../matrix/wire.ts";
import { System } from "./system.ts";

let upstream: Upstream;
let system: System;
let count = 0;

/** Holds what did open, also where Envoy did not. */
const opened = new AsyncDisposableStack();

before(async () => {
  const policy = await readFile(new URL("./own-dialect.yaml", import.meta.url), "utf8");
  upstream = opened.use(await Upstream.open());
  system = opened.use(await System.open({ policy, upstreamPort: upstream.port }));
});
after(() => opened.disposeAsync());

const json = (body: object): Reply => ({
  status: 200,
  contentType: "application/json",
  chunks: [Buffer.from(JSON.stringify(body))],
});
const events = (...all: readonly (object | string)[]): Reply => ({
  status: 200,
  contentType: "text/event-stream",
  chunks: all.map((event) => Buffer.from(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)),
});

async function ask(body: object, speak: (heard: Heard) => Reply, path = "/acme/v2/answer") {
  count += 1;
  const id = `own-${count}`;
  let heard: Heard | null = null;
  upstream.expect(id, (what) => {
    heard = what;
    return speak(what);
  });
  const response = await system.post(path, body, { [exchangeHeader]: id });
  const seen = heard as Heard | null;
  return { status: response.status, text: await response.text(), heard: seen };
}
const said = (text: string): unknown[] =>
  text
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)) as unknown);
const standIn = ({ body }: Heard): string => /<EMAIL_\d+_[a-z2-9]+>/.exec(body.toString())?.[0] ?? assert.fail();

test("a block of the prompt is said in the form that the policy gives", async () => {
  const refused = await ask({ question: "a zebrastripe" }, () => json({}));
  assert.deepEqual([refused.status, refused.heard], [400, null]);
  const told = JSON.parse(refused.text) as { failed: { why: string; code: string; see: string } };
  assert.equal(told.failed.code, "content_filter");
  assert.ok(told.failed.why !== "" && told.failed.see !== "");
});

test("roles are those that the policy names; what it names nowhere is judged too", async () => {
  assert.equal((await ask({ question: "redflag" }, () => json({}))).status, 400);
  assert.equal(
    (await ask({ question: "x", history: [{ said: "redflag" }] }, () => json({ answer: { text: "ok" } }))).status,
    200,
  );
  assert.equal((await ask({ question: "x", extra: { deep: ["zebrastripe"] } }, () => json({}))).status, 400);
  assert.equal((await ask({ question: "x", settings: "a zebrastripe" }, () => json({}))).status, 400, "no token");
});

test("a name is put back in JSON, and in arguments that stay JSON", async () => {
  const question = "write to ada@example.org";
  const { text, heard } = await ask({ question }, (what) => {
    const name = standIn(what);
    return json({ answer: { text: `to ${name}` }, calls: [{ name: "mail", input: JSON.stringify({ to: name }) }] });
  });
  assert.ok(heard !== null && !heard.body.includes("ada@example.org"));
  assert.deepEqual(JSON.parse(text), {
    answer: { text: "to ada@example.org" },
    calls: [{ name: "mail", input: '{"to":"ada@example.org"}' }],
  });
});

test("streams: masked and restored over events, cut in the policy's form", async () => {
  const body = { question: "write to ada@example.org", options: { stream: true } };
  const { text } = await ask(body, (what) => {
    const name = standIn(what);
    return events({ delta: "see yellow" }, { delta: `brick, ${name.slice(0, 4)}` }, { delta: name.slice(4) }, "[END]");
  });
  const joined = said(text)
    .map((event) => (event as { delta?: string }).delta ?? "")
    .join("");
  assert.match(joined, /^see \[[A-Z_-]+\], ada@example\.org$/);
  assert.ok(text.endsWith("data: [END]\n\n"));

  const cut = await ask(body, () => events({ delta: "fine. " }, { delta: "a zebra" }, { delta: "stripe" }, "[END]"));
  assert.equal(cut.status, 200);
  assert.ok(!cut.text.includes("zebra") && cut.text.endsWith("data: [END]\n\n"));
  assert.deepEqual(said(cut.text).at(-1), { over: true });
});

test("a reply that is blocked is said in its form; another path is no dialect at all", async () => {
  const { status, text } = await ask({ question: "x" }, () => json({ answer: { text: "zebrastripe" } }));
  assert.equal(status, 400);
  assert.equal(typeof (JSON.parse(text) as { failed: object }).failed, "object");
  for (const path of ["/acme/v2/answer/", "/acme//answer", "/acme/v2/other", "/acme/../answer"])
    assert.equal((await ask({ question: "x" }, () => json({}), path)).status >= 400, true, path);
});

test("dialects of the program are found at the policy's own paths too", async () => {
  const chat = (content: string) => ({ model: "m", messages: [{ role: "user", content }] });
  const call = (text: string) => ({
    jsonrpc: "2.0",
    id: 7,
    method: "tools/call",
    params: { name: "t", arguments: { text } },
  });
  for (const [path, body, code] of [
    ["/llm/v1/chat/completions", chat, "content_filter"],
    ["/tools/mcp", call, '"id":7'],
  ] as const) {
    const refused = await ask(body("a bluewhale"), () => json({}), path);
    assert.ok(refused.heard === null && refused.text.includes(code), refused.text);
    const passed = await ask(body("hello"), () => json({ jsonrpc: "2.0", id: 7, result: {} }), path);
    assert.deepEqual([passed.status, passed.heard === null], [200, false]);
  }
});
