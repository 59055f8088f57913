// What ships keeps to its card: each bundle under models/ judges the project's own cases on each runtime at hand, and the figures
// are those that its card.json recorded, within half a point, or one row where they are few. The tables are the card's.

import assert from "node:assert/strict";
import { readdirSync, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Card, differences, ofCases, readCard } from "../../models/cards/card.ts";
import { measure } from "../../models/cards/measure.ts";
import { detectorPlans } from "../../models/cards/sets.ts";
import { placesIn, tablesOf, withTables } from "../../models/cards/tables.ts";
import { readShipped } from "../../src/app/models/shipped.ts";
import { standardModelSettings } from "../../src/config/models.ts";
import { needsOpenVino, openVinoLibraries } from "../helpers/openvino.ts";

const models = fileURLToPath(new URL("../../models", import.meta.url));
const cases = join(models, "cases");
const folders = readdirSync(models, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const bundles = folders.filter((name) => existsSync(join(models, name, "sallyport-model.yaml")));
const carded = folders.filter((name) => name in detectorPlans && existsSync(join(models, name, "card.json")));

async function cardOf(name: string): Promise<Card> {
  const card = await readCard(join(models, name, "card.json"));
  assert.ok(card.ok, card.ok ? "" : card.error);
  return card.value;
}

test("the cases are there, and the bundles that are measured are those that ship", async () => {
  const files = readdirSync(cases).filter((name) => name.endsWith(".jsonl"));
  assert.ok(files.length >= 6, `${files.length} files of cases`);
  const shipped = await readShipped(models);
  assert.ok(shipped.ok, JSON.stringify(shipped));
  assert.deepEqual([...shipped.value.values()].map(({ folder }) => folder).toSorted(), bundles.toSorted());
});

for (const name of [...bundles, ...carded]) {
  test(`${name}: the tables of its README are those of its card`, async () => {
    const tables = tablesOf(await cardOf(name));
    const readme = await readFile(join(models, name, "README.md"), "utf8");
    assert.deepEqual(placesIn(readme).toSorted(), [...tables.keys()].toSorted());
    assert.equal(withTables(readme, tables), readme);
  });
}

for (const name of bundles) {
  for (const backend of ["onnxruntime", "openvino"] as const) {
    test(
      `${name} on ${backend}: the cases' figures are the card's`,
      backend === "openvino" ? needsOpenVino : {},
      async () => {
        const card = await cardOf(name);
        const openvinoFolder = backend === "openvino" ? openVinoLibraries().folder : null;
        const anew = await measure({
          name,
          models,
          folders: { data: null, cases },
          settings: { ...standardModelSettings(), backend, openvinoFolder },
          common: Object.fromEntries(Object.entries(card.heads).map(([head, { common }]) => [head, common])),
          flags: [],
          date: card.measured.date,
          quick: null,
          kept: null,
          nowMs: () => performance.now(),
          onRow: () => undefined,
        });
        assert.ok(anew.ok, JSON.stringify(anew));
        assert.ok(anew.value.results.length > 0, "cases were judged");
        assert.deepEqual(differences(ofCases(card), anew.value, false), []);
      },
    );
  }
}
