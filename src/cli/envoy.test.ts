import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { Child } from "../../test/helpers/child.ts";
import { openTempDir } from "../../test/helpers/temp-dir.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const gateway = new URL("../../envoy/gateway.yaml", import.meta.url);

/** `sallyport envoy`, without the addresses that this machine's environment may name. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const {
    UPSTREAM_URL: _,
    SALLYPORT_LISTEN: __,
    SALLYPORT_PROXY_PORT: ___,
    SALLYPORT_ENVOY_ADMIN_PORT: ____,
    ...rest
  } = process.env;
  const stdout: string[] = [];
  const child = new Child(process.execPath, [main, "envoy", ...args], {
    env: { ...rest, ...env },
    onStdout: (line) => stdout.push(line),
  });
  const ended = child.exited.then((code) => ({ code, stdout: stdout.join("\n"), all: child.lastLines }));
  return { child, ended };
}

/** Values of all keys of that name, wherever they stand. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === key ? [member, ...valuesOf(member, key)] : valuesOf(member, key),
  );
}

test("print gives the file as it is", async () => {
  for (const name of ["gateway", "gateway.yaml"]) {
    const { code, stdout } = await start(["print", name]).ended;
    assert.deepEqual([code, stdout], [0, (await readFile(gateway, "utf8")).trimEnd()]);
  }
});

test("print with options puts the addresses in", async () => {
  const args = [
    "print",
    "gateway",
    "--proxy-port",
    "1",
    "--listen",
    "127.0.0.1:3",
    "--upstream",
    "https://models.example:4443/v1",
  ];
  const { code, stdout } = await start([...args, "--upstream-ca", "/ca.pem"], { SALLYPORT_ENVOY_ADMIN_PORT: "2" })
    .ended;
  assert.equal(code, 0);
  const rendered: unknown = parse(stdout);
  const addresses = valuesOf(rendered, "socket_address") as { address: string; port_value: number }[];
  assert.deepEqual(addresses.map(({ address, port_value }) => `${address}:${port_value}`).sort(), [
    "127.0.0.1:1",
    "127.0.0.1:2",
    "127.0.0.1:3",
    "models.example:4443",
  ]);
  assert.deepEqual(valuesOf(rendered, "trusted_ca"), [{ filename: "/ca.pem" }]);
});

test("print puts in how the access log is told, and the spans", async () => {
  const args = ["print", "gateway", "--access-log", "json", "--access-log", "otel=[::1]:7", "--tracing", "collector:8"];
  const { code, stdout } = await start(args).ended;
  assert.equal(code, 0);
  const rendered: unknown = parse(stdout);
  const names = valuesOf(rendered, "access_log").flat() as { name: string }[];
  assert.deepEqual(
    names.map(({ name }) => name.split(".").at(-1)).filter((name) => name !== "stats"),
    ["stdout", "open_telemetry"],
  );
  assert.equal(valuesOf(rendered, "tracing").length, 1);
  const addresses = valuesOf(rendered, "socket_address") as { address: string; port_value: number }[];
  assert.deepEqual(addresses.map(({ address, port_value }) => `${address} ${port_value}`).slice(-2), [
    "::1 7",
    "collector 8",
  ]);
});

test("names that are not there, and parts that cannot run, are refused", async () => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["print", "gatewy"], 1, /no configuration "gatewy"; did you mean "gateway"\?; there are .*gateway/],
    [["print", "../envoy/gateway"], 1, /no configuration/],
    [["run", "access-log-text"], 1, /a part to paste, not a configuration to run/],
    [["print", "access-log-text", "--proxy-port", "1"], 1, /print it without options/],
    [["print", "gateway", "--listen", "nowhere"], 2, /unix:PATH or HOST:PORT/],
    [["print", "gateway", "--access-log", "xml"], 2, /must be json, text, grpc, otel/],
    [["print", "gateway", "--access-log", "text=a:1"], 2, /text goes to no server/],
    [["print", "gateway", "--access-log", "otel", "--access-log", "otel=a:1"], 2, /otel stands there already/],
    [["print", "gateway", "--tracing", "nowhere"], 2, /HOST:PORT/],
    [["print"], 2, /missing required argument/],
  ];
  for (const [args, status, wanted] of cases) {
    const { code, all } = await start(args).ended;
    assert.equal(code, status, all);
    assert.match(all, wanted);
  }
});

test("run starts Envoy with the addresses, passes signals on and ends with its status", async () => {
  await using dir = await openTempDir();
  const rest = ["--", "--disable-hot-restart", "--concurrency", "1", "--admin-address-path", dir.join("admin")];
  const { child, ended } = start(["run", "gateway", "--proxy-port", "0", "--envoy-admin-port", "0", ...rest]);
  await using _ = child;
  await child.line(/starting workers/);
  const admin = (await readFile(dir.join("admin"), "utf8")).trim();
  assert.match(await (await fetch(`http://${admin}/listeners`)).text(), /^proxy::127\.0\.0\.1:\d+$/m);
  child.signal("SIGTERM");
  assert.equal((await ended).code, 0);
  await assert.rejects(fetch(`http://${admin}/ready`));
});

test("an Envoy that cannot be had is told with the ways to get one", async () => {
  const { code, all } = await start(["run", "gateway"], { ENVOY_BIN: "/nowhere/envoy" }).ended;
  assert.equal(code, 1);
  assert.match(all, /ENVOY_BIN names/);
});
