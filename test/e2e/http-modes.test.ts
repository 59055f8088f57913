// Methods, bodies and replies of every kind through the real Envoy: each is judged, or refused, or is Envoy's own answer and
// counted as that. Modes of bodies and ends of messages are crossed in test/conformance.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import {
  answer,
  banned,
  chat,
  chunked,
  email,
  HttpSite,
  json,
  replied,
  said,
  verdictsOf,
} from "../helpers/http-site.ts";
import { openHttp2 } from "../helpers/client-http2.ts";

let site: HttpSite;

before(async () => {
  site = await HttpSite.open();
});
after(() => site[Symbol.asyncDispose]());

const bad = said(banned);
const good = said("hi");
const blocked = ["block", "none", "rule", ""];
const unreadable = (why: string): readonly string[] => ["block", "none", `unreadable:${why}`, ""];
const passes = ["allow", "redact", "", ""];

describe("methods", () => {
  const rows: readonly (readonly [start: string, body: string, status: number, verdicts: readonly string[]])[] = [
    ["GET /v1/models", "", 200, passes],
    ["GET /v1/models", bad, 400, blocked],
    ["HEAD /v1/models", "", 200, ["allow", "allow", "", ""]],
    ["HEAD /v1/models", bad, 400, blocked],
    [`POST ${chat}`, bad, 400, blocked],
    // GET and HEAD of chat list what is stored; of completions they are nothing.
    ...["GET", "HEAD"].flatMap((method) =>
      ["", good, bad].map((body) => [`${method} /v1/completions`, body, 400, unreadable("unknown-path")] as const),
    ),
    ...["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"].flatMap((method) =>
      ["", good, bad].map((body) => [`${method} ${chat}`, body, 400, unreadable("unknown-path")] as const),
    ),
    [`QUERY ${chat}`, bad, 400, unreadable("unknown-path")],
    [`QUERY ${chat}`, "", 400, ["none", "not-inspected", "unreadable:not-inspected", "Envoy's"]],
    ["DELETE /v1/models/m", "", 400, unreadable("unknown-path")],
    ["POST /v1/models", good, 400, unreadable("unknown-path")],
  ];
  for (const [start, body, status, verdicts] of rows) {
    const what = body === "" ? "without a body" : body === bad ? "with a banned word" : "with a body";
    test(`${start} ${what}: ${status} ${verdicts[2]}`, async () => {
      const seen = await site.ask({ start, body, lines: body === "" ? [] : json(body) });
      assert.deepEqual([seen.status, verdictsOf(seen)], [status, verdicts]);
      assert.equal(seen.requests, status === 200 ? 1 : 0);
    });
  }

  for (const method of ["BREW", "post", "Post", "PRI"]) {
    test(`${method}: no method to Envoy, which closes`, async () => {
      const seen = await site.ask({ start: `${method} ${chat}`, body: bad, lines: json(bad) });
      assert.deepEqual([seen.record.status, seen.record.details, seen.requests], [400, "http1.codec_error", 0]);
    });
  }

  test("OPTIONS *: Envoy's 404", async () => {
    const seen = await site.ask({ start: "OPTIONS *" });
    assert.deepEqual([seen.status, seen.record.details, seen.requests], [404, "absolute_path_rejected", 0]);
  });

  test("POST without a body: nothing to judge, and no body upstream", async () => {
    for (const lines of [[], ["content-length: 0"], ["content-type: text/plain", "content-length: 0"]]) {
      const seen = await site.ask({ start: `POST ${chat}`, lines });
      assert.deepEqual([seen.status, verdictsOf(seen), seen.got?.body], [200, passes, ""]);
    }
    const lines = ["content-type: application/json", "transfer-encoding: chunked"];
    const empty = await site.ask({ start: `POST ${chat}`, lines, body: "0\r\n\r\n" });
    assert.deepEqual([empty.status, empty.got?.body], [200, ""]);
  });

  test("a body of another type on a GET to a known path is refused", async () => {
    const seen = await site.ask({
      start: "GET /v1/models",
      body: bad,
      lines: ["content-length: 69", "content-type: a/b"],
    });
    assert.deepEqual([seen.status, verdictsOf(seen), seen.requests], [400, unreadable("content-type"), 0]);
  });

  test("x-http-method-override changes nothing of what is judged", async () => {
    const lines = ["x-http-method-override: GET", "x-method-override: GET", ...json(bad)];
    const seen = await site.ask({ start: `POST ${chat}`, body: bad, lines });
    assert.deepEqual([seen.status, verdictsOf(seen), seen.requests], [400, blocked, 0]);
  });
});

describe("100-continue", () => {
  const long = "long ".repeat(40_000);
  test("Envoy asks for a long body, which is judged to its end", async () => {
    for (const [text, status] of [
      [`${long}${banned}`, 400],
      [`${long}.`, 200],
    ] as const) {
      const body = said(text);
      const seen = await site.ask({ start: `POST ${chat}`, body, lines: ["expect: 100-continue", ...json(body)] });
      assert.match(seen.wire, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP/);
      assert.equal(seen.status, status);
      if (status === 200) assert.ok(seen.got?.body === body, "byte for byte");
      else assert.equal(seen.requests, 0);
    }
  });
});

describe("replies", () => {
  const text = `Write to ${email}`;
  const type = (name: string) => ({ "content-type": name });
  const ask = (script: ReturnType<typeof answer>, start = `POST ${chat}`) =>
    site.ask({ start, script, ...(start.startsWith("POST") ? { body: good, lines: json(good) } : {}) });

  for (const status of [204, 304]) {
    test(`${status}: no body, passes`, async () => {
      const seen = await ask(answer(status, { etag: '"x"' }));
      assert.deepEqual([seen.status, verdictsOf(seen)], [status, ["allow", "allow", "", ""]]);
      assert.match(seen.wire, /etag: "x"/);
    });
  }

  test("HEAD's reply: a head alone", async () => {
    const seen = await ask(answer(200, { ...type("application/json"), "content-length": "500" }), "HEAD /v1/models");
    assert.deepEqual([seen.status, verdictsOf(seen)], [200, ["allow", "allow", "", ""]]);
    assert.ok(seen.wire.endsWith("\r\n\r\n"));
  });

  test("content-length 0, and no content-type: passes", async () => {
    const seen = await ask(answer(200, { "content-length": "0" }));
    assert.deepEqual([seen.status, verdictsOf(seen)], [200, ["allow", "allow", "", ""]]);
  });

  for (const [what, headers] of [
    ["no content-type", {}],
    ["bytes", type("application/octet-stream")],
    ["several ranges", type("multipart/byteranges; boundary=b")],
  ] as const) {
    test(`${what}: refused`, async () => {
      const seen = await ask(answer(200, headers, text));
      assert.deepEqual([seen.status, verdictsOf(seen)], [502, ["allow", "block", "unreadable:content-type", ""]]);
      assert.doesNotMatch(seen.wire, /dora/);
    });
  }

  for (const name of ["application/json", "text/plain", "text/event-stream"]) {
    test(`206, a part of ${name}: refused, nobody can judge the whole`, async () => {
      const seen = await ask(answer(206, { ...type(name), "content-range": "bytes 0-9/90" }, "Write to dora.mei"));
      assert.deepEqual([seen.status, verdictsOf(seen)], [502, ["allow", "block", "unreadable:truncated", ""]]);
      assert.doesNotMatch(seen.wire, /dora/);
    });
  }

  test("a client's range does not reach the model server", async () => {
    const lines = ["range: bytes=0-9", "if-range: x", ...json(good)];
    const { got } = await site.ask({ start: `POST ${chat}`, body: good, lines });
    assert.deepEqual([got?.headers["range"], got?.headers["if-range"]], [undefined, undefined]);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`a redirect (${status}) goes to the client, its body judged`, async () => {
      const seen = await ask(answer(status, { ...type("text/html"), location: "/v1/other" }, `<a>${email}</a>`));
      assert.deepEqual([seen.status, verdictsOf(seen), seen.requests], [status, passes, 1]);
      assert.match(seen.wire, /location: \/v1\/other[^]*<a>\[EMAIL\]<\/a>/);
    });
  }

  test("trailers follow the judged body", async () => {
    const seen = await ask(answer(200, type("application/json"), replied(text), { "x-checksum": "1" }));
    assert.deepEqual([seen.status, verdictsOf(seen)], [200, passes]);
    assert.match(seen.wire, /\[EMAIL\][^]*\r\n0\r\nx-checksum: 1\r\n\r\n$/);
  });
});

describe("content codings: one judged, edited exchange each", () => {
  for (const [coding, pack] of [
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ] as const) {
    for (const form of ["JSON", "SSE"] as const) {
      test(`${coding}, ${form}`, async () => {
        const headers = { "content-encoding": coding };
        const delta = `{"id":"c","choices":[{"index":0,"delta":{"content":"Write to ${email}."}}]}`;
        const body = form === "JSON" ? replied(`Write to ${email}.`) : `data: ${delta}\n\ndata: [DONE]\n\n`;
        const cell = site.cell(async (exchange) => {
          await exchange.body.ended;
          const type = form === "JSON" ? "application/json" : "text/event-stream";
          exchange.respond(200, { "content-type": type, ...headers });
          exchange.write(pack(body));
          exchange.end();
        });
        const known = site.system.envoy.records.length;
        const packed = pack(said(`my key is AK${"IA"}IOSF${"ODNN7EXAMPLE"}`));
        const post = (bytes: Buffer) =>
          fetch(site.system.url + chat, {
            method: "POST",
            headers: { "content-type": "application/json", "x-cell": cell, ...headers },
            body: new Uint8Array(bytes),
          });
        const reply = await post(packed);
        assert.match(await unpacked(reply), /Write to \[EMAIL\]\./);
        const seen = await site.outcome(cell, known);
        assert.deepEqual(verdictsOf(seen), ["redact", "redact", "", ""]);
        assert.equal(seen.got?.headers["content-encoding"], coding);
        const later = site.system.envoy.records.length;
        const { status } = await post(pack(bad));
        assert.deepEqual([status, (await site.outcome(cell, later)).requests], [400, 1]);
      });
    }
  }

  /** This runtime's own client unpacks gzip and br; zstd where it knows it. */
  async function unpacked(reply: Response): Promise<string> {
    const bytes = Buffer.from(await reply.arrayBuffer());
    const isZstd = bytes.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
    return (isZstd ? (await import("node:zlib")).zstdDecompressSync(bytes) : bytes).toString();
  }
});

test("onUnreadable: pass: what nobody reads goes on, and the record says so; what can be read is judged", async () => {
  const defaults = { onUnknown: "closed", onUnreadable: "pass" };
  const words = { id: "words", stage: "prompt", detect: { keywords: { list: [banned] } }, action: { block: "error" } };
  const policy = JSON.stringify({ kind: "Policy", version: 1, defaults, rules: [words] });
  await using open = await HttpSite.open({ policy });
  for (const [start, body, cause] of [
    [`OPTIONS ${chat}`, "", "unknown-path"],
    [`PUT ${chat}`, bad, "unknown-path"],
    ["DELETE /v1/models/m", "", "unknown-path"],
    [`POST ${chat}?q=tell%20me`, good, "query"],
    ["GET /v1/models?q=tell%20me", "", "query"],
  ] as const) {
    const seen = await open.ask({ start, body, lines: body === "" ? [] : json(body) });
    assert.deepEqual(
      [seen.status, verdictsOf(seen)],
      [200, ["not-inspected", "allow", `unreadable:${cause}`, ""]],
      start,
    );
    assert.equal(seen.got?.body, body);
  }
  const query = await open.ask({ start: `POST ${chat}?q=tell%20me`, body: bad, lines: json(bad) });
  assert.deepEqual([query.status, verdictsOf(query)[2], query.requests], [400, "rule", 0]);
  const part = answer(206, { "content-type": "application/json" }, replied("hi"));
  const range = await open.ask({ start: `POST ${chat}`, body: good, lines: json(good), script: part });
  assert.deepEqual([range.status, verdictsOf(range)], [206, ["allow", "not-inspected", "unreadable:truncated", ""]]);
});

test("chunks and their extensions: the body alone is judged, and goes on without them", async () => {
  const lines = ["content-type: application/json", "transfer-encoding: chunked"];
  const body = chunked(good).replace("\r\n", `;note=${banned}\r\n`);
  const seen = await site.ask({ start: `POST ${chat}`, lines, body });
  assert.deepEqual([seen.status, seen.got?.body, seen.got?.headers["content-length"]], [200, good, `${good.length}`]);
});

test("HTTP/2: methods without a body and with one are judged as in HTTP/1.1", async () => {
  for (const [method, path, body, status] of [
    ["GET", "/v1/models", "", 200],
    ["GET", "/v1/models", bad, 400],
    ["HEAD", "/v1/models", "", 200],
    ["BREW", chat, bad, 400],
    ["POST", chat, "", 200],
  ] as const) {
    const cell = site.cell();
    const known = site.system.envoy.records.length;
    const headers = { "x-cell": cell, ...(body === "" ? {} : { "content-type": "application/json" }) };
    using exchange = openHttp2(site.port, { method, path, headers, ends: body === "" ? "head" : "last-piece" });
    exchange.end(Buffer.from(body), {});
    const { requests } = await site.outcome(cell, known);
    assert.deepEqual([(await exchange.head).status, requests], [status, status === 200 ? 1 : 0], `${method} ${path}`);
  }
});
