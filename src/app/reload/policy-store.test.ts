import assert from "node:assert/strict";
import { EventEmitter, on } from "node:events";
import { appendFile, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { openTempDir } from "../../../test/helpers/temp-dir.ts";
import type { Policy } from "../../domain/policy.ts";
import { documentBytesMax } from "../../policy/document.ts";
import { type LookAt, lookHere } from "./look.ts";
import { openPolicyStore, type PolicyEvent, type PolicyStore } from "./policy-store.ts";

const text = (name: string, rules = ""): string =>
  `kind: Policy\nversion: 1\nname: ${name}\ndefaults: { onUnknown: closed, onUnreadable: block }\nrules: [${rules}]\n`;

/** So long that no test sees it: what is seen came from the watch, or from a look. */
const never = 3_600_000;

type Built = { readonly of: string };

/** A store and the events of its file, one after another. */
async function open(
  file: string | null,
  more: { pollMs?: number; build?: (policy: Policy) => Built; lookAt?: LookAt } = {},
) {
  const emitter = new EventEmitter();
  const events = on(emitter, "event");
  const opened = await openPolicyStore<Built>({
    file,
    build: (policy) => ({ of: policy.version }),
    onEvent: (event) => emitter.emit("event", event),
    pollMs: never,
    ...more,
  });
  assert.ok(opened.ok, JSON.stringify(opened));
  const store = opened.value;
  const next = async (): Promise<PolicyEvent<Built>> => ((await events.next()).value as [PolicyEvent<Built>])[0];
  return { store, next, [Symbol.dispose]: () => store.close() };
}

const nameOf = (store: PolicyStore<Built>): string => store.current().policy.version.split("@")[0] ?? "";

test("a plain write swaps policy and build together; what was taken stays", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("p.yaml"), text("one"));
  using opened = await open(dir.join("p.yaml"));
  const { store, next } = opened;
  const pinned = store.current();
  await writeFile(dir.join("p.yaml"), text("two"));
  const event = await next();
  assert.deepEqual([event.kind, nameOf(store), store.stale], ["swapped", "two", false]);
  assert.equal(event.kind === "swapped" && event.before, pinned.policy.version);
  assert.equal(store.current().built.of, store.current().policy.version);
  assert.match(pinned.policy.version, /^one@/);
  assert.equal(pinned.built.of, pinned.policy.version);
});

test("a file renamed into place is seen", async () => {
  await using dir = await openTempDir();
  await writeFile(dir.join("p.yaml"), text("one"));
  using opened = await open(dir.join("p.yaml"));
  for (const name of ["two", "three"]) {
    await writeFile(dir.join(".p.yaml.new"), text(name));
    await rename(dir.join(".p.yaml.new"), dir.join("p.yaml"));
    assert.equal((await opened.next()).kind, "swapped");
    assert.equal(nameOf(opened.store), name);
  }
});

test("a mounted ConfigMap's swap of ..data is seen", async () => {
  await using dir = await openTempDir();
  const publish = async (name: string): Promise<void> => {
    await mkdir(dir.join(`..${name}`));
    await writeFile(dir.join(`..${name}/p.yaml`), text(name));
    await symlink(`..${name}`, dir.join("..data_tmp"));
    await rename(dir.join("..data_tmp"), dir.join("..data"));
  };
  await publish("one");
  await symlink("..data/p.yaml", dir.join("p.yaml"));
  using opened = await open(dir.join("p.yaml"));
  for (const name of ["two", "three"]) {
    await publish(name);
    assert.equal((await opened.next()).kind, "swapped");
    assert.equal(nameOf(opened.store), name);
  }
});

test("a bad file leaves the old policy serving, and is told once", async () => {
  await using dir = await openTempDir();
  const file = dir.join("p.yaml");
  await writeFile(file, text("one"));
  using opened = await open(file);
  const { store, next } = opened;
  await writeFile(file, text("two", "{ id: x }"));
  const bad = await next();
  assert.deepEqual([bad.kind, nameOf(store), store.stale], ["stale", "one", true]);
  assert.ok(bad.kind === "stale" && bad.problem.kind === "bad");
  assert.deepEqual(
    bad.problem.mistakes.map(({ line }) => line),
    [5, 5, 5],
  );
  await store.look();
  await store.look();
  await writeFile(file, text("three"));
  assert.deepEqual([(await next()).kind, nameOf(store), store.stale], ["swapped", "three", false]);
  await writeFile(file, "kind: Policy\n");
  assert.equal((await next()).kind, "stale");
  await writeFile(file, text("three"));
  assert.deepEqual([(await next()).kind, nameOf(store), store.stale], ["unchanged", "three", false]);
});

test("a file that goes away keeps the old policy, until it is back", async () => {
  await using dir = await openTempDir();
  const file = dir.join("p.yaml");
  await writeFile(file, text("one"));
  using opened = await open(file);
  await rm(file);
  const gone = await opened.next();
  assert.deepEqual(gone.kind === "stale" && gone.problem, { kind: "unreadable", code: "ENOENT" });
  assert.equal(nameOf(opened.store), "one");
  await writeFile(file, text("two"));
  assert.equal((await opened.next()).kind, "swapped");
});

test("the poll sees what the watch cannot: the folder itself replaced", async () => {
  await using dir = await openTempDir();
  await mkdir(dir.join("a"));
  await writeFile(dir.join("a/p.yaml"), text("one"));
  await mkdir(dir.join("b"));
  await writeFile(dir.join("b/p.yaml"), text("two"));
  await symlink("a", dir.join("current"));
  using opened = await open(dir.join("current/p.yaml"), { pollMs: 10 });
  await symlink("b", dir.join("next"));
  await rename(dir.join("next"), dir.join("current"));
  assert.equal((await opened.next()).kind, "swapped");
  assert.equal(nameOf(opened.store), "two");
  await writeFile(dir.join("b/p.yaml"), text("three"));
  assert.equal((await opened.next()).kind, "swapped");
  assert.equal(nameOf(opened.store), "three");
});

test("a policy of which nothing can be made is not taken", async () => {
  await using dir = await openTempDir();
  const file = dir.join("p.yaml");
  await writeFile(file, text("one"));
  const failure = new Error("no detector");
  const build = (policy: Policy): Built => {
    if (policy.version.startsWith("two")) throw failure;
    return { of: policy.version };
  };
  using opened = await open(file, { build });
  await writeFile(file, text("two"));
  const event = await opened.next();
  assert.deepEqual(event.kind === "stale" && event.problem, { kind: "unbuildable", error: failure });
  assert.equal(nameOf(opened.store), "one");
});

test("a look that fails leaves the old policy serving, and the next change is looked at", async () => {
  await using dir = await openTempDir();
  const file = dir.join("p.yaml");
  await writeFile(file, text("one"));
  const failure = new Error("out of memory");
  const results = [failure, null];
  const lookAt: LookAt = (path, expired) => {
    const result = results.shift();
    return result instanceof Error ? Promise.reject(result) : lookHere(path, expired);
  };
  using opened = await open(file, { lookAt });
  await writeFile(file, text("two"));
  const event = await opened.next();
  assert.deepEqual(event.kind === "stale" && event.problem, { kind: "unbuildable", error: failure });
  assert.deepEqual([nameOf(opened.store), opened.store.stale], ["one", true]);
  await opened.store.look();
  assert.equal(results.length, 1, "the same files are not looked at again");
  await writeFile(file, text("three"));
  assert.deepEqual([(await opened.next()).kind, nameOf(opened.store)], ["swapped", "three"]);
});

test("at the start a bad or missing file is an error", async () => {
  await using dir = await openTempDir();
  const start = (file: string) => openPolicyStore({ file, build: () => null, onEvent: () => undefined });
  assert.deepEqual(await start(dir.join("none.yaml")), { ok: false, error: { kind: "unreadable", code: "ENOENT" } });
  assert.deepEqual(await start(dir.path), { ok: false, error: { kind: "unreadable", code: "not-a-file" } });
  await writeFile(dir.join("bad.yaml"), "kind: Policy\n");
  const bad = await start(dir.join("bad.yaml"));
  assert.ok(!bad.ok && bad.error.kind === "bad");
  await appendFile(dir.join("large.yaml"), text("large"));
  await truncate(dir.join("large.yaml"), documentBytesMax + 1);
  const large = await start(dir.join("large.yaml"));
  assert.ok(!large.ok && large.error.kind === "bad" && /larger than/.test(large.error.mistakes[0]?.message ?? ""));
});

test("without a file the built-in policy serves, and a closed store is silent", async () => {
  using builtIn = await open(null);
  assert.equal(nameOf(builtIn.store), "default");
  await builtIn.store.look();
  await using dir = await openTempDir();
  await writeFile(dir.join("p.yaml"), text("one"));
  const { store } = await open(dir.join("p.yaml"));
  store.close();
  await writeFile(dir.join("p.yaml"), text("two"));
  await store.look();
  assert.equal(nameOf(store), "one");
});
