import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";

const read = (otel: object | null, env: Readonly<Record<string, string>> = {}) =>
  readConfig({
    file:
      otel === null
        ? null
        : { path: "/etc/s/config.yaml", bytes: Buffer.from(JSON.stringify({ kind: "Config", version: 1, otel })) },
    env,
    flags: {},
  });

const endpoint = "http://127.0.0.1:4318";

function good(otel: object | null, env: Readonly<Record<string, string>> = {}) {
  const config = read(otel, env);
  assert.ok(config.ok, JSON.stringify(config));
  return config.value.otel;
}

function wrong(otel: object | null, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const config = read(otel, env);
  assert.ok(!config.ok);
  return config.error.map(({ where, message }) => `${where}: ${message}`);
}

test("nothing is sent unless somebody says where", () => {
  assert.equal(good(null), null);
  assert.match(wrong({ traces: true })[0] ?? "", /otel also needs endpoint/);
});

test("an endpoint alone sends spans of what Envoy samples, and nothing else", () => {
  assert.deepEqual(good({ endpoint }), {
    endpoint,
    traces: true,
    metrics: false,
    logs: false,
    sampleRatio: 0,
    trustRequestTraceparent: true,
    serviceName: "sallyport",
    resource: {},
    headersFile: null,
    tls: { caFile: null, certFile: null, keyFile: null },
    timeoutMs: 5000,
    metricsIntervalMs: 30_000,
    compression: "none",
  });
});

test("files are beside the configuration, and slashes at the end do not count", () => {
  const settings = good({
    endpoint: "https://otel.example:4318/otlp//",
    headersFile: "headers",
    tls: { caFile: "ca.pem" },
    metrics: true,
    sampleRatio: 0.25,
  });
  assert.equal(settings?.endpoint, "https://otel.example:4318/otlp");
  assert.deepEqual([settings?.headersFile, settings?.tls.caFile], ["/etc/s/headers", "/etc/s/ca.pem"]);
  assert.deepEqual([settings?.metrics, settings?.sampleRatio], [true, 0.25]);
});

test("OpenTelemetry's own variables count, weaker than the file, and SALLYPORT_OTEL_* stronger", () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/",
    OTEL_SERVICE_NAME: "edge",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=pro%20d,k8s.pod.name=p-1",
  };
  const alone = good(null, env);
  assert.deepEqual([alone?.endpoint, alone?.serviceName], ["http://collector:4318", "edge"]);
  assert.deepEqual(alone?.resource, { "deployment.environment.name": "pro d", "k8s.pod.name": "p-1" });
  const both = good({ endpoint, serviceName: "own" }, env);
  assert.deepEqual([both?.endpoint, both?.serviceName], [endpoint, "own"]);
  const strong = { SALLYPORT_OTEL_ENDPOINT: "http://127.0.0.1:1", SALLYPORT_OTEL_LOGS: "true" };
  const strongest = good({ endpoint }, { ...env, ...strong });
  assert.deepEqual([strongest?.endpoint, strongest?.logs], ["http://127.0.0.1:1", true]);
  assert.equal(good(null, { OTEL_EXPORTER_OTLP_ENDPOINT: "" }), null);
});

test("an endpoint that is none is not repeated: there may be a password in it", () => {
  const cases = ["127.0.0.1:4318", "ftp://h:1", "http://u:secret@h:1", "http://h:1?secret", "http://h:1/v1/traces"];
  for (const text of cases) {
    const [message = ""] = wrong({ endpoint: text });
    assert.match(message, /endpoint must be /);
    assert.ok(!message.includes("secret"));
    assert.match(
      wrong(null, { OTEL_EXPORTER_OTLP_ENDPOINT: text })[0] ?? "",
      /^OTEL_EXPORTER_OTLP_ENDPOINT: it must be /,
    );
  }
});

test("what makes no sense together", () => {
  assert.match(wrong({ endpoint, tls: { caFile: "a" } })[0] ?? "", /https:\/\/ alone/);
  assert.match(wrong({ endpoint: "https://h", tls: { certFile: "a" } })[0] ?? "", /certFile and keyFile together/);
  assert.match(wrong({ endpoint: "http://collector:4318", headersFile: "h" })[0] ?? "", /in the clear/);
  assert.equal(good({ endpoint: "http://[::1]:4318", headersFile: "h" })?.headersFile, "/etc/s/h");
  assert.match(wrong({ endpoint }, { OTEL_RESOURCE_ATTRIBUTES: "a" })[0] ?? "", /KEY=VALUE/);
  assert.match(wrong({ endpoint, sampleRatio: 2 })[0] ?? "", /sampleRatio/);
  assert.match(wrong({ endpoint, timeoutMs: 99 })[0] ?? "", /timeoutMs/);
  assert.match(wrong({ endpoint }, { SALLYPORT_OTEL_SAMPLE_RATIO: "much" })[0] ?? "", /a number from 0 to 1/);
});
