// `npm run matrix [-- --json]`: runs every cell through a real Envoy and prints the matrix, as Markdown (docs/coverage.md) or as JSON.
// Status 1 where a cell failed, 2 where the command is written wrongly.

import { parseArgs } from "node:util";
import { envoyPath } from "../../scripts/envoy.mjs";
import { runMatrix } from "./matrix.ts";
import { asJson, asMarkdown } from "./report.ts";

async function main(): Promise<number> {
  let json: boolean;
  try {
    json = parseArgs({ options: { json: { type: "boolean", default: false } } }).values.json;
  } catch {
    console.error("usage: npm run matrix [-- --json]");
    return 2;
  }
  process.env["ENVOY_BIN"] ??= await envoyPath();
  const started = Date.now();
  let told = 0;
  const outcomes = await runMatrix((done, all) => {
    if (Date.now() - told < 1000 && done < all) return;
    told = Date.now();
    process.stderr.write(`matrix: ${done} of ${all} texts, ${Math.round((told - started) / 1000)} s\n`);
  });
  const rows = outcomes.map(({ row }) => row);
  process.stdout.write(json ? `${asJson(rows)}\n` : asMarkdown(rows));
  const failed = outcomes.filter(({ row }) => row.failed);
  for (const { row, failures } of failed)
    console.error(`FAILED ${row.dialect} ${row.location} ${row.mode}\n  ${failures.join("\n  ")}`);
  console.error(`matrix: ${rows.length} cells, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
