// What ships keeps to its card: each bundle under models/ judges the project's own cases on each runtime at hand, and the figures
// are those that its card.json recorded, within half a point, or one row where they are few. The tables are the card's.

import assert from "node:assert/strict";
import { readdirSync, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Card, differences, ofCases, readCard } from "../../models/cards/card.ts";
import { readForms, tablesIn } from "../../models/cards/folder-tables.ts";
import type { Forms } from "../../models/cards/forms.ts";
import { measure } from "../../models/cards/measure.ts";
import { detectorPlans } from "../../models/cards/sets.ts";
import { placesIn, withTables } from "../../models/cards/tables.ts";
import { openModelJudge } from "../../src/app/eval/open-model-judge.ts";
import { rowsOf } from "../../src/app/eval/rows.ts";
import { readShipped } from "../../src/app/models/shipped.ts";
import { standardModelSettings } from "../../src/config/models.ts";
import type { Runtime } from "../../src/inference/backend.ts";
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

/** What the stored form loses: of the bundle that ships, and of aims no more than a point or one row. */
async function formsIn(name: string): Promise<Forms | null> {
  const forms = await readForms(join(models, name));
  assert.ok(forms.ok, forms.ok ? "" : forms.error);
  return forms.value;
}

for (const name of bundles) {
  test(`${name}: its stored form was held against a wider one, and loses a point or one row at most`, async () => {
    const forms = (await formsIn(name)) ?? assert.fail("forms.json is missing");
    assert.equal(forms.digests.shipped, (await cardOf(name)).model.digest);
    for (const { head, set, figure, shipped, wider, of } of forms.pairs) {
      const loss = figure === "fpr" ? shipped - wider : wider - shipped;
      assert.ok(loss <= Math.max(0.01, 1 / of) + 1e-6, `${head}, ${set}, ${figure}: ${loss}`);
    }
  });
}

for (const name of [...bundles, ...carded]) {
  test(`${name}: the tables of its README are those of its card`, async () => {
    const read = await tablesIn(join(models, name));
    assert.ok(read.ok, read.ok ? "" : read.error);
    const tables = read.value;
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
          // Left to itself OpenVINO takes BF16 where the CPU has it; a card is of whole numbers, on any CPU.
          settings: { ...standardModelSettings(), backend, openvinoFolder, precision: "f32" },
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

for (const name of bundles) {
  test(`${name}: both runtimes give the same scores`, needsOpenVino, async () => {
    const heads = Object.entries((await cardOf(name)).heads).filter(([, { task }]) => task === "sequence");
    assert.ok(heads.length > 0);
    for (const [head] of heads) {
      const [one, other] = [await scoresOn("onnxruntime", name, head), await scoresOn("openvino", name, head)];
      for (const [at, score] of one.entries())
        assert.ok(Math.abs((score ?? 0) - (other[at] ?? 0)) < 1e-4, `${head}, case ${at}: ${score}, ${other[at]}`);
    }
  });
}

/** Of the first cases of a head. Kept whole, a runtime that quantises by itself is off by hundredths. */
async function scoresOn(backend: Runtime, name: string, head: string): Promise<readonly (number | null)[]> {
  const openvinoFolder = backend === "openvino" ? openVinoLibraries().folder : null;
  // Left to itself OpenVINO takes BF16 where the CPU has it.
  const settings = { ...standardModelSettings(), backend, openvinoFolder, precision: "f32" } as const;
  const opened = await openModelJudge(`${join(models, name)}:${head}`, settings);
  assert.ok(opened.ok, JSON.stringify(opened));
  const scores: (number | null)[] = [];
  try {
    for await (const row of rowsOf([join(cases, `${head}.jsonl`)])) {
      scores.push((await opened.value.judge(row)).score);
      if (scores.length === 40) break;
    }
  } finally {
    await opened.value.close();
  }
  assert.equal(scores.length, 40);
  return scores;
}
