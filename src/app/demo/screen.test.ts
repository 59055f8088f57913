import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { type AccessRecord, parseAccessRecord } from "./access-log.ts";
import { parseLogEntry } from "./log-entry.ts";
import {
  addressLines,
  COLUMNS,
  curlLines,
  entryLines,
  exchangeLine,
  exchangeLines,
  oneLine,
  titleLines,
} from "./screen.ts";
import { chatBody, readJson, readStream, tour, tries } from "./tour.ts";

const ROWS = 40;
const plain = (_style: string, text: string): string => text;

const record: AccessRecord = {
  time: "2026-01-02T03:04:05.678Z",
  method: "POST",
  path: "/v1/chat/completions",
  status: 200,
  durationMs: 1234,
  verdict: "redact",
  stage: "prompt",
  rule: "secrets-stay-home",
  categories: ["secrets/aws-access-key", "pii/email", "pii/phone", "secrets/private-key"],
};
const long = "many words ".repeat(40);
const addresses = {
  proxyUrl: "http://127.0.0.1:10000",
  envoyAdminUrl: "http://127.0.0.1:9901",
  adminUrl: "http://127.0.0.1:9464",
  modelUrl: "http://127.0.0.1:65535",
  policyFile: "docs/examples/policy.yaml",
};

test("the first screen fits a terminal, whatever comes back", () => {
  const screen = [
    ...titleLines(plain),
    ...tour.flatMap((stop) =>
      exchangeLines(
        { stop, seen: { status: 400, text: long, refusal: long, code: "content_filter" }, record, asked: stop.prompt },
        plain,
      ),
    ),
    ...addressLines(addresses, plain),
    "",
    ...curlLines(tries(false), addresses.proxyUrl, false),
    "sallyport: ready",
  ];
  assert.ok(screen.length <= ROWS, `${screen.length} lines`);
  for (const line of [...screen, ...curlLines(tries(true), addresses.proxyUrl, true)])
    assert.ok(line.length <= COLUMNS, `${line.length} columns: ${line}`);
});

test("the commands say to a shell what the requests say", () => {
  const url = "http://127.0.0.1:10000";
  const told = spawnSync("sh", [
    "-c",
    `curl() { for last; do :; done; echo "$last"; }\n${curlLines(tries(false), url, false).join("\n")}`,
  ]);
  const sent = told.stdout.toString().trim().split("\n");
  assert.deepEqual(sent, tries(false).map(chatBody));
  const shell = `curl() { for last; do :; done; echo "$last"; }\n${curlLines(tries(true), url, true).slice(1).join("\n")}`;
  const real = spawnSync("sh", ["-c", shell], { env: { MODEL: "m1", OPENAI_API_KEY: "none" } });
  assert.match(real.stdout.toString().split("\n")[0] ?? "", /^\{"model":"m1","messages"/);
});

test("text from outside moves no cursor", () => {
  assert.equal(oneLine("a\u001b[2Jb\r\nc\u202ed\u2028e\u0000f", 99), "a [2Jb c d e f");
  assert.equal(oneLine("żółw 🐢🐢🐢", 7), "żółw 🐢…");
  const hostile = { ...record, path: "/\u001b]0;x\u0007", rule: "r\u001b[1m" };
  assert.ok(!exchangeLine(hostile, plain).includes("\u001b"));
});

test("a line of the access log, as envoy/gateway.yaml writes it", () => {
  const sallyport = { verdict: "allow", stage: "reply", rule: "", categories: "" };
  const line = { method: "GET", path: "/v1/models", status: 200, duration_ms: 3, time: record.time, sallyport };
  assert.deepEqual(parseAccessRecord(JSON.stringify(line)), {
    ...record,
    method: "GET",
    path: "/v1/models",
    durationMs: 3,
    verdict: "allow",
    stage: "reply",
    rule: null,
    categories: [],
  });
  for (const other of ["", "[warning] x", "{}", '{"method":1}']) assert.equal(parseAccessRecord(other), null);
  const broken = JSON.stringify({ method: null, path: null, sallyport: 7 });
  assert.equal(parseAccessRecord(broken), null);
});

test("of Sallyport's log only what concerns the reader is shown", () => {
  const shown = (entry: object): string[] => {
    const parsed = parseLogEntry(JSON.stringify({ time: record.time, ...entry }));
    return parsed === null ? [] : entryLines(parsed, plain);
  };
  const policy = "demo@0123456789ab";
  assert.deepEqual(shown({ level: "info", msg: "policy swapped", policy }), [
    ` 03:04:05  POLICY    policy swapped (${policy})`,
  ]);
  const mistakes = ["policy:3:1: no such action", "policy:4:1: no such rule"];
  const bad = shown({ level: "error", msg: "policy not taken", policy, mistakes });
  assert.equal(bad.length, 3);
  assert.match(bad[1] ?? "", /^ {21}policy:3:1: no such action$/);
  assert.deepEqual(shown({ level: "info", msg: "exchange" }), []);
  for (const other of ["", "sallyport: serving", "{", "{}"]) assert.equal(parseLogEntry(other), null);
});

test("replies are read as a client reads them", () => {
  const chunk = (delta: object, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ choices: [{ delta, finish_reason }] })}\n\n`;
  const body = `${chunk({ role: "assistant" })}${chunk({ content: "a" })}${chunk({ content: "b" })}${chunk({ refusal: "no" }, "content_filter")}data: [DONE]\n\n`;
  assert.deepEqual(readStream(body), { text: "ab", refusal: "no", code: "content_filter" });
  assert.deepEqual(readJson('{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}'), {
    text: "a",
    refusal: "",
    code: null,
  });
  assert.deepEqual(readJson('{"error":{"message":"no","code":"content_filter"}}'), {
    text: "no",
    refusal: "",
    code: "content_filter",
  });
  assert.deepEqual(readJson("upstream connect error"), { text: "upstream connect error", refusal: "", code: null });
});
