// models/shipped.json is what the bundles beside it are, and the script that writes it takes bundles only.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pinsToShip, readShipped, shippedName } from "../../src/app/models/shipped.ts";
import { standardModelSettings } from "../../src/config/models.ts";
import { factsBundle, wordsBundle } from "../helpers/model-store.ts";
import { openTempDir } from "../helpers/temp-dir.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "models");
const script = join(root, "scripts/ship-models.mjs");
const ship = (dir: string) => promisify(execFile)(process.execPath, [script, dir]);

test("the program looks for them where they are", () => {
  assert.equal(standardModelSettings().shippedFolder, folder);
});

test("models/shipped.json holds the names and digests of the bundles beside it", async () => {
  const pins = await pinsToShip(folder);
  assert.ok(pins.ok, JSON.stringify(pins));
  const wanted = { kind: "ActiveModels", version: 1, models: Object.fromEntries(pins.value) };
  assert.deepEqual(
    JSON.parse(await readFile(join(folder, shippedName), "utf8")),
    wanted,
    "out of date: node scripts/run.mjs scripts/ship-models.mjs",
  );
});

test("the script pins bundles, and nothing that stands beside them", async () => {
  await using dir = await openTempDir();
  await cp(wordsBundle, dir.join("words"), { recursive: true });
  await cp(factsBundle, dir.join("facts/2"), { recursive: true });
  for (const other of ["train/tests", "cases", "cards"]) await mkdir(dir.join(other), { recursive: true });
  await writeFile(dir.join("cases/words.jsonl"), "{}\n");
  const { stdout } = await ship(dir.path);
  assert.equal(stdout, `${dir.join(shippedName)}: facts, words\n`);
  const read = await readShipped(dir.path);
  assert.deepEqual(read.ok && [...read.value].map(([name, pin]) => [name, pin.folder]), [
    ["facts", "facts/2"],
    ["words", "words"],
  ]);
});

test("the script writes nothing of a bundle that is none, that has a detector's name, or whose name another has", async () => {
  await using dir = await openTempDir();
  await cp(wordsBundle, dir.join("words"), { recursive: true });
  await ship(dir.path);
  const written = await readFile(dir.join(shippedName), "utf8");
  await cp(wordsBundle, dir.join("secrets"), { recursive: true });
  await cp(wordsBundle, dir.join("twice/words"), { recursive: true });
  await writeFile(
    dir.join("twice/words/sallyport-model.yaml"),
    (await readFile(dir.join("words/sallyport-model.yaml"), "utf8")).replace(
      "version: 1\n",
      "version: 1\nname: words\n",
    ),
  );
  await cp(factsBundle, dir.join("cut"), { recursive: true });
  await truncate(dir.join("cut/model.onnx"), 500);
  await assert.rejects(ship(dir.path), ({ stderr }: { stderr: string }) => {
    assert.match(stderr, /cut\/model\.onnx: is no ONNX file/);
    assert.match(stderr, /secrets: is named secrets, as a detector/);
    assert.match(stderr, /words: is named words, as (twice\/)?words is/);
    return true;
  });
  assert.equal(await readFile(dir.join(shippedName), "utf8"), written);
});
