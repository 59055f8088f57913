import assert from "node:assert/strict";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Child } from "../../test/helpers/child.ts";
import { sallyport } from "../../test/helpers/sallyport.ts";
import { openTempDir, type TempDir } from "../../test/helpers/temp-dir.ts";
import { defaultPolicySource } from "../policy/default-policy.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const SERVING = /^sallyport: serving on (\S+), admin (\S+), policy (\S+)$/;

/** Starts `serve`, and gives what it says of itself once it takes exchanges. */
async function open(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("SALLYPORT_"));
  const child = new Child(process.execPath, [main, "serve", ...args], { env: { ...Object.fromEntries(own), ...env } });
  const [, address = "", admin = "", policy = ""] = await child.line(SERVING);
  return {
    address,
    admin,
    policy,
    stop: () => child.stop(),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

const page = async (url: string): Promise<readonly [number, string]> => {
  const reply = await fetch(url);
  return [reply.status, await reply.text()];
};

async function openFolder(): Promise<TempDir> {
  const dir = await openTempDir();
  await writeFile(dir.join("policy.yaml"), defaultPolicySource.replace("name: default", "name: mine"));
  await writeFile(
    dir.join("config.yaml"),
    `kind: Config\nversion: 1\nlisten: unix:${dir.join("by-file.sock")}\nadmin: 127.0.0.1:0\npolicy: policy.yaml\n`,
  );
  return dir;
}

test("flags: it serves on the socket, has its pages, and ends with 0 after SIGTERM without leaving the socket", async () => {
  await using dir = await openFolder();
  const socket = dir.join("guard/s");
  await using serving = await open(["--listen", `unix:${socket}`, "--admin", "127.0.0.1:0"]);
  assert.equal(serving.address, `unix:${socket}`);
  assert.match(serving.policy, /^default@/);
  assert.equal((await stat(socket)).mode & 0o777, 0o660);
  assert.equal((await stat(dir.join("guard"))).mode & 0o777, 0o700);
  assert.deepEqual(await page(`${serving.admin}/healthz`), [200, "ok\n"]);
  assert.deepEqual((await page(`${serving.admin}/readyz`))[0], 200);
  assert.match((await page(`${serving.admin}/metrics`))[1], /^sallyport_exchanges_in_flight 0$/m);
  assert.equal(await serving.stop(), 0);
  await assert.rejects(stat(socket), { code: "ENOENT" });
});

test("each flag has its variable, and a flag is stronger", async () => {
  await using dir = await openFolder();
  const env = {
    SALLYPORT_CONFIG: dir.join("config.yaml"),
    SALLYPORT_LISTEN: `unix:${dir.join("by-variable.sock")}`,
    SALLYPORT_ADMIN: "127.0.0.1:0",
    SALLYPORT_LOG_LEVEL: "silent",
  };
  await using byVariables = await open([], env);
  assert.equal(byVariables.address, env.SALLYPORT_LISTEN);
  assert.match(byVariables.policy, /^mine@/, "the policy that the file names, beside it");
  const flag = `unix:${dir.join("by-flag.sock")}`;
  await using byFlag = await open(["--listen", flag], { ...env, SALLYPORT_POLICY: dir.join("policy.yaml") });
  assert.equal(byFlag.address, flag);
  await using byFile = await open(["--config", dir.join("config.yaml")]);
  assert.equal(byFile.address, `unix:${dir.join("by-file.sock")}`);
});

test("what cannot be served has status 1 and says what, where and how to mend it", async (t) => {
  await using dir = await openFolder();
  await writeFile(dir.join("bad.yaml"), defaultPolicySource.replace("version: 1", "version: 2"));
  await writeFile(dir.join("bad-config.yaml"), "kind: Config\nversion: 1\nlissten: unix:/s\n");
  const redis = (keys: string): string => `kind: Config\nversion: 1\nredis: { url: redis://a, keysFile: ${keys} }\n`;
  await writeFile(dir.join("no-keys.yaml"), redis("none"));
  await writeFile(dir.join("bad-keys.yaml"), redis("short"));
  await writeFile(dir.join("short"), "a:c2hvcnQ=\n");
  const socket = `unix:${dir.join("s")}`;
  await using _ = await open(["--listen", socket, "--admin", "127.0.0.1:0"]);
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const taken = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const free = ["--listen", `unix:${dir.join("free")}`, "--admin", "127.0.0.1:0"];
  const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [["--listen", socket, "--admin", "127.0.0.1:0"], /\/s: in use by a running process; end it, or name another/],
    [["--listen", taken, "--admin", "127.0.0.1:0"], /in use; name another with --listen/],
    [["--listen", `unix:${dir.join("free")}`, "--admin", taken], /is in use; name another with --admin/],
    [["--listen", "0.0.0.0:1"], /--listen: 0\.0\.0\.0 is not loopback: write tls/],
    [["--listen", "nowhere"], /--listen: listen must be unix:PATH or HOST:PORT/],
    [[...free, "--policy", "bad.yaml"], /bad\.yaml:3:10: version 2 cannot be read here, only version 1/],
    [[...free, "--policy", "none.yaml"], /none\.yaml: cannot be read \(ENOENT\)/],
    [[...free, "--config", "bad-config.yaml"], /bad-config\.yaml:3:1: .*did you mean "listen"\?/],
    [[...free, "--config", "none.yaml"], /none\.yaml: cannot be read/],
    [[...free, "--config", "no-keys.yaml"], /none: cannot be read; it is named in redis\.keysFile/],
    [[...free, "--config", "bad-keys.yaml"], /short: line 1: the key a must be 32 to 64 bytes in base64/],
  ];
  const outcomes = await Promise.all(cases.map(([args]) => sallyport(["serve", ...args], { cwd: dir.path })));
  for (const [index, [args, message]] of cases.entries()) {
    const { code, stderr = "" } = outcomes[index] ?? {};
    assert.equal(code, 1, `${args.join(" ")}\n${stderr}`);
    assert.match(stderr, message);
    assert.match(stderr, /^sallyport serve: /);
  }
});

test("unknown flags are usage", async () => {
  await using dir = await openTempDir();
  const { code, stderr } = await sallyport(["serve", "--loud"], { cwd: dir.path });
  assert.equal(code, 2);
  assert.match(stderr, /unknown option '--loud'/);
});
