import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { parsePort, parseUpstream, settlePorts } from "./settings.ts";

test("ports", () => {
  for (const good of ["0", "1", "65535"]) assert.deepEqual(parsePort(good), { ok: true, value: Number(good) });
  for (const bad of ["", "65536", "-1", "1.5", "0x10", "a"]) assert.equal(parsePort(bad).ok, false, bad);
});

test("the address of a model server", () => {
  const cases = [
    ["http://127.0.0.1:8080", { host: "127.0.0.1", port: 8080, tls: false, url: "http://127.0.0.1:8080" }],
    [
      "http://models.example.com/v1/",
      { host: "models.example.com", port: 80, tls: false, url: "http://models.example.com" },
    ],
    ["https://api.example.com/v1", { host: "api.example.com", port: 443, tls: true, url: "https://api.example.com" }],
    ["https://[::1]:8443", { host: "::1", port: 8443, tls: true, url: "https://[::1]:8443" }],
  ] as const;
  for (const [value, wanted] of cases) assert.deepEqual(parseUpstream(value), { ok: true, value: wanted });
  for (const bad of ["", "api.example.com", "ftp://a", "https://a/openai/v1", "https://a/?b", "https://me:pw@a/"]) {
    assert.equal(parseUpstream(bad).ok, false, bad);
  }
});

const base = {
  envoy: "envoy",
  proxyPort: 0,
  envoyAdminPort: 0,
  admin: { kind: "tcp" as const, host: "127.0.0.1", port: 0 },
  policyFile: "policy.yaml",
  upstream: null,
};

test("a port in use names the flag", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const taken = await settlePorts({ ...base, admin: { kind: "tcp" as const, host: "127.0.0.1", port } });
  assert.deepEqual(taken, {
    ok: false,
    error: `port ${port} is in use; choose another with --admin (SALLYPORT_ADMIN)`,
  });
  server.close();
});

test("0 finds free ports, none twice; others stay", async () => {
  const first = await settlePorts(base);
  assert.ok(first.ok);
  const { proxyPort, envoyAdminPort, admin } = first.value;
  assert.equal(new Set([0, proxyPort, envoyAdminPort, admin.port]).size, 4);
  const again = await settlePorts(first.value);
  assert.deepEqual(again, first);
});

test("one port cannot serve twice", async () => {
  const settled = await settlePorts({ ...base, proxyPort: 10_000, envoyAdminPort: 10_000 });
  assert.deepEqual(settled, { ok: false, error: "the ports must differ: --proxy-port, --envoy-admin-port, --admin" });
});
