// Writes models/shipped.json anew: the name and the digest of each bundle under models/. A test says when that is due.
// Run with Node 24: node scripts/run.mjs scripts/ship-models.mjs [FOLDER]

import { join } from "node:path";
import { writePins } from "../src/app/models/active.ts";
import { pinsToShip, shippedName } from "../src/app/models/shipped.ts";
import { standardModelSettings } from "../src/config/models.ts";

const folder = process.argv[2] ?? standardModelSettings().shippedFolder ?? "";
const pins = await pinsToShip(folder);
if (pins.ok) {
  const file = join(folder, shippedName);
  await writePins(file, pins.value);
  process.stdout.write(`${file}: ${[...pins.value.keys()].join(", ") || "no models"}\n`);
} else {
  for (const { file, message } of pins.error) process.stderr.write(`${file}: ${message}\n`);
  process.exitCode = 1;
}
