import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openAuthority } from "../../../test/helpers/certificates.ts";
import { skipUnless } from "../../../test/helpers/require.ts";
import { createPost, type Outcome } from "./post.ts";

const collector = {
  urls: { traces: null, metrics: null, logs: null },
  headers: { "x-own": "1" },
  ca: null,
  cert: null,
  key: null,
  timeoutMs: 30_000,
  gzip: false,
} as const;

async function ask(listener: RequestListener, timeoutMs: number = collector.timeoutMs): Promise<Outcome> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  using post = createPost(`http://127.0.0.1:${port}/v1/traces`, { ...collector, timeoutMs });
  try {
    return await post(new Uint8Array([1, 2]), new AbortController().signal);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("the outcome is by the status alone", async () => {
  const cases: readonly (readonly [number, Record<string, string>, Outcome])[] = [
    [200, {}, { kind: "took", answer: Buffer.from("said") }],
    [202, {}, { kind: "took", answer: Buffer.from("said") }],
    [302, { location: "http://127.0.0.1:1/" }, { kind: "refused", why: "HTTP 302" }],
    [400, {}, { kind: "refused", why: "HTTP 400" }],
    [401, {}, { kind: "refused", why: "HTTP 401" }],
    [429, { "retry-after": "7" }, { kind: "failed", reason: "unavailable", why: "HTTP 429", afterMs: 7000 }],
    [503, { "retry-after": "9999" }, { kind: "failed", reason: "unavailable", why: "HTTP 503", afterMs: 60_000 }],
    [503, { "retry-after": "Fri, 31 Dec" }, { kind: "failed", reason: "unavailable", why: "HTTP 503", afterMs: 0 }],
    [500, {}, { kind: "refused", why: "HTTP 500" }],
  ];
  for (const [status, headers, outcome] of cases)
    assert.deepEqual(await ask((_, response) => response.writeHead(status, headers).end("said")), outcome);
});

test("what it sends", async () => {
  let seen: unknown;
  await ask((request, response) => {
    const { method, url, headers } = request;
    seen = [method, url, headers["content-type"], headers["content-length"], headers["x-own"]];
    response.end();
  });
  assert.deepEqual(seen, ["POST", "/v1/traces", "application/x-protobuf", "2", "1"]);
});

const late: Outcome = { kind: "failed", reason: "timeout", why: "timeout", afterMs: 0 };

test("a collector that says nothing, or never comes to the end of it, is late", async () => {
  assert.deepEqual(await ask(() => undefined, 50), late);
  const dripping: RequestListener = (_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("."), 5);
    response.on("close", () => clearInterval(timer));
  };
  assert.deepEqual(await ask(dripping, 100), late);
});

test("a long answer is not read to its end", async () => {
  const endless: RequestListener = (_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on("drain", more);
    more();
  };
  assert.deepEqual(await ask(endless), { kind: "took", answer: new Uint8Array() });
});

test("a collector that is not there is unreachable, with the system's code", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  using post = createPost(`http://127.0.0.1:${port}/v1/traces`, collector);
  const outcome = await post(new Uint8Array(), new AbortController().signal);
  assert.deepEqual(outcome, { kind: "failed", reason: "unreachable", why: "ECONNREFUSED", afterMs: 0 });
});

test(
  "over TLS the authority of the configuration counts, and it shows a certificate of ours",
  skipUnless("openssl"),
  async () => {
    await using authority = await openAuthority("collector's authority");
    await using other = await openAuthority("another");
    const { certificate, key } = await authority.issue({ commonName: "collector", san: ["IP:127.0.0.1"] });
    const own = await authority.issue({ commonName: "sallyport", usage: "clientAuth" });
    const server = createTlsServer(
      { cert: certificate, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true },
      (_, response) => void response.end("said"),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
    const send = async (tls: { readonly ca: string; readonly cert: string | null; readonly key: string | null }) => {
      using post = createPost(url, { ...collector, ...tls });
      return await post(new Uint8Array([1]), new AbortController().signal);
    };
    const ours = { cert: own.certificate.toString(), key: own.key.toString() };
    const ca = authority.certificate.toString();
    try {
      assert.deepEqual(await send({ ca, ...ours }), { kind: "took", answer: Buffer.from("said") });
      for (const tls of [
        { ca: other.certificate.toString(), ...ours },
        { ca, cert: null, key: null },
      ])
        assert.equal((await send(tls)).kind, "failed");
    } finally {
      server.close();
      server.closeAllConnections();
    }
  },
);
