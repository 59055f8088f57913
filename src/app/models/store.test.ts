import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { openTempDir, type TempDir } from "../../../test/helpers/temp-dir.ts";
import { fixture } from "../../../test/models/bundles/fixture.ts";
import { standardModelSettings } from "../../config/models.ts";
import { err, ok } from "../../stdx/result.ts";
import { type ActiveModels, activeName, historyMax, type Pin, readActive, writeActive } from "./active.ts";
import { changeActive, lockName } from "./change-active.ts";
import { createProbe } from "./probe.ts";
import { activated, findWanted, readStored, rolledBack, shadowed } from "./store.ts";
import { listModels } from "./list-models.ts";
import { activateModel, rollBackModel } from "./store-commands.ts";
import { readServingBundles } from "./wanted-models.ts";

const pin = (digit: string): Pin => ({ folder: `guard/${digit}`, digest: `sha256:${digit.repeat(64)}` });
const [one, two, three] = [pin("1"), pin("2"), pin("3")];
const none: ActiveModels = new Map();
const ownOnly = (folder: string) => ({ folder, shippedFolder: null });

test("what served goes into history, and comes back in turn", () => {
  const after = activated(activated(activated(none, "guard", one), "guard", two), "guard", three);
  assert.deepEqual(after.get("guard"), { active: three, candidate: null, history: [one, two] });
  assert.equal(activated(after, "guard", three), after);
  const back = rolledBack(after, "guard") ?? none;
  assert.deepEqual(back.get("guard"), { active: two, candidate: null, history: [one] });
  assert.equal(rolledBack(rolledBack(back, "guard") ?? none, "guard"), null);
  assert.equal(rolledBack(none, "guard"), null);
});

test("history has an end", () => {
  let models = none;
  for (let at = 0; at < historyMax + 5; at += 1) models = activated(models, "guard", { ...one, folder: `guard/${at}` });
  assert.equal(models.get("guard")?.history.length, historyMax);
});

test("a candidate stands beside, and stands there no more once it is active", () => {
  const beside = shadowed(activated(none, "guard", one), "guard", two);
  assert.deepEqual(beside.get("guard"), { active: one, candidate: two, history: [] });
  assert.deepEqual(activated(beside, "guard", two).get("guard"), { active: two, candidate: null, history: [one] });
  assert.deepEqual(activated(beside, "guard", three).get("guard"), { active: three, candidate: two, history: [one] });
});

test("what is written is read again, and no file is left beside it", async () => {
  await using dir = await openTempDir();
  const models = shadowed(activated(activated(none, "guard", one), "guard", two), "guard", three);
  await writeActive(dir.path, models);
  assert.deepEqual(await readActive(dir.path), { ok: true, value: models });
  assert.deepEqual(await readdir(dir.path), [activeName]);
  assert.deepEqual(await readActive(dir.join("nowhere")), { ok: true, value: new Map() });
});

describe("a bad active.json is told", () => {
  const whole = (entry: object) => JSON.stringify({ kind: "ActiveModels", version: 1, models: { guard: entry } });
  const entry = { active: one, candidate: null, history: [] };
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["no JSON", "{", /is not JSON; mend it, or remove it/],
    ["another kind", '{"kind":"Policy","version":1,"models":{}}', /^kind: /],
    [
      "a folder above",
      whole({ ...entry, active: { ...one, folder: "../guard" } }),
      /models\.guard\.active\.folder: must be a folder of the store/,
    ],
    [
      "a folder above, the long way",
      whole({ ...entry, active: { ...one, folder: "a/../../guard" } }),
      /must be a folder of the store/,
    ],
    ["the store itself", whole({ ...entry, active: { ...one, folder: "a/.." } }), /must be a folder of the store/],
    ["an absolute folder", whole({ ...entry, candidate: { ...one, folder: "/guard" } }), /candidate\.folder: must be/],
    ["no digest", whole({ ...entry, active: { folder: "guard", digest: "abc" } }), /active\.digest: /],
    ["an unknown key", whole({ ...entry, extra: 1 }), /models\.guard: /],
    ["a name that is none", '{"kind":"ActiveModels","version":1,"models":{"../x":{}}}', /models/],
    ["too large", " ".repeat(1024 * 1024 + 1), /is larger than/],
  ];
  for (const [what, text, wanted] of cases) {
    test(what, async () => {
      await using dir = await openTempDir();
      await writeFile(dir.join(activeName), text);
      const read = await readActive(dir.path);
      assert.match(read.ok ? "it was taken" : read.error.message, wanted);
    });
  }
});

/** Two versions of one model, and another. */
async function fill(dir: TempDir): Promise<{ readonly v1: string; readonly v2: string }> {
  for (const version of ["v1", "v2"]) await cp(fixture("bert"), dir.join(`guard/${version}`), { recursive: true });
  await writeFile(dir.join("guard/v2/sallyport-model.yaml"), "kind: Model\nversion: 1\nwindow: 64\n");
  await cp(fixture("distilbert"), dir.join("vectors"), { recursive: true });
  await mkdir(dir.join("notes"));
  await mkdir(dir.join(".cache"));
  const digestOf = async (folder: string): Promise<string> => {
    const listed = await listModels(ownOnly(dir.path));
    return (listed.ok && listed.value.find((each) => each.folder === folder)?.digest) || assert.fail(folder);
  };
  return { v1: await digestOf("guard/v1"), v2: await digestOf("guard/v2") };
}

const settingsOf = (folder: string) =>
  ({ ...standardModelSettings(), backend: "onnxruntime", ...ownOnly(folder) }) as const;

test("NAME/VERSION is a model of the name NAME, found by its digest", async () => {
  await using dir = await openTempDir();
  const { v1, v2 } = await fill(dir);
  assert.notEqual(v1, v2);
  const found = async (wanted: string): Promise<string> => {
    const each = await findWanted(dir.path, wanted);
    return each.ok ? each.value.folder : each.error.message;
  };
  assert.equal(await found(`guard@${v2}`), "guard/v2");
  assert.equal(await found(`guard@${v1.slice(7, 15)}`), "guard/v1");
  assert.equal(await found("vectors"), "vectors");
  assert.match(
    await found("guard"),
    /^holds several that this could be: guard@[0-9a-f]{12} in guard\/v1, guard@.* write more/,
  );
  assert.match(await found("guard@000000"), /^holds no guard@000000; it holds guard@[0-9a-f]{12} in guard\/v1, /);
  assert.match(await found("nobody"), /^holds no nobody; it holds guard, vectors$/);
  assert.match(await found("Guard@xyz"), /^must be NAME or NAME@DIGEST/);
});

test("activate, activate another, roll back; a server is told only what was tried", async () => {
  await using dir = await openTempDir();
  const { v1, v2 } = await fill(dir);
  const parts = { settings: settingsOf(dir.path), probe: createProbe() };
  const states = async (): Promise<readonly string[]> => {
    const listed = await listModels(ownOnly(dir.path));
    return listed.ok
      ? listed.value.map(({ folder, state }) => `${folder} ${state}`)
      : assert.fail(listed.error[0]?.message);
  };
  assert.deepEqual(await states(), ["guard/v1 idle", "guard/v2 idle", "vectors idle"]);
  assert.ok((await activateModel(parts, `guard@${v1}`, false)).ok);
  assert.ok((await activateModel(parts, `guard@${v2}`, true)).ok);
  assert.deepEqual(await states(), ["guard/v1 active", "guard/v2 shadow", "vectors idle"]);
  assert.ok((await activateModel(parts, `guard@${v2}`, false)).ok);
  assert.deepEqual(await states(), ["guard/v1 before", "guard/v2 active", "vectors idle"]);
  assert.deepEqual(await rollBackModel(ownOnly(dir.path), "guard", false), {
    ok: true,
    value: { digest: v1, isShipped: false },
  });
  assert.deepEqual(await states(), ["guard/v1 active", "guard/v2 idle", "vectors idle"]);
  const again = await rollBackModel(ownOnly(dir.path), "guard", false);
  assert.match(again.ok ? "" : (again.error[0]?.message ?? ""), /has nothing that served as guard before/);
  const unknown = await rollBackModel(ownOnly(dir.path), "nobody", false);
  assert.match(unknown.ok ? "" : (unknown.error[0]?.message ?? ""), /has no active model nobody; active are: guard/);
  const refusing = { ...parts, probe: async () => err([{ file: "model.onnx", message: "crashes" }]) };
  assert.equal((await activateModel(refusing, "vectors", false)).ok, false);
  assert.deepEqual(await states(), ["guard/v1 active", "guard/v2 idle", "vectors idle"]);
});

test("what was changed after it was activated is told", async () => {
  await using dir = await openTempDir();
  const { v1 } = await fill(dir);
  const parts = { settings: settingsOf(dir.path), probe: createProbe() };
  assert.ok((await activateModel(parts, `guard@${v1}`, false)).ok);
  assert.ok((await readServingBundles(ownOnly(dir.path), new Set())).ok);
  const config = dir.join("guard/v1/config.json");
  await writeFile(config, (await readFile(config, "utf8")).replace("INJECTION", "ATTACK"));
  const bundles = await readServingBundles(ownOnly(dir.path), new Set());
  assert.match(bundles.ok ? "" : (bundles.error[0]?.message ?? ""), /its files were changed; activate it again/);
  const listed = await listModels(ownOnly(dir.path));
  assert.deepEqual(listed.ok && listed.value.filter(({ state }) => state === "bad").map(({ folder }) => folder), [
    "guard/v1",
  ]);
});

test("of two that activate one name at once the second is told, and may do it again", async () => {
  await using dir = await openTempDir();
  const { v1, v2 } = await fill(dir);
  const real = createProbe();
  const settings = settingsOf(dir.path);
  const parts = { settings, probe: real };
  let others: readonly string[] = [`guard@${v2}`, "vectors"];
  const slow = {
    settings,
    probe: async (request: Parameters<typeof real>[0]) => {
      const report = await real(request);
      for (const each of others) assert.ok((await activateModel(parts, each, false)).ok);
      others = [];
      return report;
    },
  };
  const told = await activateModel(slow, `guard@${v1}`, false);
  assert.match(
    told.ok ? "it was taken" : (told.error[0]?.message ?? ""),
    /^guard was changed by another process while guard@[0-9a-f]{12} was tried, and guard@[0-9a-f]{12} is active now; /,
  );
  const active = async (): Promise<readonly (string | undefined)[]> => {
    const read = await readActive(dir.path);
    return read.ok ? ["guard", "vectors"].map((name) => read.value.get(name)?.active?.folder) : assert.fail();
  };
  assert.deepEqual(await active(), ["guard/v2", "vectors"]);
  assert.ok((await activateModel(slow, `guard@${v1}`, false)).ok);
  assert.deepEqual(await active(), ["guard/v1", "vectors"]);
  assert.deepEqual(
    (await readdir(dir.path)).filter((name) => name.startsWith(activeName)),
    [activeName],
  );
});

test("who changed what another does not is not kept from it, and who wanted the same has it", async () => {
  await using dir = await openTempDir();
  const { v1 } = await fill(dir);
  const settings = settingsOf(dir.path);
  const parts = { settings, probe: createProbe() };
  const wanted = ["vectors", `guard@${v1}`, `guard@${v1}`];
  const done = await Promise.all(wanted.map((each) => activateModel(parts, each, false)));
  assert.deepEqual(
    done.map(({ ok: isGood }) => isGood),
    [true, true, true],
  );
  const read = await readActive(dir.path);
  assert.deepEqual(read.ok && [...read.value.keys()].toSorted(), ["guard", "vectors"]);
});

test("a lock that a killed process left is told, with what to do", async () => {
  await using dir = await openTempDir();
  await fill(dir);
  await writeFile(dir.join(lockName), "process 1 on nowhere\n");
  const told = await changeActive(dir.path, (models) => ok(models), { tries: 2, everyMs: 1 });
  assert.match(
    told.ok ? "" : `${told.error[0]?.file} ${told.error[0]?.message}`,
    /\.lock another process .* remove this/,
  );
  await rm(dir.join(lockName));
  assert.ok((await changeActive(dir.path, (models) => ok(models), { tries: 1, everyMs: 1 })).ok);
});

test("a model that is named as a detector is refused where it is tried, activated, or serves, and told how to mend it", async () => {
  await using dir = await openTempDir();
  await cp(fixture("bert"), dir.join("secrets"), { recursive: true });
  const told = /^is named secrets, as a detector of Sallyport is; write another name/;
  const settings = settingsOf(dir.path);
  const probe = createProbe();
  const tried = await probe({ folder: dir.join("secrets"), fallbackName: "secrets", settings });
  assert.match(tried.ok ? "" : (tried.error[0]?.message ?? ""), told);
  const activating = await activateModel(
    { settings, probe: async () => assert.fail("it was tried") },
    "secrets",
    false,
  );
  assert.match(activating.ok ? "" : (activating.error[0]?.message ?? ""), told);
  const { read } = await readStored(dir.path, "secrets");
  assert.ok(read.ok);
  await writeActive(dir.path, activated(none, "secrets", { folder: "secrets", digest: read.value.digest }));
  const serving = await readServingBundles(ownOnly(dir.path), new Set());
  assert.match(serving.ok ? "" : (serving.error[0]?.message ?? ""), told);
  await writeFile(dir.join("secrets/sallyport-model.yaml"), "kind: Model\nversion: 1\nname: own-secrets\n");
  assert.ok((await activateModel({ settings, probe }, "own-secrets", false)).ok);
});
