// Writes docs/metrics.md anew from what the program registers. A test says when that is due.
// Run with Node 24: node scripts/run.mjs scripts/metrics.mjs

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { metricsGuide } from "../src/app/metrics-guide.ts";

const file = new URL("../docs/metrics.md", import.meta.url);
await writeFile(file, metricsGuide());
process.stdout.write(`${fileURLToPath(file)}\n`);
