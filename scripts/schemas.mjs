// Writes docs/schemas/ anew from the definitions in src/. A test says when that is due.
// Run with Node 24: node scripts/run.mjs scripts/schemas.mjs

import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { publishedSchemas } from "../src/app/schemas.ts";

const folder = new URL("../docs/schemas/", import.meta.url);
await mkdir(folder, { recursive: true });
for (const [name, text] of publishedSchemas()) {
  const file = new URL(name, folder);
  await writeFile(file, text);
  process.stdout.write(`${fileURLToPath(file)}\n`);
}
