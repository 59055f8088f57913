// Which OpenVINO is taken, and that nothing unverified ever is. Python is stood in for by small shell scripts.

import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { openVinoAtHand, openVinoFolder, openVinoVariable, openVinoVersion } from "./openvino.mjs";

function sandbox(t, python) {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-openvino-"));
  t.after(() => rmSync(directory, { recursive: true }));
  if (python !== undefined) {
    writeFileSync(join(directory, "python3"), `#!/bin/sh\n${python}\n`);
    chmodSync(join(directory, "python3"), 0o755);
  }
  return { directory, env: { PATH: directory, SALLYPORT_CACHE: join(directory, "cache") } };
}

function libraries(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "libopenvino_c.so.2641"), "");
  return folder;
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

test("OPENVINO_LIBS comes first, then the cache", async (t) => {
  const { directory, env } = sandbox(t);
  const name = `openvino-${openVinoVersion}-${process.platform}-${process.arch}`;
  const cached = libraries(join(env.SALLYPORT_CACHE, name));
  assert.equal(await openVinoFolder(env, say), cached);
  const mine = libraries(join(directory, "mine"));
  assert.equal(await openVinoFolder({ ...env, OPENVINO_LIBS: mine }, say), mine);
});

test("an OPENVINO_LIBS without the library is an error, not a fallback", async (t) => {
  const { directory, env } = sandbox(t);
  const named = { ...env, OPENVINO_LIBS: directory };
  assert.equal(openVinoAtHand(named), undefined);
  await assert.rejects(openVinoFolder(named, say), /OPENVINO_LIBS names/);
});

test("without any, the message names the two ways", async (t) => {
  const { env } = sandbox(t);
  await withPath(env.PATH, async () => {
    await assert.rejects(openVinoFolder(env, say), ({ message }) => {
      for (const way of ["OPENVINO_LIBS", "PyPI", "python3 is not on PATH"]) assert.ok(message.includes(way), way);
      return true;
    });
  });
});

test("a program goes without it, and its user is told", async (t) => {
  const { env } = sandbox(t, "echo seeded failure >&2; exit 1");
  const told = [];
  const variable = await withPath(env.PATH, () => openVinoVariable("So it goes.", env, (text) => told.push(text)));
  assert.deepEqual(variable, {});
  assert.match(told.join("\n"), /seeded failure[^]*So it goes\./);
});

test("a wheel with another digest is refused and leaves nothing behind", async (t) => {
  const writeWheel = 'for last; do where="$to"; to="$last"; done; echo seeded > "$where/a.whl"';
  const { env } = sandbox(t, writeWheel);
  await withPath(env.PATH, () => assert.rejects(openVinoFolder(env, say), /SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/));
  assert.ok(existsSync(env.SALLYPORT_CACHE));
  assert.deepEqual(readdirSync(env.SALLYPORT_CACHE), []);
});
