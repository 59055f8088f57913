// The dashboards' files are made of their one source, name only what exists, and are PromQL.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { skipUnless } from "../helpers/require.ts";
import { openTempDir } from "../helpers/temp-dir.ts";
import { panelsOf } from "./dashboards/dashboard.ts";
import { dashboards } from "./dashboards/list.ts";
import { expressionsOf, grafanaJson } from "./grafana.ts";
import { namesIn, scoped } from "./promql.ts";
import { registered, unknownNames } from "./registered.ts";

const promtool = "promtool";
const folder = new URL("../../docs/examples/grafana/", import.meta.url);
const expressions = dashboards.flatMap(expressionsOf);

test("there are dashboards to look at", () => {
  assert.ok(dashboards.length >= 5);
  assert.ok(expressions.length >= 40, String(expressions.length));
});

describe("the files in docs/examples/grafana", () => {
  for (const dashboard of dashboards)
    test(`${dashboard.id}.json is fresh; node scripts/run.mjs test/observability/run.ts writes it`, async () => {
      assert.equal(await readFile(new URL(`${dashboard.id}.json`, folder), "utf8"), grafanaJson(dashboard, dashboards));
    });
  test("there are no others", async () => {
    const wanted = dashboards.map(({ id }) => `${id}.json`).sort();
    assert.deepEqual((await readdir(folder)).filter((name) => name.endsWith(".json")).sort(), wanted);
  });
});

for (const dashboard of dashboards)
  describe(dashboard.title, () => {
    const panels = panelsOf(dashboard);
    test("every metric and label in it is registered", () => {
      for (const { title, queries } of panels)
        for (const { expr, legend } of queries) assert.deepEqual(unknownNames(expr, legend), [], title);
    });
    test("each panel says what it shows, under a title of its own", () => {
      assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
      for (const { title, about, queries } of panels) {
        assert.match(about, /^\S.{20,}\.$/, title);
        assert.ok(queries.length > 0, title);
      }
    });
    test("its rows are full", () => {
      for (const { title, panels: row } of dashboard.rows)
        assert.equal(row.reduce((sum, { width }) => sum + width, 0) % 24, 0, title);
    });
  });

describe("PromQL", skipUnless(promtool), () => {
  test("promtool reads every expression", async () => assert.equal(await checkedBy(expressions), ""));
  test("seeded: promtool refuses one that is none", async () => {
    assert.match(await checkedBy(["sum by (rate(sallyport_exchanges_total[5m]))"]), /parse error/);
  });
});

describe("seeded", () => {
  test("a metric or label that is not registered", () => {
    const { size } = registered();
    assert.ok(size > 30, String(size));
    const bad = 'sum by (end, why) (rate(sallyport_exchange_total{operation="x", ende="y"}[$window]))';
    assert.deepEqual(unknownNames(bad, "{{end}}"), ["sallyport_exchange_total"]);
    const labels = 'sum by (end, why) (rate(sallyport_exchanges_total{end="complet", ende="y"}[$window]))';
    assert.deepEqual(unknownNames(labels, "{{end}} {{what}}"), ["ende", 'end="complet"', "why", "what"]);
    assert.deepEqual(unknownNames("histogram_quantile(0.5, sallyport_judge_seconds)", ""), ["sallyport_judge_seconds"]);
  });
  test("names of an expression", () => {
    const named = namesIn('topk(3, sum by (a, b) (rate(x_total{c="d{e}", f=~"g"}[5m] offset 1d))) / on (h) y > 0');
    assert.deepEqual(named, {
      selectors: [
        { metric: "x_total", labels: ["c", "f"] },
        { metric: "y", labels: [] },
      ],
      groupings: ["a", "b", "h"],
    });
  });
  test("matchers are put into every selector", () => {
    const scope = { guard: 'job="g"', envoy: 'job="e"' };
    assert.equal(
      scoped('sum by (process_id) (rate(sallyport_a_total{b="c"}[5m])) / envoy_d', scope),
      'sum by (process_id) (rate(sallyport_a_total{job="g",b="c"}[5m])) / envoy_d{job="e"}',
    );
  });
});

/** What promtool says against them; empty where it takes them all. */
async function checkedBy(all: readonly string[]): Promise<string> {
  await using dir = await openTempDir();
  const variables = (expr: string): string =>
    expr
      .replaceAll("$__rate_interval", "5m")
      .replaceAll("$__range", "1h")
      .replaceAll(/\$[a-z]+/g, ".*");
  const rules = all.map((expr, index) => ({ record: `checked:${index}`, expr: variables(expr) }));
  await writeFile(dir.join("rules.yml"), JSON.stringify({ groups: [{ name: "checked", rules }] }));
  const { status, stdout, stderr } = spawnSync(promtool, ["check", "rules", dir.join("rules.yml")], {
    encoding: "utf8",
  });
  if (status === 0) assert.match(stdout, new RegExp(`${all.length} rules found`));
  return status === 0 ? "" : stderr;
}
