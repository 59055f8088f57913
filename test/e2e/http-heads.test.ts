// Heads that are forged, repeated or spelt in odd ways, through the real Envoy: each request is refused, or judged as what it is,
// and the model server reads the same body as the guard.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { banned, chat, chunked, HttpSite, json, lengthOf, said, type Seen, verdictsOf } from "../helpers/http-site.ts";

let site: HttpSite;

before(async () => {
  site = await HttpSite.open();
});
after(() => site[Symbol.asyncDispose]());

const bad = said(banned);
const good = said("hi");
const type = "content-type: application/json";
const post = (lines: readonly string[], body: string): Promise<Seen> =>
  site.ask({ start: `POST ${chat}`, lines, body });
/** Neither went through: what is sent holds the banned word. */
const refused = ({ status, requests }: Seen): void => assert.deepEqual([status, requests], [400, 0]);
const causeOf = (seen: Seen): unknown => verdictsOf(seen)[2];

describe("what describes the body, twice or odd", () => {
  for (const [what, lines, cause] of [
    ["content-type: text, JSON", ["content-type: text/plain", ...json(bad)], "unreadable:content-type"],
    ["content-type: JSON, text", [...json(bad), "content-type: text/plain"], "unreadable:content-type"],
    ["content-type: JSON twice", [type, ...json(bad)], "unreadable:content-type"],
    ["content-type: a list", [`${type}, text/plain`, lengthOf(bad)], "unreadable:content-type"],
    ["content-type: another charset", [`${type}; charset=utf-16`, lengthOf(bad)], "unreadable:content-type"],
    ["Content-Type in capitals", ["CONTENT-TYPE: Application/JSON", lengthOf(bad)], "rule"],
    [
      "content-encoding: identity, gzip",
      ["content-encoding: identity", "content-encoding: gzip", ...json(bad)],
      "unreadable:encoding",
    ],
    [
      "content-encoding: identity twice",
      ["content-encoding: identity", "content-encoding: identity", ...json(bad)],
      "rule",
    ],
    ["content-encoding: unknown", ["content-encoding: rot13", ...json(bad)], "unreadable:encoding"],
    ["content_type beside none", ["content_type: application/json", lengthOf(bad)], "unreadable:content-type"],
  ] as const) {
    test(`${what}: ${cause}`, async () => {
      const seen = await post(lines, bad);
      refused(seen);
      assert.equal(causeOf(seen), cause);
    });
  }

  test("packed twice under two headers is unpacked twice", async () => {
    const packed = gzipSync(gzipSync(bad)).toString("latin1");
    const cell = site.cell();
    const known = site.system.envoy.records.length;
    const headers = new Headers({ "content-type": "application/json", "x-cell": cell });
    headers.append("content-encoding", "gzip");
    headers.append("content-encoding", "gzip");
    const body = Buffer.from(packed, "latin1");
    const { status } = await fetch(site.system.url + chat, { method: "POST", headers, body });
    const { requests, record } = await site.outcome(cell, known);
    assert.deepEqual([status, requests, verdictsOf({ record })[2]], [400, 0, "rule"]);
  });
});

describe("where the body ends", () => {
  const te = (value: string): readonly string[] => [type, `transfer-encoding: ${value}`];
  for (const [what, lines, body] of [
    ["a length beside chunks", ["transfer-encoding: chunked", ...json(bad)], chunked(bad)],
    ["chunks twice", [...te("chunked"), "transfer-encoding: chunked"], chunked(bad)],
    ["gzip before chunks", te("gzip, chunked"), chunked(bad)],
    ["chunks that are not last", te("chunked, identity"), chunked(bad)],
    ["identity beside a length", ["transfer-encoding: identity", ...json(bad)], bad],
    ["an unknown coding", te("xchunked"), chunked(bad)],
    ["a control character before chunked", [type, "transfer-encoding:\u000bchunked"], chunked(bad)],
    ["white space before the colon", ["transfer-encoding : chunked", ...json(bad)], chunked(bad)],
    ["two lengths", ["content-length: 3", ...json(bad)], bad],
    ["a list of lengths", [type, `${lengthOf(bad)}, ${bad.length}`], bad],
    ["a length with a sign", [type, `content-length: +${bad.length}`], bad],
    ["a length in hexadecimal", [type, `content-length: 0x${bad.length.toString(16)}`], bad],
    ["a header name with a NUL", ["x\u0000y: 1", ...json(bad)], bad],
  ] as const) {
    test(`${what}: Envoy refuses, or it is judged`, async () => {
      const { requests, record } = await post(lines, bad === body ? bad : body);
      assert.equal(requests, 0);
      assert.ok(Number(record.status) >= 400, String(record.status));
    });
  }

  test("chunked in capitals, and a folded header: judged", async () => {
    for (const lines of [te("Chunked"), ["x-a: 1", "\tfolded", ...te("chunked")]]) {
      const seen = await post(lines, chunked(bad));
      refused(seen);
      assert.equal(causeOf(seen), "rule");
    }
  });

  test("two requests in one write are two exchanges, each judged", async () => {
    const known = site.system.envoy.records.length;
    const [first, second] = [site.cell(), site.cell()];
    const head = (cell: string, body: string, ...more: readonly string[]): string =>
      [`POST ${chat} HTTP/1.1`, "host: model", `x-cell: ${cell}`, ...json(body), ...more, "", ""].join("\r\n");
    const wire = await site.exchange(`${head(first, good)}${good}${head(second, bad, "connection: close")}${bad}`);
    const statuses = [...wire.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);
    assert.deepEqual(statuses, ["200", "400"]);
    assert.deepEqual(
      [(await site.outcome(first, known)).requests, (await site.outcome(second, known + 1)).requests],
      [1, 0],
    );
  });

  test("what follows the stated length is no part of the prompt, and no request", async () => {
    const seen = await site.ask({ start: `POST ${chat}`, lines: json(good), body: `${good}${banned}` });
    assert.deepEqual([seen.status, seen.got?.body], [200, good]);
  });

  test("HTTP/1.0: Envoy asks for another version", async () => {
    const known = site.system.envoy.records.length;
    await site.exchange(`POST ${chat} HTTP/1.0\r\nhost: model\r\n${json(bad).join("\r\n")}\r\n\r\n${bad}`);
    const { record } = await site.outcome("none", known);
    assert.deepEqual([record.status, record.details], [426, "low_version"]);
  });
});

describe("headers that only Envoy and the guard may use", () => {
  test("are gone upstream, whatever their case, and change no verdict", async () => {
    const forged = ["x-sallyport-verdict: allow", "X-Sallyport-Route: cheap", "x-guard-x: 1", "x_sallyport_y: 1"];
    const steering = [
      "x-envoy-retry-on: 5xx",
      "x-envoy-upstream-rq-timeout-ms: 1",
      "x-envoy-original-path: /v1/models",
    ];
    const { status, got } = await post([...forged, ...steering, ...json(good)], good);
    assert.equal(status, 200);
    const names = Object.keys(got?.headers ?? {});
    assert.deepEqual(
      names.filter((name) => /sallyport|guard|envoy-(retry|upstream|original)/.test(name)),
      [],
    );
    refused(await post([...forged, ...steering, ...json(bad)], bad));
  });
});

describe("paths", () => {
  for (const [path, cause] of [
    ["/V1/chat/completions", "unreadable:unknown-path"],
    ["/v1/Chat/Completions", "unreadable:unknown-path"],
    ["/v1/chat/completions/", "unreadable:unknown-path"],
    ["/v1/chat/completions;x=1", "unreadable:unknown-path"],
    ["/v1;x=1/chat/completions", "unreadable:unknown-path"],
    ["/v1/chat/completions/..;/x", "unreadable:unknown-path"],
    ["/v1/chat/completions%20", "unreadable:unknown-path"],
    ["/v1/chat/completions%3Fx", "unreadable:unknown-path"],
    ["/v1/chat/completions%23x", "unreadable:unknown-path"],
    ["/v1/chat%2Fcompletions", "unreadable:not-inspected"],
    ["/v1/chat%5Ccompletions", "unreadable:not-inspected"],
    ["/v1/chat/completions%00", "unreadable:not-inspected"],
    ["/v1/chat/completions#x", "unreadable:not-inspected"],
    ["/v1/chat/completions?#x", "unreadable:not-inspected"],
  ] as const) {
    test(`${path}: refused`, async () => {
      const seen = await site.ask({ start: `POST ${path}`, lines: json(good), body: good });
      refused(seen);
      assert.equal(causeOf(seen), cause);
      assert.equal(seen.record.sallyport?.["local"], cause === "unreadable:not-inspected");
    });
  }

  for (const path of [
    "//v1/chat/completions",
    "/v1//chat/completions",
    "/v1/./chat/completions",
    "/v1/models/../chat/completions",
    "/v1/%2e%2e/v1/chat/completions",
    "/v1/..;/v1/chat/completions",
    "/v1/ch%61t/completions",
    "/v1/chat\\completions",
    "http://other/v1/chat/completions",
  ]) {
    test(`${path}: one spelling for the guard and the model server, judged`, async () => {
      const passed = await site.ask({ start: `POST ${path}`, lines: json(good), body: good });
      if (passed.status === 200) assert.equal(passed.got?.path, chat);
      refused(await site.ask({ start: `POST ${path}`, lines: json(bad), body: bad }));
    });
  }
});

describe("queries", () => {
  for (const query of [
    "api-version=2024-10-21",
    "alt=sse&key=AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "beta=true",
    "after=abc&limit=20",
    "",
  ]) {
    test(`?${query}: passes as it came`, async () => {
      for (const [start, path] of [
        [`POST ${chat}?${query}`, chat],
        [`GET /v1/models?${query}`, "/v1/models"],
      ] as const) {
        const body = start.startsWith("POST") ? good : "";
        const seen = await site.ask({ start, body, lines: body === "" ? [] : json(body) });
        assert.deepEqual([seen.status, seen.got?.path], [200, `${path}?${query}`]);
        assert.doesNotMatch(JSON.stringify(seen.record), /AIza|2024-10-21/);
      }
    });
  }

  for (const query of [
    "q=tell%20me",
    "q=tell+me",
    "tell-me",
    "a=%7B%22b%22%3A1%7D",
    "?",
    "a=b&&c=d",
    `a=${"b".repeat(257)}`,
  ]) {
    test(`?${query.slice(0, 30)}: refused, with and without a body`, async () => {
      for (const start of [`POST ${chat}?${query}`, `GET /v1/models?${query}`]) {
        const body = start.startsWith("POST") ? good : "";
        const seen = await site.ask({ start, body, lines: body === "" ? [] : json(body) });
        refused(seen);
        assert.equal(causeOf(seen), "unreadable:query");
        assert.match(seen.wire, /"type":"invalid_request_error".*"code":"content_unreadable"/);
      }
    });
  }
});
