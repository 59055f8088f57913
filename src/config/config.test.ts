import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../policy/document.ts";
import { socketPathBytesMax } from "./address.ts";
import { type Config, type ConfigInput, checkConfig, readConfig } from "./config.ts";
import { limitNames, limitTable } from "./limits.ts";

const head = "kind: Config\nversion: 1\n";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string | null, more: Partial<ConfigInput> = {}) {
  const file = text === null ? null : { path: "conf/guard.yaml", bytes: bytes(text) };
  return readConfig({ file, env: {}, flags: {}, ...more });
}

function configOf(text: string | null, more: Partial<ConfigInput> = {}): Config {
  const result = read(text, more);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function told(text: string | null, more: Partial<ConfigInput> = {}): string[] {
  const result = read(text, more);
  assert.ok(!result.ok, "expected mistakes");
  return result.error.map(
    ({ where, place, message }) => `${where}${place === null ? "" : `:${place.line}:${place.column}`}: ${message}`,
  );
}

test("without anything, the defaults", () => {
  const config = configOf(null);
  assert.deepEqual(config.listen, { kind: "unix", path: "/run/sallyport/ext-proc.sock" });
  assert.deepEqual(config.admin, { kind: "tcp", host: "127.0.0.1", port: 9464 });
  assert.deepEqual([config.policyFile, config.logLevel, config.tls], [null, "info", null]);
  for (const name of limitNames) assert.equal(config.limits[name], limitTable[name].standard);
  assert.throws(() => Object.assign(config, { tls: 1 }), TypeError);
  assert.throws(() => Object.assign(config.limits, { drainMs: 1 }), TypeError);
});

test("flags beat the environment, the environment beats the file", () => {
  const text = `${head}admin: 127.0.0.1:1\nlog: { level: warn }\nlimits: { drainMs: 5 }\n`;
  const env = { SALLYPORT_ADMIN: "127.0.0.1:2", SALLYPORT_LIMITS_DRAIN_MS: "6", SALLYPORT_LOG_LEVEL: "" };
  assert.equal(configOf(text).admin.port, 1);
  assert.equal(configOf(text, { env }).admin.port, 2);
  assert.equal(configOf(text, { env, flags: { admin: "127.0.0.1:3" } }).admin.port, 3);
  assert.equal(configOf(text, { env }).limits.drainMs, 6);
  assert.equal(configOf(text, { env }).logLevel, "warn", "an empty variable says nothing");
});

test("a path in the file is beside the file, others are as they are", () => {
  assert.equal(configOf(`${head}policy: p.yaml\n`).policyFile, "conf/p.yaml");
  assert.equal(configOf(`${head}policy: /p.yaml\n`).policyFile, "/p.yaml");
  assert.equal(configOf(`${head}policy: p.yaml\n`, { flags: { policy: "q.yaml" } }).policyFile, "q.yaml");
  assert.equal(configOf(null, { env: { SALLYPORT_POLICY: "q.yaml" } }).policyFile, "q.yaml");
});

test("addresses", () => {
  const listen = (text: string) => configOf(null, { flags: { listen: text } }).listen;
  assert.deepEqual(listen("unix:a.sock"), { kind: "unix", path: "a.sock" });
  assert.deepEqual(listen("127.0.0.1:0"), { kind: "tcp", host: "127.0.0.1", port: 0 });
  assert.deepEqual(listen("[::1]:65535"), { kind: "tcp", host: "::1", port: 65_535 });
  assert.deepEqual(listen(`unix:${"x".repeat(socketPathBytesMax)}`), {
    kind: "unix",
    path: "x".repeat(socketPathBytesMax),
  });
  const wrong = [
    "",
    "unix:",
    `unix:${"x".repeat(socketPathBytesMax + 1)}`,
    "host",
    "host:",
    "host:65536",
    "::1:80",
    "[::1]",
    "a b:1",
    "host:1x",
  ];
  for (const text of wrong)
    assert.match(told(null, { flags: { listen: text } })[0] ?? "", /^--listen: listen must be /, text);
});

test("a host off loopback needs mutual TLS, wherever it is written", () => {
  const tls = "tls: { certFile: a, keyFile: b, clientCaFile: /c, clientName: envoy.local }\n";
  assert.match(
    told(`${head}listen: 10.0.0.1:9000\n`)[0] ?? "",
    /^conf\/guard.yaml:3:9: 10.0.0.1 is not loopback: write tls/,
  );
  assert.match(
    told(null, { env: { SALLYPORT_LISTEN: "0.0.0.0:9000" } })[0] ?? "",
    /^SALLYPORT_LISTEN: 0.0.0.0 is not loopback/,
  );
  assert.match(told(null, { flags: { listen: "127.evil.example:9000" } })[0] ?? "", /^--listen: .* is not loopback/);
  for (const host of ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"]) configOf(`${head}listen: "${host}:9000"\n`);
  assert.deepEqual(configOf(`${head}listen: 10.0.0.1:9000\n${tls}`).tls, {
    certFile: "conf/a",
    keyFile: "conf/b",
    clientCaFile: "/c",
    clientName: "envoy.local",
  });
  assert.match(
    told(null, { env: { SALLYPORT_TLS_CERT_FILE: "a" } })[0] ?? "",
    /^SALLYPORT_TLS_CERT_FILE: tls also needs keyFile, clientCaFile, clientName/,
  );
});

test("redis: where it is, and what is wrong with how that is written", () => {
  const at = (url: string) => configOf(`${head}redis: { url: "${url}" }\n`).redis?.place;
  assert.deepEqual(at("redis://cache"), { kind: "tcp", host: "cache", port: 6379, db: 0, tls: false });
  assert.deepEqual(at("rediss://[::1]:7000/3"), { kind: "tcp", host: "::1", port: 7000, db: 3, tls: true });
  assert.deepEqual(at("redis://[::1]/"), { kind: "tcp", host: "::1", port: 6379, db: 0, tls: false });
  assert.deepEqual(at("unix:/run/redis.sock"), { kind: "unix", path: "/run/redis.sock", db: 0 });
  for (const url of [
    "cache:6379",
    "http://cache",
    "redis://",
    "redis://cache:0",
    "redis://a/b",
    "redis://a?x=1",
    "unix:",
  ])
    assert.match(told(`${head}redis: { url: "${url}" }\n`)[0] ?? "", /^conf\/guard.yaml:3:15: url must be /, url);
  const secret = told(`${head}redis: { url: "redis://guard:hunter2@cache" }\n`).join();
  assert.match(secret, /url must be without a user and a password/);
  assert.doesNotMatch(secret, /hunter2/);
  const wrong = (redis: string) => told(`${head}redis: { url: "redis://a", ${redis} }\n`)[0] ?? "";
  assert.match(wrong("username: u"), /redis.username needs passwordFile/);
  assert.match(wrong("tls: { caFile: ca.pem }"), /redis.tls counts for rediss:\/\/ alone/);
  assert.match(wrong("timeoutMs: 1001"), /timeoutMs must be at most 1000/);
  assert.match(wrong("prefix: a b"), /prefix is not valid \(what each key begins with, 1 to 64/);
  assert.match(told(`${head}redis: { url: "rediss://a", tls: { certFile: c } }\n`)[0] ?? "", /certFile and keyFile/);
  assert.match(
    told(null, { env: { SALLYPORT_REDIS_USERNAME: "u" } })[0] ?? "",
    /^SALLYPORT_REDIS_USERNAME: redis also/,
  );
  assert.equal(configOf(null).redis, null);
  const env = { SALLYPORT_REDIS_URL: "rediss://a", SALLYPORT_REDIS_TLS_CA_FILE: "ca", SALLYPORT_REDIS_TIMEOUT_MS: "7" };
  assert.deepEqual(configOf(null, { env }).redis, {
    place: { kind: "tcp", host: "a", port: 6379, db: 0, tls: true },
    username: null,
    passwordFile: null,
    keysFile: null,
    tls: { caFile: "ca", certFile: null, keyFile: null },
    timeoutMs: 7,
    prefix: "sallyport:",
  });
});

test("each limit: below, at and above its bounds", () => {
  // The byte limits depend on one another: each is tried where the others leave room.
  const small = {
    requestBytesMax: 1024,
    replyBytesMax: 1024,
    eventBytesMax: 1024,
    heldBytesMax: limitTable.heldBytesMax.min,
  };
  const large = { heldBytesMax: limitTable.heldBytesMax.max, heldBytesTotalMax: limitTable.heldBytesTotalMax.max };
  const text = (limits: object) => `${head}limits: ${JSON.stringify(limits)}\n`;
  for (const name of limitNames) {
    const { min, max } = limitTable[name];
    assert.equal(configOf(text({ ...small, [name]: min })).limits[name], min, name);
    assert.equal(configOf(text({ ...large, [name]: max })).limits[name], max, name);
    assert.match(told(text({ ...small, [name]: min - 1 }))[0] ?? "", /must be at least/, name);
    assert.match(told(text({ ...large, [name]: max + 1 }))[0] ?? "", /must be at most/, name);
    assert.match(told(text({ [name]: "10MiB" }))[0] ?? "", /must be a number, not text/, name);
    assert.match(told(text({ [name]: 1024.5 }))[0] ?? "", /must be a whole number/, name);
  }
});

test("limits from the environment are checked alike", () => {
  const lines = (value: string) => told(null, { env: { SALLYPORT_LIMITS_EXCHANGES_MAX: value } });
  for (const value of ["0", "1000001", "1e3", "0x10", "1.5", "-1", "9".repeat(400)]) {
    assert.match(
      lines(value)[0] ?? "",
      /^SALLYPORT_LIMITS_EXCHANGES_MAX: exchangesMax must be a whole number from 1 to 1000000/,
      value,
    );
  }
});

test("limits that make no sense together", () => {
  assert.match(
    told(`${head}limits: { heldBytesMax: 65536 }\n`).join("\n"),
    /guard.yaml:3:25: heldBytesMax \(65536\) must be at least requestBytesMax/,
  );
  assert.match(
    told(null, { env: { SALLYPORT_LIMITS_HELD_BYTES_TOTAL_MAX: "1048576" } })[0] ?? "",
    /HELD_BYTES_TOTAL_MAX: heldBytesTotalMax/,
  );
});

test("all mistakes are listed, of the file, the environment and the flags", () => {
  const lines = told("kind: Config\nversion: 2\nlisen: x\nlog: { level: loud }\n", {
    env: { SALLYPORT_ADMIN: "x" },
    flags: { logLevel: "wran" },
  });
  assert.deepEqual(
    lines.map((line) => line.replace(/ \(.*/, "")),
    [
      "conf/guard.yaml:2:10: version must be 1, not 2",
      'conf/guard.yaml:3:1: unknown key "lisen"; did you mean "listen"?',
      'conf/guard.yaml:4:15: level must be one of debug, info, warn, error, silent, not "loud"',
      "SALLYPORT_ADMIN: admin must be HOST:PORT, for example 127.0.0.1:9464 or [::1]:9464",
      '--log-level: level must be one of debug, info, warn, error, silent; did you mean "warn"?',
    ],
  );
});

test("checkConfig judges the file alone, with places", () => {
  const tree = readDocument(bytes(`${head}listen: 10.0.0.1:9000\nadmin: nowhere\n`));
  assert.ok(tree.ok);
  assert.deepEqual(
    checkConfig(tree.value).map(({ line, column }) => `${line}:${column}`),
    ["3:9", "4:8"],
  );
  assert.match(told("")[0] ?? "", /the file is empty; a configuration begins with kind: Config/);
});
