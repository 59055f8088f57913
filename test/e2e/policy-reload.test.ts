// The policy changes while traffic flows: whole or not at all, by rewriting the file, by replacing it, or by swapping the link of
// a mounted ConfigMap. Waiting is by what the guard says of itself, never by the clock.

import assert from "node:assert/strict";
import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openTempDir } from "../helpers/temp-dir.ts";
import { model, System, user } from "./system.ts";

const policy = (name: string, word: string): string => `kind: Policy
version: 1
name: ${name}
defaults: { onUnknown: closed, onUnreadable: block }
rules:
  - id: words
    stage: prompt
    detect: { keywords: { list: [${word}] } }
    action: { block: error }
`;

type Readiness = { readonly ready: boolean; readonly policy: string; readonly stale: boolean };

async function readiness(system: System): Promise<Readiness> {
  const reply = await fetch(`http://127.0.0.1:${system.guard.adminPort}/readyz`);
  return (await reply.json()) as Readiness;
}

/** Each look waits for an answer; the test's own limit ends a wait that is in vain. */
async function until(system: System, wanted: (now: Readiness) => boolean): Promise<Readiness> {
  for (;;) {
    const now = await readiness(system);
    if (wanted(now)) return now;
  }
}

const named =
  (name: string) =>
  (now: Readiness): boolean =>
    now.policy.startsWith(`${name}@`) && !now.stale;

async function blocks(system: System, word: string): Promise<boolean> {
  const reply = await system.post("/v1/chat/completions", { model, messages: user(`about ${word}`) });
  return reply.status === 400;
}

test("a rewritten file serves from the next request on", async () => {
  await using system = await System.open({ policy: policy("one", "alpha") });
  assert.deepEqual([await blocks(system, "alpha"), await blocks(system, "beta")], [true, false]);
  await writeFile(system.policyFile, policy("two", "beta"));
  const now = await until(system, named("two"));
  assert.deepEqual([await blocks(system, "alpha"), await blocks(system, "beta")], [false, true]);
  const versions = (await system.settled()).map(({ sallyport }) => String(sallyport?.["policy"]));
  assert.equal(versions.at(-1), now.policy);
  assert.deepEqual(
    versions.map((version) => version.split("@")[0]),
    ["one", "one", "two", "two"],
  );
});

test("a bad file leaves the old policy serving, and says so; a mended one serves", async () => {
  await using system = await System.open({ policy: policy("one", "alpha") });
  await writeFile(system.policyFile, policy("two", "beta").replace("block: error", "block: gently"));
  const now = await until(system, ({ stale }) => stale);
  assert.ok(now.ready && now.policy.startsWith("one@"));
  assert.deepEqual([await blocks(system, "alpha"), await blocks(system, "beta")], [true, false]);
  assert.match(await system.guard.metrics(), /^sallyport_policy_stale 1$/m);
  assert.match(system.guard.lastLines, /\/policy\.yaml:9:\d+: block must be one of refusal, error/);
  await writeFile(system.policyFile, policy("three", "gamma"));
  await until(system, named("three"));
  assert.equal(await blocks(system, "gamma"), true);
  assert.match(await system.guard.metrics(), /^sallyport_policy_stale 0$/m);
});

test("a file that is replaced, and the link swap of a mounted ConfigMap", async (t) => {
  await using dir = await openTempDir();
  const version = async (name: string, word: string): Promise<void> => {
    await mkdir(dir.join(name));
    await writeFile(dir.join(`${name}/policy.yaml`), policy(name, word));
    await symlink(name, dir.join("..data_tmp"));
    await rename(dir.join("..data_tmp"), dir.join("..data"));
  };
  await version("one", "alpha");
  await symlink("..data/policy.yaml", dir.join("policy.yaml"));
  await using system = await System.open({ policyFile: dir.join("policy.yaml") });
  assert.equal(await blocks(system, "alpha"), true);
  await t.test("swapped link", async () => {
    await version("two", "beta");
    await until(system, named("two"));
    assert.equal(await blocks(system, "beta"), true);
  });
  await t.test("and once more", async () => {
    await version("three", "gamma");
    await until(system, named("three"));
    assert.equal(await blocks(system, "gamma"), true);
  });
  await t.test("replaced by a plain file", async () => {
    await writeFile(dir.join("new.yaml"), policy("four", "delta"));
    await rename(dir.join("new.yaml"), dir.join("policy.yaml"));
    await until(system, named("four"));
    assert.equal(await blocks(system, "delta"), true);
  });
});

test("a stream that has begun keeps its policy", async () => {
  const begun = Promise.withResolvers<void>();
  const swapped = Promise.withResolvers<void>();
  await using system = await System.open({
    policy: policy("one", "alpha"),
    onRequest: () => {
      begun.resolve();
      return swapped.promise;
    },
  });
  const reply = system.post("/v1/chat/completions", { model, stream: true, messages: user("Hello") });
  await begun.promise;
  await writeFile(system.policyFile, policy("two", "beta"));
  await until(system, named("two"));
  swapped.resolve();
  assert.match(await (await reply).text(), /\[DONE\]/);
  const [record] = await system.settled();
  assert.match(String(record?.sallyport?.["policy"]), /^one@/);
});
