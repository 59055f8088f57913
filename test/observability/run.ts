// node scripts/run.mjs test/observability/run.ts [--pictures MINUTES]
// Writes docs/examples/grafana/ anew (a test says when that is due). With --pictures also docs/images/dashboard-*.svg, of a site
// that lives so long; these change with every run.

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { envoyPath } from "../../scripts/envoy.mjs";
import { openTempDir } from "../helpers/temp-dir.ts";
import { dashboards } from "./dashboards/list.ts";
import { grafanaJson } from "./grafana.ts";
import { drawDashboard } from "./picture.ts";
import { audited, openSite } from "./site.ts";
import { liveThrough, withBreakGlass } from "./story.ts";

const SCRAPE_MS = 1000;
const STEPS = 75;

const { pictures } = parseArgs({ options: { pictures: { type: "string" } } }).values;

const examples = new URL("../../docs/examples/grafana/", import.meta.url);
await mkdir(examples, { recursive: true });
for (const dashboard of dashboards)
  await written(new URL(`${dashboard.id}.json`, examples), grafanaJson(dashboard, dashboards));
if (pictures !== undefined) await draw(Number(pictures));

async function draw(minutes: number): Promise<void> {
  process.env["ENVOY_BIN"] ??= await envoyPath();
  await using dir = await openTempDir();
  const { config, shape } = await audited(dir);
  const options = { config: { ...config, ...(await withBreakGlass(dir)) }, ...(shape === undefined ? {} : { shape }) };
  await using site = await openSite(SCRAPE_MS, options);
  await site.prometheus.scraped(3);
  const fromS = Math.floor(Date.now() / 1000);
  await liveThrough(site, minutes);
  await site.prometheus.scraped(2);
  const stepS = Math.ceil((minutes * 60) / STEPS);
  const span = { fromS, toS: fromS + Math.round((minutes * 60) / stepS) * stepS, stepS };
  const images = new URL("../../docs/images/", import.meta.url);
  for (const dashboard of dashboards)
    await written(
      new URL(`dashboard-${dashboard.id}.svg`, images),
      await drawDashboard(dashboard, site.prometheus, span),
    );
}

async function written(file: URL, text: string): Promise<void> {
  await writeFile(file, text);
  process.stdout.write(`${fileURLToPath(file)}\n`);
}
