// Every panel of the dashboards and every query of the guide, asked of a real Prometheus that scrapes a real Envoy and guard
// under some traffic; jq's of the lines that they wrote.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { sallyport } from "../helpers/sallyport.ts";
import { skipUnless } from "../helpers/require.ts";
import { openTempDir, type TempDir } from "../helpers/temp-dir.ts";
import type { Series } from "../helpers/prometheus.ts";
import { panelsOf } from "./dashboards/dashboard.ts";
import { dashboards } from "./dashboards/list.ts";
import { fencesOf } from "./guide.ts";
import { namesIn } from "./promql.ts";
import { audited, leave, openSite, type Site, talks } from "./site.ts";

const WINDOW = "1m";
const guide = fencesOf(await readFile(new URL("../../docs/observability.md", import.meta.url), "utf8"));

const gateway = await readFile(new URL("../../envoy/gateway.yaml", import.meta.url), "utf8");

/** What is not there while nothing happens: asked for what it would be, and that must be there. */
const always = (expr: string): string => expr.replace(/ > 0( or vector\(0\))?$/, "").replaceAll("$window", WINDOW);
const hasNumber = (all: readonly Series[]): boolean =>
  all.some(({ values }) => values.some(([, value]) => Number.isFinite(value)));

describe("in front of a real Prometheus", { timeout: 240_000, ...skipUnless("prometheus") }, () => {
  let site: Site;
  let dir: TempDir;
  before(async () => {
    dir = await openTempDir();
    const lines: string[] = [];
    site = await openSite(500, { ...(await audited(dir)), guard: { onLine: (line) => lines.push(line) } });
    for (const talk of Object.values(talks)) await talk(site.system);
    await leave(site.system);
    await site.prometheus.scraped(1);
    for (const talk of Object.values(talks)) await talk(site.system);
    await leave(site.system);
    await site.system.settled();
    await site.prometheus.scraped(2);
    const records = site.system.envoy.records.map((record) => JSON.stringify(record));
    await writeFile(dir.join("access.log"), `${records.join("\n")}\n`);
    await writeFile(dir.join("sallyport.log"), `${lines.filter((line) => line.startsWith("{")).join("\n")}\n`);
  });
  after(async () => {
    await site[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  });

  for (const dashboard of dashboards)
    test(`each panel of "${dashboard.title}" has data`, async () => {
      for (const { title, queries, emptyWhen } of panelsOf(dashboard))
        for (const { expr } of queries)
          if (!hasNumber(await site.prometheus.query(always(expr))))
            assert.ok(emptyWhen !== undefined && quiet.includes(title), `${title}: ${expr}`);
    });

  test("every metric and label of Envoy's in them is one of a real Envoy", async () => {
    const promql = guide.filter(({ language }) => language === "promql").map(({ code }) => code);
    const all = dashboards.flatMap(panelsOf).flatMap(({ queries }) => queries.map(({ expr }) => expr));
    const selectors = [...all, ...promql].flatMap((expr) => namesIn(expr).selectors);
    const envoys = selectors.filter(({ metric }) => metric.startsWith("envoy_"));
    assert.ok(envoys.length >= 4, String(envoys.length));
    for (const { metric, labels } of envoys) {
      const series = await site.prometheus.query(metric);
      // Envoy makes its alarms when they first ring; that they are there is for gateway.yaml to say.
      if (series.length === 0) assert.ok(gateway.includes(`name: ${metric.replace("envoy_sallyport_", "")} `), metric);
      for (const label of series.length === 0 ? [] : labels)
        assert.ok(
          series.some((each) => label in each.labels),
          `${metric}: ${label}`,
        );
    }
  });

  for (const { code, isQuiet } of guide.filter(({ language }) => language === "promql"))
    test(`the guide's ${code.split("\n")[0]}`, async () => {
      const answer = await site.prometheus.query(code.replaceAll(/\[\d+[mhd]\]/g, `[${WINDOW}]`));
      if (!isQuiet) assert.ok(hasNumber(answer), "it has no data");
    });

  describe("jq", skipUnless("jq"), () => {
    for (const { code, isQuiet } of guide.filter(({ language, code }) => language === "sh" && code.startsWith("jq ")))
      test(`the guide's ${code.split("\n")[0]}`, () => {
        const reference = String(blockedReference(site));
        const ran = spawnSync("sh", ["-c", code.replaceAll("REFERENCE", reference)], {
          cwd: dir.path,
          encoding: "utf8",
        });
        assert.equal(ran.stderr, "");
        assert.equal(ran.status, 0);
        if (!isQuiet) assert.notEqual(ran.stdout, "");
      });
  });

  for (const { code } of guide.filter(({ code }) => code.startsWith("sallyport ")))
    for (const line of code.split("\n"))
      test(`the guide's ${line}`, async () => {
        const ran = await sallyport(line.split(" ").slice(1), { cwd: dir.path });
        assert.deepEqual([ran.code, ran.stderr], [0, ""]);
        assert.notEqual(ran.stdout, "");
      });
});

const blockedReference = ({ system }: Site): unknown =>
  system.envoy.records.find(({ sallyport }) => sallyport?.["verdict"] === "block")?.sallyport?.["exchange"];

/** Panels that this site's traffic leaves empty. */
const quiet: readonly string[] = ["A candidate against its model"];

test("the guide has queries to try", () => {
  assert.ok(guide.filter(({ language }) => language === "promql").length >= 10);
  assert.ok(guide.filter(({ code }) => code.startsWith("jq ")).length >= 6);
});
